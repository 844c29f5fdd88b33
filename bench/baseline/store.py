"""How the baseline talks to each database: SQLite on the event loop, PostgreSQL by its asynchronous driver.

Statements are written once with `:name` parameters; nothing is built for a request, and rows stay the driver's tuples.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

import psycopg
import sqlalchemy as sa
from psycopg_pool import AsyncConnectionPool

from kith.runtime.database import Database, normal_url, open_database
from kith.runtime.engine_postgresql import ids_are_texts

Row = tuple[Any, ...]
Values = Mapping[str, Any]


class Connection(Protocol):
    """What endpoints are given."""

    async def rows(self, name: str, values: Values) -> list[Row]:
        """The rows of a statement."""

    async def do(self, name: str, values: Values) -> int:
        """Run a statement that writes; how many rows it met."""


class Store(Protocol):
    """An open database."""

    kind: str

    def reading(self) -> Any:
        """A connection for reading."""

    def writing(self) -> Any:
        """A connection in a transaction that commits at the end."""

    async def close(self) -> None:
        """Close all connections."""


class SqliteConnection:
    """A connection on the event loop."""

    __slots__ = ("connection", "texts")

    def __init__(self, connection: sa.Connection, texts: Mapping[str, sa.TextClause]) -> None:
        self.connection, self.texts = connection, texts

    async def rows(self, name: str, values: Values) -> list[Row]:
        """The rows of a statement."""
        cursor: Any = self.connection.execute(self.texts[name], values).cursor
        found: list[Row] = cursor.fetchall()
        cursor.close()
        return found

    async def do(self, name: str, values: Values) -> int:
        """Run a statement that writes."""
        return self.connection.execute(self.texts[name], values).rowcount


class SqliteStore:
    """SQLite with the settings that Kith has: WAL, every commit on the disk."""

    kind = "sqlite"

    def __init__(self, url: str, statements: Mapping[str, str]) -> None:
        self.database: Database = open_database(url)
        self.texts = {name: sa.text(text) for name, text in statements.items()}

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqliteConnection]:
        """A connection for reading, in one snapshot."""
        with self.database.engine.connect() as connection:
            yield SqliteConnection(connection, self.texts)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[SqliteConnection]:
        """A connection in a transaction that commits at the end."""
        with self.database.write() as connection:
            yield SqliteConnection(connection, self.texts)

    async def close(self) -> None:
        """Close all connections."""
        self.database.close()


class PostgresqlConnection:
    """A connection of the asynchronous driver."""

    __slots__ = ("connection", "texts")

    def __init__(self, connection: psycopg.AsyncConnection[Row], texts: Mapping[str, str]) -> None:
        self.connection, self.texts = connection, texts

    async def rows(self, name: str, values: Values) -> list[Row]:
        """The rows of a statement."""
        cursor = await self.connection.execute(self.texts[name], values)
        return await cursor.fetchall()

    async def do(self, name: str, values: Values) -> int:
        """Run a statement that writes."""
        return (await self.connection.execute(self.texts[name], values)).rowcount


class PostgresqlStore:
    """PostgreSQL with a pool of ten connections."""

    kind = "postgresql"

    def __init__(self, url: str, statements: Mapping[str, str]) -> None:
        parsed = normal_url(url)
        address = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
        self.texts = {name: re.sub(r"(?<!:):(\w+)", r"%(\1)s", text) for name, text in statements.items()}
        self.pool: AsyncConnectionPool[psycopg.AsyncConnection[Row]] = AsyncConnectionPool(
            address, min_size=1, max_size=10, open=False, configure=_prepare, kwargs={"autocommit": True}
        )

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[PostgresqlConnection]:
        """A connection for reading, statement by statement."""
        await self.pool.open()
        async with self.pool.connection() as connection:
            yield PostgresqlConnection(connection, self.texts)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[PostgresqlConnection]:
        """A connection in a transaction that commits at the end."""
        await self.pool.open()
        async with self.pool.connection() as connection, connection.transaction():
            yield PostgresqlConnection(connection, self.texts)

    async def close(self) -> None:
        """Close all connections."""
        await self.pool.close()


async def _prepare(connection: psycopg.AsyncConnection[Any]) -> None:
    ids_are_texts(connection)
    await connection.execute("SET TIME ZONE 'UTC'")


def open_store(url: str, statements: Mapping[str, str]) -> Store:
    """The store of a URL."""
    kind = normal_url(url).get_backend_name()
    return SqliteStore(url, statements) if kind == "sqlite" else PostgresqlStore(url, statements)
