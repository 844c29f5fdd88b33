"""Filling: values that records must have before a release is switched to, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from kith.metadata.analysis.copies import copies_of
from kith.metadata.model import Field, Model
from kith.rules.sql.values import Engine, to_database
from kith.rules.types import DATETIME
from kith.runtime.applying.filling_types import fills_of_types, types_changed
from kith.runtime.coerce import Reading, coerce
from kith.runtime.context import Context
from kith.runtime.plan.changes import AddEntity, AddField, Change, ChangeFormula, ChangeSearch, RequireField
from kith.runtime.plan.empties import empties
from kith.runtime.plan.places import companions, next_ids
from kith.runtime.plan.planning import Plan
from kith.runtime.plan.returning import returning_bases
from kith.runtime.plan.retyped import followers
from kith.runtime.plan.retyping import ChangeType
from kith.runtime.release import Release
from kith.runtime.schema.storage import VALUE, is_stored, parts_of
from kith.runtime.schema.tables import EntityTable, FieldColumns, Tables

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
class RenewRecords:
    """Computed fields of all records, or of those saved since an instant, and their search rows."""

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
        saved = self.table.table.c.updated_at
        since = to_database(self.since, DATETIME, self.release.tables.engine)
        ids = next_ids(connection, self.table, after, saved >= since if self.since else sa.true(), size)
        if not ids:
            return None
        self.renew(connection, self.release, self.table.entity.name, self.fields, ids)
        return ids[-1]


def given_at_once(fills: Iterable[Fill]) -> dict[tuple[str, str], object]:
    """The values of defaults by table and column: where the column is new, PostgreSQL need not go through the records."""
    return {
        (fill.table.stable_name, column): value
        for fill in fills
        if isinstance(fill, FillDefault) and fill.field.name not in fill.table.links
        for column, value in fill.columns().items()
    }


def fills_of(plan: Plan, release: Release, context: Context, since: datetime | None = None) -> Iterator[Fill]:
    """Everything that a plan must fill, but what is computed; of fields that change their types what was saved `since`."""
    yield from fills_of_types(plan, release, context, since)
    reading = Reading(ZoneInfo(plan.model.app.time_zone))
    for field in (field for change in plan.changes for field in _wanted(change, plan.model)):
        if field.default is not None and not field.is_computed:
            value = coerce(field, field.default, reading)
            yield FillDefault(release.tables[field.entity], field, value, release.tables.engine)
    if plan.base:
        yield from _companions(plan.base.tables, release.tables)


def _wanted(change: Change, model: Model) -> Iterator[Field]:
    """The fields of which a change wants values in records that are there."""
    if isinstance(change, AddField | RequireField | ChangeFormula) and change.rows:
        yield model.entities[change.entity].fields[change.field]
    elif isinstance(change, ChangeType) and change.rows:
        field = model.entities[change.entity].fields[change.field]
        if field.is_computed or field.currency_field or (field.required and change.measured.emptied):
            yield field
    elif isinstance(change, AddEntity) and change.returning:
        fields = model.entities[change.entity].fields.values()
        yield from (field for field in fields if is_stored(field) and (field.required or field.is_computed))


def _companions(before: Tables, after: Tables) -> Iterator[Fill]:
    known = before.metadata.tables
    for table in after.entities.values():
        old = set(known[table.stable_name].columns.keys()) if table.stable_name in known else set()
        back = returning_bases(before.names, table.stable_name)
        bases = after.names.entities[table.entity.name].columns
        for name, columns in table.columns.items():
            beside = [column for column in (columns.sort, columns.folded) if column is not None]
            values_were_there = bases[name] in back or (
                bool(old) and all(column.name in old for column in columns.parts.values())
            )
            if values_were_there and any(column.name not in old for column in beside):
                yield FillCompanions(table, columns)


def renewals(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Entities whose records must be computed anew, each with the fields (none: their search rows only)."""
    found: dict[str, dict[str, None]] = {}
    for change in plan.changes:
        if isinstance(change, ChangeSearch | AddEntity) and change.effect == "backfill":
            found.setdefault(change.entity, {})
        for field in _wanted(change, plan.model):
            _made(field, found)
    for entity, fields in followers(plan.model, types_changed(plan)).items():
        found.setdefault(entity, {}).update(fields)
    _follow_copies(plan.model, found)
    return {entity: tuple(fields) for entity, fields in found.items()}


def _made(field: Field, found: dict[str, dict[str, None]]) -> None:
    """Add a field whose values the write path makes."""
    by_gate = field.is_computed or field.type_name == "autonumber" or field.default_from is not None
    if (bool(field.currency_field) or (by_gate and field.default is None)) and is_stored(field):
        found.setdefault(field.entity, {})[field.name] = None


def _follow_copies(model: Model, found: dict[str, dict[str, None]]) -> None:
    """Add the copies of what is computed anew, after what they are copies of."""
    waiting = list(found)
    while waiting:
        entity = waiting.pop(0)
        for copied in copies_of(model, entity):
            known = found.setdefault(copied.entity, {})
            if copied.field not in known and not copied.reads.isdisjoint(found[entity]):
                known[copied.field] = None
                waiting.append(copied.entity)
            elif not known:
                del found[copied.entity]
