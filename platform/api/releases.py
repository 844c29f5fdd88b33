"""`GET /api/v1/meta/releases`: the published states of the metadata, for those who administer."""

from __future__ import annotations

from starlette.responses import Response

from kith.api.calls import Call, answer
from kith.api.parameters import number, parameters
from kith.api.problems import stop
from kith.runtime.releases import published

MOST = 1_000


def releases(call: Call) -> Response:
    """Answer the latest releases."""
    _administering(call)
    limit = number(parameters(call.request, "limit"), "limit", 50, MOST)
    return answer({"data": [one.as_data(call.context.language) for one in published(call.connection, limit=limit)]})


def release(call: Call) -> Response:
    """Answer one release with its changes, in the reader's language."""
    _administering(call)
    parameters(call.request)
    text = call.request.path_params["number"]
    wanted = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    found = published(call.connection, number=wanted) if wanted else []
    if not found:
        raise stop(404, "no_such_release")
    return answer({"data": found[0].as_data(call.context.language, whole=True)})


def _administering(call: Call) -> None:
    """Changes name entities and fields of everybody; to others there are none."""
    if not call.reader.administers:
        raise stop(404, "no_such_release")
