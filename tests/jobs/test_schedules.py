"""Schedules and due dates: which records come up, when, how often, and what happens to them."""

from __future__ import annotations

import sqlalchemy as sa

from kith.runtime.schema import system
from kith.runtime.write.change import Change
from tests.jobs.club_world import Club, work


def test_a_schedule_starts_with_its_next_slot_and_carries_out_what_it_is_about(club: Club) -> None:
    away, here = club.member(seen_on="2026-02-01", points=50), club.member(seen_on="2026-03-01", points=50)
    worker = club.worker()
    assert club.jobs("schedule") == []
    club.time.to("2026-03-02T05:00")
    work(worker)
    assert club.look(away, "state", "points") == {"state": "silent", "points": 40}
    assert club.look(here, "state", "points") == {"state": "active", "points": 50}
    assert club.results("call_the_silent") == [{"matched": 1, "fired": 1, "refused": 0, "refusals": []}]


def test_what_a_schedule_sets_wakes_other_rules_as_every_save_does(club: Club) -> None:
    away = club.member(seen_on="2026-02-01", points=50)
    worker = club.worker()
    club.time.to("2026-03-02T05:00")
    work(worker)
    assert club.notes(away) == ["now silent"]


def test_a_refused_record_stops_no_other_and_is_told(club: Club) -> None:
    poor = club.member("Poor", seen_on="2026-02-01", points=5)
    rich = [club.member(seen_on="2026-02-01", points=50) for _ in range(3)]
    worker = club.worker()
    club.time.to("2026-03-02T05:00")
    work(worker)
    assert [club.look(one, "points")["points"] for one in rich] == [40, 40, 40]
    assert club.look(poor, "points", "state") == {"points": 5, "state": "active"}
    (result,) = club.results("call_the_silent")
    assert (result["matched"], result["fired"], result["refused"]) == (4, 3, 1)
    message = "No debts. (from: over_time/call_the_silent → over_time/no_debts)"
    assert result["refusals"] == [{"record": poor, "code": "rule", "rule": "over_time/no_debts", "message": message}]


def test_a_slot_that_does_nothing_to_a_record_is_no_save_of_it(club: Club) -> None:
    watched = club.member("watched", expires_on="2026-04-01", state="silent")
    before = club.look(watched, "version", "points")
    worker = club.worker()
    club.time.to("2026-03-02T05:00")
    work(worker)
    # It is due, but the rule's condition does not hold: rules that wait for an update are not woken.
    assert club.results("remind") == [{"matched": 1, "fired": 0, "refused": 0, "refusals": []}]
    assert club.look(watched, "version", "points") == before


def test_a_slot_starts_once_with_several_workers(club: Club) -> None:
    club.member(points=2000)
    workers = [club.worker() for _ in range(3)]
    club.time.to("2026-03-02T04:30")
    for worker in workers:
        worker.turn()
    for worker in workers:
        work(worker)
    assert club.notes() == ["rich"]


def test_missed_slots_are_caught_up_with_once(club: Club) -> None:
    club.member(points=2000)
    club.worker()
    club.time.to("2026-03-04T12:10")
    work(club.worker())
    assert club.notes() == ["rich"]
    (slot,) = [one for one in club.jobs("schedule") if one.payload["rule"].endswith("half_hourly")]
    assert slot.payload["slot"] == "2026-03-04T11:30:00+00:00"
    club.time.to("2026-03-04T12:30")
    work(club.worker())
    assert club.notes() == ["rich", "rich"]


def test_due_dates_of_missed_days_all_come_up(club: Club) -> None:
    expiring = [club.member(expires_on=day) for day in ("2026-03-31", "2026-04-01", "2026-04-02", "2026-04-04")]
    club.worker()
    club.time.to("2026-03-04T12:00")
    work(club.worker())
    assert [club.notes(one) for one in expiring] == [
        [],
        ["expires Apr 1, 2026"],
        ["expires Apr 2, 2026"],
        [],
    ]


def test_a_month_or_a_year_from_the_29th_of_february_comes_on_the_28th(club: Club) -> None:
    club.time.to("2029-02-27T12:00")
    # Half past midnight of the 29th in Berlin.
    leap = club.member(joined_at="2028-02-28T23:30:00Z")
    worker = club.worker()
    club.time.to("2029-02-28T07:00")
    work(worker)
    assert club.look(leap, "points") == {"points": 100}
    club.time.to("2029-03-01T07:00")
    work(worker)
    assert club.look(leap, "points") == {"points": 100}


def test_deleted_records_do_not_come_up(club: Club) -> None:
    gone = club.member(points=2000)
    club.save(Change("delete", "member", gone))
    worker = club.worker()
    club.time.to("2026-03-02T04:30")
    work(worker)
    assert club.results("half_hourly") == [{"matched": 0, "fired": 0, "refused": 0, "refusals": []}]


def test_the_history_says_that_a_job_did_it(club: Club) -> None:
    away = club.member(seen_on="2026-02-01", points=50)
    worker = club.worker()
    club.time.to("2026-03-02T05:00")
    work(worker)
    asked = sa.select(system.save.c.channel, system.save.c.detail, system.save.c.actor_name, system.save.c.batch).where(
        system.save.c.id.in_(
            sa.select(system.history.c.save).where(system.history.c.record == away, system.history.c.version == 2)
        )
    )
    with club.workspace.database.read() as connection:
        (row,) = connection.execute(asked)
    (job,) = [one for one in club.jobs("schedule") if one.payload["rule"].endswith("call_the_silent")]
    assert tuple(row) == ("job", "schedule/over_time/call_the_silent", "system", job.id)
