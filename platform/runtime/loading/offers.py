"""What a release offers: each row of its reference data with its cells, by physical names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kith.metadata.model import DataSet, Entity, Field, Model
from kith.rules.program import Expression
from kith.runtime.loading.ordering import in_order
from kith.runtime.loading.rows import is_lines, key_fields, key_parts, known_by
from kith.runtime.loading.standing import line_cell, plain
from kith.runtime.schema.names import Names


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a row, or its owned lines (then there is no field); `source` is what the document says, as JSON."""

    name: str
    field: Field | None
    raw: object
    source: Any


@dataclass(frozen=True, slots=True)
class Offer:
    """One row of one data set; `key` is what it is known by, `parts` the values of its key."""

    data: DataSet
    entity: Entity
    table: str
    row: str
    key: str
    parts: tuple[object, ...]
    cells: Mapping[str, Cell]
    """By physical name."""
    last: frozenset[str]
    """Those that no data set after this one gives as well: they have the last word."""

    @property
    def place(self) -> tuple[str, str]:
        """What it is remembered under until it has a record."""
        return self.table, self.key


def offers_of(model: Model, names: Names) -> list[Offer]:
    """All rows of the reference data, in the order in which they are loaded."""
    found: list[Offer] = []
    given: dict[tuple[str, str], set[str]] = {}
    for data in reversed(in_order(model, demo=False)):
        for row in reversed(list(data.rows)):
            offer = _offer(model, names, data, row, given)
            given.setdefault(offer.place, set()).update(offer.cells)
            found.append(offer)
    return found[::-1]


def _offer(model: Model, names: Names, data: DataSet, row: str, given: Mapping[tuple[str, str], set[str]]) -> Offer:
    entity, table = model.entities[data.of], names.entities[data.of].table
    fields = key_fields(data, entity)
    parts = key_parts(data, fields, row)
    key = known_by(data, row, parts)
    whole = dict(zip(fields, parts, strict=True)) | dict(data.rows[row])
    cells = dict(_cells(names, entity, whole))
    last = frozenset(cells).difference(given.get((table, key), ()))
    return Offer(data, entity, table, row, key, parts, cells, last)


def _cells(names: Names, entity: Entity, row: Mapping[str, object]) -> Iterator[tuple[str, Cell]]:
    for name, raw in row.items():
        if is_lines(entity, name, raw):
            yield line_cell(names, entity.inverses[name]), Cell(name, None, raw, source_of(raw))
        elif name in entity.fields:
            yield names.entities[entity.name].columns[name], Cell(name, entity.fields[name], raw, source_of(raw))


def source_of(raw: object) -> Any:
    """What a document says, as JSON; an expression stands by its text."""
    if isinstance(raw, Expression):
        return {"": raw.excerpt.text}
    if isinstance(raw, Mapping):
        return {name: source_of(part) for name, part in raw.items()}
    if isinstance(raw, list | tuple):
        return [source_of(part) for part in raw]
    return plain(raw)
