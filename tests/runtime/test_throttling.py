"""Who fails too often waits, twice as long each time; a pause wipes the slate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from kith.runtime.accounts.throttling import Subject, Throttle, fail, forgive, machine, wait_of
from kith.runtime.database import Database, open_database
from kith.runtime.schema.install import install

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ANN = Subject("login", "ann@example.com")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    found = open_database(database_url)
    install(found)
    yield found
    found.close()


def waits(database: Database, failures: int, now: datetime = NOW) -> list[int]:
    return [int(database.run(lambda connection: fail(connection, ANN, now)).total_seconds()) for _ in range(failures)]


def test_waits_double_up_to_a_quarter_of_an_hour(database: Database) -> None:
    assert waits(database, 12) == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]
    with database.read() as connection:
        assert wait_of(connection, [ANN, Subject("login", "bob@example.com")], NOW) == timedelta(minutes=15)
        assert wait_of(connection, [Subject("address", ANN.name)], NOW) == timedelta()


def test_a_pause_and_being_forgiven_wipe_the_slate(database: Database) -> None:
    waits(database, 5)
    assert waits(database, 1, NOW + timedelta(days=2)) == [0]
    waits(database, 5)
    database.run(lambda connection: forgive(connection, ANN))
    assert waits(database, 1) == [0]


def test_a_process_counts_no_more_for_whom_it_lets_wait(database: Database) -> None:
    throttle, key = Throttle(), Subject("key", "ann")
    assert throttle.failed(database, key, NOW, 99) == timedelta()
    assert throttle.failed(database, key, NOW) == timedelta(seconds=30)
    assert throttle.failed(database, key, NOW + timedelta(seconds=10)) == timedelta(seconds=20)
    assert throttle.wait(key, NOW + timedelta(seconds=31)) == timedelta()
    assert Throttle().failed(database, key, NOW + timedelta(seconds=31)) == timedelta(seconds=60)


@pytest.mark.parametrize(
    ("address", "counted"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("a name", "a name"), ("", "")],
)
def test_an_owner_of_a_network_of_ipv6_is_one_machine(address: str, counted: str) -> None:
    assert machine(address) == counted
