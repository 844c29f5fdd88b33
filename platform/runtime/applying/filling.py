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
from kith.runtime.plan.places import companions, next_ids
from kith.runtime.release import Release
from kith.runtime.schema.storage import VALUE, parts_of
from kith.runtime.schema.tables import Column, EntityTable, FieldColumns

BATCH = 1_000
"""Records of a batch at most."""

Renew = Callable[[sa.Connection, Release, str, Sequence[str], Sequence[str]], None]
"""Computes stored fields of some records anew, and their search rows: connection, release, entity, fields, ids."""


class Fill(Protocol):
    """One field or entity to be filled."""

    @property
    def key(self) -> str:
        """What progress knows it by."""

    def batch(self, connection: sa.Connection, after: str, size: int) -> str | None:
        """Fill so many records whose id comes after that; the last id, or None where there was nothing left."""


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

    def batch(self, connection: sa.Connection, after: str, size: int) -> str | None:
        """Fill the next records."""
        ids = next_ids(connection, self.table, after, empties(self.table, self.field.name), size)
        if not ids:
            return None
        if self.field.name in self.table.links:
            values = self.value if isinstance(self.value, frozenset) else ()
            rows = [{"record": id_, "value": value} for id_ in ids for value in values]
            if rows:
                connection.execute(self.table.links[self.field.name].table.insert(), rows)
        else:
            table = self.table.table
            connection.execute(table.update().where(table.c.id.in_(ids)).values(self.columns()))
        return ids[-1]

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

    def batch(self, connection: sa.Connection, after: str, size: int) -> str | None:
        """Fill the next records."""
        table = self.table.table
        beside = [column for column in (self.columns.sort, self.columns.folded) if column is not None]
        lacking = sa.and_(
            sa.or_(*(column.is_not(None) for column in self.columns.parts.values())),
            sa.or_(*(column.is_(None) for column in beside)),
        )
        statement = sa.select(table.c.id, *self.columns.parts.values()).where(table.c.id > after, lacking)
        rows = connection.execute(statement.order_by(table.c.id).limit(size).with_for_update()).all()
        if not rows:
            return None
        update = table.update().where(table.c.id == sa.bindparam("record"))
        values = [
            {"record": id_, **companions(self.columns, dict(zip(self.columns.parts, parts, strict=True)))}
            for id_, *parts in rows
        ]
        connection.execute(update.values({column.name: sa.bindparam(column.name) for column in beside}), values)
        return str(rows[-1][0])


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

    def batch(self, connection: sa.Connection, after: str, size: int) -> str | None:
        """Fill all of them: there are only a few."""
        rename_option(connection, self.column, self.old, self.new)
        return None


def rename_option(connection: sa.Connection, column: Column, old: str, new: str) -> None:
    """Give an option another key in the records that hold it; a set that has the new one already lets the old one go."""
    table = column.table
    if "record" in table.c:
        again = table.alias()
        has_it = sa.exists().where(again.c.record == table.c.record, again.c[column.name] == new)
        connection.execute(sa.delete(table).where(column == old, has_it))
    connection.execute(sa.update(table).where(column == old).values({column.name: new}))


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

    def batch(self, connection: sa.Connection, after: str, size: int) -> str | None:
        """Compute the next records."""
        wanted: sa.ColumnElement[bool] = sa.true()
        if self.since is not None:
            wanted = saved_lately(connection, self.release, self.table.entity.name, self.fields, self.since)
        ids = next_ids(connection, self.table, after, wanted, size)
        if not ids:
            return None
        self.renew(connection, self.release, self.table.entity.name, self.fields, ids)
        return ids[-1]
