"""PostgreSQL behind a database; a file of its own, so that its driver is loaded only where it is used."""

from __future__ import annotations

import json
from typing import Any

import orjson
import psycopg
import sqlalchemy as sa
from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format
from psycopg.types.json import set_json_dumps
from sqlalchemy.engine import URL, Connection
from sqlalchemy.pool import ConnectionPoolEntry

FOLDING = ("pg_unicode_fast", "und-x-icu")
"""Collations of PostgreSQL that lower-case by full Unicode, the better first."""


def _json(value: Any) -> bytes:
    """Data as JSON, several times faster than the standard library writes it."""
    try:
        return orjson.dumps(value)
    except TypeError:
        # Whole numbers of more than 64 bits.
        return json.dumps(value).encode()


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
    set_json_dumps(_json, connection)
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
