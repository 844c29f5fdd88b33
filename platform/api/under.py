"""Routes below one path: an address elsewhere costs one comparison instead of one for each of them."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send


class Under(BaseRoute):
    """Routes whose paths begin alike, tried in turn; they answer as if each stood in the list itself.

    The last of them takes every address below the path, so that no other route is asked after these.
    """

    def __init__(self, path: str, routes: Sequence[BaseRoute]) -> None:
        self.path, self.routes = path, routes

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The first route that takes an address with its method."""
        if scope["type"] == "http" and scope["path"].startswith(self.path):
            for route in self.routes:
                match, found = route.matches(scope)
                if match is Match.FULL:
                    return match, {**found, "route": route}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let that route answer."""
        await scope["route"].handle(scope, receive, send)
