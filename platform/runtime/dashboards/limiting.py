"""Statements that are given up where they take too long, so that one of them never holds up others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

STEPS = 20_000
"""Steps of SQLite's machine between two looks at the clock: some milliseconds."""
INTERRUPTED = (9, "57014")
"""SQLite's code and PostgreSQL's state of a statement that was given up."""


class TooSlow(Exception):
    """Raised where a statement was given up."""


@contextmanager
def limited(connection: sa.Connection, seconds: float) -> Iterator[None]:
    """Give up what takes longer: on SQLite all statements together, on PostgreSQL each. Raises TooSlow.

    The connection is one for reading, on which a statement that fails takes nothing else along.
    """
    with _watched(connection, seconds):
        try:
            yield
        except DBAPIError as error:
            if is_given_up(error):
                raise TooSlow from error
            raise


def is_given_up(error: BaseException) -> bool:
    """Whether a statement failed because it was given up."""
    orig = getattr(error, "orig", None)
    code, state = INTERRUPTED
    return getattr(orig, "sqlite_errorcode", 0) == code or getattr(orig, "sqlstate", None) == state


@contextmanager
def _watched(connection: sa.Connection, seconds: float) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET statement_timeout = {max(1, int(seconds * 1000))}")
        try:
            yield
        finally:
            connection.exec_driver_sql("RESET statement_timeout")
        return
    raw: Any = connection.connection.driver_connection
    end = monotonic() + seconds
    raw.set_progress_handler(lambda: monotonic() > end, STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)
