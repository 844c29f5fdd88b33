"""Drift: where the database is not what the current release says, because somebody changed it by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from kith.problems import Words, fill
from kith.runtime.schema.names import Names
from kith.runtime.schema.tables import Tables

KINDS = {
    "table_missing": Words("table {table} is missing", "缺少数据表 {table}"),
    "column_missing": Words("column {table}.{name} is missing", "缺少列 {table}.{name}"),
    "column_added": Words("column {table}.{name} was added by hand", "列 {table}.{name} 是手工添加的"),
    "type_changed": Words("column {table}.{name} has another type", "列 {table}.{name} 的类型不同"),
    "index_missing": Words("index {name} of {table} is missing", "数据表 {table} 缺少索引 {name}"),
    "index_added": Words("index {name} of {table} was added by hand", "数据表 {table} 的索引 {name} 是手工添加的"),
    "foreign_key_missing": Words(
        "{table}.{name} no longer checks that its record exists", "{table}.{name} 不再检查所引用的记录是否存在"
    ),
}


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference; `kind` is a key of KINDS."""

    kind: str
    table: str
    name: str = ""

    def message(self, language: str) -> str:
        """The difference as one line."""
        return fill(KINDS[self.kind], {"table": self.table, "name": self.name}, language)

    def as_data(self, language: str) -> dict[str, str]:
        """The difference as plain data."""
        return {"kind": self.kind, "table": self.table, "name": self.name, "message": self.message(language)}


def find_drift(connection: sa.Connection, tables: Tables, names: Names) -> tuple[Drift, ...]:
    """All differences between the tables of a release and those that are there."""
    wanted = tables.metadata.tables
    there = _There.of(connection, list(wanted))
    ours = {of.table: {*of.columns.values(), *of.kept} for of in names.entities.values()}
    found: list[Drift] = []
    for name, table in wanted.items():
        if name not in there.columns:
            found.append(Drift("table_missing", name))
        else:
            found += _columns(there, table, ours.get(name, set()))
            found += _indexes(there, table)
            found += _foreign_keys(there, table)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _There:
    """What some tables really have, each kind asked for at once; a table that is not there has no columns."""

    dialect: sa.Dialect
    columns: Mapping[str, Mapping[str, sa.types.TypeEngine[object]]]
    indexes: Mapping[str, frozenset[str]]
    keys: Mapping[str, frozenset[tuple[str, ...]]]

    @classmethod
    def of(cls, connection: sa.Connection, tables: list[str]) -> _There:
        inspector = sa.inspect(connection)
        columns = inspector.get_multi_columns(filter_names=tables)
        indexes = inspector.get_multi_indexes(filter_names=tables)
        keys = inspector.get_multi_foreign_keys(filter_names=tables)
        return cls(
            connection.dialect,
            {name: {one["name"]: one["type"] for one in some} for (_, name), some in columns.items()},
            {name: frozenset(str(one["name"]) for one in some) for (_, name), some in indexes.items()},
            {name: frozenset(tuple(one["constrained_columns"]) for one in some) for (_, name), some in keys.items()},
        )


def _columns(there: _There, table: sa.Table, ours: Collection[str]) -> Iterator[Drift]:
    present = there.columns[table.name]
    for column in table.columns:
        if column.name not in present:
            yield Drift("column_missing", table.name, column.name)
        elif _kind(column.type, there.dialect) != _kind(present[column.name], there.dialect):
            yield Drift("type_changed", table.name, column.name)
    for name in present:
        # A column that a field no longer uses is where its values are kept aside.
        if name not in table.columns and name.partition("__")[0] not in ours:
            yield Drift("column_added", table.name, name)


def _kind(type_: sa.types.TypeEngine[object], dialect: sa.Dialect) -> str:
    return type_.compile(dialect=dialect).partition(" COLLATE")[0].upper()


def is_ours(index: str, table: str) -> bool:
    """Whether an index has a name as we give them."""
    return index.startswith((f"ix_{table}_", f"uq_{table}_"))


def _indexes(there: _There, table: sa.Table) -> Iterator[Drift]:
    present = there.indexes.get(table.name, frozenset())
    ours = {str(index.name) for index in table.indexes}
    for name in sorted(ours - present):
        yield Drift("index_missing", table.name, name)
    for name in sorted(present - ours):
        if not is_ours(name, table.name):
            yield Drift("index_added", table.name, name)


def _foreign_keys(there: _There, table: sa.Table) -> Iterator[Drift]:
    present = there.keys.get(table.name, frozenset())
    for key in table.foreign_key_constraints:
        if tuple(key.column_keys) not in present:
            yield Drift("foreign_key_missing", table.name, key.column_keys[0])
