"""The file rewritten without what was erased: a database keeps the bytes of deleted rows until their place is used again."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import sqlalchemy as sa

from kith.runtime.database import Database
from kith.runtime.schema import system

_ERASURE = system.erasure


def compact(database: Database, now: datetime) -> bool:
    """Rewrite the file, if something was erased since the last time, and note that; outside of any transaction.

    False where nothing was due, and where somebody has been reading or writing for too long: it stays due then.
    """
    with database.read() as connection:
        due = list(connection.scalars(sa.select(_ERASURE.c.number).where(_ERASURE.c.compacted_at.is_(None))))
    if not due or not (_sqlite if database.kind == "sqlite" else _postgresql)(database):
        return False
    with database.write() as connection:
        connection.execute(sa.update(_ERASURE).where(_ERASURE.c.number.in_(due)).values(compacted_at=now))
    return True


def _sqlite(database: Database) -> bool:
    with database.write() as connection:
        # The index of search keeps the terms of deleted rows until its segments are merged.
        connection.exec_driver_sql("INSERT INTO kith_search_index(kith_search_index) VALUES('optimize')")
    with database.turn(), database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        try:
            raw.execute("VACUUM")
            busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:
            return False
    return not busy


def _postgresql(database: Database) -> bool:
    # Gives the place of deleted rows free, to be written over; exports of the database never have them.
    with database.engine.connect() as connection:
        outside = connection.execution_options(isolation_level="AUTOCOMMIT")
        outside.exec_driver_sql("VACUUM")
    return True
