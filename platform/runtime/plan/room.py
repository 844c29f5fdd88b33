"""Room for columns: a table that has had nearly as many as the database allows is made anew, without the empty ones kept aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from kith.problems import Words
from kith.runtime.plan import refusals
from kith.runtime.plan.changes import Change
from kith.runtime.plan.taking import time_of
from kith.runtime.release import Release
from kith.runtime.schema.keeping import columns_of
from kith.runtime.schema.names import EntityNames
from kith.runtime.schema.tables import Tables

COLUMNS = 1_400
"""Columns that a table may ever have had: PostgreSQL has 1,600, those that were dropped among them, SQLite 2,000."""


@dataclass(frozen=True, slots=True)
class MakeRoom(Change):
    """A table that is made anew, since it has had `ever` columns; `without` are base names of columns kept aside that are empty."""

    entity: str
    table: str
    ever: int
    without: tuple[str, ...]
    words = Words(
        "entity {entity}: its table has had {ever} columns and is made anew; who writes to it waits ({records}, {takes})",
        "实体 {entity}：其数据表已用过 {ever} 列，将被重建；写入者需等待（{records}，{takes}）",
    )


@dataclass(frozen=True, slots=True)
class Room:
    """Asks the database how many columns tables have had."""

    connection: sa.Connection
    before: Release
    after: Tables

    def changes(self, changes: Iterable[Change]) -> Iterator[MakeRoom]:
        """The tables among those that the changes make larger which must be made anew before."""
        touched = {getattr(change, "entity", "") for change in changes if change.effect != "refused"}
        used = _used(self.connection)
        for entity, names in self.after.names.entities.items():
            had = used.get(names.table)
            if entity not in touched or had is None or had.ever + _most(self.after, entity) <= COLUMNS:
                continue
            new = len({column.name for column in self.after[entity].table.columns} - had.there)
            if new and had.ever + new > COLUMNS:
                yield self._change(entity, names, had, new)

    def _change(self, entity: str, names: EntityNames, had: Used, new: int) -> MakeRoom:
        table = self.after[entity].table
        kept = {base: columns_of(had.there, base) for base in names.kept}
        empty = self._empty(names.table, [column for some in kept.values() for column in some])
        without = tuple(base for base, columns in kept.items() if columns and empty.issuperset(columns))
        rows = int(self.connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
        left = len(had.there) - sum(len(kept[base]) for base in without) + new
        if left > COLUMNS:
            return MakeRoom(
                entity, names.table, had.ever, without, effect="refused", rows=rows, refusal=refusals.no_room(left)
            )
        took = time_of(self.connection, names.table, rows)
        return MakeRoom(entity, names.table, had.ever, without, seconds=took, effect="slow", rows=rows)

    def _empty(self, table: str, columns: list[str]) -> set[str]:
        if not columns:
            return set()
        counted = sa.select(*(sa.func.count(sa.column(name)) for name in columns)).select_from(sa.table(table))
        row = self.connection.execute(counted).one()
        return {name for name, count in zip(columns, row, strict=True) if not count}


@dataclass(frozen=True, slots=True)
class Used:
    """The columns that a table has, and how many it has ever had."""

    there: frozenset[str]
    ever: int


def _used(connection: sa.Connection) -> dict[str, Used]:
    """Tables that have had many columns, by name."""
    if connection.dialect.name == "postgresql":
        rows = connection.exec_driver_sql(
            "SELECT c.relname, max(a.attnum), array_agg(a.attname::text) FILTER (WHERE NOT a.attisdropped)"
            " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attnum > 0 GROUP BY c.relname"
        )
        return {name: Used(frozenset(there), ever) for name, ever, there in rows}
    found: dict[str, set[str]] = {}
    for table, column in connection.exec_driver_sql(
        "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'"
    ):
        found.setdefault(table, set()).add(column)
    return {table: Used(frozenset(columns), len(columns)) for table, columns in found.items()}


def _most(after: Tables, entity: str) -> int:
    """More columns than an entity's fields can have, known without its table."""
    return 8 * len(after.model.entities[entity].fields)
