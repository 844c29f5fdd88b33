"""The two engines behind a database: connections with the settings that Kith relies on, and what is probed once."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format
from sqlalchemy.engine import URL, Connection
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from kith.rules.sql import functions
from kith.runtime import driver

OLDEST: Mapping[str, tuple[int, ...]] = {"sqlite": (3, 35), "postgresql": (15,)}
BUSY_TIMEOUT = 5_000
"""Milliseconds that SQLite waits for the writer of another process."""
FOLDING = ("pg_unicode_fast", "und-x-icu")
"""Collations of PostgreSQL that lower-case by full Unicode, the better first."""


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


class _UuidAsText(Loader):
    """Ids are texts everywhere in Python."""

    def load(self, data: Buffer) -> str:
        return bytes(data).decode()


class _UuidBytesAsText(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        text = bytes(data).hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def postgresql(url: URL, connections: int) -> sa.Engine:
    """An engine for a schema of PostgreSQL: READ COMMITTED, UTC, ids as text."""
    engine = sa.create_engine(
        url,
        pool_size=connections,
        max_overflow=connections,
        pool_use_lifo=True,
        isolation_level="READ COMMITTED",
        connect_args={"application_name": "kith", "connect_timeout": 10},
    )
    sa.event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: psycopg.Connection[Any], entry: ConnectionPoolEntry) -> None:
    connection.adapters.register_loader("uuid", _UuidAsText)
    connection.adapters.register_loader("uuid", _UuidBytesAsText)
    connection.execute("SET TIME ZONE 'UTC'")
    connection.commit()


def probe_postgresql(connection: Connection) -> tuple[tuple[int, ...], str]:
    """Version, and the collation that `fold` is written with ("" where there is none)."""
    number = int(str(connection.exec_driver_sql("SHOW server_version_num").scalar()))
    found = connection.execute(
        sa.text("SELECT collname FROM pg_collation WHERE collname = ANY(:names)"), {"names": list(FOLDING)}
    ).scalars()
    known = set(found)
    return (number // 10_000, number % 10_000), next((name for name in FOLDING if name in known), "")
