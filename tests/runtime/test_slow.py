"""A statement that takes long is told with its plan, and without the values it was sent with."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import sqlalchemy as sa

from kith.runtime import driver, slow
from kith.runtime.database import open_database

CANARY = "kanarienvogel"


@pytest.mark.parametrize("way", ["sqlalchemy", "driver"])
def test_a_slow_statement_is_told_with_its_plan(database_url: str, caplog: pytest.LogCaptureFixture, way: str) -> None:
    database, seconds = open_database(database_url), list[float]()
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE bird (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute(sa.text("INSERT INTO bird (id, name) VALUES (1, :name)"), {"name": CANARY})
    bird = sa.table("bird", sa.column("id"), sa.column("name"))
    asked = sa.select(bird.c.id).where(bird.c.name == sa.bindparam("name"))
    slow.watch(database, 0, seconds.append)
    with caplog.at_level(logging.WARNING, "kith.slow"), database.write() as connection:
        if way == "sqlalchemy":
            found: Any = connection.execute(asked, {"name": CANARY}).all()
        else:
            text = str(asked.compile(dialect=connection.dialect))
            found = driver.fetch(connection, text, (CANARY,) if "?" in text else {"name": CANARY})
        assert [tuple(row) for row in found] == [(1,)]
        # The transaction goes on after the plan was asked for.
        connection.execute(sa.text("INSERT INTO bird (id, name) VALUES (2, 'b')"))
    database.close()
    told = [one for one in caplog.records if "SELECT bird.id" in str(getattr(one, "statement", ""))]
    assert len(told) == 1
    plan = " ".join(getattr(told[0], "plan", ()))
    assert "bird" in plan
    assert CANARY not in plan + caplog.text
    assert seconds
