"""Days, weeks and months as the reader's locale names and begins them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

from babel import dates

from kith.web.formats import locale_of

DAY = timedelta(days=1)


def weekday_names(language: str) -> Sequence[str]:
    """The names of the days, from the one on which the locale's week begins."""
    locale = locale_of(language)
    names = dates.get_day_names("abbreviated", "stand-alone", locale)
    return [names[(locale.first_week_day + place) % 7] for place in range(7)]


def week_of(day: date, language: str) -> date:
    """The first day of a week."""
    return day - ((day.weekday() - locale_of(language).first_week_day) % 7) * DAY


def next_month(day: date, count: int = 1) -> date:
    """The first day of another month."""
    months = day.year * 12 + day.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


@lru_cache(maxsize=2048)
def named(day: date, skeleton: str, language: str) -> str:
    """A day as the locale writes its parts: `yMMMM` is the month, `MMMEd` the day of the week and of the month."""
    return dates.format_skeleton(skeleton, day, locale=locale_of(language))


def between(first: date, last: date, language: str) -> str:
    """The days from one to another."""
    return dates.format_interval(first, last, "yMMMd", locale=locale_of(language))
