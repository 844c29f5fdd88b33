"""The chain over all history: what is sealed when, and that a change of the past is found."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from kith.runtime import sealing
from kith.runtime.schema import system
from kith.runtime.sealing import seal, verify
from tests.jobs.club_world import Club, work


def test_new_rows_are_sealed_every_minute(club: Club) -> None:
    worker = club.worker()
    club.member()
    club.time.on(minutes=1)
    work(worker)
    club.member()
    club.member()
    club.time.on(minutes=1)
    work(worker)
    club.time.on(minutes=1)
    work(worker)
    with club.workspace.database.read() as connection:
        rows = connection.execute(sa.select(system.seal).order_by(system.seal.c.number)).all()
        assert [(row.number, row.rows) for row in rows] == [(1, 1), (2, 2)]
        assert rows[1].previous == rows[0].hash
        verified = verify(connection)
    assert (verified.seal, verified.rows, verified.broken) == (2, 3, "")


def test_many_rows_are_sealed_in_parts(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "ROWS", 2)
    monkeypatch.setattr(sealing, "PAGE", 2)
    for _ in range(5):
        club.member()
    with club.workspace.database.write() as connection:
        assert seal(connection, club.time.now) == 5
        assert (verify(connection).seal, verify(connection).rows) == (3, 5)


def sealed(club: Club) -> None:
    for _ in range(2):
        club.member()
        with club.workspace.database.write() as connection:
            assert seal(connection, club.time.now) == 1


def test_erasing_values_leaves_the_chain_whole(club: Club) -> None:
    sealed(club)
    with club.workspace.database.write() as connection:
        connection.execute(sa.update(system.history).values(values=None))
        assert verify(connection).broken == ""


LAST = system.history.c.seal == 2
FORGERIES = {
    "a row that says something else": sa.update(system.history).where(LAST).values(op="delete"),
    "another hash": sa.update(system.history).where(LAST).values(hash="x"),
    "a row that is gone": sa.delete(system.history).where(LAST),
    "another number of rows": sa.update(system.seal).where(system.seal.c.number == 2).values(rows=2),
    "a seal that is gone": sa.delete(system.seal).where(system.seal.c.number == 2),
    "another predecessor": sa.update(system.seal).where(system.seal.c.number == 2).values(previous="x"),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_found_and_what_is_before_it_stays_sound(club: Club, forgery: str) -> None:
    sealed(club)
    with club.workspace.database.write() as connection:
        connection.execute(FORGERIES[forgery])
        found = verify(connection)
    assert found.broken in ("rows", "seal")
    assert (found.seal, found.rows) == (1, 1)
