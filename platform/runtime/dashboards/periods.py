"""Periods as people say them, "this quarter", as days; and the period before, to compare with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included; None where it has no beginning or no end."""

    first: date | None = None
    last: date | None = None

    @property
    def is_all(self) -> bool:
        """Whether every day belongs to it."""
        return self.first is None and self.last is None


ALL = Span()
"""Every day there is."""


def span_of(period: str, today: date) -> Span:
    """The days of a period of `shapes.dashboards.PERIODS`."""
    if period == "all":
        return ALL
    which, _, rest = period.partition("_")
    count, _, unit = rest.rpartition("_")
    if unit == "days":
        return Span(today - int(count) * DAY + DAY, today)
    if count:
        return Span(_moved(floor(today, "month"), "month", 1 - int(count)), today)
    first = floor(today, unit)
    return _whole(first if which == "this" else _moved(first, unit, -1), unit)


def before(period: str, today: date, how: str) -> Span:
    """The period before; `how` is whole, or so_far: as many days of it as have passed of the present one."""
    span = span_of(period, today)
    if span.first is None or span.last is None:
        return ALL
    which, _, rest = period.partition("_")
    count, _, unit = rest.rpartition("_")
    if unit == "days":
        days = int(count) * DAY
        return Span(span.first - days, span.last - days)
    if count:
        months = int(count)
        same = _moved(floor(today, "month"), "month", -months) + (today - floor(today, "month"))
        return Span(_moved(span.first, "month", -months), min(same, span.first - DAY))
    whole = _whole(_moved(span.first, unit, -1), unit)
    if which == "this" and how == "so_far" and whole.first is not None:
        return Span(whole.first, min(whole.first + (today - span.first), span.first - DAY))
    return whole


def floor(day: date, unit: str) -> date:
    """The first day of the week (Monday), month, quarter or year that a day falls into; of a day it is that."""
    if unit == "day":
        return day
    if unit == "week":
        return day - day.weekday() * DAY
    months = MONTHS[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def ceiling(day: date, unit: str) -> date:
    """The last day of the same."""
    return _moved(floor(day, unit), unit, 1) - DAY


def each(first: date, last: date, unit: str, most: int) -> Iterator[date]:
    """The first day of every such stretch from one day to another, of the latest where there are very many."""
    stretches = [floor(first, unit)]
    while (following := _moved(stretches[-1], unit, 1)) <= last:
        stretches.append(following)
    yield from stretches[-most:]


def _whole(first: date, unit: str) -> Span:
    return Span(first, _moved(first, unit, 1) - DAY)


def _moved(first: date, unit: str, by: int) -> date:
    """The first day of a stretch some stretches later."""
    if unit in ("day", "week"):
        return first + by * (7 * DAY if unit == "week" else DAY)
    months = first.year * 12 + first.month - 1 + by * MONTHS[unit]
    return date(months // 12, months % 12 + 1, 1)
