"""A batch: all that one bulk edit, import, job or undo has saved, by whom and whether it has been taken back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kith.runtime.context import Context
from kith.runtime.read.cursors import ID
from kith.runtime.read.reader import reader_of
from kith.runtime.release import Release
from kith.runtime.schema import system

SENDING = ("email", "webhook", "notify")
"""Kinds of jobs by which something leaves for somebody."""

LOOKED_THROUGH = 5_000
"""Saves that are looked through for the latest batches."""

_SAVE, _HISTORY, _JOB = system.save.c, system.history.c, system.job.c
_COLUMNS = (_SAVE.batch, _SAVE.at, _SAVE.actor, _SAVE.actor_name, _SAVE.actor_kind, _SAVE.channel, _SAVE.detail)


@dataclass(frozen=True, slots=True)
class Batch:
    """What was saved under one batch id, told by its first save; `detail` says what exactly it was."""

    id: str
    at: datetime
    actor: str | None
    actor_name: str
    actor_kind: str
    channel: str
    detail: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many records of an entity a batch made, changed, deleted or restored."""

    entity: str
    op: str
    records: int


def undo_of(batch: str) -> str:
    """The batch under which a batch is taken back: always the same, so that whoever begins again goes on."""
    return str(uuid.uuid5(uuid.UUID(batch), "undo"))


def batch_of(connection: sa.Connection, batch: str) -> Batch | None:
    """A batch by its id; None where nothing was saved under it."""
    if not ID.fullmatch(batch):
        return None
    row = connection.execute(sa.select(*_COLUMNS).where(_SAVE.batch == batch).order_by(_SAVE.id).limit(1)).first()
    return Batch(*row) if row is not None else None


def latest(connection: sa.Connection, context: Context, release: Release, limit: int) -> list[Batch]:
    """The latest batches that somebody may take back, the latest first; each is told by its last save."""
    chosen = sa.select(*_COLUMNS).where(_SAVE.batch.is_not(None))
    if not reader_of(context, release).administers:
        chosen = chosen.where(_SAVE.actor == context.actor.id)
    found: dict[str, Batch] = {}
    for row in connection.execute(chosen.order_by(_SAVE.id.desc()).limit(LOOKED_THROUGH)):
        if len(found) < limit or row[0] in found:
            found.setdefault(row[0], Batch(*row))
    return list(found.values())


def undone_at(connection: sa.Connection, batch: str) -> datetime | None:
    """When a batch was taken back last; None where nothing of it was."""
    found: datetime | None = connection.scalar(sa.select(sa.func.max(_SAVE.at)).where(_SAVE.batch == undo_of(batch)))
    return found


def may_undo(context: Context, release: Release, batch: Batch) -> bool:
    """Whether somebody may ask for it: who administers, and who did it; each record asks for his right besides."""
    mine = batch.actor is not None and batch.actor == context.actor.id
    return mine or reader_of(context, release).administers


def counts_of(connection: sa.Connection, release: Release, batch: str) -> list[Count]:
    """What a batch did, by entity as it is called today."""
    records = sa.func.count(sa.distinct(_HISTORY.record))
    chosen = sa.select(_HISTORY.entity, _HISTORY.op, records).where(_HISTORY.batch == batch)
    known = release.names.by_table
    found = connection.execute(chosen.group_by(_HISTORY.entity, _HISTORY.op).order_by(_HISTORY.entity, _HISTORY.op))
    return [Count(known[table], op, count) for table, op, count in found if table in known]


def later_than(batch: str, undo: str) -> sa.ColumnElement[bool]:
    """That a row of the history of `batch` is followed by one of the same record from elsewhere."""
    later = system.history.alias("later")
    elsewhere = sa.or_(later.c.batch.is_(None), later.c.batch.not_in([batch, undo]))
    return sa.exists().where(
        later.c.entity == _HISTORY.entity,
        later.c.record == _HISTORY.record,
        later.c.version > _HISTORY.version,
        elsewhere,
    )


def sent_by(connection: sa.Connection, batch: str, limit: int) -> tuple[int, list[tuple[str, str, str]]]:
    """How much of what the saves of a batch sent has left already, and the first of it: kind, entity and record."""
    mine = _JOB.save.in_(sa.select(_SAVE.id).where(_SAVE.batch == batch))
    # What was withdrawn has never been tried.
    left = (_JOB.state == "done") & (_JOB.attempts > 0) & _JOB.kind.in_(SENDING) & mine
    count = connection.scalar(sa.select(sa.func.count()).select_from(system.job).where(left)) or 0
    chosen = sa.select(_JOB.kind, _JOB.payload).where(left).order_by(_JOB.id).limit(limit)
    rows = connection.execute(chosen)
    first = [(kind, str(payload.get("entity", "")), str(payload.get("record", ""))) for kind, payload in rows]
    return int(count), first


def withdraw(connection: sa.Connection, release: Release, batch: str, now: datetime) -> int:
    """Take back what still waits to be sent for records that were taken back; how much that is."""
    waiting = sa.select(_JOB.id, _JOB.payload).where(
        _JOB.state == "waiting", _JOB.kind.in_(SENDING), _JOB.save.in_(sa.select(_SAVE.id).where(_SAVE.batch == batch))
    )
    undo, names = undo_of(batch), release.names.entities
    gone: list[str] = []
    for id_, payload in connection.execute(waiting):
        table = names[payload["entity"]].table if payload.get("entity") in names else ""
        back = sa.exists().where(
            _HISTORY.entity == table, _HISTORY.record == payload.get("record"), _HISTORY.batch == undo
        )
        if table and connection.scalar(sa.select(back)):
            gone.append(id_)
    _end(connection, gone, undo, now)
    return len(gone)


def _end(connection: sa.Connection, jobs: Sequence[str], undo: str, now: datetime) -> None:
    ended = sa.update(system.job).where(_JOB.id == sa.bindparam("job"), _JOB.state == "waiting")
    if jobs:
        values = {"state": "done", "attempts": 0, "finished_at": now, "result": {"withdrawn": undo}}
        connection.execute(ended.values(**values), [{"job": id_} for id_ in jobs])
