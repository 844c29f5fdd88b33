"""Files as pages lead to them: shown or saved by whoever may read what holds them."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from kith.runtime.files.keeping import Kept
from kith.runtime.files.kinds import MEDIA
from kith.runtime.files.reading import readable_file, small_picture
from kith.runtime.files.serving import SAFE, bytes_of, part_of
from kith.web import addresses
from kith.web.answering import page
from kith.web.requests import Stop, Visit, Web, parameter


def routes(web: Web) -> Sequence[Route]:
    """The routes of files."""
    return (
        Route(addresses.file_of("{id}"), page(web, show), methods=["GET"]),
        Route(addresses.preview_of("{id}"), page(web, preview), methods=["GET"]),
    )


def show(visit: Visit) -> Response:
    """A file's bytes, or those of a part."""
    part = part_of(_kept(visit), visit.request.headers)
    if visit.request.method == "HEAD" or part.last < part.first:
        return Response(status_code=part.status, headers=dict(part.headers))
    return StreamingResponse(bytes_of(visit.web.doors, part), part.status, dict(part.headers))


def preview(visit: Visit) -> Response:
    """What stands for a picture in a list; a sign where there is nothing so small."""
    kept = _kept(visit)
    if kept.width is None:
        raise Stop(404)
    tag = f'"{kept.sha256[:32]}-s"'
    if visit.request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={**SAFE, "etag": tag})
    small = small_picture(visit.connection, kept)
    if small is None:
        return RedirectResponse(visit.web.templates.assets.url("picture.svg"), 302, headers={**SAFE})
    return Response(small.data, headers={**SAFE, "etag": tag, "content-type": MEDIA[small.type]})


def _kept(visit: Visit) -> Kept:
    kept = readable_file(visit.connection, visit.context, visit.release, parameter(visit.request, "id"))
    if kept is None:
        raise Stop(404)
    return kept
