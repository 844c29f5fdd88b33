"""Files that go for good, with every portion of their bytes: nobody holds them, or nothing may be left of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from kith.runtime.files.uploading import WAITS
from kith.runtime.schema import system

_FILE, _PART = system.file, system.file_part


def let_go(connection: sa.Connection, which: sa.ColumnElement[bool]) -> int:
    """Delete files, and their bytes before them; how many there were."""
    ids = sa.select(_FILE.c.id).where(which)
    connection.execute(sa.delete(_PART).where(_PART.c.file.in_(ids)))
    return connection.execute(sa.delete(_FILE).where(which)).rowcount


def of_records(connection: sa.Connection, table: str, ids: Sequence[str], fields: Collection[str] | None = None) -> int:
    """Delete the files of records, of some of their columns or of all: also those that only the history names."""
    which = sa.and_(_FILE.c.entity == table, _FILE.c.record.in_(ids))
    return let_go(connection, which if fields is None else sa.and_(which, _FILE.c.field.in_(fields)))


def of_columns(connection: sa.Connection, table: str, base: str = "", successor: str = "") -> None:
    """Delete the files of a column that goes, or of a whole table; those whose values went on in a `successor` are its."""
    which = sa.and_(_FILE.c.entity == table, *([_FILE.c.field == base] if base else []))
    if successor:
        connection.execute(sa.update(_FILE).where(which).values(field=successor))
    else:
        let_go(connection, which)


def named(connection: sa.Connection, ids: Sequence[str]) -> int:
    """Delete some files by id."""
    return let_go(connection, _FILE.c.id.in_(ids))


def sweep(connection: sa.Connection, now: datetime) -> int:
    """Delete uploads that no save has taken within a day."""
    return let_go(connection, sa.and_(_FILE.c.entity.is_(None), _FILE.c.uploaded_at < now - WAITS))
