"""Schedules: what their words mean, and their slots through changes of the clock and leap years."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from kith.metadata.timing import Due, Schedule, cron_of, meant_by, schedule_of

CRONS = {
    "hour at :15": "15 * * * *",
    "day at 06:00": "0 6 * * *",
    "weekday at 18:30": "30 18 * * 1-5",
    "mon, thu at 06:00": "0 6 * * 1,4",
    "month on 1 at 06:00": "0 6 1 * *",
    "month on last at 23:59": "59 23 L * *",
}
NONE = [
    "day at 24:00",
    "day at 6:00",
    "month on 29 at 06:00",
    "month on 0 at 06:00",
    "mon, mon at 06:00",
    "xyz at 06:00",
    "hour at :60",
]
MEANT = {
    "day at 6": "day at 06:00",
    "Every Monday at 6:00": "mon at 06:00",
    "month on the 31st at 06:00": "month on last at 06:00",
    "mondays and thursdays at 09:00": "mon, thu at 09:00",
    "hour at 15": "hour at :15",
    "daily at 7:30": "day at 07:30",
    "day 06:00": "day at 06:00",
    "mon，thu at 06：00": "mon, thu at 06:00",
    "whenever": "",
}
SLOTS = [
    # The clock goes from 2:00 to 3:00 on 29 March 2026 in Berlin, and back from 3:00 to 2:00 on 25 October.
    ("day at 02:30", "Europe/Berlin", "2026-03-28T12:00", ["2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"]),
    ("day at 02:30", "Europe/Berlin", "2026-10-24T12:00", ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"]),
    ("day at 02:30", "Europe/Berlin", "2026-10-25T01:10", ["2026-10-26T02:30+01:00"]),
    (
        "hour at :15",
        "Europe/Berlin",
        "2026-10-24T23:30",
        ["2026-10-25T02:15+02:00", "2026-10-25T02:15+01:00", "2026-10-25T03:15+01:00"],
    ),
    ("hour at :15", "Europe/Berlin", "2026-03-29T00:30", ["2026-03-29T03:15+02:00", "2026-03-29T04:15+02:00"]),
    ("hour at :15", "Asia/Kolkata", "2026-01-01T00:00", ["2026-01-01T06:15+05:30"]),
    ("weekday at 06:00", "Asia/Shanghai", "2026-11-20T00:00", ["2026-11-23T06:00+08:00", "2026-11-24T06:00+08:00"]),
    ("month on last at 06:00", "UTC", "2028-02-01T00:00", ["2028-02-29T06:00+00:00", "2028-03-31T06:00+00:00"]),
    ("month on last at 06:00", "UTC", "2026-02-01T00:00", ["2026-02-28T06:00+00:00"]),
    ("day at 06:00", "UTC", "2026-05-01T06:00", ["2026-05-02T06:00+00:00"]),
    # In New York from 2:00 to 3:00 on 8 March 2026, and back from 2:00 to 1:00 on 1 November.
    ("day at 02:30", "America/New_York", "2026-03-07T12:00", ["2026-03-08T03:00-04:00", "2026-03-09T02:30-04:00"]),
    ("day at 01:30", "America/New_York", "2026-10-31T12:00", ["2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00"]),
    ("sun at 02:00", "America/New_York", "2026-03-02T00:00", ["2026-03-08T03:00-04:00", "2026-03-15T02:00-04:00"]),
    (
        "hour at :30",
        "America/New_York",
        "2026-11-01T04:40",
        ["2026-11-01T01:30-04:00", "2026-11-01T01:30-05:00", "2026-11-01T02:30-05:00"],
    ),
    # On Lord Howe by half an hour: from 2:00 to 2:30 on 4 October 2026, and back from 2:00 to 1:30 on 5 April. What comes
    # each hour leaves out a minute that is skipped, and does not come again half an hour later.
    (
        "day at 02:15",
        "Australia/Lord_Howe",
        "2026-10-02T16:00",
        ["2026-10-04T02:30+11:00", "2026-10-05T02:15+11:00"],
    ),
    (
        "day at 01:45",
        "Australia/Lord_Howe",
        "2026-04-03T16:00",
        ["2026-04-05T01:45+11:00", "2026-04-06T01:45+10:30"],
    ),
    (
        "hour at :45",
        "Australia/Lord_Howe",
        "2026-04-04T14:00",
        ["2026-04-05T01:45+11:00", "2026-04-05T02:45+10:30"],
    ),
    ("hour at :15", "Australia/Lord_Howe", "2026-10-03T15:00", ["2026-10-04T03:15+11:00", "2026-10-04T04:15+11:00"]),
    # China has no summer time; its year ends eight hours before that of UTC.
    ("day at 00:00", "Asia/Shanghai", "2026-12-30T17:00", ["2027-01-01T00:00+08:00", "2027-01-02T00:00+08:00"]),
    ("month on 1 at 00:30", "Asia/Shanghai", "2026-12-01T00:00", ["2027-01-01T00:30+08:00"]),
    (
        "month on last at 23:30",
        "Asia/Shanghai",
        "2027-02-01T00:00",
        ["2027-02-28T23:30+08:00", "2027-03-31T23:30+08:00"],
    ),
    (
        "month on last at 23:59",
        "America/New_York",
        "2026-12-31T12:00",
        ["2026-12-31T23:59-05:00", "2027-01-31T23:59-05:00"],
    ),
    ("weekday at 08:00", "Europe/Berlin", "2026-12-31T12:00", ["2027-01-01T08:00+01:00", "2027-01-04T08:00+01:00"]),
    ("day at 12:00", "UTC", "2028-02-28T13:00", ["2028-02-29T12:00+00:00", "2028-03-01T12:00+00:00"]),
    ("month on 28 at 02:30", "Europe/Berlin", "2027-03-01T00:00", ["2027-03-28T03:00+02:00", "2027-04-28T02:30+02:00"]),
    ("day at 00:00", "America/Sao_Paulo", "2018-11-03T12:00", ["2018-11-04T01:00-02:00"]),
]


@pytest.mark.parametrize(("text", "cron"), CRONS.items())
def test_a_schedule_in_words_is_one_in_cron(text: str, cron: str) -> None:
    assert schedule_of(text) == Schedule(text, cron)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_schedule_is_none(text: str) -> None:
    assert schedule_of(text) is None


@pytest.mark.parametrize(("written", "meant"), MEANT.items())
def test_what_is_almost_right_is_understood(written: str, meant: str) -> None:
    assert meant_by(written) == meant


@pytest.mark.parametrize("text", ["0 25 * * *", "0 0 30 2 *", "* * * *", "0 0 6 * * *", "x * * * *"])
def test_what_is_no_cron_is_none(text: str) -> None:
    assert cron_of(text) is None


@pytest.mark.parametrize(("text", "zone", "after", "wanted"), SLOTS)
def test_slots_are_right_through_changes_of_the_clock(text: str, zone: str, after: str, wanted: list[str]) -> None:
    schedule = schedule_of(text)
    assert schedule is not None
    slots = schedule.slots(datetime.fromisoformat(after).replace(tzinfo=UTC), ZoneInfo(zone))
    assert list(islice(slots, len(wanted))) == [datetime.fromisoformat(one) for one in wanted]


CONDITIONS = [
    (Due("on", "before", "30d", datetime.min.time()), "on == today() + 30d"),
    (Due("on", "after", "2w", datetime.min.time()), "on == today() - 2w"),
    (Due("on", "before", "1mo", datetime.min.time()), "on - 1mo == today()"),
    (Due("on", "after", "1y", datetime.min.time()), "on + 1y == today()"),
    (Due("on", "before", "", datetime.min.time()), "on == today()"),
]


@pytest.mark.parametrize(("due", "condition"), CONDITIONS)
def test_a_due_date_is_a_condition_on_the_day(due: Due, condition: str) -> None:
    assert due.condition(is_instant=False) == condition
    assert due.condition(is_instant=True) == condition.replace("on", "local_date(on)", 1)
