"""Which dialect a connection speaks: probed once when it is opened, and kept by the one who opened it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import event

from kith.rules.sql.dialect import Dialect
from kith.rules.sql.functions import register
from kith.rules.sql.postgresql import PostgreSQL
from kith.rules.sql.sqlite import SQLite

COLLATIONS = ("pg_unicode_fast", "und-x-icu")
"""PostgreSQL's collations whose `lower` is full Unicode's: of version 18 on, and of servers built with ICU."""


def collation_of(connection: sa.Connection) -> str:
    """The collation that folds case on a PostgreSQL server; "" where it has none."""
    known = sa.table("pg_collation", sa.column("collname"), schema="pg_catalog")
    found = set(connection.scalars(sa.select(known.c.collname).where(known.c.collname.in_(COLLATIONS))))
    return next((name for name in COLLATIONS if name in found), "")


def dialect_of(connection: sa.Connection, zone: str = "UTC") -> Dialect:
    """The dialect of a connection, for a workspace in that time zone."""
    if connection.dialect.name == "sqlite":
        return SQLite(zone)
    return PostgreSQL(zone, collation_of(connection))


def scratch_engine(url: str) -> sa.Engine:
    """An engine for evaluating expressions only: one connection, with Kith's functions where it is SQLite's."""
    engine = sa.create_engine(url, poolclass=sa.StaticPool, query_cache_size=0)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: register(connection))
    return engine
