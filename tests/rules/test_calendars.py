"""The business calendar counts as one would by hand, whatever days off and swapped days it has."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

import pytest

from kith.rules.calendars import NINE_TO_FIVE, PLAIN, BusinessCalendar

SPLIT = ((8 * 60, 12 * 60), (13 * 60, 18 * 60))
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
CHINA = BusinessCalendar(
    (*(SPLIT,) * 5, (), ()),
    holidays=frozenset(date(2026, 10, 1) + DAY * count for count in range(7)),
    workdays=frozenset({date(2026, 9, 27), date(2026, 10, 10)}),
)


def near(rng: random.Random) -> date:
    return date(2026, 1, 1) + DAY * rng.randint(-40, 40)


def calendar(rng: random.Random) -> BusinessCalendar:
    week = tuple(rng.choice([(), NINE_TO_FIVE, SPLIT]) for _ in range(7))
    days = [frozenset(near(rng) for _ in range(rng.randint(0, 9))) for _ in range(2)]
    return BusinessCalendar(week, days[0] - days[1], days[1])


@pytest.mark.parametrize("seed", range(300))
def test_days_and_minutes_are_what_counting_one_by_one_gives(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  # repeatable on purpose
    made, start, end = calendar(rng), near(rng), near(rng)
    low, high = min(start, end), max(start, end)
    worked = sum(made.is_business_day(low + DAY * count) for count in range(1, (high - low).days + 1))
    assert made.days_between(start, end) == (worked if start <= end else -worked)
    opened, closed = datetime.combine(low, time(rng.randint(0, 23), 30)), datetime.combine(low + 2 * DAY, time(11, 15))
    moments = (opened + MINUTE * count for count in range((closed - opened) // MINUTE))
    minutes = sum(any(a <= at.hour * 60 + at.minute < b for a, b in made.hours(at.date())) for at in moments)
    assert made.microseconds_before(closed) - made.microseconds_before(opened) == minutes * 60_000_000


@pytest.mark.parametrize("seed", range(300))
def test_a_day_so_many_working_days_away_is_the_one_that_walking_finds(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  # repeatable on purpose
    made, day, count = calendar(rng), near(rng), rng.randint(-9, 9)
    if not any(made.week):
        return
    found, left = day, abs(count)
    while left:
        found += DAY if count > 0 else -DAY
        left -= made.is_business_day(found)
    assert made.add_days(day, count) == found


def test_swapped_days_are_worked_and_holidays_are_not() -> None:
    assert CHINA.is_business_day(date(2026, 9, 27)) and not CHINA.is_business_day(date(2026, 10, 1))
    assert CHINA.hours(date(2026, 10, 10)) == SPLIT
    assert CHINA.add_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert CHINA.days_between(date(2026, 9, 30), date(2026, 10, 10)) == 3


def test_beyond_the_calendar_and_without_any_work_there_is_no_day() -> None:
    assert PLAIN.add_days(date(2999, 12, 31), 1) is None
    assert PLAIN.add_days(date(1900, 1, 1), -1) is None
    assert BusinessCalendar(((),) * 7).add_days(date(2026, 1, 1), 1) is None
