"""What a form did, told once by the next page: a cookie that goes as soon as a page has said it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "said"
SECONDS = 60
"""Nobody is told what he did longer ago."""


def tell(response: Response, said: str) -> None:
    """Have the next page say one of our own sentences; `said` is its key."""
    response.set_cookie(COOKIE, said, max_age=SECONDS, path="/", httponly=True, samesite="lax")


def told(request: Request) -> str:
    """The key of what is to be said, or ""."""
    return request.cookies.get(COOKIE, "")


def forget(request: Request, response: Response) -> None:
    """It has been said: a reload and the way back say nothing."""
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
