"""Who asks: a bearer token, or the session of the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from kith.api.problems import Stop, stop
from kith.runtime.accounts import (
    Proof,
    Subject,
    actor_of_token,
    is_secret,
    machine,
    remembered_token,
    session_of,
    touch_token,
)
from kith.runtime.accounts.requiring import lacks_second
from kith.runtime.accounts.tokens import REFRESH
from kith.runtime.calling import Doors
from kith.runtime.context import Actor
from kith.runtime.database import Connection
from kith.runtime.release import Release

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST = 500
CHALLENGE = {"www-authenticate": 'Bearer realm="kith"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acts; `identity` tells callers apart for their idempotency keys, `touch` is a token whose use is to be noted."""

    actor: Actor
    identity: str
    touch: str = ""
    proof: Proof | None = None
    """That all this still holds, where it is still to be asked."""


def caller_of(
    doors: Doors, request: Request, connection: Connection, release: Release, now: datetime, *, trust: bool = False
) -> Caller:
    """Who sent a request; raises Stop where that is nobody. With `trust` it may still have to be proven."""
    header = request.headers.get("authorization")
    if header is not None:
        return _of_token(header, connection, release, now, trust)
    secret = request.cookies.get(doors.cookie, "")
    if not secret:
        raise Stop(401, "no_credentials", headers=CHALLENGE)
    return _of_session(doors, secret, request, connection, release, now)


def _of_token(header: str, connection: Connection, release: Release, now: datetime, trust: bool) -> Caller:
    scheme, _, secret = header.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise Stop(401, "no_credentials", headers=CHALLENGE)
    secret = secret.strip()
    good = secret.isascii() and 0 < len(secret) <= LONGEST
    known = remembered_token(release, secret, now) if good and trust else None
    if known is not None:
        return _holding(*known[0], now, known[1])
    found = actor_of_token(connection, release, secret, now, remember=trust) if good else None
    if found is None:
        raise Stop(401, "bad_credentials", headers={"www-authenticate": 'Bearer realm="kith", error="invalid_token"'})
    return _holding(*found, now)


def _holding(actor: Actor, id_: str, used_at: datetime | None, now: datetime, proof: Proof | None = None) -> Caller:
    touch = id_ if used_at is None or now - used_at >= REFRESH else ""
    return Caller(actor, f"token:{id_}", touch, proof)


def failed_token(doors: Doors, request: Request) -> timedelta:
    """Count a token that is not good; how long its sender has to wait before he is told of another one.

    A good token is taken meanwhile, too: many people may share an address, and tokens are too long to be guessed.
    """
    address = machine(request.client.host) if request.client else ""
    return doors.throttle.failed(doors.workspace.database, Subject("token", address), doors.clock())


def _of_session(
    doors: Doors, secret: str, request: Request, connection: Connection, release: Release, now: datetime
) -> Caller:
    account = session_of(connection, release, secret, now)
    if account is None:
        raise Stop(401, "bad_session", headers=CHALLENGE)
    if account.must_change:
        raise stop(403, "must_change")
    if lacks_second(release, doors.settings, account):
        raise stop(403, "second_step")
    if request.method not in SAFE_METHODS:
        sent = request.headers.get("x-csrf-token", "")
        if not _is_ours(request) or not is_secret(sent, account.csrf):
            raise stop(403, "no_csrf")
    return Caller(account.actor, f"user:{account.actor.id}")


def _is_ours(request: Request) -> bool:
    """Whether the browser says that one of our own pages has sent it; what says nothing still needs the secret."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.url.netloc


def touched(doors: Doors, caller: Caller, response: Response, now: datetime) -> Response:
    """Note after the answer, now and then, that a token is used."""
    if not caller.touch or response.background is not None:
        return response
    database = doors.workspace.database

    async def touch() -> None:
        await doors.calling.write(lambda: database.run(lambda connection: touch_token(connection, caller.touch, now)))

    response.background = BackgroundTask(touch)
    return response
