"""The pages as one list of routes over the doors into the runtime."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kith.runtime.accounts import SAFE, Passwords
from kith.runtime.calling import Doors
from kith.web import choices
from kith.web.answering import page
from kith.web.assets import Assets
from kith.web.pages import (
    account,
    accounts,
    batches,
    boards,
    bulk,
    codes,
    dashboards,
    files,
    finding,
    home,
    imports,
    inbox,
    jobs,
    keys,
    links,
    lists,
    own_address,
    palette,
    provider,
    records,
    recycling,
    release_routes,
    saved,
    securing,
    signing,
)
from kith.web.pages import passwords as password_pages
from kith.web.requests import Stop, Visit, Web, guest_of
from kith.web.templating import Templates


def routes(doors: Doors, passwords: Passwords = SAFE) -> list[BaseRoute]:
    """All routes of the pages; the last answers every other address, so they come after those of other doors."""
    templates = Templates(Assets())
    web = Web(doors, templates, passwords)
    return [
        # What is asked for most comes first: every route before it is tried in vain.
        *lists.routes(web),
        *boards.routes(web),
        *saved.routes(web),
        *bulk.routes(web),
        *imports.routes(web),
        *records.routes(web),
        templates.assets.route,
        *choices.routes,
        *signing.routes(web),
        *provider.routes(web),
        *password_pages.routes(web),
        *links.routes(web),
        *accounts.routes(web),
        *account.routes(web),
        *codes.routes(web),
        *own_address.routes(web),
        *securing.routes(web),
        *home.routes(web),
        *dashboards.routes(web),
        *recycling.routes(web),
        *finding.routes(web),
        *palette.routes(web),
        *inbox.routes(web),
        *files.routes(web),
        *keys.routes(web),
        *jobs.routes(web),
        *batches.routes(web),
        *release_routes.routes(web),
        *nowhere(web),
    ]


def nowhere(web: Web) -> Sequence[BaseRoute]:
    """What answers addresses that no page has."""

    def missing(visit: Visit) -> Response:
        raise Stop(404)

    async def refused(request: Request) -> Response:
        return guest_of(web, request).error(404)

    return (
        Route("/{path:path}", page(web, missing), methods=["GET"]),
        Route("/{path:path}", refused, methods=["POST", "PUT", "PATCH", "DELETE"]),
    )
