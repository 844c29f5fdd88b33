"""The API as one list of routes over the doors into the runtime."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kith.api import aggregates, bulk, lists, looking, meta, openapi, records
from kith.api.bodies import LARGE
from kith.api.calls import Endpoint, asking, language_of, reading, writing
from kith.api.health import Ready, alive
from kith.api.problems import Stop, problem, stop
from kith.runtime.calling import Doors

BASE = "/api/v1"


def routes(doors: Doors) -> list[BaseRoute]:
    """All routes of the API; they come before those of the pages."""
    return [
        *_by_method("/healthz", GET=alive),
        *_by_method("/readyz", GET=Ready(doors).answer),
        *_by_method(f"{BASE}/search", GET=reading(doors, looking.search_)),
        *_by_method(f"{BASE}/meta", GET=reading(doors, meta.meta)),
        *_by_method(f"{BASE}/openapi.json", GET=reading(doors, openapi.openapi)),
        *_by_method(f"{BASE}/{{entity}}", GET=reading(doors, lists.list_), POST=writing(doors, records.create)),
        *_by_method(f"{BASE}/{{entity}}/bulk", POST=writing(doors, bulk.bulk, limit=LARGE, long=True)),
        *_by_method(f"{BASE}/{{entity}}/aggregate", POST=asking(doors, aggregates.aggregate_)),
        *_by_method(
            f"{BASE}/{{entity}}/{{id}}",
            GET=reading(doors, records.get),
            PATCH=writing(doors, records.update),
            DELETE=writing(doors, records.delete),
        ),
        *_by_method(f"{BASE}/{{entity}}/{{id}}/history", GET=reading(doors, looking.history_)),
        *_by_method(f"{BASE}/{{entity}}/{{id}}/actions/{{name}}", POST=writing(doors, records.act)),
        Route("/api/{path:path}", nowhere, methods=ALL),
        Route("/api", nowhere, methods=ALL),
    ]


ALL = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def _by_method(path: str, **endpoints: Endpoint) -> Sequence[BaseRoute]:
    """A route for each method of an address, and one that refuses the others by name."""
    allowed = ", ".join(endpoints)

    async def refused(request: Request) -> Response:
        values = {"method": request.method, "allowed": allowed}
        return problem(Stop(405, "method", values, headers={"allow": allowed}), language_of(request))

    found = [Route(path, endpoint, methods=[method]) for method, endpoint in endpoints.items()]
    known = {method for route in found for method in route.methods or ()}
    return [*found, Route(path, refused, methods=[method for method in ALL if method not in known])]


async def nowhere(request: Request) -> Response:
    """What answers addresses that the API has not."""
    return problem(stop(404, "no_such_address"), language_of(request))
