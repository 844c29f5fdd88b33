"""`GET /api/v1/meta/releases`: the published states of the metadata, for those who administer."""

from __future__ import annotations

from starlette.responses import Response

from kith.api.calls import Call, answer
from kith.api.parameters import number, parameters
from kith.api.past import MOMENT
from kith.api.problems import stop
from kith.api.reading import shown
from kith.runtime.past.moments import moment_of, release_at
from kith.runtime.releases import published

MOST = 1_000


def releases(call: Call) -> Response:
    """Answer the latest releases, with `at` the one that was in force then."""
    _administering(call)
    given = parameters(call.request, "limit", "at")
    limit, found = number(given, "limit", 50, MOST), 0
    if "at" in given:
        moment = moment_of(given["at"], call.context.reader_zone)
        if moment is None:
            raise stop(400, "bad_parameter", name="at", value=shown(given["at"]), expected=MOMENT)
        found = release_at(call.connection, moment)
    listed = published(call.connection, number=found, limit=limit) if found or "at" not in given else []
    return answer({"data": [one.as_data(call.context.language) for one in listed]})


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
