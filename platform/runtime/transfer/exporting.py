"""Records into a file, as an import reads it: one entity by its fields, or a mapping the other way round."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from kith.metadata.fields.files import FILES
from kith.metadata.model import Entity, Field, Import, ImportValue, Model
from kith.rules.plain import duration_text
from kith.runtime.coerce.choosing import listing
from kith.runtime.coerce.composed import NAME, RANGE, split_name
from kith.runtime.context import Context
from kith.runtime.read.lists import list_records
from kith.runtime.read.query import Denied, Query, Reference
from kith.runtime.rights import rights_of
from kith.runtime.transfer.mapping import ID, Step, steps_of
from kith.runtime.transfer.table import Unreadable
from kith.runtime.transfer.values import with_comma
from kith.runtime.transfer.writing import Cells, written
from kith.runtime.write.messages import texts

if TYPE_CHECKING:
    from kith.runtime.release import Release

PAGE = 500
LEFT_OUT = frozenset({"secret", "autonumber", *FILES})
"""Types of which an import writes nothing: what a file holds does not stand in a table."""
Shown = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Output:
    """One column: its name, the path that it is read from ("" for a constant), and how a value is written."""

    name: str
    path: str
    show: Shown


def run_export(
    connection: sa.Connection,
    context: Context,
    release: Release,
    name: str,
    path: Path,
    *,
    fields: Sequence[str] = (),
    filter_: str = "",
) -> int:
    """Write the records of an entity, or of a mapping, that the actor may export; how many there were.

    The format is that of the file's name: .csv, .xlsx or .json. Raises Denied, BadQuery and Unreadable.
    """
    model = release.model
    mapping = model.imports.get(name)
    entity = model.entities[name if mapping is None else last_step(model, mapping).entity.name]
    limit = export_filter(context, release, entity)
    condition = " and ".join(f"({part})" for part in (filter_, limit) if part)
    outputs = of_mapping(model, mapping) if mapping is not None else of_entity(model, entity, fields, context, release)
    rows = rows_of(connection, context, release, entity, outputs, condition)
    return written(path, [output.name for output in outputs], rows)


def export_filter(context: Context, release: Release, entity: Entity) -> str:
    """The condition under which the actor may export records, "" for all; raises Denied where none."""
    if context.actor.kind == "system":
        return ""
    right = rights_of(release.model, context.actor.roles)[entity.name].right("export")
    if right.never:
        label = entity.label.in_(context.language)
        raise Denied(texts(context.language)("import.may_not_export", entity=label))
    return "" if right.always else " or ".join(f"({scope.excerpt.text})" for scope in right.scopes)


def rows_of(
    connection: sa.Connection,
    context: Context,
    release: Release,
    entity: Entity,
    outputs: Sequence[Output],
    condition: str,
) -> Iterator[Cells]:
    """The cells of every record, page by page."""
    paths = tuple(dict.fromkeys(output.path for output in outputs if output.path and output.path != ID))
    cursor: str | None = ""
    while cursor is not None:
        query = Query(entity.name, paths, condition, limit=PAGE, cursor=cursor, count="none")
        page = list_records(connection, context, release, query)
        at = {column.path: column.index for column in page.columns} | {ID: 0}
        for row in page.rows:
            yield [output.show(row[at[output.path]] if output.path else None) for output in outputs]
        cursor = page.next


def of_entity(model: Model, entity: Entity, fields: Sequence[str], context: Context, release: Release) -> list[Output]:
    """The id and every field that an import can write, or the wanted fields; references by their ids."""
    if fields:
        return [Output(name, name, show_of(entity.fields.get(name))) for name in fields]
    readable = set(entity.fields)
    if context.actor.kind != "system":
        readable = set(rights_of(release.model, context.actor.roles)[entity.name].readable())
    wanted = [
        one.name
        for one in entity.fields.values()
        if one.name in readable and not one.is_computed and one.type_name not in LEFT_OUT
    ]
    return [Output(name, name, show_of(entity.fields.get(name))) for name in (ID, *wanted)]


def last_step(model: Model, mapping: Import) -> Step:
    """The step whose records are the rows of the file."""
    return steps_of(model, mapping)[-1]


def of_mapping(model: Model, mapping: Import) -> list[Output]:
    """The columns of a mapping, read back from the records of its last step and those that it leads to."""
    steps = {step.name: step for step in steps_of(model, mapping)}
    last = list(steps.values())[-1]
    found: dict[str, Output] = {}
    waiting: list[tuple[Step, str]] = [(last, "")]
    seen: set[str] = set()
    while waiting:
        step, prefix = waiting.pop(0)
        if step.name in seen:
            continue
        seen.add(step.name)
        for name, value in step.values.items():
            if value.step:
                waiting.append((steps[value.step], f"{prefix}{name}."))
            elif value.column and value.column not in found:
                declared = step.entity.fields[name]
                path = f"{prefix}{name}" + (f".{value.match}" if value.match else "")
                target = model.entities[declared.to].fields[value.match] if value.match else declared
                found[value.column] = Output(value.column, path, shown_as(value, target))
    return [found[name] for name in _in_order(mapping, found)]


def _in_order(mapping: Import, found: Mapping[str, Output]) -> list[str]:
    columns = mapping.file.get("columns")
    wanted = [str(name) for name in columns] if isinstance(columns, (list, tuple)) else []
    ordered = [value.column for step in mapping.steps.values() for value in step.values.values() if value.column]
    missing = [name for name in wanted if name not in found]
    if missing:
        raise Unreadable("cannot_go_back", column=missing[0])
    return list(dict.fromkeys(wanted or [name for name in ordered if name in found]))


def shown_as(value: ImportValue, declared: Field) -> Shown:
    """How a mapping's column writes a value: the mapping read backwards."""
    back = {key: text for text, key in reversed(list(value.map.items()))}

    def show(found: Any) -> Any:
        if value.date and isinstance(found, date):
            return dated(found, value.date)
        if value.percent == "points" and isinstance(found, Decimal):
            found *= 100
        if value.decimal == "comma" and isinstance(found, (int, Decimal)) and not isinstance(found, bool):
            return with_comma(found)
        if value.percent == "points" and isinstance(found, Decimal):
            return found
        cell = plain(found)
        return back.get(cell, cell) if isinstance(cell, str) else cell

    return show


def composed(value: Mapping[str, Any]) -> str:
    """A value of several parts: a range of dates and a person's name as people write them, else by its parts."""
    if value.keys() == set(RANGE):
        return "/".join(part.isoformat() if part is not None else "" for part in map(value.get, RANGE))
    if value.keys() == set(NAME):
        family, given = (value[name] or "" for name in NAME)
        for text in (f"{family}{given}", f"{given} {family}"):
            if split_name(text) == {"family": family, "given": given}:
                return text
    return orjson.dumps({name: part for name, part in value.items() if part is not None}).decode()


def dated(value: date, form: str) -> str:
    """A date in the format of a mapping."""
    parts = (
        ("YYYY", f"{value.year:04d}"), ("YY", f"{value.year % 100:02d}"), ("MM", f"{value.month:02d}"),
        ("DD", f"{value.day:02d}"), ("M", str(value.month)), ("D", str(value.day)),
    )  # fmt: skip
    text, result = form, ""
    while text:
        name, written_ = next(((name, part) for name, part in parts if text.startswith(name)), (text[0], text[0]))
        result, text = result + written_, text[len(name) :]
    return result


def show_of(declared: Field | None) -> Shown:
    """How a field's values become cells that an import reads back."""
    return as_json if declared is not None and declared.type_name == "json" else plain


def as_json(value: Any) -> Any:
    """Plain data as its JSON text."""
    return None if value is None else orjson.dumps(value).decode()


def plain(value: Any) -> Any:
    """A value as a cell: references as ids (to any record with the entity), instants with offset, sets by commas, parts as JSON."""
    if isinstance(value, Mapping):
        return composed(value)
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, Reference):
        return f"{value.entity}/{value.id}" if value.entity else value.id
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (frozenset, set, list, tuple)):
        return listing(sorted(str(plain(one)) for one in value))
    if isinstance(value, (bool, int, Decimal, date)) or value is None:
        return value
    return str(value)
