"""Putting jobs into the queue, inside the transaction that wants them done: what is rolled back was never wanted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kith.runtime.driver import Writing, writing
from kith.runtime.ids import new_id
from kith.runtime.logs import request_id
from kith.runtime.schema import system

if TYPE_CHECKING:
    from kith.runtime.release import Release

USUAL, LATER = 100, 200
"""Priorities: the lower goes first."""

_ONCE = {
    "sqlite": sqlite.insert(system.job).on_conflict_do_nothing().returning(system.job.c.id),
    "postgresql": postgresql.insert(system.job).on_conflict_do_nothing().returning(system.job.c.id),
}


def job_row(
    kind: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    save: str | None = None,
    once: str | None = None,
    due: datetime | None = None,
    priority: int = USUAL,
) -> dict[str, Any]:
    """A job that waits until `due` (at once where there is none); `once` is the name under which it is done only once.

    The job's id stays the same however often it is tried: whoever receives what it sends can tell by it.
    """
    return {
        "id": new_id(),
        "kind": kind,
        "payload": dict(payload),
        "save": save,
        "once": once,
        "state": "waiting",
        "priority": priority,
        "created_at": now,
        "due_at": due or now,
        "attempts": 0,
        "leased_by": None,
        "leased_until": None,
        "finished_at": None,
        "error": None,
        "result": None,
        "request": request_id() or None,
    }


def adding(connection: sa.Connection, release: Release) -> Writing:
    """The statement that adds jobs, for those who send it together with others."""
    return release.cached(("insert", system.job.name), lambda: writing(connection, sa.insert(system.job)))


def enqueue(
    connection: sa.Connection,
    release: Release,
    kind: str,
    payload: Mapping[str, Any],
    *,
    save: str | None = None,
    now: datetime,
    due: datetime | None = None,
    priority: int = USUAL,
) -> str:
    """Put a job into the queue with the caller's transaction; its id."""
    row = job_row(kind, payload, now=now, save=save, due=due, priority=priority)
    adding(connection, release).run(connection, [row])
    return str(row["id"])


def enqueue_once(connection: sa.Connection, row: Mapping[str, Any]) -> bool:
    """Put a job with a `once` into the queue; whether it is new there.

    Where another transaction is about to put the same, this one waits until that has ended.
    """
    return connection.execute(_ONCE[connection.dialect.name], dict(row)).first() is not None
