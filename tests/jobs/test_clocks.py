"""Clocks that jump, and nights in which an hour is missing or comes twice: nothing is started twice, nothing waits for long."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from kith.runtime.queue.claiming import LEASE
from kith.runtime.schema.system import job, schedule
from kith.runtime.write.change import Change
from tests.jobs.club_world import Club, work


def slots(club: Club, rule: str) -> list[str]:
    """The slots of a rule that were started, in their order."""
    return sorted(one.payload["slot"] for one in club.jobs("schedule") if one.payload["rule"] == f"over_time/{rule}")


def test_a_clock_that_was_ahead_and_is_set_back_holds_up_no_slot_and_starts_none_twice(club: Club) -> None:
    member = club.member(points=2000)
    worker = club.worker()
    club.time.to("2026-03-05T04:30")
    work(worker)
    assert club.notes(member) == ["rich"]
    club.time.to("2026-03-02T04:10")
    work(worker)
    for moment in ("2026-03-02T04:30", "2026-03-02T05:30", "2026-03-05T04:30", "2026-03-05T05:30"):
        club.time.to(moment)
        work(worker)
    assert club.notes(member) == ["rich"] * 4
    assert len({*slots(club, "half_hourly")}) == len(slots(club, "half_hourly")) == 4
    assert {one.state for one in club.jobs("schedule")} == {"done"}


def test_a_worker_that_starts_after_the_clock_was_set_back_goes_on_as_well(club: Club) -> None:
    club.worker()
    club.time.on(days=3)
    club.worker()
    club.time.on(days=-3)
    club.worker()
    with club.workspace.database.read() as connection:
        late = connection.scalars(
            sa.select(schedule.c.name).where(schedule.c.next_at > club.time.now + timedelta(days=3))
        )
        assert list(late) == []


def test_a_job_that_was_made_by_a_clock_that_was_ahead_is_done_at_once(club: Club) -> None:
    member = club.member("Ann")
    club.save(Change("create", "note", None, {"member": member, "what": "said"}))
    worker = club.worker()
    club.time.on(days=3)
    club.save(Change("update", "member", member, {"name": "Anna"}))
    club.time.on(days=-3)
    work(worker)
    assert [one.state for one in club.jobs("copy")] == ["done"]


def test_a_job_in_the_hands_of_a_worker_that_died_by_a_clock_that_was_ahead_is_taken_over(club: Club) -> None:
    member = club.member("Ann")
    club.save(Change("create", "note", None, {"member": member, "what": "said"}))
    club.save(Change("update", "member", member, {"name": "Anna"}))
    ahead = club.time.now + timedelta(days=3) + LEASE
    held = sa.update(job).where(job.c.kind == "copy").values(state="running", leased_by="dead", leased_until=ahead)
    with club.workspace.database.write() as connection:
        connection.execute(held)
    work(club.worker())
    assert [one.state for one in club.jobs("copy")] == ["done"]


@pytest.mark.parametrize("night", ["2026-03-28", "2026-10-24"])
def test_in_nights_when_the_clocks_change_each_slot_is_started_once(club: Club, night: str) -> None:
    member = club.member(points=2000)
    club.time.to(f"{night}T20:10")
    worker = club.worker()
    before = Counter(slots(club, "half_hourly"))
    for _ in range(6 * 12):
        club.time.on(minutes=10)
        work(worker)
    started = Counter(slots(club, "half_hourly")) - before
    assert len(started) == 12
    assert set(started.values()) == {1}
    assert club.notes(member) == ["rich"] * 12
