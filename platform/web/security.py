"""What keeps forged requests out: where a request comes from, and the secret that only our own forms know."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request

from kith.runtime.accounts import is_secret

CSRF_FIELD, CSRF_HEADER = "_csrf", "x-csrf-token"
LARGEST_FORM = 2 * 1024 * 1024
MOST_FIELDS = 10_000


def is_ours(request: Request) -> bool:
    """Whether a request was sent by one of our own pages, as far as the browser says.

    Every browser of the last years says `Sec-Fetch-Site`; older ones send `Origin` with a form. What says neither is no
    browser, and has no cookies that somebody else could use.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.url.netloc


def knows_secret(request: Request, form: FormData, secret: str) -> bool:
    """Whether a request carries the session's secret, in its form or its header."""
    sent = request.headers.get(CSRF_HEADER) or form.get(CSRF_FIELD) or ""
    return isinstance(sent, str) and is_secret(sent, secret)


def is_too_large(request: Request) -> bool:
    """Whether a form says that it is larger than any of ours."""
    length = request.headers.get("content-length", "0")
    return not length.isdigit() or int(length) > LARGEST_FORM
