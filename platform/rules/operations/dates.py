"""Operations on dates, instants and spans: from 1900 to 2999, beyond is null; months clamp."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from kith.problems import Words
from kith.rules.operations.operation import Operation
from kith.rules.types import DATE, DATETIME, DURATION, PERIOD, Type, decimal
from kith.rules.values import DoesNotFit, Env, Period

GROUP = "dates"
FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)
FIRST_INSTANT, END_INSTANT = datetime(1900, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
LONGEST = timedelta(days=1_000_000)
"""Spans beyond this, either way, are null: far more than lies between any two dates."""
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)


def day_of(year: int, month: int, day: int) -> date | None:
    """A date of the calendar that the language has; the day is clamped to the month's length."""
    if not FIRST.year <= year <= LAST.year:
        return None
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def add_days(day: date, days: int) -> date | None:
    """A date so many days later; null beyond the calendar."""
    ordinal = day.toordinal() + days
    return date.fromordinal(ordinal) if FIRST.toordinal() <= ordinal <= LAST.toordinal() else None


def add_months(day: date, months: int) -> date | None:
    """A date so many months later, clamped to the end of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day_of(year, month + 1, day.day)


def date_add_duration(day: date, span: timedelta) -> date | None:
    """A date some whole days later; null where hours are left."""
    return None if span % DAY else add_days(day, span // DAY)


def instant_add_duration(instant: datetime, span: timedelta) -> datetime | None:
    """An instant exactly so much later; null beyond the calendar."""
    first, last = FIRST_INSTANT - instant, END_INSTANT - instant
    return instant + span if first <= span < last else None


def microseconds(span: timedelta) -> int:
    """A duration as a whole number."""
    return span // MICROSECOND


def half_up(value: Fraction) -> int:
    """The nearest whole number; halves go away from zero."""
    magnitude = abs(value)
    whole = (2 * magnitude.numerator + magnitude.denominator) // (2 * magnitude.denominator)
    return whole if value >= 0 else -whole


def duration(value: Fraction) -> timedelta | None:
    """A duration of so many microseconds; null where it is too long."""
    whole = half_up(value)
    return timedelta(microseconds=whole) if abs(whole) <= microseconds(LONGEST) else None


def duration_total(spans: Iterable[timedelta]) -> timedelta:
    """The sum of durations; one that is too long is refused."""
    found = duration(Fraction(sum(map(microseconds, spans))))
    if found is None:
        raise DoesNotFit(DURATION)
    return found


def duration_multiply(span: timedelta, number: int | Decimal) -> timedelta | None:
    """A duration so many times."""
    return duration(microseconds(span) * Fraction(number))


def duration_divide(span: timedelta, number: int | Decimal) -> timedelta | None:
    """A part of a duration; null where the divisor is zero."""
    return duration(microseconds(span) / Fraction(number)) if number else None


def duration_ratio(a: timedelta, b: timedelta) -> Fraction | None:
    """How many times the second goes into the first; null where it is empty."""
    return Fraction(microseconds(a), microseconds(b)) if b else None


def local_date(env: Env, instant: datetime) -> date | None:
    """The day of an instant in the workspace's time zone."""
    day = instant.astimezone(env.zone).date()
    return day if FIRST <= day <= LAST else None


def today(env: Env) -> date | None:
    """The day of the evaluation's one instant in the workspace's time zone."""
    return local_date(env, env.now)


def age(born: date, day: date) -> int:
    """Whole years from one date to another; the anniversary of 29 February is the last of February."""
    anniversary = day_of(day.year, born.month, born.day)
    reached = anniversary is not None and anniversary <= day
    return day.year - born.year - (0 if reached else 1)


def next_anniversary(origin: date, day: date) -> date | None:
    """The first yearly return of a date, or the date itself, that is not before another; null beyond the calendar."""
    years = max(0, day.year - origin.year)
    this_year = add_months(origin, 12 * years)
    return this_year if this_year is None or this_year >= day else add_months(origin, 12 * (years + 1))


def _int(digits: int) -> Type:
    return Type("int", precision=digits)


DATES = (
    Operation(
        "date_add_duration", GROUP, ("date", "duration"), DATE, date_add_duration,
        Words("A date so many whole days later; null where hours are left.", "日期加若干整天；余下小时则为空。"),
        (("@2026-01-31 + 3d", "2026-02-03"), ("@2026-01-31 - 1w", "2026-01-24"), ("@2999-12-31 + 1d", None)),
        "date ± duration", may_null=True,
    ),
    Operation(
        "date_add_period", GROUP, ("date", "period"), DATE, lambda day, span: add_months(day, span.months),
        Words("A date so many months later; a shorter month clamps it.", "日期加若干月；月份较短时取月末。"),
        (("@2026-01-31 + 1mo", "2026-02-28"), ("@2024-02-29 + 1y", "2025-02-28"), ("@2026-03-31 - 1mo", "2026-02-28")),
        "date ± period", may_null=True,
    ),
    Operation(
        "instant_add_duration", GROUP, ("datetime", "duration"), DATETIME, instant_add_duration,
        Words("An instant exactly so much later.", "时刻加上精确时长。"),
        (("@2026-01-31T09:00Z + 90min", "2026-01-31T10:30:00Z"),), "datetime ± duration", may_null=True,
    ),
    Operation(
        "date_diff", GROUP, ("date", "date"), _int(6), lambda a, b: (a - b).days,
        Words("Days from the second date to the first.", "两日期相差的天数。"),
        (("@2026-03-01 - @2026-02-27", 2),), "date - date",
    ),
    Operation(
        "instant_diff", GROUP, ("datetime", "datetime"), DURATION, lambda a, b: a - b,
        Words("The time from the second instant to the first.", "两时刻相差的时长。"),
        (("@2026-01-02T00:00Z - @2026-01-01T22:00Z", "PT2H"),), "datetime - datetime",
    ),
    Operation(
        "duration_add", GROUP, ("duration", "duration"), DURATION,
        lambda a, b: duration(Fraction(microseconds(a) + microseconds(b))),
        Words("Both durations together.", "两段时长之和。"), (("1d + 12h", "P1DT12H"),), "duration + duration",
        may_null=True,
    ),
    Operation(
        "duration_subtract", GROUP, ("duration", "duration"), DURATION,
        lambda a, b: duration(Fraction(microseconds(a) - microseconds(b))),
        Words("The first duration without the second.", "两段时长之差。"), (("1d - 36h", "-PT12H"),),
        "duration - duration", may_null=True,
    ),
    Operation(
        "duration_multiply", GROUP, ("duration", "number"), DURATION, duration_multiply,
        Words("A duration so many times.", "时长乘以数。"), (("3d * 2", "P6D"), ("1h * 0.5", "PT30M")),
        "duration * number", may_null=True,
    ),
    Operation(
        "duration_divide", GROUP, ("duration", "number"), DURATION, duration_divide,
        Words("A part of a duration; null where the divisor is zero.", "时长除以数；除数为零时为空。"),
        (("3d / 2", "P1DT12H"), ("1d / 0", None)), "duration / number", may_null=True,
    ),
    Operation(
        "duration_ratio", GROUP, ("duration", "duration"), decimal(24, 6), duration_ratio,
        Words("How many times the second goes into the first.", "前者是后者的多少倍。"),
        (("3d / 1w", "0.428571"),), "duration / duration", may_null=True,
    ),
    Operation(
        "duration_negate", GROUP, ("duration",), DURATION, lambda a: -a,
        Words("The duration backwards.", "反向时长。"), (("-(1d + 1h)", "-P1DT1H"),), "-duration",
    ),
    Operation(
        "period_add", GROUP, ("period", "period"), PERIOD, lambda a, b: Period(a.months + b.months),
        Words("Both periods together.", "两段周期之和。"), (("1y + 2mo", "P1Y2M"),), "period + period",
    ),
    Operation(
        "period_subtract", GROUP, ("period", "period"), PERIOD, lambda a, b: Period(a.months - b.months),
        Words("The first period without the second.", "两段周期之差。"), (("1y - 2mo", "P10M"),), "period - period",
    ),
    Operation(
        "period_negate", GROUP, ("period",), PERIOD, lambda a: Period(-a.months),
        Words("The period backwards.", "反向周期。"), (("-(1y + 1mo)", "-P1Y1M"),), "-period",
    ),
    Operation(
        "today", GROUP, (), DATE, today,
        Words("The current day in the workspace's time zone; one value per evaluation.", "工作区时区的当天；一次求值内不变。"),
        (("today()", "2026-06-15"),), clock=True,
    ),
    Operation(
        "now", GROUP, (), DATETIME, lambda env: env.now,
        Words("The current instant; one value per evaluation.", "当前时刻；一次求值内不变。"),
        (("now()", "2026-06-15T09:00:00Z"),), clock=True,
    ),
    Operation(
        "local_date", GROUP, ("datetime",), DATE, local_date,
        Words("The day of an instant in the workspace's time zone.", "时刻在工作区时区的日期。"),
        (("local_date(@2026-01-31T20:00Z)", "2026-02-01"),), clock=True, may_null=True,
    ),
    Operation(
        "days_between", GROUP, ("date", "date"), _int(6), lambda a, b: (b - a).days,
        Words("Days from the first date to the second.", "从前一日期到后一日期的天数。"),
        (("days_between(@2026-01-01, @2026-01-31)", 30), ("days_between(@2026-01-02, @2026-01-01)", -1)),
    ),
    Operation(
        "year", GROUP, ("date",), _int(4), lambda day: day.year,
        Words("The year of a date.", "年份。"), (("year(@2026-01-31)", 2026),),
    ),
    Operation(
        "quarter", GROUP, ("date",), _int(1), lambda day: (day.month + 2) // 3,
        Words("The quarter of a date, 1 to 4.", "季度，1 到 4。"), (("quarter(@2026-04-01)", 2),),
    ),
    Operation(
        "month", GROUP, ("date",), _int(2), lambda day: day.month,
        Words("The month of a date, 1 to 12.", "月份，1 到 12。"), (("month(@2026-04-01)", 4),),
    ),
    Operation(
        "day", GROUP, ("date",), _int(2), lambda day: day.day,
        Words("The day of the month, 1 to 31.", "日，1 到 31。"), (("day(@2026-04-30)", 30),),
    ),
    Operation(
        "iso_week", GROUP, ("date",), _int(2), lambda day: day.isocalendar().week,
        Words("The ISO week of a date, 1 to 53.", "ISO 周数，1 到 53。"),
        (("iso_week(@2027-01-01)", 53), ("iso_week(@2026-12-28)", 53)),
    ),
    Operation(
        "age", GROUP, ("date", "date?"), _int(4), age,
        Words(
            "Whole years from a date to today, or to a second date; 29 February counts as the last of February.",
            "从某日到今天（或到第二个日期）的整年数；2 月 29 日按 2 月末计。",
        ),
        (("age(@2000-06-16)", 25), ("age(@2000-06-15)", 26), ("age(@2000-02-29, @2026-02-28)", 26)),
    ),
    Operation(
        "next_anniversary", GROUP, ("date", "date?"), DATE, next_anniversary,
        Words(
            "The next yearly return of a date, today or later (or from a second date on).",
            "某日的下一个周年日，今天或以后（或从第二个日期起）。",
        ),
        (("next_anniversary(@2000-06-15)", "2026-06-15"), ("next_anniversary(@2000-02-29)", "2027-02-28")),
        may_null=True,
    ),
)  # fmt: skip
