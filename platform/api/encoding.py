"""Values as JSON: exact numbers, dates and instants as text, references with their labels.

orjson writes texts, numbers, dates, times and instants itself; the rest has a function each, chosen once by type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from kith.metadata.fields.files import MEMBER
from kith.metadata.model import Entity
from kith.rules.plain import duration_text, period_text, trimmed
from kith.rules.types import TEXT, Type
from kith.rules.values import Period
from kith.runtime.files.described import Described
from kith.runtime.read.query import Reference, Shown
from kith.runtime.read.scopes import OWN

Convert = Callable[[Any], Any]
Encode = Callable[[Sequence[Any]], dict[str, Any]]
NATIVE = frozenset({"bool", "int", "text", "choice", "date", "datetime", "time", "null"})


def converter(type_: Type, hidden: str) -> Convert | None:
    """How a value of a type is written, None where orjson knows; `hidden` labels references out of the reader's scope."""
    if type_.kind in NATIVE:
        return _described if type_.entity == MEMBER.entity else None
    if type_.kind in ("decimal", "money"):
        return _exact
    if type_.kind == "percent":
        return _trimmed
    if type_.kind == "ref":
        return lambda value: referred(value, hidden)
    if type_.kind == "set":
        item = converter(type_.item or TEXT, hidden)
        return _listed if item is None else lambda value: value if isinstance(value, str) else [*map(item, value or ())]
    return lambda value: loose(value, hidden)


def _described(value: Any) -> Any:
    found = Described.of(value)
    return found.as_parts() if found is not None else value


def _exact(value: Any) -> Any:
    # What is only masked to the reader is a text already.
    if not isinstance(value, Decimal):
        return value
    text = str(value)
    return f"{value:f}" if "E" in text else text


def _trimmed(value: Any) -> Any:
    return trimmed(value) if isinstance(value, Decimal) else value


def _listed(value: Any) -> Any:
    return value if isinstance(value, str) else list(value or ())


def referred(value: Any, hidden: str) -> Any:
    """A reference; of a record out of scope only its id is told."""
    if isinstance(value, Reference):
        found = {"id": value.id, "label": value.label if value.visible else hidden}
        return {"entity": value.entity, **found} if value.entity else found
    return value


def loose(value: Any, hidden: str) -> Any:
    """A value whose type is not known beforehand."""
    match value:
        case Decimal():
            return f"{value:f}"
        case Reference():
            return referred(value, hidden)
        case timedelta():
            return duration_text(value)
        case Period():
            return period_text(value)
        case Mapping():
            return {name: loose(part, hidden) for name, part in value.items()}
        case tuple() | list() | frozenset():
            return [loose(part, hidden) for part in value]
        case _:
            return value


def converters(entity: Entity, hidden: str) -> Mapping[str, Convert]:
    """The functions for the fields of an entity that need one."""
    types = {**OWN, **{name: field.type for name, field in entity.fields.items()}}
    found = {name: converter(type_, hidden) for name, type_ in types.items()}
    return {name: convert for name, convert in found.items() if convert is not None}


@dataclass(frozen=True, slots=True)
class Branch:
    """One name in a row: where its value stands, how it is written, and what stands inside an expanded reference."""

    name: str
    index: int
    convert: Convert | None
    inside: tuple[Branch, ...]


def row_encoder(columns: Sequence[Shown], hidden: str) -> Encode:
    """What makes an object of a row (id, version and the columns); paths over references stand inside them."""
    names = ["id", "version"]
    special: list[tuple[str, int, Convert]] = []
    nested: list[Branch] = []
    flat = {column.path for column in columns if "." not in column.path}
    for index, column in enumerate(columns, start=2):
        names.append(column.path)
        convert = converter(column.type, hidden)
        if convert is not None:
            special.append((column.path, index, convert))
    if len(flat) == len(columns):
        return _flat(tuple(names), tuple(special))
    nested = list(_branches(columns, "", hidden))
    own = [branch for branch in nested if branch.name not in ("id", "version")]

    def encode(row: Sequence[Any]) -> dict[str, Any]:
        found = {"id": row[0], "version": row[1]}
        for branch in own:
            found[branch.name] = _written(branch, row)
        return found

    return encode


def _flat(names: tuple[str, ...], special: tuple[tuple[str, int, Convert], ...]) -> Encode:
    def encode(row: Sequence[Any]) -> dict[str, Any]:
        found = dict(zip(names, row, strict=True))
        for name, index, convert in special:
            value = row[index]
            if value is not None:
                found[name] = convert(value)
        return found

    return encode


def _branches(columns: Sequence[Shown], prefix: str, hidden: str) -> list[Branch]:
    found = []
    for index, column in enumerate(columns, start=2):
        if not column.path.startswith(prefix) or "." in (name := column.path.removeprefix(prefix)):
            continue
        inside = tuple(_branches(columns, f"{column.path}.", hidden)) if column.type.kind in ("ref", "record") else ()
        found.append(Branch(name, index, converter(column.type, hidden), inside))
    return found


def _written(branch: Branch, row: Sequence[Any]) -> Any:
    value = row[branch.index]
    if value is None:
        return None
    shown = branch.convert(value) if branch.convert is not None else value
    if branch.inside and isinstance(value, Mapping):
        return {part.name: _written(part, row) for part in branch.inside}
    if branch.inside and isinstance(value, Reference) and value.visible:
        for part in branch.inside:
            # The reference's own id and label stay what they are.
            shown.setdefault(part.name, _written(part, row))
    return shown
