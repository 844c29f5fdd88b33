"""What keeps forged requests out: where a request comes from, and the secret that only our own forms know."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

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


async def form_within(request: Request, limit: int = LARGEST_FORM, files: int = 0) -> FormData:
    """The form of a request; raises HTTPException (413) before more than the limit is held, whatever it said of its length.

    Without script a form may bring along as many `files`, which lie on the disk where they are large.
    """
    length, size = request.headers.get("content-length", "0"), 0
    if not length.isdigit() or int(length[:20]) > limit:
        raise HTTPException(413)

    async def received() -> Message:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise HTTPException(413)
        return message

    bounded = Request(request.scope, received)
    return await bounded.form(max_files=files, max_fields=MOST_FIELDS, max_part_size=LARGEST_FORM)
