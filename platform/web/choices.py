"""The reader's own choices of language, theme and density: kept in cookies, changed by one small form."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from kith.texts import negotiate
from kith.web.look import DENSITIES, SHORTCUTS, THEMES
from kith.web.security import form_within, is_ours

LANGUAGES = ("en", "zh-CN")
LARGEST = 16 * 1024
"""Bytes of that form: its address to go back to is the longest part."""
YEAR = 365 * 24 * 3600


def language_of(request: Request, offered: Sequence[str] = LANGUAGES, preferred: str = "") -> str:
    """Return the language chosen on this device, else the account's, else the browser's."""
    for language in (request.cookies.get("language", ""), preferred):
        if language in offered:
            return language
    return negotiate(request.headers.get("accept-language"), offered)


def local(path: str) -> str:
    """Return an address of this site to go back to; anything else becomes the start page."""
    outside = not path.startswith("/") or path.startswith("//") or "\\" in path or any(ord(c) < 32 for c in path)
    return "/" if outside else path


async def change_look(request: Request) -> Response:
    """Remember the choices of the form and go back to where it was sent from."""
    if not is_ours(request):
        raise HTTPException(403)
    form = await form_within(request, LARGEST)
    chosen = {name: str(form[name]) for name in ("theme", "density", "language", "shortcuts") if name in form}
    response = RedirectResponse(local(str(form.get("back", "/"))), 303)
    offered = {"theme": THEMES, "density": DENSITIES, "language": LANGUAGES, "shortcuts": SHORTCUTS}
    for name, value in chosen.items():
        if value in offered[name]:
            response.set_cookie(name, value, max_age=YEAR, samesite="lax", httponly=True)
    return response


routes = [Route("/_look", change_look, methods=["POST"])]
