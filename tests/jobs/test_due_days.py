"""The moments at which due dates come up, through changes of the clock, leap years and ends of years, zone by zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kith.jobs.worker import Worker
from kith.runtime.workspace import Workspace
from tests.jobs.club_world import Club, club_model, work
from tests.support.worlds import Time

SHANGHAI, BERLIN, NEW_YORK, LORD_HOWE = "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"
REMIND, YEARLY = ("expires_on", "remind"), ("joined_at", "anniversary")
"""Thirty days before a date at 6:00, and a year after an instant at 8:00."""
CASES = [
    (SHANGHAI, REMIND, "2027-01-15", "2026-12-16T06:00+08:00"),
    (SHANGHAI, YEARLY, "2025-12-31T16:30:00Z", "2027-01-01T08:00+08:00"),
    (SHANGHAI, YEARLY, "2025-12-31T15:30:00Z", "2026-12-31T08:00+08:00"),
    (SHANGHAI, YEARLY, "2028-02-28T16:30:00Z", "2029-02-28T08:00+08:00"),
    (BERLIN, REMIND, "2026-04-28", "2026-03-29T06:00+02:00"),
    (BERLIN, REMIND, "2026-11-24", "2026-10-25T06:00+01:00"),
    (BERLIN, YEARLY, "2027-02-28T10:00:00Z", "2028-02-28T08:00+01:00"),
    (BERLIN, REMIND, "2028-03-30", "2028-02-29T06:00+01:00"),
    (NEW_YORK, REMIND, "2026-04-07", "2026-03-08T06:00-04:00"),
    (NEW_YORK, REMIND, "2026-12-01", "2026-11-01T06:00-05:00"),
    (NEW_YORK, YEARLY, "2026-01-01T04:30:00Z", "2026-12-31T08:00-05:00"),
    (LORD_HOWE, REMIND, "2026-05-05", "2026-04-05T06:00+10:30"),
    (LORD_HOWE, REMIND, "2026-11-03", "2026-10-04T06:00+11:00"),
    (LORD_HOWE, YEARLY, "2026-01-01T12:59:00Z", "2027-01-01T08:00+11:00"),
    (LORD_HOWE, YEARLY, "2026-01-01T13:01:00Z", "2027-01-02T08:00+11:00"),
]


@pytest.mark.parametrize(("zone", "rule", "day", "moment"), CASES)
def test_a_due_date_comes_up_at_its_moment_and_once(
    zone: str, rule: tuple[str, str], day: str, moment: str, tmp_path: Path
) -> None:
    field, name = rule
    due = datetime.fromisoformat(moment)
    time = Time(due - timedelta(days=3))
    model = club_model()
    workspace = Workspace.open(f"sqlite:///{tmp_path}/kith.db", clock=time)
    workspace.apply(workspace.plan(replace(model, app=replace(model.app, time_zone=zone))))
    club = Club(workspace, time)
    club.member("other")
    club.member(**{"name": "Ann", field: day})
    worker = club.worker()
    moments = (due - timedelta(minutes=1), due, due + timedelta(days=2))
    assert [_fired(club, worker, name, at) for at in moments] == [0, 1, 1]
    workspace.close()


def _fired(club: Club, worker: Worker, rule: str, at: datetime) -> int:
    """For how many records a rule has done something up to a moment."""
    club.time.now = at
    work(worker)
    return sum(int(one["fired"]) for one in club.results(rule))
