"""Bodies as changes: fields at the top level, owned lines as lists of objects whose `id` marks those that are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kith.api.calls import known_id
from kith.api.problems import stop
from kith.metadata.model import Entity, Model
from kith.runtime.ids import new_id
from kith.runtime.write.change import Change, Op

MOST_LINES = 2_000


def change_of(
    model: Model, entity: Entity, op: Op, id_: str | None, body: Mapping[str, Any], place: str = ""
) -> Change:
    """The change that a body asks for; raises Stop where it has not the form of one, the gate judges all else."""
    values: dict[str, object] = {}
    children: dict[str, tuple[Change, ...]] = {}
    version: int | None = None
    for name, value in body.items():
        inverse = entity.inverses.get(name)
        if name == "version" and op != "create":
            version = version_of(value, place)
        elif name == "id" and isinstance(value, str) and value.lower() == id_:
            continue
        elif inverse is not None and inverse.owned:
            below = model.entities[inverse.entity]
            children[name] = _lines(model, below, value, f"{place}{name}")
        else:
            values[name] = value
    return Change(op, entity.name, id_, values, children, version)


def rooted(entity: Entity, change: Change) -> Change:
    """A new line that is sent to an address of its own, as a change of its parent: so its id is known beforehand."""
    if not entity.owner_of_lines or change.op != "create":
        return change
    reference = entity.fields[entity.owner_of_lines]
    given = change.values.get(reference.name)
    parent = given.get("id") if isinstance(given, Mapping) else given
    if not isinstance(parent, str) or not parent.strip():
        # The gate says what is missing.
        return change
    values = {name: value for name, value in change.values.items() if name != reference.name}
    line = replace(change, entity="", id=new_id(), values=values)
    return Change("update", reference.to, known_id(parent.strip()), children={reference.inverse: (line,)})


def subject_of(entity: Entity, change: Change) -> str | None:
    """The id of the record that a change of an entity is about; None of one that the gate will name."""
    if change.entity == entity.name:
        return change.id
    return next(iter(change.children.values()))[0].id


def version_of(value: object, place: str = "") -> int | None:
    """The version that the author saw."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**62:
        raise stop(400, "bad_part", name=f"{place}version", expected="1, 2, 3, …")
    return value


def _lines(model: Model, entity: Entity, value: object, place: str) -> tuple[Change, ...]:
    if not isinstance(value, list) or not all(isinstance(line, dict) for line in value):
        raise stop(400, "bad_part", name=place, expected="[{…}, …]")
    if len(value) > MOST_LINES:
        raise stop(400, "too_many_items", limit=MOST_LINES, count=len(value))
    return tuple(_line(model, entity, line, f"{place}.{number}.") for number, line in enumerate(value))


def _line(model: Model, entity: Entity, line: Mapping[str, Any], place: str) -> Change:
    body = {name: value for name, value in line.items() if name not in ("id", "_delete")}
    id_, gone = line.get("id"), line.get("_delete", False)
    if id_ is not None and not isinstance(id_, str):
        raise stop(400, "bad_part", name=f"{place}id", expected='"…"')
    if not isinstance(gone, bool) or (gone and id_ is None):
        raise stop(400, "bad_part", name=f"{place}_delete", expected='{"id": "…", "_delete": true}')
    op: Op = "delete" if gone else "create" if id_ is None else "update"
    id_ = known_id(id_) if id_ is not None else None
    if gone:
        return Change("delete", "", id_, version=version_of(line.get("version"), place), exact=True)
    # The gate knows from the parent what a line is.
    return replace(change_of(model, entity, op, id_, body, place), entity="")
