"""Copies of values of referenced records: stored, and brought up to date by a job that follows the save."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from kith.jobs import worker as worker_module
from kith.jobs.handlers import Stepwise, Work, copy
from kith.jobs.worker import Worker
from kith.runtime.database import Connection
from kith.runtime.publishing import system_context
from kith.runtime.write import copying
from kith.runtime.write.budgets import MAX_WAVES
from kith.runtime.write.change import Cause, Change
from kith.runtime.write.session import Session
from tests.jobs.club_world import Club, seen, work


def note(club: Club, member: str, what: str = "here") -> str:
    return club.save(Change("create", "note", None, {"member": member, "what": what}))


def stored(club: Club, id_: str, *names: str) -> tuple[Any, ...]:
    """What stands in the columns of a note."""
    table = club.workspace.current().tables["note"]
    with club.workspace.database.read() as connection:
        asked = sa.select(*(table.columns[name].value for name in names)).where(table.id == id_)
        return tuple(connection.execute(asked).one())


def test_a_copy_is_stored_with_the_record(club: Club) -> None:
    ann = club.member("Ann", points=5)
    assert stored(club, note(club, ann), "whose", "weight") == ("Ann", 10)
    assert club.jobs("copy") == []


def test_a_change_of_the_parent_is_followed_by_a_job(club: Club) -> None:
    ann, bob = club.member("Ann", points=5), club.member("Bob", points=7)
    hers, his = note(club, ann), note(club, bob)
    club.save(Change("update", "member", ann, {"name": "Anna", "points": 6}))
    assert stored(club, hers, "whose", "weight") == ("Ann", 10)
    work(club.worker())
    assert stored(club, hers, "whose", "weight") == ("Anna", 12)
    assert stored(club, his, "whose", "weight") == ("Bob", 14)


def test_sums_over_copies_follow_them(club: Club) -> None:
    ann = club.member("Ann", points=5)
    for _ in range(3):
        note(club, ann)
    club.save(Change("update", "member", ann, {"points": 6}))
    work(club.worker())
    assert club.look(ann, "weight") == {"weight": 36}


def test_what_does_not_touch_a_copy_leaves_no_job(club: Club) -> None:
    ann = club.member("Ann")
    club.save(Change("update", "member", ann, {"seen_on": "2026-03-01"}))
    assert club.jobs("copy") == []


def test_a_copy_that_was_followed_twice_is_the_same(club: Club) -> None:
    ann = club.member("Ann")
    mine = note(club, ann)
    club.save(Change("update", "member", ann, {"name": "Anna"}))
    club.save(Change("update", "member", ann, {"name": "Anne"}))
    work(club.worker())
    assert stored(club, mine, "whose") == ("Anne",)
    assert [one.result["looked_at"] for one in club.jobs("copy")] == [1, 1]


def test_a_record_that_is_refused_keeps_what_it_had_and_stops_no_other(club: Club) -> None:
    ann = club.member("Ann", points=5)
    fine = note(club, ann)
    full = note(club, ann, "at most ten")
    club.save(Change("update", "member", ann, {"points": 6}))
    work(club.worker())
    assert stored(club, fine, "weight") == (12,)
    assert stored(club, full, "weight") == (10,)
    (job,) = club.jobs("copy")
    assert [(one["record"], one["rule"]) for one in job.result["refusals"]] == [(full, "notes/at_most_ten")]


def test_rules_that_read_a_copy_are_woken_by_it(club: Club) -> None:
    ann = club.member("Ann", points=5)
    note(club, ann, "tell")
    club.save(Change("update", "member", ann, {"points": 500}))
    work(club.worker())
    assert sorted(club.notes(ann)) == ["heavy", "tell"]


def test_copies_that_set_each_other_off_come_to_an_end_that_is_told(club: Club) -> None:
    ann = club.member("watched", points=5)
    note(club, ann)
    club.save(Change("update", "member", ann, {"points": 6}))
    work(club.worker())
    *_, last = sorted(club.jobs("copy"), key=lambda job: int(job.payload["depth"]))
    assert (last.payload["depth"], last.state, last.result["refused"]) == (MAX_WAVES, "done", 1)
    assert last.result["refusals"][0]["code"] == "over_budget"
    assert "note.rank" in last.result["refusals"][0]["message"]


def test_a_job_that_is_cut_short_goes_on_where_it_was(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "STEP", 2)
    ann = club.member("Ann", points=5)
    notes = [note(club, ann) for _ in range(5)]
    club.save(Change("update", "member", ann, {"points": 6}))
    steps = 0

    def one_batch(connection: Connection, work: Work, so_far: Mapping[str, Any]) -> tuple[Any, bool]:
        nonlocal steps
        steps += 1
        if steps == 3:
            raise RuntimeError("cut short")
        return copy(connection, work, so_far)

    worker = Worker(club.workspace, {"copy": Stepwise(one_batch)})
    assert worker.step()
    assert [stored(club, one, "weight") for one in notes].count((12,)) == 2
    club.time.on(minutes=1)
    assert worker.step()
    assert {stored(club, one, "weight") for one in notes} == {(12,)}
    (job,) = club.jobs("copy")
    assert (job.state, job.result["looked_at"]) == ("done", 5)


def test_others_have_their_turn_between_the_steps_of_long_work(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "STEP", 1)
    monkeypatch.setattr(worker_module, "TURN", 0.001)
    ann, bob = club.member("Ann", points=5), club.member("Bob", points=5)
    for one in (ann, ann, ann, bob):
        note(club, one)
    club.save(Change("update", "member", ann, {"points": 6}))
    club.save(Change("update", "member", bob, {"points": 6}))
    work(club.worker())
    ended = sorted(club.jobs("copy", "done"), key=lambda job: job.result["looked_at"])
    assert [job.result["looked_at"] for job in ended] == [1, 3]
    assert {job.attempts for job in ended} == {1}


def test_the_page_of_a_record_tells_of_when_a_copy_is(club: Club) -> None:
    ann = club.member("Ann", points=5)
    mine = note(club, ann)
    first = club.time.now
    club.time.on(hours=3)
    club.save(Change("update", "note", mine, {"what": "there"}))
    assert seen(club, mine).as_of == dict.fromkeys(("whose", "rank", "weight"), first)
    club.save(Change("update", "member", ann, {"points": 6}))
    work(club.worker())
    assert seen(club, mine).as_of == {"whose": first, "rank": club.time.now, "weight": club.time.now}


def test_who_has_read_what_is_copied_and_not_yet_saved_is_waited_for(club: Club) -> None:
    if club.workspace.database.kind == "sqlite":
        return  # it has one writer
    ann = club.member("Ann", points=5)
    release, database = club.workspace.current(), club.workspace.database
    with ThreadPoolExecutor() as pool, database.engine.connect() as connection:
        with connection.begin():
            session = Session(connection, system_context(release, club.time), release, Cause("api"))
            assert session.load("member", ann) is not None
            club.save(Change("update", "member", ann, {"points": 6}))
            working = pool.submit(work, club.worker_of("copy"))
            time.sleep(0.3)
            assert not working.done()
        assert working.result(10) == 1
