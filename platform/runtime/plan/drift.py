"""Drift: where the database is not what the current release says, because somebody changed it by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from kith.problems import Words, fill
from kith.runtime.plan.steps import is_ours
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
    inspector = sa.inspect(connection)
    present = set(inspector.get_table_names())
    found: list[Drift] = []
    for name, table in tables.metadata.tables.items():
        if name not in present:
            found.append(Drift("table_missing", name))
        else:
            found += _columns(inspector, table, names)
            found += _indexes(inspector, table)
            found += _foreign_keys(inspector, table)
    return tuple(found)


def _columns(inspector: sa.Inspector, table: sa.Table, names: Names) -> Iterator[Drift]:
    there = {column["name"]: column["type"] for column in inspector.get_columns(table.name)}
    for column in table.columns:
        if column.name not in there:
            yield Drift("column_missing", table.name, column.name)
        elif _kind(column.type, inspector.dialect) != _kind(there[column.name], inspector.dialect):
            yield Drift("type_changed", table.name, column.name)
    ours = {
        base
        for entity in names.entities.values()
        if entity.table == table.name
        for base in (*entity.columns.values(), *entity.kept)
    }
    for name in there:
        # A column that a field no longer uses is where its values are kept aside.
        if name not in table.columns and name.partition("__")[0] not in ours:
            yield Drift("column_added", table.name, name)


def _kind(type_: sa.types.TypeEngine[object], dialect: sa.Dialect) -> str:
    return type_.compile(dialect=dialect).partition(" COLLATE")[0].upper()


def _indexes(inspector: sa.Inspector, table: sa.Table) -> Iterator[Drift]:
    there = {str(index["name"]) for index in inspector.get_indexes(table.name)}
    ours = {str(index.name) for index in table.indexes}
    for name in sorted(ours - there):
        yield Drift("index_missing", table.name, name)
    for name in sorted(there - ours):
        if not is_ours(name, table.name):
            yield Drift("index_added", table.name, name)


def _foreign_keys(inspector: sa.Inspector, table: sa.Table) -> Iterator[Drift]:
    there = {tuple(key["constrained_columns"]) for key in inspector.get_foreign_keys(table.name)}
    for key in table.foreign_key_constraints:
        if tuple(key.column_keys) not in there:
            yield Drift("foreign_key_missing", table.name, key.column_keys[0])
