"""Refused saves as problem documents: every reason, tied to its field and rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kith.api.calls import Call
from kith.api.encoding import loose
from kith.api.problems import Error, Stop, error
from kith.api.showing import converters_of, etag
from kith.metadata.model import Entity, Model
from kith.runtime.read import get_record
from kith.runtime.read.query import Denied, RecordView
from kith.runtime.write.change import Change, Conflict, Failure, Refused

STATUS: Mapping[str, int] = {"invalid": 422, "conflict": 412, "denied": 403, "missing": 404, "taken": 409}


def refused(call: Call, entity: Entity, change: Change, verdict: Refused) -> Stop:
    """The problem document of a refused save."""
    if verdict.kind == "missing":
        return missing(call, entity, change)
    if verdict.kind == "conflict":
        return conflict(call, entity, change, verdict)
    return Stop(status_of(verdict), "refused", errors=reasons(call, entity, verdict))


def status_of(verdict: Refused) -> int:
    """The status that a refusal is answered with."""
    return 403 if any(map(is_denial, verdict.failures)) else STATUS[verdict.kind]


def is_denial(failure: Failure) -> bool:
    """Whether somebody may not do this at all, whatever the values."""
    return not failure.field and not failure.at and failure.code.startswith(("may_not_", "outside_"))


def reasons(call: Call, entity: Entity, verdict: Refused) -> list[Error]:
    """The errors of a refusal; who may not do it at all is not told what else would stand in the way."""
    denials = [failure for failure in verdict.failures if is_denial(failure)]
    steps = steps_to(call.release.model, entity)
    return [reason(failure, steps) for failure in denials or verdict.failures]


def steps_to(model: Model, entity: Entity) -> int:
    """How many steps (`lines.0`) lead from the record that is saved to one of an entity that has an address of its own."""
    return 2 + steps_to(model, model.entities[entity.fields[entity.owner_of_lines].to]) if entity.owner_of_lines else 0


def missing(call: Call, entity: Entity, change: Change) -> Stop:
    """There is no such record; or the record is there and one of the lines that were sent is not."""
    if change.entity != entity.name:
        found = error("no_such_record", call.texts("problem.no_such_record"), field=entity.owner_of_lines)
        return Stop(422, "refused", errors=[found])
    if change.id is None or current(call, entity, change.id) is None:
        return Stop(404, "no_such_record")
    if change.op == "restore":
        return Stop(409, "refused", errors=[error("not_deleted", call.texts("problem.not_deleted"))])
    return Stop(422, "refused", errors=[error("no_such_line", call.texts("problem.no_such_line"))])


def reason(failure: Failure, steps: int) -> Error:
    """One reason; the field of a line is named with its way: `lines.2.quantity`."""
    way = way_of(failure.at, steps)
    field = ".".join(part for part in (way, failure.field) if part)
    return error(failure.code, failure.message, field=field, rule=failure.rule, why=failure.why)


def way_of(at: str, steps: int) -> str:
    """The way to a line from the record that the caller has sent."""
    return ".".join(at.split(".")[steps:]) if steps else at


def conflict(call: Call, entity: Entity, change: Change, verdict: Refused) -> Stop:
    """Somebody else was faster: the fields, yours and, as far as the caller may read them, theirs."""
    view = current(call, entity, change.id)
    if view is None:
        return Stop(404, "no_such_record")
    errors = [differing(call, entity, view, one) for one in verdict.conflicts] + reasons(call, entity, verdict)
    return Stop(412, "changed", {"version": view.version}, errors=errors, headers={"etag": etag(view)})


def current(call: Call, entity: Entity, id_: str | None) -> RecordView | None:
    """The record as it stands now."""
    try:
        with call.doors.workspace.database.read() as connection:
            return get_record(connection, call.context, call.release, entity.name, id_ or "")
    except Denied:
        return None


def labelled(call: Call, entity: Entity, name: str) -> str:
    """A field as its reader calls it."""
    declared = entity.fields.get(name)
    return declared.label.in_(call.context.language) if declared is not None else name


def clashing(call: Call, entity: Entity, one: Conflict) -> dict[str, Any]:
    """The same as the gate tells it."""
    way = way_of(one.at, steps_to(call.release.model, entity))
    message = call.texts("problem.changed_field", name=one.label if way else labelled(call, entity, one.field))
    found: dict[str, Any] = error("conflict", message, field=".".join(part for part in (way, one.field) if part))
    hidden = call.texts("reference.hidden")
    found["yours"] = loose(one.yours, hidden)
    return found | ({"theirs": loose(one.theirs, hidden)} if one.is_told else {})


def differing(call: Call, entity: Entity, view: RecordView, one: Conflict) -> dict[str, Any]:
    """A field that is not as its author saw it."""
    found = clashing(call, entity, one)
    if found["field"] != one.field:
        return found
    found.pop("theirs", None)
    if one.field == "version":
        found |= {"message": call.texts("problem.changed", version=view.version), "theirs": view.version}
    if one.field in view.values:
        convert = converters_of(call, entity).get(one.field)
        theirs = view.values[one.field]
        found["theirs"] = convert(theirs) if convert is not None and theirs is not None else theirs
    return found
