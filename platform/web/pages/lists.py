"""The list of an entity's records."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import Route

from kith.web.requests import Web


def routes(web: Web) -> Sequence[Route]:
    """The routes of lists."""
    return ()
