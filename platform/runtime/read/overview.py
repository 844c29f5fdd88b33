"""An overview over many entities: how many records there are of each, and which a person worked on last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from kith.rules.sql.values import from_database
from kith.rules.types import DATETIME
from kith.runtime.context import Context
from kith.runtime.read.labels import labels_of
from kith.runtime.read.prepared import Prepared, fetch, prepare
from kith.runtime.read.query import CAP, Reference
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.read.statement import statement_about
from kith.runtime.read.walking import count_some, walking
from kith.runtime.release import Release
from kith.runtime.schema import system

LOOK_BACK = 2_000
"""Versions of records, of anybody, among which a person's last ones are looked for."""
MOST_ENTITIES = 4
"""Kinds of records among the last ones: each costs a statement for its titles."""


@dataclass(frozen=True, slots=True)
class Recent:
    """A record that a person changed, and when."""

    entity: str
    record: Reference
    at: datetime


def count_all(
    connection: sa.Connection, context: Context, release: Release, entities: Sequence[str], *, deleted: bool = False
) -> dict[str, tuple[int, bool]]:
    """How many records of each entity the actor may read, and whether there are even more; one statement.

    Entities that the actor may not read are left out.
    """
    reader = reader_of(context, release)
    readable = tuple(entity for entity in entities if reader.may_read(entity))
    if not readable:
        return {}
    key = ("count_all", reader.key, readable, deleted)
    prepared = release.cached(key, lambda: _counter(connection, reader, readable, deleted))
    ((*numbers,),) = fetch(connection, context, release, prepared, {})
    return {
        entity: (min(number, CAP), number > CAP) for entity, number in zip(readable, map(int, numbers), strict=True)
    }


def _counter(connection: sa.Connection, reader: Reader, entities: tuple[str, ...], deleted: bool) -> Prepared:
    counts = []
    for number, entity in enumerate(entities):
        statement = statement_about(reader, entity)
        statement.only(deleted=deleted)
        counted = walking(connection, statement, partial(count_some, statement, CAP))
        counts.append(counted.scalar_subquery().label(f"n{number}"))
    return prepare(connection, sa.select(*counts))


def recent(connection: sa.Connection, context: Context, release: Release, *, limit: int = 10) -> list[Recent]:
    """The live records that the actor changed last, the latest first, as far as he may still read them."""
    if context.actor.id is None:
        return []
    reader = reader_of(context, release)
    prepared = release.cached(("recent",), lambda: prepare(connection, _last()))
    names = {names.table: entity for entity, names in release.names.entities.items()}
    found: dict[tuple[str, str], datetime | None] = {}
    for stable, record, at, op in fetch(connection, context, release, prepared, {"actor": context.actor.id}):
        entity = names.get(stable)
        if entity is None or not reader.may_read(entity) or reader.entity(entity).owner_of_lines:
            continue
        # The last version says whether the record is still there.
        instant = None if op == "delete" else from_database(at, DATETIME, release.tables.engine)
        found.setdefault((entity, record), instant)
    live = [(entity, record, at) for (entity, record), at in found.items() if at is not None]
    return _titled(connection, context, reader, live, limit)


def _titled(
    connection: sa.Connection,
    context: Context,
    reader: Reader,
    found: Sequence[tuple[str, str, datetime]],
    limit: int,
) -> list[Recent]:
    entities = list(dict.fromkeys(entity for entity, _, _ in found))[:MOST_ENTITIES]
    found = [one for one in found if one[0] in entities][:limit]
    labels = {
        entity: labels_of(connection, context, reader, entity, [id_ for of, id_, _ in found if of == entity])
        for entity in {entity for entity, _, _ in found}
    }
    shown = [Recent(entity, labels[entity][id_], at) for entity, id_, at in found]
    return [one for one in shown if one.record.visible]


def _last() -> sa.Select[tuple[str, str, datetime, str]]:
    rows = system.history.c
    # Bounded, since no index knows who made a version: somebody who never wrote must not cost a scan of everything.
    last = sa.select(rows.id, rows.actor, rows.entity, rows.record, rows.at, rows.op)
    latest = last.order_by(rows.id.desc()).limit(sa.literal_column(str(LOOK_BACK))).subquery()
    mine = sa.select(latest.c.entity, latest.c.record, latest.c.at, latest.c.op)
    actor = sa.bindparam("actor", type_=rows.actor.type)
    return mine.where(latest.c.actor == actor).order_by(latest.c.id.desc()).limit(sa.literal_column("200"))
