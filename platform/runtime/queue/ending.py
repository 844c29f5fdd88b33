"""How a job ends: done, to be tried again after a while, or dead."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kith.runtime.queue.claiming import LEASE, Job, held
from kith.runtime.schema import system

ATTEMPTS = 12
"""How often a job is tried before it is dead: with the waits below, for about a day and a half."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=12)
LONGEST_ERROR = 4_000
"""Characters of an error that are kept."""

_JOB = system.job


class LostLease(Exception):
    """The job is no longer this worker's: another one has taken it over, and what was done here must not be kept."""


def finish(connection: sa.Connection, job: Job, now: datetime, result: Any = None) -> None:
    """Mark a job as done; raises LostLease.

    In the transaction of the job's own effects this makes them happen exactly once.
    """
    _end(connection, job, {"state": "done", "finished_at": now, "error": None, "result": result})


def fail(
    connection: sa.Connection, job: Job, now: datetime, error: str, jitter: Callable[[], float] = random.random
) -> bool:
    """Note that a job has failed: it is tried again after a while, or dead after its last attempt; whether it is dead."""
    if job.attempts >= ATTEMPTS:
        bury(connection, job, now, error)
        return True
    due = now + wait(job.attempts, jitter)
    _end(connection, job, {"state": "waiting", "due_at": due, "error": error[-LONGEST_ERROR:]})
    return False


def bury(connection: sa.Connection, job: Job, now: datetime, error: str) -> None:
    """Mark a job as dead: nobody tries it again until somebody asks for that."""
    _end(connection, job, {"state": "dead", "finished_at": now, "error": error[-LONGEST_ERROR:]})


def wait(attempts: int, jitter: Callable[[], float]) -> timedelta:
    """How long to wait after so many attempts: three times as long each time, and between half and all of that.

    The chance keeps jobs that failed together from coming back together.
    """
    longest: timedelta = min(FIRST_WAIT * 3 ** (attempts - 1), LONGEST_WAIT)
    return longest * (0.5 + jitter() / 2)


def note(connection: sa.Connection, job: Job, now: datetime, result: Any) -> None:
    """Note how far a job has come, in the transaction of a step: whoever takes it up goes on from there; raises LostLease."""
    _keep(connection, job, {"result": result, "leased_until": now + LEASE})


def put_back(connection: sa.Connection, job: Job, now: datetime) -> None:
    """Let others go first: a job that is not done goes to the end of the queue; raises LostLease."""
    _end(connection, job, {"state": "waiting", "due_at": now, "attempts": job.attempts - 1})


def _end(connection: sa.Connection, job: Job, values: dict[str, Any]) -> None:
    _keep(connection, job, {"leased_by": None, "leased_until": None, **values})


def _keep(connection: sa.Connection, job: Job, values: dict[str, Any]) -> None:
    kept = sa.update(_JOB).where(held(job)).values(**values)
    if connection.execute(kept).rowcount != 1:
        raise LostLease(job.id)
