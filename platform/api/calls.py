"""A request of the API: who asks, with which rights and in which language, and how it is answered."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from kith.api.bodies import SMALL, body_of
from kith.api.credentials import Caller, caller_of, failed_token, touched
from kith.api.filters import told
from kith.api.messages import texts
from kith.api.problems import HEADERS, Stop, again, problem, stop
from kith.api.reading import read_object
from kith.metadata.model import Entity
from kith.runtime.accounts import Unproven
from kith.runtime.calling import Doors
from kith.runtime.context import Context, context_of
from kith.runtime.database import BUSY_AGAIN, FULL_AGAIN, Connection, is_busy, is_full
from kith.runtime.logs import route_of
from kith.runtime.read.cursors import ID
from kith.runtime.read.query import BadQuery, Denied
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.release import Release
from kith.runtime.workspace import NoRelease
from kith.texts import Texts, negotiate

LOG = logging.getLogger("kith.api")
SPOKEN = ("en", "zh-CN")
NOBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as handlers get it."""

    doors: Doors
    request: Request
    release: Release
    context: Context
    caller: Caller
    body: bytes = b""
    _connections: tuple[Connection, ...] = field(default=(), repr=False)

    @property
    def connection(self) -> Connection:
        """The connection of a request that only reads; one that writes has given it back."""
        return self._connections[0]

    @property
    def texts(self) -> Texts:
        """What the API says in the reader's language."""
        return texts(self.context.language)

    @property
    def reader(self) -> Reader:
        """What the caller may read."""
        return reader_of(self.context, self.release)

    @property
    def entity(self) -> Entity:
        """The entity that the address names; one of which the caller may do nothing is not there."""
        name: str = self.request.path_params["entity"]
        entity = self.release.model.entities.get(name)
        if entity is None or not self.may_know(entity):
            raise stop(404, "no_such_entity", name=name[:60])
        return entity

    @property
    def id(self) -> str:
        """The record that the address names."""
        return known_id(self.request.path_params["id"])

    def may_know(self, entity: Entity) -> bool:
        """Whether the caller may do anything with an entity."""
        return self.reader.may_read(entity.name) or not self.reader.rights[entity.name].right("create").never

    def json(self) -> dict[str, Any]:
        """The body, which must be a JSON object."""
        return read_object(self.body)


def known_id(text: str) -> str:
    """An id as records have it; what is none becomes one that no record has."""
    text = text.lower()
    return text if ID.fullmatch(text) else NOBODY


Handler = Callable[[Call], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def reading(doors: Doors, handler: Handler, *, is_long: Callable[[Request], bool] = lambda request: False) -> Endpoint:
    """The endpoint of what is only read; the handler's call has a connection."""

    async def endpoint(request: Request) -> Response:
        call = doors.calling.long if is_long(request) else doors.calling.read
        return await _guarded(doors, request, lambda: call(lambda: _answer(doors, request, handler)))

    return endpoint


def asking(doors: Doors, handler: Handler) -> Endpoint:
    """The same for a question that comes as a body, and may take its time."""

    async def answered(request: Request) -> Response:
        body = await body_of(request, SMALL)
        return await doors.calling.long(lambda: _answer(doors, request, handler, body))

    async def endpoint(request: Request) -> Response:
        return await _guarded(doors, request, lambda: answered(request))

    return endpoint


def writing(
    doors: Doors, handler: Handler, *, limit: int = SMALL, long: bool = False, proves: bool = False
) -> Endpoint:
    """The endpoint of what writes; the handler opens its own transaction.

    One that `proves` asks before it commits whether the caller still is who he was (see `proven`).
    """
    call = doors.calling.long if long else doors.calling.write

    async def answered(request: Request) -> Response:
        body = await body_of(request, limit)
        return await call(lambda: _written(doors, request, handler, body, trust=proves))

    async def endpoint(request: Request) -> Response:
        return await _guarded(doors, request, lambda: answered(request))

    return endpoint


def guarded(doors: Doors, endpoint: Endpoint) -> Endpoint:
    """An endpoint that reads what is sent by itself; what it raises is answered."""

    async def answered(request: Request) -> Response:
        return await _guarded(doors, request, lambda: endpoint(request))

    return answered


def asked_by(doors: Doors, request: Request, ask: Callable[[Call], None]) -> None:
    """Ask something of whoever sent a request, before any more of it is read; raises Stop."""
    with doors.workspace.database.read() as connection:
        ask(call_of(doors, request, connection, b""))


def written_by(doors: Doors, request: Request, handler: Handler) -> Response:
    """The answer of a handler that writes, and has read what was sent by itself."""
    return _written(doors, request, handler, b"", trust=False)


def _answer(doors: Doors, request: Request, handler: Handler, body: bytes = b"") -> Response:
    with doors.workspace.database.read() as connection:
        call = call_of(doors, request, connection, body, trust=True)
        response = _proven(call, handler)
        if response is None:
            call = call_of(doors, request, connection, body)
            response = _handled(call, handler)
        return touched(doors, call.caller, response, call.context.now)


def _proven(call: Call, handler: Handler) -> Response | None:
    """The answer to the caller; None where he was remembered and is not that any more."""
    proof = call.context.proof
    try:
        response = _handled(call, handler)
    except Unproven:
        return None
    return response if proof is None or proof.holds(call.connection) else None


def _written(doors: Doors, request: Request, handler: Handler, body: bytes, *, trust: bool) -> Response:
    # The connection is given back before the handler takes one to write with: threads that hold one and wait for
    # another would wait for one another.
    with doors.workspace.database.read() as connection:
        call = call_of(doors, request, connection, body, trust=trust)
    try:
        response = _handled(call, handler)
        if call.context.proof is not None and call.context.proof.pending:
            # What was refused has written nothing, and asked nothing.
            with doors.workspace.database.read() as connection:
                proven(call, connection)
    except Unproven:
        return _written(doors, request, handler, body, trust=False)
    return touched(doors, call.caller, response, call.context.now)


def proven(call: Call, connection: Connection) -> None:
    """Ask whether the caller still is who he was, where nothing has taken that question along; raises Unproven."""
    if call.context.proof is not None and not call.context.proof.holds(connection):
        raise Unproven


def call_of(doors: Doors, request: Request, connection: Connection, body: bytes, *, trust: bool = False) -> Call:
    """Who asks: raises Stop where that is nobody. With `trust` he is taken for who he was, which is still to be proven."""
    release, now = doors.workspace.current(), doors.clock()
    caller = caller_of(doors, request, connection, release, now, trust=trust)
    request.scope["kith.actor"] = caller.actor.id
    language = language_of(request, caller.actor.language)
    context = context_of(
        caller.actor, now, language=language, time_zone=release.model.app.time_zone, spoken=language, proof=caller.proof
    )
    return Call(doors, request, release, context, caller, body, (connection,))


def _handled(call: Call, handler: Handler) -> Response:
    language = call.context.language
    try:
        return handler(call)
    except Stop as stopped:
        return problem(stopped, language)
    except Denied as denied:
        status, code = (404, "no_such_entity") if denied.hidden else (403, "denied")
        return problem(Stop(status, code, detail=denied.message), language)
    except BadQuery as bad:
        return problem(told(call.release, call.context, bad, call.request), language)


def language_of(request: Request, preferred: str = "") -> str:
    """The user's language, else the one that the client asks for."""
    return preferred if preferred in SPOKEN else negotiate(request.headers.get("accept-language"), SPOKEN)


async def _guarded(doors: Doors, request: Request, answer: Callable[[], Awaitable[Response]]) -> Response:
    """Whatever happens is answered by a problem document; our own mistakes by a reference to the log."""
    try:
        return await answer()
    except Stop as stopped:
        if stopped.code == "bad_credentials":
            stopped = await _suspected(doors, request, stopped)
        return problem(stopped, language_of(request))
    except NoRelease:
        return problem(stop(503, "no_release"), language_of(request))
    except Exception as error:  # noqa: BLE001 - it is told and logged
        return problem(_mishap(request, error), language_of(request))


async def _suspected(doors: Doors, request: Request, stopped: Stop) -> Stop:
    """Who sends token after token that is not good has to wait."""
    try:
        wait = await doors.calling.write(lambda: failed_token(doors, request))
    except Exception as error:  # noqa: BLE001 - it is told and logged
        return _mishap(request, error)
    return again(429, "too_many_tokens", wait) if wait else stopped


def _mishap(request: Request, error: Exception) -> Stop:
    if is_busy(error):
        LOG.warning("%s %s: %s", request.method, route_of(request.scope), error)
        return again(503, "busy", timedelta(seconds=BUSY_AGAIN))
    if is_full(error):
        LOG.error("%s %s: %s", request.method, route_of(request.scope), error)
        return again(507, "full", timedelta(seconds=FULL_AGAIN))
    reference = secrets.token_hex(4)
    LOG.error("%s %s failed (%s)", request.method, route_of(request.scope), reference, exc_info=error)
    return stop(500, "internal", reference=reference)


def answer(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return sent(written(data), status, headers or {})


def written(data: Any) -> bytes:
    """Data as JSON."""
    return orjson.dumps(data, default=plain, option=orjson.OPT_UTC_Z)


def sent(body: bytes, status: int, headers: Mapping[str, str]) -> Response:
    """An answer that is JSON already."""
    return Response(body, status, {**HEADERS, **headers}, "application/json")


def plain(value: Any) -> Any:
    """What orjson does not know: exact numbers as text, sets as lists."""
    return sorted(value) if isinstance(value, frozenset | set) else str(value)
