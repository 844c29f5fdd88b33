"""Answers that stand inside of a page: what goes wrong with them leaves the page as it is."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kith.web.answering import Endpoint


def part(endpoint: Endpoint, otherwise: int = 204) -> Endpoint:
    """The endpoint of a part of a page; instead of a whole page that tells of an error it answers a bare status.

    204 keeps what stands there and what is typed into it; the page tells when it is sent or loaded again.
    """

    async def bare(request: Request) -> Response:
        answer = await endpoint(request)
        is_part = answer.status_code == 200 and "hx-redirect" not in answer.headers
        return answer if is_part else Response(status_code=otherwise)

    return bare
