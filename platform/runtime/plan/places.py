"""A field's values of many records, read and written apart from everything else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.rules.sql.values import Engine, to_database
from kith.rules.types import TEXT
from kith.runtime.plan.empties import empties
from kith.runtime.schema.sortkeys import fold, sort_key
from kith.runtime.schema.storage import VALUE, field_reader, parts_of
from kith.runtime.schema.tables import EntityTable, FieldColumns

SCANNED = 5_000
"""Records that are looked through at once."""


@dataclass(frozen=True)
class Place:
    """Where the values of a field stand."""

    table: EntityTable
    field: Field
    engine: Engine

    @property
    def filled(self) -> sa.ColumnElement[bool]:
        """The condition that a record has a value."""
        return ~empties(self.table, self.field.name)

    @property
    def _parts(self) -> Mapping[str, Any]:
        """The parts that make the value, with their types; what follows from it is left out."""
        found = parts_of(self.field)
        return {VALUE: found[VALUE]} if VALUE in found else found

    def scan(self, connection: sa.Connection) -> Iterator[dict[str, Any]]:
        """All values by record, some thousand records at a time."""
        after = "00000000-0000-0000-0000-000000000000"
        while ids := self._ids(connection, after):
            yield self.read(connection, ids)
            after = ids[-1]

    def _ids(self, connection: sa.Connection, after: str) -> list[str]:
        id_ = self.table.id
        statement = sa.select(id_).where(id_ > after, self.filled).order_by(id_).limit(SCANNED)
        return list(connection.scalars(statement))

    def read(self, connection: sa.Connection, ids: Sequence[str]) -> dict[str, Any]:
        """The values of some records, by id; those that have none are left out."""
        if self.field.name in self.table.links:
            return self._read_sets(connection, ids)
        columns = self.table.columns[self.field.name].parts
        parts = self._parts
        readers = {part: field_reader(self.field, type_, self.engine) for part, type_ in parts.items()}
        statement = sa.select(self.table.id, *(columns[part] for part in parts)).where(self.table.id.in_(ids))
        found: dict[str, Any] = {}
        for id_, *row in connection.execute(statement):
            if any(value is not None for value in row):
                value = {
                    part: raw if raw is None or convert is None else convert(raw)
                    for (part, convert), raw in zip(readers.items(), row, strict=True)
                }
                found[str(id_)] = value.get(VALUE, value)
        return found

    def settled(self, connection: sa.Connection, ids: Sequence[str], kept: Mapping[str, Any]) -> set[str]:
        """The records of which what was kept elsewhere is known to be right."""
        return set()

    def _read_sets(self, connection: sa.Connection, ids: Sequence[str]) -> dict[str, Any]:
        link = self.table.links[self.field.name]
        found: dict[str, set[str]] = defaultdict(set)
        for record, value in connection.execute(sa.select(link.record, link.value).where(link.record.in_(ids))):
            found[str(record)].add(str(value))
        return {id_: frozenset(values) for id_, values in found.items()}

    def write(self, connection: sa.Connection, values: Mapping[str, Any]) -> None:
        """Give records their values, with the sort key and the folded form that go with them."""
        if not values:
            return
        if self.field.name in self.table.links:
            self._write_sets(connection, values)
            return
        columns, table = self.table.columns[self.field.name], self.table.table
        rows = [{"record": id_, **self._row(value)} for id_, value in values.items()]
        update = table.update().where(table.c.id == sa.bindparam("record"))
        names = [column.name for column in columns.all() if column.name in rows[0]]
        connection.execute(
            update.values({name: sa.bindparam(f"v{index}") for index, name in enumerate(names)}),
            [{"record": row["record"]} | {f"v{index}": row[name] for index, name in enumerate(names)} for row in rows],
        )

    def _row(self, value: Any) -> dict[str, Any]:
        columns = self.table.columns[self.field.name]
        parts = value if isinstance(value, Mapping) and VALUE not in columns.parts else {VALUE: value}
        wanted = self._parts
        stored = {
            column.name: to_database(parts.get(part), wanted.get(part, TEXT), self.engine)
            if value is not None
            else None
            for part, column in columns.parts.items()
        }
        return stored | companions(columns, parts if value is not None else {})

    def _write_sets(self, connection: sa.Connection, values: Mapping[str, Iterable[str]]) -> None:
        link = self.table.links[self.field.name]
        connection.execute(link.table.delete().where(link.record.in_(list(values))))
        rows = [{"record": id_, "value": value} for id_, some in values.items() for value in sorted(some or ())]
        if rows:
            connection.execute(link.table.insert(), rows)


def next_ids(
    connection: sa.Connection, table: EntityTable, after: str, condition: sa.ColumnElement[bool], size: int
) -> list[str]:
    """The ids of the next records, without a lock."""
    statement = sa.select(table.id).where(table.id > after, condition).order_by(table.id).limit(size)
    return list(connection.scalars(statement))


def locked(
    connection: sa.Connection, table: EntityTable, ids: Sequence[str], condition: sa.ColumnElement[bool]
) -> list[str]:
    """Those of some records that fulfil a condition (still), locked one after the other.

    A save locks them in the same order, so that the two cannot stand in each other's way.
    """
    statement = sa.select(table.id).where(table.id.in_(ids), condition).order_by(table.id)
    return list(connection.scalars(statement.with_for_update()))


def companions(columns: FieldColumns, parts: Mapping[str, Any]) -> dict[str, Any]:
    """What stands beside a text value: its sort key and its folded form, by column."""
    text = " ".join(part for part in parts.values() if isinstance(part, str) and part)
    found: dict[str, Any] = {}
    if columns.sort is not None:
        found[columns.sort.name] = sort_key(text) if text else None
    if columns.folded is not None:
        found[columns.folded.name] = fold(text) if text else None
    return found
