"""The history in its order, and what saves noted beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from kith.rules.sql.values import Engine, from_database
from kith.rules.types import DATETIME
from kith.runtime.explaining.past import Noted
from kith.runtime.replaying.world import World
from kith.runtime.schema import system

AT_ONCE = 2_000
"""Rows of the history that are read at a time."""


@dataclass(frozen=True, slots=True)
class Row:
    """A version of a record in the history."""

    save: str
    entity: str
    record: str
    version: int
    op: str
    at: datetime
    actor: str | None
    values: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Notes:
    """What a save noted beside the history: the values that rules read, and the verdict of all that decided."""

    read: Noted
    considered: Sequence[Mapping[str, Any]]


_NOTES = sa.select(system.save.c.read, system.save.c.considered).where(system.save.c.id == sa.bindparam("save"))


def notes_of(connection: sa.Connection, save: str) -> Notes:
    """What a save noted."""
    row = connection.execute(_NOTES, {"save": save}).first()
    read, considered = ((orjson.loads(one) if isinstance(one, str) else one) for one in row or (None, None))
    return Notes(read or {}, considered or ())


def rows_of(connection: sa.Connection, world: World) -> Iterator[Row]:
    """The history in its order, as far as its entities are still there."""
    rows = system.history.c
    columns = (rows.save, rows.entity, rows.record, rows.version, rows.op, rows.at, rows.actor, rows["values"])
    engine, last = world.release.tables.engine, ""
    while True:
        chosen = sa.select(rows.id, *columns).order_by(rows.id).limit(AT_ONCE)
        found = connection.execute(chosen.where(rows.id > last) if last else chosen).all()
        yield from _read(found, world, engine)
        if len(found) < AT_ONCE:
            return
        last = str(found[-1][0])


def _read(found: Iterable[Any], world: World, engine: Engine) -> Iterator[Row]:
    for _, save, table, record, version, op, at, actor, values in found:
        if table in world.tables:
            held = orjson.loads(values) if isinstance(values, str) else values
            moment = from_database(at, DATETIME, engine)
            assert isinstance(moment, datetime)
            who = str(actor) if actor is not None else None
            yield Row(str(save), world.tables[table], str(record), int(version), op, moment, who, held)
