"""Statements that take long are told, with how the database carries them out and without the values that they were sent with."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from contextlib import closing, suppress
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from kith.runtime.database import Database

LOG = logging.getLogger("kith.slow")
LONGEST = 4_000
"""Characters of a statement that are told."""
LITERAL = re.compile(r"'(?:[^']|'')*'")
"""Texts in a plan of PostgreSQL, which has the values in it."""
_BEGUN = "kith_begun"
_EXPLAINED = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}
_PLANNED = re.compile(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)


def watch(database: Database, milliseconds: int, told: Callable[[float], None] = lambda seconds: None) -> None:
    """Tell of statements that take longer, in the log and to `told`."""
    limit = milliseconds / 1000

    def begun(connection: sa.Connection, *_: Any) -> None:
        connection.info[_BEGUN] = perf_counter()

    def ended(connection: sa.Connection, cursor: Any, text: str, parameters: Any, context: Any, many: bool) -> None:
        seconds = perf_counter() - connection.info.get(_BEGUN, perf_counter())
        if seconds >= limit:
            told(seconds)
            plan = [] if many else _plan(connection, type(cursor), text, parameters)
            values = {"ms": round(seconds * 1000), "statement": _bare(" ".join(text.split()))[:LONGEST], "plan": plan}
            LOG.warning("a statement took long", extra=values)

    for engine in database.engines:
        sa.event.listen(engine, "before_cursor_execute", begun)
        sa.event.listen(engine, "after_cursor_execute", ended)


def _plan(connection: sa.Connection, cursors: type[Any], text: str, parameters: Any) -> list[str]:
    """How the database carries a statement out; nothing where it does not say."""
    if not _PLANNED.match(text):
        return []
    raw: Any = connection.connection.driver_connection
    cursor = cursors(raw)
    # What cannot be explained must not take the transaction of PostgreSQL with it.
    guarded = connection.dialect.name == "postgresql" and not raw.autocommit
    with suppress(Exception), closing(cursor):
        if guarded:
            cursor.execute("SAVEPOINT kith_plan")
        try:
            cursor.execute(_EXPLAINED[connection.dialect.name] + text, parameters)
            return [_bare(str(row[-1])) for row in cursor.fetchall()]
        finally:
            if guarded:
                cursor.execute("ROLLBACK TO SAVEPOINT kith_plan")
    return []


def _bare(text: str) -> str:
    return LITERAL.sub("'…'", text)
