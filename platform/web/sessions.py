"""The session's cookie: who is signed in on this device."""

from __future__ import annotations

from datetime import datetime

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from kith.runtime.accounts import SignedIn, touch_session
from kith.runtime.accounts.entries import Device
from kith.runtime.accounts.sessions import LIFETIME, REFRESH
from kith.runtime.calling import Doors


def secret_of(doors: Doors, request: Request) -> str:
    """The session's secret that a request carries, or ""."""
    return request.cookies.get(doors.cookie, "")


def remember(doors: Doors, response: Response, secret: str) -> None:
    """Give the session's cookie to the browser."""
    seconds = int(LIFETIME.total_seconds())
    response.set_cookie(doors.cookie, secret, max_age=seconds, path="/", httponly=True, samesite="lax")


def forget(doors: Doors, response: Response) -> None:
    """Take the session's cookie away."""
    response.delete_cookie(doors.cookie, path="/", httponly=True, samesite="lax")


def device_of(request: Request) -> Device:
    """Where a request comes from."""
    return Device(request.client.host if request.client else "", request.headers.get("user-agent", ""))


def keep_alive(doors: Doors, request: Request, response: Response, account: SignedIn, now: datetime) -> None:
    """A session that is used lasts longer: note it after the answer, now and then."""
    if account.actor.acted_by or now - account.seen_at < REFRESH or response.background is not None:
        return
    secret = secret_of(doors, request)
    database = doors.workspace.database

    async def touch() -> None:
        await doors.calling.write(lambda: database.run(lambda connection: touch_session(connection, secret, now)))

    remember(doors, response, secret)
    response.background = BackgroundTask(touch)
