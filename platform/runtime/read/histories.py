"""A record's history under the reader's rights: what he may not read of the record now, he reads of no version of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa

from kith.metadata.model import Field
from kith.rules.sql.values import from_database
from kith.rules.types import DATETIME, Type, ref
from kith.runtime.context import Context
from kith.runtime.read.cells import want_flag
from kith.runtime.read.cursors import ID
from kith.runtime.read.labels import labels_of
from kith.runtime.read.masking import mask
from kith.runtime.read.messages import no_entity
from kith.runtime.read.prepared import Prepared, Row, fetch, prepare
from kith.runtime.read.query import HistoryEntry, Reference
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.read.statement import statement_about
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.schema.keeping import as_stored
from kith.runtime.schema.pairing import went_on

LIMIT = 200
Flag = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which fields of a record may be read, and the statement of its history."""

    access: Prepared
    read: Mapping[str, Flag]
    masked: Mapping[str, Flag]
    entries: Prepared


def history(
    connection: sa.Connection,
    context: Context,
    release: Release,
    entity: str,
    id_: str,
    *,
    limit: int = LIMIT,
    making: bool = True,
) -> list[HistoryEntry]:
    """What was done to a record, the latest first; nothing of one that the actor may not see.

    Without `making` the values that the record was made with are left out, and what they refer to is not looked up.
    """
    reader = reader_of(context, release)
    if not reader.may_read(entity):
        raise no_entity(context, entity)
    plan = release.cached(("history", reader.key, entity), lambda: _make(connection, reader, entity))
    allowed = fetch(connection, context, release, plan.access, {"id": id_}) if ID.fullmatch(id_) else []
    if not allowed:
        return []
    given = {"id": id_, "limit": limit}
    rows = fetch(connection, context, release, plan.entries, given)
    states = {name: "read" if flag(allowed[0]) else "" for name, flag in plan.read.items()}
    for name, flag in plan.masked.items():
        states[name] = states.get(name) or ("mask" if flag(allowed[0]) else "")
    return _Entries(connection, context, reader, entity, states, making).of(rows)


@dataclass(frozen=True, slots=True)
class _Entries:
    """Rows of the history on their way to entries."""

    connection: sa.Connection
    context: Context
    reader: Reader
    entity: str
    states: Mapping[str, str]
    making: bool

    def of(self, rows: list[Row]) -> list[HistoryEntry]:
        """The entries of rows, references with their labels."""
        fields = self.fields()
        told = (row if self.making or row[1] != "create" else None for row in rows)
        changes = [self.changes(row, fields) if row is not None else ({}, {}) for row in told]
        labels = self.labels(
            [change for change, _ in changes], {row[at] for row in rows for at in (3, 8) if row[at] is not None}
        )
        return [
            HistoryEntry(
                version=row[0],
                op=row[1],
                at=from_database(row[2], DATETIME, self.reader.release.tables.engine),
                actor=labels["user", row[3]] if row[3] is not None else None,
                channel=row[4],
                batch=row[5],
                changes={name: tuple(self.shown(value, labels) for value in pair) for name, pair in change.items()},
                erased=row[6] is None,
                save=row[7],
                former={name: former[name] for name in change if name in former},
                acted_by=labels["user", row[8]] if row[8] is not None else None,
            )
            for row, (change, former) in zip(rows, changes, strict=True)
        ]

    def fields(self) -> dict[str, Field]:
        """The fields of today by the columns that history knows them by; before a change of type, as they were then."""
        known = self.reader.release.names
        names, declared = known.entities[self.entity], self.reader.entity(self.entity).fields
        tables = known.by_table
        before = {
            column: as_stored(declared[name], names.kept[column].stored, tables)
            for column, name in went_on(names).items()
            if name in declared
        }
        return before | {column: declared[name] for name, column in names.columns.items() if name in declared}

    def changes(self, row: Row, fields: Mapping[str, Field]) -> tuple[dict[str, tuple[Any, Any]], dict[str, Field]]:
        """What a version changed, as far as it may be read, and the fields of it that were of another type then."""
        values = orjson.loads(row[6]) if isinstance(row[6], str) else row[6]
        declared = self.reader.entity(self.entity).fields
        found: dict[str, tuple[Any, Any]] = {}
        former: dict[str, Field] = {}
        for column, entry in (values or {}).items():
            field = fields.get(column)
            state = self.states.get(field.name, "") if field is not None else ""
            if field is None or not state:
                continue
            pair = (restored(entry.get("old"), field.type), restored(entry.get("new"), field.type))
            if state == "mask":
                pair = tuple(None if value is None else mask(value, field.type_name) for value in pair)  # type: ignore[assignment]
            found[field.name] = pair
            if field is not declared[field.name]:
                former[field.name] = field
        return found, former

    def labels(self, changes: list[dict[str, tuple[Any, Any]]], actors: set[str]) -> dict[tuple[str, str], Reference]:
        """Labels of everything referred to, one statement for each entity."""
        wanted: dict[str, set[str]] = {"user": set(actors)}
        for change in changes:
            for pair in change.values():
                for value in pair:
                    for one in value if isinstance(value, tuple) else (value,):
                        if isinstance(one, Link):
                            wanted.setdefault(one.entity, set()).add(one.id)
        model = self.reader.release.model
        return {
            (entity, id_): reference
            for entity, ids in wanted.items()
            for id_, reference in labels_of(
                self.connection, self.context, self.reader, model.entity_called(entity), ids
            ).items()
        }

    def shown(self, value: Any, labels: Mapping[tuple[str, str], Reference]) -> Any:
        """A value with its references labelled."""
        if isinstance(value, Link):
            return labelled(value, labels, self.reader)
        if isinstance(value, tuple):
            return tuple(self.shown(one, labels) for one in value)
        return value


@dataclass(frozen=True, slots=True)
class Link:
    """A reference that has no label yet."""

    entity: str
    id: str
    any_entity: bool = False
    """Whether it is a reference to any record; its entity may have had that name then."""


def labelled(link: Link, labels: Mapping[tuple[str, str], Reference], reader: Reader) -> Reference:
    """A reference with its label; to any record, with what its entity is called now."""
    found = labels[link.entity, link.id]
    return replace(found, entity=reader.release.model.entity_called(link.entity)) if link.any_entity else found


def restored(value: Any, type_: Type) -> Any:
    """A value of the history's JSON; one that no longer reads as its field's type stays as it was written."""
    if value is None:
        return None
    if isinstance(value, list) and type_.kind == "set":
        return tuple(restored(one, type_.item or type_) for one in value)
    try:
        return _RESTORED[type_.kind](value, type_) if type_.kind in _RESTORED else value
    except (ValueError, TypeError, ArithmeticError):
        return value


def _parts(value: Any, type_: Type) -> Any:
    if type_.entity == ":any_reference":
        return Link(value["entity"], value["id"], any_entity=True)
    # Only dates have another form in JSON.
    dated = type_.entity == ":date_range"
    return {name: part and date.fromisoformat(part) for name, part in value.items()} if dated else value


_RESTORED: dict[str, Callable[[Any, Type], Any]] = {
    "decimal": lambda value, _: Decimal(str(value)),
    "money": lambda value, _: Decimal(str(value)),
    "percent": lambda value, _: Decimal(str(value)),
    "date": lambda value, _: date.fromisoformat(value),
    "datetime": lambda value, _: datetime.fromisoformat(value).astimezone(UTC),
    "time": lambda value, _: time.fromisoformat(value),
    "duration": lambda value, _: timedelta(microseconds=value),
    "record": _parts,
    "ref": lambda value, type_: Link(type_.entity, str(value)),
}


def _make(connection: sa.Connection, reader: Reader, entity: str) -> Plan:
    statement = statement_about(reader, entity)
    source = statement.this.source
    statement.want(source.c.id)
    statement.limit_to(source.c.id == statement.tables.dialect.parameter("id", ref(entity)))
    statement.limit_to(reader.allowed(statement.tables, statement.this))
    read: dict[str, Flag] = {}
    masked: dict[str, Flag] = {}
    for name in reader.entity(entity).fields:
        access = reader.access(entity, name)
        for condition, flags in ((access.read, read), (access.mask, masked)):
            if not condition.never:
                flags[name] = want_flag(statement, statement.tables.condition(statement.this, condition))
    return Plan(prepare(connection, statement.select()), read, masked, _entries(connection, reader, entity))


def _entries(connection: sa.Connection, reader: Reader, entity: str) -> Prepared:
    rows = system.history.c
    about = (rows.version, rows.op, rows.at, rows.actor, rows.channel, rows.batch)
    columns = (*about, rows["values"], rows.save, rows.acted_by)
    record: sa.BindParameter[Any] = reader.release.dialect.parameter("id", ref(entity))  # type: ignore[assignment]
    chosen = sa.select(*columns).where(rows.entity == reader.release.tables[entity].stable_name, rows.record == record)
    return prepare(connection, chosen.order_by(rows.version.desc()).limit(sa.bindparam("limit", type_=sa.Integer())))
