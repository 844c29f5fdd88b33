"""The routes of everything about one record, in the order in which their addresses are tried."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import Route

from kith.web.pages import form, inline, lookup, record, removal, whys
from kith.web.requests import Web


def routes(web: Web) -> Sequence[Route]:
    """All routes of records."""
    return (*form.routes(web), *lookup.routes(web), *inline.routes(web), *removal.routes(web), *record.routes(web))
