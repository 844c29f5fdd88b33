"""Taking jobs: whoever takes one has it for the time of a lease, and may extend that while it works."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kith.runtime.schema import system

LEASE = timedelta(seconds=60)
"""How long a job is its worker's without a sign of life; then another one may take it."""

_JOB = system.job
_TAKEN = ("id", "kind", "payload", "save", "attempts", "created_at", "due_at", "result", "request")


@dataclass(frozen=True, slots=True)
class Job:
    """A job that a worker has taken; `attempts` counts this one."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    save: str | None
    attempts: int
    worker: str
    created_at: datetime
    due_at: datetime
    so_far: Any = None
    """What the steps that are done have noted."""
    request: str | None = None
    """The id of the request that set it off."""


def is_any_due(connection: sa.Connection, kinds: Collection[str], now: datetime) -> bool:
    """Whether there is anything to take: one look that writes nothing."""
    return connection.execute(sa.select(_JOB.c.id).where(takeable(kinds, now)).limit(1)).first() is not None


def claim(connection: sa.Connection, kinds: Collection[str], worker: str, now: datetime) -> Job | None:
    """Take the most urgent job of those kinds that is due, or whose worker has given no sign of life; None where there is none.

    On PostgreSQL several workers pass over what others are taking; on SQLite they take turns, the transaction being a
    writing one.
    """
    wanted = (
        sa.select(_JOB.c.id)
        .where(takeable(kinds, now))
        .order_by(_JOB.c.priority, _JOB.c.due_at, _JOB.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = (
        sa.update(_JOB)
        .where(_JOB.c.id == wanted.scalar_subquery())
        .values(state="running", leased_by=worker, leased_until=now + LEASE, attempts=_JOB.c.attempts + 1)
        .returning(*(_JOB.c[name] for name in _TAKEN))
    )
    row = connection.execute(taken).first()
    if row is None:
        return None
    times = row.created_at, row.due_at
    return Job(row.id, row.kind, row.payload, row.save, row.attempts, worker, *times, row.result, row.request)


def takeable(kinds: Collection[str], now: datetime) -> sa.ColumnElement[bool]:
    """Which jobs may be taken: those that wait and are due, and those whose lease has run out.

    A clock that was ahead and has been set back leaves jobs that were due when they were made, and leases, in the future.
    """
    ahead = (_JOB.c.created_at > now + LEASE) & (_JOB.c.due_at <= _JOB.c.created_at)
    # The states are written out, so that both databases see that their partial indexes apply.
    waiting = (_JOB.c.state == sa.literal_column("'waiting'")) & ((_JOB.c.due_at <= now) | ahead)
    over = (_JOB.c.leased_until < now) | (_JOB.c.leased_until > now + 2 * LEASE)
    left = (_JOB.c.state == sa.literal_column("'running'")) & over
    return _JOB.c.kind.in_(sorted(kinds)) & (waiting | left)


def extend(connection: sa.Connection, job: Job, now: datetime) -> bool:
    """A sign of life: the lease runs anew from now; False where the job is no longer this worker's."""
    extended = sa.update(_JOB).where(held(job)).values(leased_until=now + LEASE)
    return connection.execute(extended).rowcount == 1


def held(job: Job) -> sa.ColumnElement[bool]:
    """The job's row, as long as it is still the one that was taken."""
    return (
        (_JOB.c.id == job.id)
        & (_JOB.c.state == sa.literal_column("'running'"))
        & (_JOB.c.leased_by == job.worker)
        & (_JOB.c.attempts == job.attempts)
    )
