"""The business calendar: on which days people work, between which hours, and how many of both lie between two moments."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

Hours = tuple[tuple[int, int], ...]
"""Stretches of one day, from minute to minute since midnight, in their order."""
NINE_TO_FIVE: Hours = ((9 * 60, 17 * 60),)
WEEK = 7
MICROSECOND = timedelta(microseconds=1)
MICROSECONDS_OF_A_MINUTE = 60_000_000
FIRST, LAST = date(1900, 1, 1).toordinal(), date(2999, 12, 31).toordinal()
MONDAY = date(1900, 1, 1).toordinal()


@dataclass(frozen=True)
class BusinessCalendar:
    """The hours of each day of the week from Monday on, the days off, and the days of work that make up for them.

    A day that makes up for another has the hours of the first day of the week that has any.
    """

    week: tuple[Hours, ...] = (*(NINE_TO_FIVE,) * 5, (), ())
    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    special: Sequence[int] = field(init=False, compare=False)
    """The days that are not as their day of the week is, as ordinals in their order."""
    days: Sequence[int] = field(init=False, compare=False)
    """By how many days of work the special days before each, and all, differ from the plain week."""
    minutes: Sequence[int] = field(init=False, compare=False)
    """The same in minutes."""

    def __post_init__(self) -> None:
        special = sorted({day.toordinal() for day in self.holidays | self.workdays})
        days, minutes = [0], [0]
        for day in special:
            plain, real = self.week[(day - MONDAY) % WEEK], self.hours(date.fromordinal(day))
            days.append(days[-1] + bool(real) - bool(plain))
            minutes.append(minutes[-1] + length(real) - length(plain))
        for name, value in (("special", special), ("days", days), ("minutes", minutes)):
            object.__setattr__(self, name, value)

    def hours(self, day: date) -> Hours:
        """When people work on a day; nothing on a day off."""
        if day in self.workdays:
            return self.week[day.weekday()] or next(filter(None, self.week), ())
        return () if day in self.holidays else self.week[day.weekday()]

    def is_business_day(self, day: date) -> bool:
        """Whether people work on a day."""
        return bool(self.hours(day))

    def days_before(self, ordinal: int) -> int:
        """Days of work from the first day of the calendar until before a day."""
        weeks, rest = divmod(ordinal - MONDAY, WEEK)
        plain = weeks * sum(map(bool, self.week)) + sum(map(bool, self.week[:rest]))
        return plain + self.days[bisect_left(self.special, ordinal)]

    def minutes_before(self, ordinal: int) -> int:
        """Minutes of work from the first day of the calendar until a day begins."""
        weeks, rest = divmod(ordinal - MONDAY, WEEK)
        plain = weeks * sum(map(length, self.week)) + sum(map(length, self.week[:rest]))
        return plain + self.minutes[bisect_left(self.special, ordinal)]

    def days_between(self, start: date, end: date) -> int:
        """Days of work after the first date, up to and with the second; negative the other way round."""
        return self.days_before(end.toordinal() + 1) - self.days_before(start.toordinal() + 1)

    def add_days(self, day: date, count: int) -> date | None:
        """The day of work that comes so many days of work later, or earlier; the date itself for none; null beyond the calendar."""
        if not count:
            return day
        start = day.toordinal()
        # The days of work that are over when the day that is looked for ends.
        wanted = self.days_before(start + 1) + count if count > 0 else self.days_before(start) + count + 1
        low, high = (start, LAST + 1) if count > 0 else (FIRST, start)
        while low < high:
            middle = (low + high) // 2
            if self.days_before(middle + 1) >= wanted:
                high = middle
            else:
                low = middle + 1
        inside = FIRST <= low <= LAST and wanted > 0
        return date.fromordinal(low) if inside and self.is_business_day(date.fromordinal(low)) else None

    def microseconds_before(self, moment: datetime) -> int:
        """The time of work from the first day of the calendar until a moment of the wall clock."""
        midnight = datetime.combine(moment.date(), datetime.min.time())
        now = (moment - midnight) // MICROSECOND
        today = 0
        for start, end in self.hours(moment.date()):
            begin, stop = start * MICROSECONDS_OF_A_MINUTE, end * MICROSECONDS_OF_A_MINUTE
            today += min(max(now, begin), stop) - begin
        return self.minutes_before(moment.toordinal()) * MICROSECONDS_OF_A_MINUTE + today


def length(hours: Hours) -> int:
    """The minutes of some stretches."""
    return sum(end - start for start, end in hours)


PLAIN = BusinessCalendar()
"""Monday to Friday from nine to five: what holds where a workspace says nothing."""
