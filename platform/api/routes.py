"""The API as one list of routes over the doors into the runtime."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kith.api import (
    accessing,
    acting,
    aggregates,
    bulk,
    explaining,
    files,
    jobs,
    lists,
    looking,
    meta,
    openapi,
    past,
    private,
    records,
    releases,
)
from kith.api.bodies import LARGE
from kith.api.calls import Call, Endpoint, asking, guarded, language_of, reading, writing
from kith.api.health import Ready, alive
from kith.api.problems import Stop, problem, stop
from kith.api.under import Under
from kith.runtime.calling import Doors

BASE = "/api/v1"


def routes(doors: Doors) -> list[BaseRoute]:
    """All routes of the API; they come before those of the pages."""
    return [
        _route("/healthz", GET=alive),
        _route("/readyz", GET=Ready(doors).answer),
        Under("/api", below(doors)),
    ]


def below(doors: Doors) -> list[BaseRoute]:
    """Everything below `/api`; the last two answer what nothing else does."""
    return [
        _route(f"{BASE}/search", GET=reading(doors, looking.search_)),
        _route(f"{BASE}/meta", GET=reading(doors, meta.meta)),
        _route(f"{BASE}/meta/order/{{entity}}", GET=reading(doors, meta.order)),
        _route(f"{BASE}/meta/releases", GET=reading(doors, releases.releases)),
        _route(f"{BASE}/meta/releases/{{number}}", GET=reading(doors, releases.release)),
        _route(f"{BASE}/meta/plan", POST=asking(doors, plan)),
        _route(f"{BASE}/meta/apply", POST=writing(doors, apply, long=True)),
        _route(f"{BASE}/meta/rollback", POST=writing(doors, rollback, long=True)),
        _route(f"{BASE}/meta/assist", POST=asking(doors, assist)),
        _route(f"{BASE}/meta/batches/{{id}}", GET=reading(doors, past.batch)),
        _route(f"{BASE}/meta/batches/{{id}}/undo", POST=writing(doors, past.undo, proves=True)),
        _route(f"{BASE}/jobs", GET=reading(doors, jobs.jobs)),
        _route(f"{BASE}/jobs/{{id}}", GET=reading(doors, jobs.job)),
        _route(f"{BASE}/jobs/{{id}}/retry", POST=writing(doors, jobs.retry, proves=True)),
        _route(f"{BASE}/files", POST=guarded(doors, files.uploading(doors))),
        _route(f"{BASE}/files/{{id}}", GET=reading(doors, files.download)),
        _route(f"{BASE}/files/{{id}}/preview", GET=reading(doors, files.preview)),
        _route(f"{BASE}/openapi.json", GET=reading(doors, openapi.openapi)),
        _route(
            f"{BASE}/{{entity}}",
            GET=reading(doors, lists.list_, is_long=lists.is_long),
            POST=writing(doors, records.create, proves=True),
        ),
        _route(f"{BASE}/{{entity}}/bulk", POST=writing(doors, bulk.bulk, limit=LARGE, long=True)),
        _route(f"{BASE}/{{entity}}/aggregate", POST=asking(doors, aggregates.aggregate_)),
        _route(
            f"{BASE}/{{entity}}/{{id}}",
            GET=reading(doors, past.get, is_long=past.is_long),
            PATCH=writing(doors, records.update, proves=True),
            DELETE=writing(doors, records.delete, proves=True),
        ),
        _route(f"{BASE}/{{entity}}/{{id}}/explain", GET=reading(doors, explaining.explain)),
        _route(f"{BASE}/{{entity}}/{{id}}/access", GET=reading(doors, accessing.access)),
        _route(f"{BASE}/{{entity}}/{{id}}/subject", GET=reading(doors, private.subject, is_long=always)),
        _route(f"{BASE}/{{entity}}/{{id}}/erase", POST=writing(doors, private.erasing, long=True, proves=True)),
        _route(
            f"{BASE}/{{entity}}/{{id}}/consents",
            GET=reading(doors, private.consents),
            POST=writing(doors, private.consent, proves=True),
        ),
        _route(f"{BASE}/{{entity}}/{{id}}/access", GET=reading(doors, accessing.access)),
        _route(f"{BASE}/{{entity}}/{{id}}/history", GET=reading(doors, looking.history_)),
        _route(f"{BASE}/{{entity}}/{{id}}/revert", POST=writing(doors, past.revert, proves=True)),
        _route(f"{BASE}/{{entity}}/{{id}}/actions", GET=reading(doors, acting.actions)),
        _route(f"{BASE}/{{entity}}/{{id}}/actions/{{name}}", POST=writing(doors, acting.act, proves=True)),
        Route("/api/{path:path}", nowhere, methods=ALL),
        Route("/api", nowhere, methods=ALL),
    ]


def always(_: Request) -> bool:
    """That others need not wait for it."""
    return True


ALL = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def assist(call: Call) -> Response:
    """Help for authors; what checks documents is costly to import, and a server starts without it."""
    from kith.api.assisting import assist as answered

    return answered(call)


def plan(call: Call) -> Response:
    """What publishing would do; planning is costly to import as well, and so is what follows."""
    from kith.api.publishing import plan as answered

    return answered(call)


def apply(call: Call) -> Response:
    """Publish."""
    from kith.api.publishing import apply as answered

    return answered(call)


def rollback(call: Call) -> Response:
    """Go back."""
    from kith.api.publishing import rollback as answered

    return answered(call)


def _route(path: str, **endpoints: Endpoint) -> Route:
    """One address with an endpoint for each method; the others are refused by name."""
    allowed = ", ".join(endpoints)
    known = {**endpoints, "HEAD": endpoints["GET"]} if "GET" in endpoints else endpoints

    async def endpoint(request: Request) -> Response:
        found = known.get(request.method)
        if found is not None:
            return await found(request)
        values = {"method": request.method, "allowed": allowed}
        return problem(Stop(405, "method", values, headers={"allow": allowed}), language_of(request))

    return Route(path, endpoint, methods=ALL)


async def nowhere(request: Request) -> Response:
    """What answers addresses that the API has not."""
    return problem(stop(404, "no_such_address"), language_of(request))
