"""Legal holds: records that must not be erased for a while, each for a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kith.runtime.context import Context
from kith.runtime.ids import new_id
from kith.runtime.privacy.ties import Ids, chunks
from kith.runtime.release import Release
from kith.runtime.schema import system

_HOLD = system.hold


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold that is in force."""

    id: str
    entity: str
    record: str
    reason: str
    placed_at: datetime
    placed_by: str | None


def place(connection: sa.Connection, context: Context, release: Release, entity: str, id_: str, reason: str) -> str:
    """Hold a record; the id of the hold."""
    row = {
        "id": new_id(),
        "entity": release.tables[entity].stable_name,
        "record": id_,
        "reason": reason,
        "placed_at": context.now,
        "placed_by": context.actor.id,
    }
    connection.execute(sa.insert(_HOLD), row)
    return str(row["id"])


def lift(connection: sa.Connection, context: Context, release: Release, entity: str, id_: str) -> int:
    """Let a record go; how many holds it had."""
    mine = sa.and_(
        _HOLD.c.entity == release.tables[entity].stable_name, _HOLD.c.record == id_, _HOLD.c.lifted_at.is_(None)
    )
    lifted = {"lifted_at": context.now, "lifted_by": context.actor.id}
    return connection.execute(sa.update(_HOLD).where(mine).values(lifted)).rowcount


def holds_on(connection: sa.Connection, release: Release, records: Ids) -> Sequence[Hold]:
    """The holds on any of some records."""
    return [
        one
        for entity, ids in records.items()
        for some in chunks(ids)
        for one in _holds(connection, release, sa.and_(_of(release, entity), _HOLD.c.record.in_(some)))
    ]


def all_holds(connection: sa.Connection, release: Release) -> Sequence[Hold]:
    """Every hold that is in force, the oldest first."""
    return list(_holds(connection, release, sa.true()))


def _of(release: Release, entity: str) -> sa.ColumnElement[bool]:
    return _HOLD.c.entity == release.tables[entity].stable_name


def _holds(connection: sa.Connection, release: Release, which: sa.ColumnElement[bool]) -> Iterable[Hold]:
    names = release.names.by_table
    columns = (_HOLD.c.id, _HOLD.c.entity, _HOLD.c.record, _HOLD.c.reason, _HOLD.c.placed_at, _HOLD.c.placed_by)
    found = connection.execute(sa.select(*columns).where(_HOLD.c.lifted_at.is_(None), which).order_by(_HOLD.c.id))
    for id_, table, record, reason, at, by in found:
        yield Hold(id_, names.get(table, table), record, reason, at, by)
