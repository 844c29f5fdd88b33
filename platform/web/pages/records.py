"""The routes of everything about one record, in the order in which their addresses are tried."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import Route

from kith.web.pages import (
    access,
    checking,
    doing,
    form,
    inline,
    lookup,
    merging,
    order,
    pairs,
    past,
    private,
    record,
    removal,
    several,
    whys,
    work,
)
from kith.web.requests import Web


def routes(web: Web) -> Sequence[Route]:
    """All routes of records."""
    pages = (
        several,
        checking,
        pairs,
        merging,
        work,
        form,
        lookup,
        inline,
        doing,
        removal,
        whys,
        access,
        order,
        past,
        private,
        record,
    )
    return tuple(route for one in pages for route in one.routes(web))
