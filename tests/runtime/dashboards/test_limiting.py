"""A statement that takes too long is given up, and the connection goes on."""

from __future__ import annotations

from time import monotonic

import pytest

from kith.runtime.dashboards.limiting import TooSlow, limited
from kith.runtime.database import open_database

LONG = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(20)",
}


def test_what_takes_too_long_is_given_up(database_url: str) -> None:
    database = open_database(database_url)
    began = monotonic()
    with database.read() as connection:
        with pytest.raises(TooSlow), limited(connection, 0.05):
            connection.exec_driver_sql(LONG[database.kind])
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    assert monotonic() - began < 10
    database.close()


def test_what_is_quick_is_left_alone(database_url: str) -> None:
    database = open_database(database_url)
    with database.read() as connection, limited(connection, 5):
        assert connection.exec_driver_sql("SELECT 2").scalar() == 2
    database.close()
