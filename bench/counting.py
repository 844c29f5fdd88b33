"""What can be counted instead of timed: statements that run, and statements that are built."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import selectable
from sqlalchemy.sql.base import Generative

from kith.runtime.database import Database

NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
"""SQLite's BEGIN is a statement of ours, PostgreSQL's one of the driver's: neither counts."""
BUILT = (sa.Select, sa.Insert, sa.Update, sa.Delete, sa.TextClause, selectable.CompoundSelect)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    found: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.upper().startswith(NOT_COUNTED):
            found.append(statement)

    for engine in database.engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        for engine in database.engines:
            sa.event.remove(engine, "before_cursor_execute", note)


@contextmanager
def built() -> Iterator[list[str]]:
    """The SQLAlchemy statements that are built meanwhile, by any step of building one."""
    found: list[str] = []

    def counting(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def replacement(self: Any, *args: Any, **options: Any) -> Any:
            found.append(f"{type(self).__name__}.{name}")
            return original(self, *args, **options)

        return replacement

    kept: list[tuple[type, str, Any]] = [(kind, "__init__", kind.__init__) for kind in BUILT]
    kept.append((Generative, "_generate", Generative._generate))
    for kind, name, original in kept:
        setattr(kind, name, counting(name, original))
    try:
        yield found
    finally:
        for kind, name, original in kept:
            setattr(kind, name, original)
