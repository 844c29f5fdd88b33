"""Records as of a day, going back to what they were, and batches with taking them back."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kith.api import records
from kith.api.calls import Call, answer, known_id, proven
from kith.api.changes import rooted, version_of
from kith.api.encoding import converter, loose
from kith.api.idempotency import claim_of
from kith.api.jobs import data_of
from kith.api.parameters import parameters
from kith.api.problems import stop
from kith.api.reading import only, shown
from kith.api.records import expecting, perform
from kith.metadata.model import Entity
from kith.runtime import queue
from kith.runtime.database import Connection
from kith.runtime.past import wishes
from kith.runtime.past.asof import PastRecord, Then, record_as_of
from kith.runtime.past.moments import moment_of
from kith.runtime.past.preview import preview
from kith.runtime.past.restoring import cause_of, going_back, returnable
from kith.runtime.past.told import outcome_data, outcome_of, preview_data

MOMENT = "2026-01-31 | 2026-01-31T09:00:00+08:00"
PARTS = ("as_of", "fields", "lines", "version")


def get(call: Call) -> Response:
    """Answer a record, as it is or with `as_of` as it was."""
    if "as_of" not in call.request.query_params:
        return records.get(call)
    return as_of(call, parameters(call.request, "as_of")["as_of"])


def is_long(request: Request) -> bool:
    """Whether a release of another day may have to be read again, for which others need not wait."""
    return "as_of" in request.query_params


def as_of(call: Call, text: str) -> Response:
    """Answer a record as it was at a moment, with the release of that day."""
    past = _past(call, call.connection, call.entity, text)
    return answer({"data": written(call, past), "as_of": about(call, past)})


def _past(call: Call, connection: Connection, entity: Entity, text: str) -> PastRecord:
    at = moment_of(text, call.context.reader_zone)
    if at is None:
        raise stop(400, "bad_parameter", name="as_of", value=shown(text), expected=MOMENT)
    if not call.reader.may_read(entity.name):
        raise stop(404, "no_such_record")
    found = record_as_of(connection, call.context, call.release, entity.name, call.id, at)
    if found is None:
        raise stop(404, "no_such_record")
    if not found.version:
        raise stop(404, "not_yet", at=found.made_at.isoformat())
    return found


def written(call: Call, past: PastRecord) -> dict[str, Any]:
    """The values of a record by the names that its fields have today; what is gone stands under `as_of`."""
    found: dict[str, Any] = {"id": past.id, "version": past.version}
    found |= {one.name: _value(call, one) for one in past.fields if one.name}
    for name, lines in past.lines.items():
        found[name] = [written(call, line) for line in lines if line.is_there]
    return found


def about(call: Call, past: PastRecord) -> dict[str, Any]:
    """When and under which release, and the fields that were called otherwise, are gone, or have been erased."""
    return {
        "at": past.at,
        "release": past.release,
        "deleted": past.deleted,
        "names": {one.name: one.field.name for one in past.fields if one.name and one.name != one.field.name},
        "gone": {one.field.name: _value(call, one) for one in past.fields if not one.name},
        "erased": [one.name or one.field.name for one in past.fields if one.erased],
    }


def _value(call: Call, one: Then) -> Any:
    hidden = call.texts("reference.hidden")
    convert = converter(one.field.type, hidden)
    return convert(one.value) if convert is not None and one.value is not None else loose(one.value, hidden)


def revert(call: Call) -> Response:
    """Bring back what a record was at a moment: the named fields, else all that the caller may write, with its lines."""
    parameters(call.request)
    entity, body = call.entity, call.json()
    only(body, PARTS)
    moment, fields, lines = body.get("as_of"), body.get("fields"), body.get("lines", fields_missing(body))
    if not isinstance(moment, str):
        raise stop(400, "missing_part", name="as_of")
    if not isinstance(lines, bool):
        raise stop(400, "bad_part", name="lines", expected="true | false")
    version = version_of(body.get("version"))
    with call.doors.workspace.database.read() as connection:
        past = _past(call, connection, entity, moment)
    names = _chosen(call, past, fields)
    change = going_back(call.release, past, names, lines=lines, version=version)
    return perform(call, entity, expecting(call, rooted(entity, change)), 200, claim_of(call), cause_of(past))


def fields_missing(body: dict[str, Any]) -> bool:
    """Whether the whole record is meant."""
    return "fields" not in body


def _chosen(call: Call, past: PastRecord, fields: object) -> list[str]:
    """The fields that shall return; those that are named must be fields, those that are not are all that the caller may write."""
    known = call.release.model.entities[past.entity].fields
    if fields is None:
        rights = call.reader.rights[past.entity]
        return [one.name for one in returnable(call.release, past) if not rights.writing(one.name, "update").never]
    if not isinstance(fields, list) or not all(isinstance(name, str) for name in fields):
        raise stop(400, "bad_part", name="fields", expected='["…", …]')
    for name in fields:
        if name not in known or not any(one.name == name for one in past.fields):
            raise stop(400, "bad_part", name="fields", expected=" | ".join(one.name for one in past.fields if one.name))
    return fields


def batch(call: Call) -> Response:
    """Answer what a batch did, what would stay if it were taken back, and how taking it back stands."""
    parameters(call.request)
    return answer({"data": _batch(call, call.connection)})


def undo(call: Call) -> Response:
    """Have a batch taken back by a job, and answer it; a second request while that goes on answers the same job."""
    parameters(call.request)
    for key in call.json() if call.body.strip() else ():
        raise stop(400, "unknown_part", name=key[:60], known="–")

    def ask(connection: Connection) -> dict[str, Any]:
        proven(call, connection)
        _batch(call, connection)
        wishes.put(connection, call.context, _id(call))
        return _batch(call, connection)

    return answer({"data": call.doors.workspace.database.run(ask)}, 202)


def _id(call: Call) -> str:
    return known_id(call.request.path_params["id"])


def _batch(call: Call, connection: Connection) -> dict[str, Any]:
    found = preview(connection, call.context, call.release, _id(call))
    if found is None:
        raise stop(404, "no_such_batch")
    return {**preview_data(found), "undo": _undo(call, connection)}


def _undo(call: Call, connection: Connection) -> dict[str, Any] | None:
    """The latest job that takes it back, with what came of it."""
    jobs = wishes.wishes(connection, _id(call))
    if not jobs:
        return None
    job: queue.Listed = jobs[0]
    outcome = outcome_of(connection, call.context, call.release, job.result or {})
    return {name: data_of(call, job)[name] for name in ("id", "state", "failed")} | outcome_data(outcome)
