"""What a backup has of a workspace: Kith's own tables, those of the release, and what is kept aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kith.rules.tree import BASE
from kith.rules.types import DATETIME, INT, TEXT, Type, decimal, ref
from kith.runtime.backup.values import BYTES, JSON, Column
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.schema.keeping import KeptField, columns_of, type_of
from kith.runtime.schema.names import EntityNames, link_table
from kith.runtime.schema.storage import PARTS, parts_of
from kith.runtime.schema.tables import EntityTable

LEFT_OUT = frozenset({system.session.name, system.attempt.name, system.link.name})
"""Who is signed in, who tried in vain, and secrets that open a door once: nothing that ought to come back."""
NUMBERED = (system.search.name, "row")
"""A column that each database counts by itself."""
ROWS, FEW = 1_000, 20
"""Rows that are written, and read, at once."""
OWN: dict[str, Type] = {
    "id": ref(""), "version": INT, "created_at": DATETIME, "created_by": ref(""), "updated_at": DATETIME,
    "updated_by": ref(""), "deleted_at": DATETIME, "deletion": ref(""), "computed": INT,
}  # fmt: skip
"""The columns that every table of an entity has."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a backup."""

    name: str
    columns: Sequence[Column]

    @property
    def at_once(self) -> int:
        """How many of its rows are in memory at once: few where they are large."""
        return FEW if any(column.kind == BYTES for column in self.columns) else ROWS


def system_tables() -> Iterator[Table]:
    """Kith's own, those of the releases first."""
    for table in system.SYSTEM.tables.values():
        if table.name not in LEFT_OUT:
            kept = [column for column in table.columns if (table.name, column.name) != NUMBERED]
            yield Table(table.name, [Column.of_system(column) for column in kept])


def data_tables(connection: sa.Connection, release: Release) -> Iterator[Table]:
    """Those of the release, with the columns that are kept aside, and the tables that are."""
    there = {name: columns for (_, name), columns in sa.inspect(connection).get_multi_columns().items()}
    names = {table: [str(column["name"]) for column in columns] for table, columns in there.items()}
    for entity, table in release.tables.entities.items():
        of = release.names.entities[entity]
        yield Table(of.table, [*_columns(table), *_kept_columns(of, names[of.table])])
        for link in table.links.values():
            yield _link(link.table.name, link.field.type.item or TEXT)
        yield from _kept_links(of, names)
    for name, kept in release.names.kept.items():
        if name in names:
            own = [Column.of(column, type_) for column, type_ in OWN.items()]
            yield Table(name, [*own, *_kept_columns(kept.names, names[name])])
            yield from _kept_links(kept.names, names)


def _columns(table: EntityTable) -> Iterator[Column]:
    yield from (Column.of(name, type_) for name, type_ in OWN.items())
    for item in table.columns.values():
        types = parts_of(item.field)
        is_json = item.field.type_name == JSON
        for part, column in item.parts.items():
            yield Column(column.name, JSON) if is_json else Column.of(column.name, types[part])
        beside: list[tuple[sa.Column[Any] | None, Type]] = [
            (item.sort, TEXT), (item.folded, TEXT), (item.fresh_until, DATETIME), (item.as_of, DATETIME),
        ]  # fmt: skip
        yield from (Column.of(column.name, type_) for column, type_ in beside if column is not None)


def _kept_columns(names: EntityNames, there: Sequence[str]) -> Iterator[Column]:
    for base, kept in names.kept.items():
        for name in columns_of(there, base):
            yield _kept_column(kept, name, name.partition("__")[2])


def _kept_column(kept: KeptField, name: str, part: str) -> Column:
    type_name, type_ = type_of(kept.stored)
    if type_name == JSON:
        return Column(name, JSON)
    known: dict[str, Type] = {
        "sort": TEXT, "fold": TEXT, "fresh": DATETIME, "as_of": DATETIME, "": type_, BASE: type_,
        "sum": decimal(18, type_.scale), "count": INT, **PARTS.get(type_name, {}),
    }  # fmt: skip
    return Column.of(name, known[part])


def _kept_links(names: EntityNames, there: dict[str, list[str]]) -> Iterator[Table]:
    for base, kept in names.kept.items():
        name = link_table(names.table, base)
        if name in there:
            yield _link(name, type_of(kept.stored)[1].item or TEXT)


def _link(name: str, item: Type) -> Table:
    return Table(name, [Column.of("record", ref("")), Column.of("value", item)])


def scales(tables: Sequence[Table]) -> dict[tuple[str, str], int]:
    """Decimal places of every column."""
    return {(table.name, column.name): column.scale for table in tables for column in table.columns}
