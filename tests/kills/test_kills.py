"""A short run of the kills under load; `python -m tests.kills.load` is the long one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from tests.kills.load import go
from tests.support.postgresql import libpq


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """A database of the server whose connections are nobody else's."""
    name = sql.Identifier("kills")
    with psycopg.connect(libpq(server), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            before, _, after = server.partition("?")
            yield f"{before.rpartition('/')[0]}/kills{'?' if after else ''}{after}"
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def test_kills_of_an_sqlite_server_lose_nothing_that_was_acknowledged(sqlite_url: str) -> None:
    told = go(sqlite_url, 5, "short", ("server",))
    assert told.kills["server"] == 5
    assert told.rows > 20


def test_kills_of_a_worker_lose_no_event(sqlite_url: str) -> None:
    told = go(sqlite_url, 4, "short", ("worker",))
    assert told.kills["worker"] == 4


def test_a_postgresql_server_and_its_connections_may_be_ended_at_any_moment(postgresql_server: str) -> None:
    with own_database(postgresql_server) as url:
        told = go(url, 6, "short", ("server", "backend"), softly=True)
    assert told.kills.total() == 6
