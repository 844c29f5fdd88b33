"""Databases to measure on: an SQLite file, and a PostgreSQL that waits for its disk as a real one does."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support import postgresql, run


@contextmanager
def sqlite() -> Iterator[str]:
    """A file that does not exist yet."""
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        yield f"sqlite:///{Path(folder) / 'bench.db'}"


@contextmanager
def postgresql_server(named: str = "") -> Iterator[str]:
    """The server of a URL, else one of its own."""
    if named:
        yield "postgresql+psycopg://" + named.split("://", 1)[1]
        return
    folder = run.create()
    try:
        server = postgresql.server_url()
        with psycopg.connect(postgresql.libpq(server), autocommit=True) as connection:
            # Tests need not wait for the disk; what is measured here does.
            connection.execute("ALTER SYSTEM SET fsync = on")
            connection.execute("SELECT pg_reload_conf()")
        yield server
    finally:
        postgresql.clean_up(folder)


fresh_schema = postgresql.fresh_schema
