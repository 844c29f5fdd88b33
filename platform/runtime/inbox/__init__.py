"""What people are told: by rules, of what is due, and of jobs of theirs that have ended; kept for a while, read or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kith.runtime.context import Context
from kith.runtime.ids import new_id
from kith.runtime.release import Release
from kith.runtime.schema.own_inbox import notice

KEPT = timedelta(days=90)
MOST = 500
"""Notices of one person that are kept."""
LONGEST = 500
"""Characters of a notice."""
ENDED = ("bulk", "import", "undo")
"""Kinds of jobs whose end is told to whoever wanted them."""

_N = notice.c


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice; `entity` is the logical name, "" where it is about none that there is now."""

    id: str
    kind: str
    text: str
    entity: str
    record: str
    at: datetime
    unread: bool


def tell(
    connection: sa.Connection,
    release: Release,
    users: Iterable[str],
    kind: str,
    text: str,
    *,
    at: datetime,
    entity: str = "",
    record: str = "",
) -> int:
    """Tell people something, each once; how many they are."""
    stable = release.tables[entity].stable_name if entity in release.model.entities else None
    same = {"kind": kind, "text": text[:LONGEST], "entity": stable, "record": record or None, "at": at, "read_at": None}
    rows = [{"id": new_id(), "user": user, **same} for user in dict.fromkeys(users)]
    if rows:
        connection.execute(sa.insert(notice), rows)
    return len(rows)


def tell_end(
    connection: sa.Connection, release: Release, kind: str, job: str, payload: Mapping[str, Any], at: datetime
) -> None:
    """Tell whoever wanted a job that it has ended."""
    actor = payload.get("actor")
    if kind in ENDED and isinstance(actor, str):
        tell(connection, release, [actor], "job", kind, at=at, record=job)


def latest(
    connection: sa.Connection,
    context: Context,
    release: Release,
    *,
    limit: int,
    before: str = "",
    unread: bool = False,
    id_: str = "",
) -> Sequence[Notice]:
    """The actor's notices, the latest first: all, those before one, those he has not read, or one by its id."""
    columns = (_N.id, _N.kind, _N.text, _N.entity, _N.record, _N.at, _N.read_at)
    asked = sa.select(*columns).where(_N.user == context.actor.id)
    if before:
        asked = asked.where(_N.id < before)
    if unread:
        asked = asked.where(_N.read_at.is_(None))
    if id_:
        asked = asked.where(_N.id == id_)
    entities = {table.stable_name: name for name, table in release.tables.entities.items()}
    return [
        Notice(
            str(row.id),
            row.kind,
            row.text,
            entities.get(row.entity, ""),
            str(row.record or ""),
            row.at,
            not row.read_at,
        )
        for row in connection.execute(asked.order_by(_N.id.desc()).limit(limit))
    ]


def mark_read(connection: sa.Connection, context: Context, id_: str = "") -> int:
    """Note that the actor has read a notice, or all of his; how many there were."""
    mine = (_N.user == context.actor.id) & _N.read_at.is_(None)
    if id_:
        mine &= _N.id == id_
    return connection.execute(sa.update(notice).where(mine).values(read_at=context.now)).rowcount


def unread(connection: sa.Connection, users: Sequence[str]) -> dict[str, int]:
    """How many notices each of these people has not read; who has none is left out."""
    asked = sa.select(_N.user, sa.func.count()).where(_N.read_at.is_(None), _N.user.in_(users)).group_by(_N.user)
    return {str(user): int(count) for user, count in connection.execute(asked)}


def forget(connection: sa.Connection, now: datetime) -> int:
    """Let go of what is old, and of the oldest of who has too many; how many."""
    place = sa.func.row_number().over(partition_by=_N.user, order_by=_N.id.desc())
    placed = sa.select(_N.id, place.label("place")).subquery()
    beyond = sa.select(placed.c.id).where(placed.c.place > MOST)
    done = connection.execute(sa.delete(notice).where(sa.or_(_N.at < now - KEPT, _N.id.in_(beyond))))
    return done.rowcount
