"""Workers that are killed without a word, at one statement after the other: nothing is lost, and nothing is done twice.

With KITH_LONG=1 they are killed at every statement.
"""

from __future__ import annotations

import multiprocessing
import os
from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

from kith.runtime.publishing import system_context
from kith.runtime.schema import system
from kith.runtime.write.change import Cause, Change
from kith.runtime.write.gate import save_within
from tests.jobs import killed
from tests.jobs.club_world import Club

STEP = 1 if os.environ.get("KITH_LONG") else 13
"""Statements that a worker gets further each time before it is killed."""
STARTING = multiprocessing.get_context("forkserver")
"""Workers are forked from a process that holds nothing but their code: a new Python would load it each time."""
STARTING.set_forkserver_preload([killed.__name__])


def killed_until_done(club: Club) -> int:
    """Let workers go on, each killed a bit later than the one before, until one comes to an end; how many were killed."""
    url = club.workspace.database.url.render_as_string(hide_password=False)
    for times, statement in enumerate(range(2, 1_000, STEP)):
        worker = STARTING.Process(target=killed.main, args=(url, club.time.now, statement))
        worker.start()
        worker.join()
        if worker.exitcode == 0:
            return times
        assert worker.exitcode == -9
        let_others_take_over(club)
    raise AssertionError("no worker came to an end")


def let_others_take_over(club: Club) -> None:
    """As if a minute had passed; and nobody counts the killed, for a job that kills many is given up in the end."""
    running = sa.update(system.job).where(system.job.c.state == "running")
    with club.workspace.database.write() as connection:
        connection.execute(running.values(attempts=0, leased_until=club.time.now - timedelta(seconds=1)))


def test_slots_of_rules_are_carried_out_once_by_workers_that_are_killed(club: Club) -> None:
    members = [club.member(f"m{number}", points=2000, expires_on="2026-04-01") for number in range(3)]
    club.worker()
    club.time.to("2026-03-02T05:00")
    assert killed_until_done(club) >= 3
    assert [sorted(club.notes(one)) for one in members] == [["expires Apr 1, 2026", "rich"]] * 3
    assert {one.state for one in club.jobs("schedule")} == {"done"}


def test_copies_and_sums_are_right_after_workers_that_are_killed(club: Club) -> None:
    ann, bob = club.member("Ann", points=5), club.member("Bob", points=5)
    notes = [_make(club, "note", member=one, what="tell", points="2.50") for one in (ann, bob) for _ in range(5)]
    for one in (ann, ann, bob):
        _make(club, "visit", member=one, spent="3.10")
    club.worker()
    club.save(Change("update", "member", ann, {"points": 600}))
    club.save(Change("update", "member", ann, {"points": 700}))
    club.save(Change("update", "member", bob, {"name": "Bert"}))
    _roll_back(club, Change("update", "member", bob, {"points": 900}))
    _roll_back(club, Change("create", "visit", None, {"member": bob, "spent": "99"}))
    _make(club, "visit", member=ann, spent="1")
    assert killed_until_done(club) >= 3
    table = club.workspace.current().tables["note"]
    columns = (table.columns[name].value for name in ("whose", "weight"))
    with club.workspace.database.read() as connection:
        found = connection.execute(sa.select(*columns).where(table.id.in_(notes)).order_by(table.id)).all()
        assert connection.scalar(sa.select(sa.func.count()).select_from(system.delta)) == 0
    assert [tuple(row) for row in found] == [("Ann", 1400)] * 5 + [("Bert", 10)] * 5
    assert sorted(club.notes(ann)) == ["heavy"] * 5 + ["tell"] * 5
    assert [club.look(one, "spent")["spent"] for one in (ann, bob)] == [Decimal("7.20"), Decimal("3.10")]
    assert [club.stored(one, "written") for one in (ann, bob)] == [10, 5]
    assert {one.state for one in club.jobs("copy")} == {"done"}


def _make(club: Club, entity: str, **values: object) -> str:
    return club.save(Change("create", entity, None, values))


def _roll_back(club: Club, change: Change) -> None:
    """A save whose transaction does not come to its end."""
    release = club.workspace.current()
    with club.workspace.database.write() as connection:
        save_within(connection, system_context(release, club.time), release, [change], Cause("api"))
        connection.rollback()
