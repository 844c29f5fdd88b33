"""Whether the server lives, and whether it can answer."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kith.api.calls import answer
from kith.runtime import releases
from kith.runtime.calling import Doors


async def alive(request: Request) -> Response:
    """`/healthz`: the process runs; it says nothing about the database."""
    return answer({"status": "ok"})


class Ready:
    """`/readyz`: there is a release, and the database answers."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors

    async def answer(self, request: Request) -> Response:
        """Answer 200 or 503; which release it is, and why not, is nobody's business who has not signed in."""
        try:
            ready = self.doors.workspace.release is not None and await self.doors.calling.read(self.ask)
        except Exception:  # noqa: BLE001 - whatever it is, this server is not ready
            ready = False
        return answer({"status": "ok" if ready else "unavailable"}, 200 if ready else 503)

    def ask(self) -> bool:
        """Whether the database answers."""
        with self.doors.workspace.database.read() as connection:
            return releases.current_number(connection) > 0
