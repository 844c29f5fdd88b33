"""Locks on PostgreSQL, while others work: waited for shortly, and given way to others in between."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

LOCK_WAITS = (100, 400)
"""Milliseconds that a lock is waited for, at first and when nothing else has helped: whoever comes after waits as well."""
LOCK_TRIES = 60
NO_LOCK = "55P03"
"""PostgreSQL's state for a lock that was not to be had."""
T = TypeVar("T")


def wait_for_locks(connection: sa.Connection, wait: int) -> None:
    """Give up on a lock after so many milliseconds, in this transaction."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{wait}ms'")


def give_way(connection: sa.Connection, wait: int) -> None:
    """Be one whom others need not wait for long, in this transaction."""
    wait_for_locks(connection, wait)
    # Locks are not held until the disk has it all: what a crash takes back is done again, and the switch waits for it.
    connection.exec_driver_sql("SET LOCAL synchronous_commit = off")


def patiently(work: Callable[[int], T]) -> T:
    """Do what needs a lock, giving way to others in between; it is told how many milliseconds to wait for one."""
    for attempt in range(LOCK_TRIES):
        try:
            return work(LOCK_WAITS[2 * attempt >= LOCK_TRIES])
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != NO_LOCK or attempt == LOCK_TRIES - 1:
                raise
            time.sleep(min(0.2 * 1.5**attempt, 2.0))
    raise AssertionError("unreachable")
