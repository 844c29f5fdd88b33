"""Short runs of kills and outages under load; `python -m tests.kills.load` and `tests.kills.outages` are the long ones."""

from __future__ import annotations

from tests.kills import outages
from tests.kills.load import go
from tests.kills.site import own_database


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


def test_an_sqlite_database_that_cannot_be_written_is_waited_for(sqlite_url: str) -> None:
    told = outages.go(sqlite_url, 0.3, "short", "sqlite")
    assert told.answers["no byte can be written"]["answer 503"] > 0
