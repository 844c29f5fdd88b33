"""Bodies of requests: of the right kind, and never larger than an address allows."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from kith.api.problems import Stop, stop

SMALL = 1024 * 1024
"""Bytes of one record with its lines."""
LARGE = 16 * 1024 * 1024
"""Bytes of a bulk request."""
KINDS = frozenset({"application/json", "application/merge-patch+json"})


async def body_of(request: Request, limit: int) -> bytes:
    """The body of a request; raises Stop before more than the limit is held."""
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length[:20]) > limit:
        raise stop(413, "too_large", limit=limit)
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise stop(413, "too_large", limit=limit)
            chunks.append(chunk)
    except ClientDisconnect:
        raise stop(400, "empty") from None
    if size:
        _check_kind(request)
    return b"".join(chunks)


async def form_of(request: Request, limit: int) -> FormData:
    """The parts of a multipart request, of which files beyond a megabyte lie on the disk; raises Stop before more is taken."""
    length, size = request.headers.get("content-length", "0"), 0
    if not length.isdigit() or int(length[:20]) > limit:
        raise stop(413, "too_large", limit=limit)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise stop(415, "not_multipart")

    async def received() -> Message:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise stop(413, "too_large", limit=limit)
        if message["type"] == "http.disconnect":
            raise stop(400, "bad_multipart")
        return message

    try:
        return await Request(request.scope, received).form(max_files=2, max_fields=0)
    except (HTTPException, KeyError, ValueError):
        raise stop(400, "bad_multipart") from None


def _check_kind(request: Request) -> None:
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    charset = rest.lower().replace(" ", "").replace('"', "").removeprefix("charset=")
    coded = request.headers.get("content-encoding", "identity").lower() != "identity"
    if kind.strip().lower() not in KINDS or charset not in ("", "utf-8", "utf8") or coded:
        raise Stop(415, "not_json_type", headers={"accept": "application/json"})
