"""Filling: values that records must have before a release is switched to, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.rules.sql.values import Engine, to_database
from kith.runtime.applying.lately import saved_lately
from kith.runtime.plan.empties import empties
from kith.runtime.plan.places import companions, locked, next_ids
from kith.runtime.release import Release
from kith.runtime.schema.storage import VALUE, parts_of
from kith.runtime.schema.tables import Column, EntityTable, FieldColumns

BATCH = 1_000
"""Records of a batch at most."""
EVERY = sa.true()
"""The condition of all records."""

Renew = Callable[[sa.Connection, Release, str, Sequence[str], Sequence[str]], None]
"""Computes stored fields of some records anew, and their search rows: connection, release, entity, fields, ids."""


class Fill(Protocol):
    """One field or entity to be filled."""

    @property
    def key(self) -> str:
        """What progress knows it by."""

    def following(self, connection: sa.Connection, after: str, size: int) -> list[str]:
        """The ids of the next records that may want it, in their order and without a lock."""

    def batch(self, connection: sa.Connection, ids: Sequence[str]) -> None:
        """Fill those of some records that want it."""


@dataclass(frozen=True)
class FillDefault:
    """The default of a required field, for records that have no value."""

    table: EntityTable
    field: Field
    value: object
    engine: Engine

    @property
    def key(self) -> str:
        """What progress knows it by."""
        return f"FillDefault {self.table.stable_name}.{self.field.name}"

    def following(self, connection: sa.Connection, after: str, size: int) -> list[str]:
        """The next records without a value."""
        return next_ids(connection, self.table, after, empties(self.table, self.field.name), size)

    def batch(self, connection: sa.Connection, ids: Sequence[str]) -> None:
        """Fill some of them."""
        ids = locked(connection, self.table, ids, empties(self.table, self.field.name))
        if self.field.name in self.table.links:
            values = self.value if isinstance(self.value, frozenset) else ()
            rows = [{"record": id_, "value": value} for id_ in ids for value in values]
            if rows:
                connection.execute(self.table.links[self.field.name].table.insert(), rows)
        else:
            table = self.table.table
            connection.execute(table.update().where(table.c.id.in_(ids)).values(self.columns()))

    def columns(self) -> dict[str, Any]:
        """The value in each column of the field."""
        columns = self.table.columns[self.field.name]
        parts = self.value if isinstance(self.value, Mapping) else {VALUE: self.value}
        found = {
            columns.parts[part].name: to_database(parts[part], type_, self.engine)
            for part, type_ in parts_of(self.field).items()
            if parts.get(part) is not None
        }
        return found | companions(columns, parts)


@dataclass(frozen=True)
class FillCompanions:
    """Sort keys and folded values beside values that are there already."""

    table: EntityTable
    columns: FieldColumns

    @property
    def key(self) -> str:
        """What progress knows it by."""
        return f"FillCompanions {self.table.stable_name}.{self.columns.field.name}"

    def following(self, connection: sa.Connection, after: str, size: int) -> list[str]:
        """The next records that lack them."""
        return next_ids(connection, self.table, after, self._lacking, size)

    def batch(self, connection: sa.Connection, ids: Sequence[str]) -> None:
        """Fill some of them."""
        table, parts = self.table.table, self.columns.parts
        there = sa.select(table.c.id, *parts.values()).where(table.c.id.in_(ids), self._lacking)
        rows = connection.execute(there.order_by(table.c.id).with_for_update()).all()
        if rows:
            values = [
                {"record": id_, **companions(self.columns, dict(zip(parts, some, strict=True)))} for id_, *some in rows
            ]
            given: dict[str, Any] = {column.name: sa.bindparam(column.name) for column in self._beside}
            connection.execute(table.update().where(table.c.id == sa.bindparam("record")).values(given), values)

    @property
    def _beside(self) -> list[Column]:
        return [column for column in (self.columns.sort, self.columns.folded) if column is not None]

    @property
    def _lacking(self) -> sa.ColumnElement[bool]:
        return sa.and_(
            sa.or_(*(column.is_not(None) for column in self.columns.parts.values())),
            sa.or_(*(column.is_(None) for column in self._beside)),
        )


@dataclass(frozen=True)
class FillOption:
    """The new key of an option, where a process on the release before has saved the old one after the switch."""

    column: Column
    old: str
    new: str

    @property
    def key(self) -> str:
        """What progress knows it by."""
        return f"FillOption {self.column}"

    def following(self, connection: sa.Connection, after: str, size: int) -> list[str]:
        """The next records that hold the old one."""
        id_ = _record_of(self.column)
        statement = sa.select(id_).distinct().where(self.column == self.old, id_ > after).order_by(id_).limit(size)
        return list(connection.scalars(statement))

    def batch(self, connection: sa.Connection, ids: Sequence[str]) -> None:
        """Fill some of them."""
        rename_option(connection, self.column, self.old, self.new, _record_of(self.column).in_(ids))


def _record_of(column: Column) -> Column:
    """The column with the id of the record that a column is of."""
    return column.table.c["record" if "record" in column.table.c else "id"]


def rename_option(
    connection: sa.Connection, column: Column, old: str, new: str, among: sa.ColumnElement[bool] = EVERY
) -> None:
    """Give an option another key in the records that hold it; a set that has the new one already lets the old one go."""
    table = column.table
    if "record" in table.c:
        again = table.alias()
        has_it = sa.exists().where(again.c.record == table.c.record, again.c[column.name] == new)
        connection.execute(sa.delete(table).where(column == old, among, has_it))
    connection.execute(sa.update(table).where(column == old, among).values({column.name: new}))


@dataclass(frozen=True)
class RenewRecords:
    """Computed fields of all records, or of those that saves since an instant have to do with, and their search rows."""

    table: EntityTable
    fields: tuple[str, ...]
    release: Release
    renew: Renew
    since: datetime | None = None

    @property
    def key(self) -> str:
        """What progress knows it by."""
        return f"RenewRecords {self.table.stable_name}"

    def following(self, connection: sa.Connection, after: str, size: int) -> list[str]:
        """The next of them."""
        wanted: sa.ColumnElement[bool] = EVERY
        if self.since is not None:
            wanted = saved_lately(connection, self.release, self.table.entity.name, self.fields, self.since)
        return next_ids(connection, self.table, after, wanted, size)

    def batch(self, connection: sa.Connection, ids: Sequence[str]) -> None:
        """Compute some of them."""
        if there := locked(connection, self.table, ids, EVERY):
            self.renew(connection, self.release, self.table.entity.name, self.fields, there)
