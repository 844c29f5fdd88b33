"""Whether the server lives, whether it can answer, and what it does in figures."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kith.api.calls import answer, language_of
from kith.api.problems import HEADERS, problem, stop
from kith.runtime import releases
from kith.runtime.accounts import is_secret
from kith.runtime.calling import Doors
from kith.runtime.measuring import KIND, Measures, Standing


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


LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


class Figures:
    """`/metrics`: for who knows the token of the operator; where there is none for this machine alone."""

    def __init__(self, doors: Doors, measures: Measures, token: str) -> None:
        self.doors, self.measures, self.token = doors, measures, token

    async def answer(self, request: Request) -> Response:
        """Answer the figures; to all others the address is not there."""
        if not self.is_told(request):
            return problem(stop(404, "no_such_address"), language_of(request))
        text = await self.doors.calling.read(self.text)
        return Response(text, headers={**HEADERS, "content-type": KIND})

    def is_told(self, request: Request) -> bool:
        """Whether a request may see them."""
        if self.token:
            return is_secret(request.headers.get("authorization", ""), f"Bearer {self.token}")
        return request.client is not None and request.client.host in LOCAL

    def text(self) -> bytes:
        """The figures of this process and of the workspace."""
        with self.doors.workspace.database.read() as connection:
            number = self.doors.workspace.current().number
            return self.measures.text(Standing(connection, number, self.doors.clock()))
