"""The start page: what the reader worked on last, and all kinds of records with how many there are."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from kith.web import addresses
from kith.web.requests import Visit, Web, page


def routes(web: Web) -> Sequence[Route]:
    """The route of the start page."""
    return (Route(addresses.HOME, page(web, show), methods=["GET"]),)


def show(visit: Visit) -> Response:
    """The start page."""
    return visit.page("home.html", title=visit.texts("home.title"))
