"""Background jobs for those who administer: what waits, runs, was done or failed, and trying again what failed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.responses import Response

from kith.api.calls import Call, answer, known_id, proven
from kith.api.parameters import number, one_of, parameters
from kith.api.problems import stop
from kith.api.reading import shown
from kith.runtime import queue
from kith.runtime.database import Connection
from kith.runtime.queue.telling import told
from kith.runtime.read.cursors import ID

KNOWN = ("state", "kind", "limit", "cursor")
MOST = 1_000


def jobs(call: Call) -> Response:
    """Answer the latest jobs, of a state and a kind where those are named."""
    administering(call)
    given = parameters(call.request, *KNOWN)
    cursor, limit = given.get("cursor", ""), number(given, "limit", 50, MOST)
    if cursor and not ID.fullmatch(cursor):
        raise stop(400, "bad_parameter", name="cursor", value=shown(cursor), expected="next")
    state = one_of(given, "state", ("", *queue.STATES))
    found = queue.jobs(call.connection, state=state, kind=given.get("kind", ""), before=cursor, limit=limit + 1)
    page = found[:limit]
    following = page[-1].id if len(found) > limit else None
    data = [data_of(call, one) for one in page]
    return answer({"data": data, "next": following, "count": None, "states": queue.counts(call.connection)})


def job(call: Call) -> Response:
    """Answer one job."""
    administering(call)
    parameters(call.request)
    return answer({"data": data_of(call, _found(call, call.connection))})


def retry(call: Call) -> Response:
    """Have a job that failed tried again, and answer how it stands."""
    administering(call)
    parameters(call.request)
    for key in call.json() if call.body.strip() else ():
        raise stop(400, "unknown_part", name=key[:60], known="–")

    def again(connection: Connection) -> tuple[int, queue.Listed]:
        proven(call, connection)
        count = queue.retry(connection, call.context.now, _id(call))
        return count, _found(call, connection)

    count, found = call.doors.workspace.database.run(again)
    if not count:
        raise stop(409, "not_failed")
    return answer({"data": data_of(call, found)})


def administering(call: Call) -> None:
    """Jobs show values of every entity; to others there are none."""
    if not call.reader.administers:
        raise stop(404, "no_such_entity", name="jobs")


def _id(call: Call) -> str:
    return known_id(call.request.path_params["id"])


def _found(call: Call, connection: Connection) -> queue.Listed:
    found = queue.jobs(connection, id_=_id(call))
    if not found:
        raise stop(404, "no_such_job")
    return found[0]


def data_of(call: Call, one: queue.Listed) -> dict[str, Any]:
    """A job as data, with what there is to say in words."""
    words = told(one, call.release.model, call.context.language, datetime.isoformat)
    return {
        "id": one.id,
        "kind": one.kind,
        "label": words.kind,
        "about": words.about,
        "state": one.state,
        "save": one.save,
        "attempts": one.attempts,
        "created_at": one.created_at,
        "due_at": one.due_at,
        "finished_at": one.finished_at,
        "failed": words.failed or None,
        "told": [text for text in (words.next, *words.came) if text],
        "refusals": [{"record": record, "message": message} for record, message in words.refusals],
        "result": one.result,
    }
