"""What waits, runs, was done or is dead, for those who run a workspace; dead jobs can be tried again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kith.runtime.schema import system

STATES = ("waiting", "running", "done", "dead")
KEPT = timedelta(days=14)
"""How long jobs that are done stay visible. Dead ones stay until they are done."""

_JOB = system.job


@dataclass(frozen=True, slots=True)
class Listed:
    """A job as it is shown: what it is, how it stands, and what went wrong or came of it."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    save: str | None
    state: str
    attempts: int
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None
    error: str | None
    result: Any


def jobs(
    connection: sa.Connection, *, state: str = "", kind: str = "", id_: str = "", before: str = "", limit: int = 50
) -> list[Listed]:
    """The latest jobs, of a state and a kind where those are named; `before` is the id of a job that all are older than."""
    columns = [_JOB.c[name] for name in Listed.__dataclass_fields__]
    asked = sa.select(*columns).order_by(_JOB.c.id.desc()).limit(limit)
    if state:
        asked = asked.where(_JOB.c.state == state)
    if kind:
        asked = asked.where(_JOB.c.kind == kind)
    if id_:
        asked = asked.where(_JOB.c.id == id_)
    if before:
        asked = asked.where(_JOB.c.id < before)
    return [Listed(*row) for row in connection.execute(asked)]


def kinds(connection: sa.Connection) -> list[str]:
    """The kinds of which there are jobs."""
    return list(connection.scalars(sa.select(_JOB.c.kind).distinct().order_by(_JOB.c.kind)))


def counts(connection: sa.Connection) -> dict[str, int]:
    """How many jobs are in each state."""
    found = connection.execute(sa.select(_JOB.c.state, sa.func.count()).group_by(_JOB.c.state))
    return dict.fromkeys(STATES, 0) | {state: int(count) for state, count in found}


def retry(connection: sa.Connection, now: datetime, id_: str = "", kind: str = "") -> int:
    """Have dead jobs tried again from the start: one, those of a kind, or all; how many they are."""
    again = sa.update(_JOB).where(_JOB.c.state == "dead")
    if id_:
        again = again.where(_JOB.c.id == id_)
    if kind:
        again = again.where(_JOB.c.kind == kind)
    return connection.execute(again.values(state="waiting", due_at=now, attempts=0, finished_at=None)).rowcount


def sweep(connection: sa.Connection, now: datetime) -> int:
    """Let go of jobs that were done long ago; how many they were."""
    old = (_JOB.c.state == "done") & (_JOB.c.finished_at < now - KEPT)
    return connection.execute(sa.delete(_JOB).where(old)).rowcount
