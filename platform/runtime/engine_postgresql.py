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
from psycopg.types.string import TextLoader
from sqlalchemy.engine import URL, Connection
from sqlalchemy.pool import ConnectionPoolEntry

from kith.runtime import driver

FOLDING = ("pg_unicode_fast", "und-x-icu")
"""Collations of PostgreSQL that lower-case by full Unicode, the better first."""

NOTICING = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2, "tcp_user_timeout": 15_000}
"""Seconds (the last: milliseconds) by which a network that is cut without a word is noticed; by itself it takes hours."""


def _json(value: Any) -> bytes:
    """Data as JSON, several times faster than the standard library writes it."""
    try:
        return orjson.dumps(value)
    except TypeError:
        # Whole numbers of more than 64 bits.
        return json.dumps(value).encode()


class UuidBytesAsText(Loader):
    """Ids are texts everywhere in Python; where they come as bytes, they are made such."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        """The text of an id."""
        text = bytes(data).hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def ids_are_texts(connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> None:
    """Let the driver hand out ids as texts, by its own loader of texts, which is written in C."""
    connection.adapters.register_loader("uuid", TextLoader)
    connection.adapters.register_loader("uuid", UuidBytesAsText)


def postgresql(url: URL, connections: int) -> sa.Engine:
    """An engine for a schema of PostgreSQL: READ COMMITTED, UTC, ids as text."""
    return _engine(url, pool_size=connections, max_overflow=connections, isolation_level="READ COMMITTED")


def reading(url: URL, connections: int) -> sa.Engine:
    """The same for reading, statement by statement.

    It has connections of its own, which are never in a transaction: to take one out of its transactions for a visit and
    put it back costs as much as a statement.
    """
    return _engine(
        url,
        pool_size=connections,
        max_overflow=connections,
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
        execution_options={driver.ALONE: True},
    )


def _engine(url: URL, **options: Any) -> sa.Engine:
    settings = {"application_name": "kith", "connect_timeout": 10, **NOTICING}
    engine = sa.create_engine(url, pool_use_lifo=True, connect_args=settings, **options)
    sa.event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: psycopg.Connection[Any], entry: ConnectionPoolEntry) -> None:
    ids_are_texts(connection)
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
