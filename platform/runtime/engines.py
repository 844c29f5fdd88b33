"""SQLite behind a database: connections with the settings that Kith relies on, and what is probed once."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from kith.rules.sql import functions
from kith.runtime import driver

OLDEST: Mapping[str, tuple[int, ...]] = {"sqlite": (3, 35), "postgresql": (15,)}
BUSY_TIMEOUT = 5_000
"""Milliseconds that SQLite waits for the writer of another process."""


def sqlite(url: URL, connections: int) -> sa.Engine:
    """An engine for an SQLite file: WAL, every commit on the disk, foreign keys on."""
    engine = sa.create_engine(url, poolclass=QueuePool, pool_size=connections, max_overflow=connections)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    # The driver's own idea of transactions would commit before DDL and begin too late.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")
    functions.register(connection)


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE for all would make readers fail with "database is locked" behind one writer.
    writes = connection.get_execution_options().get("kith_write")
    driver.send(connection, "BEGIN IMMEDIATE" if writes else "BEGIN")


def probe_sqlite(connection: Connection) -> tuple[tuple[int, ...], str]:
    """Version, and how `fold` is written."""
    return sqlite3.sqlite_version_info, "function"
