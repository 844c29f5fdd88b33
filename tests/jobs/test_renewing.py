"""Stored values that run out with the day: renewed by a job at midnight, and what that wakes."""

from __future__ import annotations

from kith.runtime import queue
from kith.runtime.queue.looking import KEPT
from kith.runtime.write.change import Change
from tests.jobs.club_world import Club, work

MIDNIGHT = "2026-03-02T23:00"
"""Of the third of March in Berlin."""


def test_values_that_ran_out_at_midnight_are_renewed(club: Club) -> None:
    member = club.member(seen_on="2026-03-01")
    worker = club.worker()
    assert club.stored(member, "days_away") == 1
    club.time.to(MIDNIGHT)
    assert club.stored(member, "days_away") == 1
    work(worker)
    assert club.stored(member, "days_away") == 2
    (job,) = club.jobs("renew")
    assert (job.result["renewed"], job.result["changed"]) == (1, 1)


def test_roll_ups_over_a_window_of_days_are_renewed(club: Club) -> None:
    member = club.member()
    club.save(Change("create", "note", None, {"member": member, "what": "here", "written_on": "2026-02-24"}))
    worker = club.worker()
    assert club.stored(member, "recent") == 1
    for day in range(2, 7):
        club.time.to(f"2026-03-0{day}T23:00")
        work(worker)
    assert club.stored(member, "recent") == 0


def test_rules_that_read_a_renewed_value_are_woken_where_it_changed(club: Club) -> None:
    away = club.member(seen_on="2025-11-23")
    club.member("watched", seen_on="2025-11-23")
    worker = club.worker()
    club.time.to(MIDNIGHT)
    work(worker)
    assert club.notes(away) == ["away for 100 days"]
    (job,) = club.jobs("renew")
    assert (job.result["changed"], job.result["fired"]) == (2, 2)


def test_rules_that_read_nothing_of_it_are_not_woken(club: Club) -> None:
    watched = club.member("watched", seen_on="2026-03-01")
    before = club.look(watched, "points", "version")
    worker = club.worker()
    club.time.to(MIDNIGHT)
    work(worker)
    assert club.look(watched, "points", "version") == before


def test_many_are_renewed_in_batches(club: Club) -> None:
    members = [club.member(f"m{number}", seen_on="2026-03-01") for number in range(12)]
    worker = club.worker()
    club.time.to(MIDNIGHT)
    work(worker)
    assert {club.stored(one, "days_away") for one in members} == {2}
    club.time.on(hours=1)
    work(worker)
    assert len(club.jobs("renew")) == 1


def test_deleted_records_are_left_alone(club: Club) -> None:
    gone = club.member(seen_on="2026-03-01")
    club.save(Change("delete", "member", gone))
    worker = club.worker()
    club.time.to(MIDNIGHT)
    work(worker)
    assert club.stored(gone, "days_away") == 1


def test_what_is_old_in_the_queue_goes(club: Club) -> None:
    worker = club.worker()
    with club.workspace.database.write() as connection:
        queue.enqueue_once(connection, queue.job_row("sweep", {}, now=club.time.now))
    work(worker)
    club.time.on(days=20)
    work(worker)
    work(worker)
    assert all(one.created_at > club.time.now - KEPT for one in club.jobs("sweep"))


def test_a_save_before_the_job_comes_tells_what_the_day_has_changed_and_that_once(club: Club) -> None:
    away = club.member(seen_on="2025-11-23")
    worker = club.worker()
    club.time.to(MIDNIGHT)
    club.save(Change("update", "member", away, {"name": "Anna"}))
    assert club.notes(away) == ["away for 100 days"]
    work(worker)
    assert club.notes(away) == ["away for 100 days"]
