"""Operations on the calendar: where weeks, months, quarters and years begin and end, and how far apart dates are."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta

from kith.problems import Words
from kith.rules.operations.dates import END_INSTANT, FIRST, FIRST_INSTANT, GROUP, LAST, add_days, add_months, day_of
from kith.rules.operations.operation import Operation
from kith.rules.types import DATE, DATETIME, Type
from kith.rules.values import Env, instant

HOURS, MINUTES = 24, 60
NO_CLOCK = Words(
    "an hour that clocks skip or repeat is not the same instant in both databases",
    "时钟跳过或重复的那一小时，两种数据库所得时刻不一致",
)
FAR_MONTHS, FAR_DAYS = 20_000, 500_000
"""More months and days than the calendar has."""
DAY_TEXT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


def start_of_week(day: date) -> date:
    """Its Monday."""
    return day - timedelta(day.weekday())


def end_of_week(day: date) -> date | None:
    """Its Sunday; null beyond the calendar."""
    return add_days(day, 6 - day.weekday())


def end_of_month(day: date) -> date:
    """Its month's last day."""
    return day.replace(day=days_in_month(day))


def days_in_month(day: date) -> int:
    """How long its month is."""
    return calendar.monthrange(day.year, day.month)[1]


def start_of_quarter(day: date) -> date:
    """The first day of January, April, July or October."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def end_of_quarter(day: date) -> date:
    """The last day of March, June, September or December."""
    return end_of_month(start_of_quarter(day).replace(month=(day.month - 1) // 3 * 3 + 3))


def months_between(start: date, end: date) -> int:
    """Whole months from one date to another; a shorter month clamps."""
    months = (end.year - start.year) * 12 + end.month - start.month
    reached = add_months(start, months)
    return months if reached is not None and reached <= end else months - 1


def later(day: date, months: int) -> date | None:
    """A date so many months later; null beyond the calendar."""
    return add_months(day, months) if abs(months) <= FAR_MONTHS else None


def day_later(day: date, days: int) -> date | None:
    """A date so many days later; null beyond the calendar."""
    return add_days(day, days) if abs(days) <= FAR_DAYS else None


def date_from(year: int, month: int, day: int) -> date | None:
    """The date of a year, month and day; null where the calendar has none."""
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    found = day_of(year, month, day)
    return found if found is not None and found.day == day else None


def as_date(text: str) -> date | None:
    """The date that is written as 2026-01-31; null where the text is no such date."""
    found = DAY_TEXT.fullmatch(text)
    return date_from(*map(int, found.groups())) if found else None


def hour(env: Env, moment: datetime) -> int | None:
    """The hour of an instant in the workspace's time zone; null beyond the calendar."""
    local = moment.astimezone(env.zone)
    return local.hour if FIRST <= local.date() <= LAST else None


def minute(env: Env, moment: datetime) -> int | None:
    """The minute of an instant in the workspace's time zone; null beyond the calendar."""
    local = moment.astimezone(env.zone)
    return local.minute if FIRST <= local.date() <= LAST else None


def at_time(env: Env, day: date, hours: int, minutes: int = 0) -> datetime | None:
    """The instant at which clocks of the workspace show a time on a day; the earlier one where they do so twice."""
    if not (0 <= hours < HOURS and 0 <= minutes < MINUTES):
        return None
    found = instant(datetime(day.year, day.month, day.day, hours, minutes), env.zone)  # noqa: DTZ001  # the zone is put to it
    return found if FIRST_INSTANT <= found < END_INSTANT else None


def _int(digits: int) -> Type:
    return Type("int", precision=digits)


CALENDAR = (
    Operation(
        "start_of_week", GROUP, ("date",), DATE, start_of_week,
        Words("The Monday of its week.", "所在周的星期一。"), (("start_of_week(@2026-01-31)", "2026-01-26"),),
    ),
    Operation(
        "end_of_week", GROUP, ("date",), DATE, end_of_week,
        Words("The Sunday of its week.", "所在周的星期日。"),
        (("end_of_week(@2026-01-31)", "2026-02-01"), ("end_of_week(@2999-12-31)", None)), may_null=True,
    ),
    Operation(
        "start_of_month", GROUP, ("date",), DATE, lambda day: day.replace(day=1),
        Words("The first day of its month.", "所在月的第一天。"), (("start_of_month(@2026-01-31)", "2026-01-01"),),
    ),
    Operation(
        "end_of_month", GROUP, ("date",), DATE, end_of_month,
        Words("The last day of its month.", "所在月的最后一天。"), (("end_of_month(@2024-02-01)", "2024-02-29"),),
    ),
    Operation(
        "start_of_quarter", GROUP, ("date",), DATE, start_of_quarter,
        Words("The first day of its quarter.", "所在季度的第一天。"),
        (("start_of_quarter(@2026-06-15)", "2026-04-01"),),
    ),
    Operation(
        "end_of_quarter", GROUP, ("date",), DATE, end_of_quarter,
        Words("The last day of its quarter.", "所在季度的最后一天。"), (("end_of_quarter(@2026-04-15)", "2026-06-30"),),
    ),
    Operation(
        "start_of_year", GROUP, ("date",), DATE, lambda day: date(day.year, 1, 1),
        Words("The first of January of its year.", "所在年的 1 月 1 日。"),
        (("start_of_year(@2026-06-15)", "2026-01-01"),),
    ),
    Operation(
        "end_of_year", GROUP, ("date",), DATE, lambda day: date(day.year, 12, 31),
        Words("The last of December of its year.", "所在年的 12 月 31 日。"),
        (("end_of_year(@2026-06-15)", "2026-12-31"),),
    ),
    Operation(
        "weekday", GROUP, ("date",), _int(1), date.isoweekday,
        Words("The day of the week: Monday is 1, Sunday 7.", "星期几：星期一为 1，星期日为 7。"),
        (("weekday(@2026-06-15)", 1), ("weekday(@2026-06-14)", 7)),
    ),
    Operation(
        "day_of_year", GROUP, ("date",), _int(3), lambda day: day.timetuple().tm_yday,
        Words("The day of the year, 1 to 366.", "一年中的第几天，1 到 366。"),
        (("day_of_year(@2024-12-31)", 366),),
    ),
    Operation(
        "iso_year", GROUP, ("date",), _int(4), lambda day: day.isocalendar().year,
        Words("The year to which its ISO week belongs.", "其 ISO 周所属的年份。"),
        (("iso_year(@2027-01-01)", 2026), ("iso_year(@2025-12-29)", 2026)),
    ),
    Operation(
        "days_in_month", GROUP, ("date",), _int(2), days_in_month,
        Words("How many days its month has.", "所在月的天数。"), (("days_in_month(@2024-02-10)", 29),),
    ),
    Operation(
        "months_between", GROUP, ("date", "date"), _int(5), months_between,
        Words("Whole months from the first date to the second.", "从前一日期到后一日期的整月数。"),
        (("months_between(@2026-01-31, @2026-02-28)", 1), ("months_between(@2026-01-15, @2026-03-14)", 1),
         ("months_between(@2026-03-01, @2026-02-28)", -1)),
    ),
    Operation(
        "add_days", GROUP, ("date", "int"), DATE, day_later,
        Words("A date so many days later; null beyond the calendar.", "若干天后的日期；超出日历则为空。"),
        (("add_days(@2026-02-27, 2)", "2026-03-01"), ("add_days(@1900-01-01, -1)", None)), may_null=True,
    ),
    Operation(
        "add_months", GROUP, ("date", "int"), DATE, later,
        Words("A date so many months later; a shorter month clamps it.", "若干月后的日期；月份较短时取月末。"),
        (("add_months(@2026-01-31, 1)", "2026-02-28"), ("add_months(@2026-01-31, 99_999)", None)), may_null=True,
    ),
    Operation(
        "add_years", GROUP, ("date", "int"), DATE, lambda day, years: later(day, 12 * years),
        Words("A date so many years later; 29 February is clamped.", "若干年后的日期；2 月 29 日按月末计。"),
        (("add_years(@2024-02-29, 1)", "2025-02-28"),), may_null=True,
    ),
    Operation(
        "date", GROUP, ("int", "int", "int"), DATE, date_from,
        Words("The date of a year, month and day; null where there is no such day.", "由年、月、日得日期；没有这一天则为空。"),
        (("date(2026, 1, 31)", "2026-01-31"), ("date(2026, 2, 30)", None), ("date(3000, 1, 1)", None)), may_null=True,
    ),
    Operation(
        "as_date", GROUP, ("text",), DATE, as_date,
        Words(
            "The date that a text is, written as 2026-01-31; null where it is none.",
            "文本（如 2026-01-31）所写的日期；不是日期则为空。",
        ),
        (('as_date("2026-01-31")', "2026-01-31"), ('as_date("2026-02-30")', None), ('as_date("soon")', None)),
        may_null=True,
    ),
    Operation(
        "hour", GROUP, ("datetime",), _int(2), hour,
        Words("The hour of an instant in the workspace's time zone, 0 to 23.", "时刻在工作区时区的小时，0 到 23。"),
        (("hour(@2026-01-31T20:30Z)", 4),), clock=True, may_null=True,
    ),
    Operation(
        "minute", GROUP, ("datetime",), _int(2), minute,
        Words("The minute of an instant in the workspace's time zone, 0 to 59.", "时刻在工作区时区的分钟，0 到 59。"),
        (("minute(@2026-01-31T20:30Z)", 30),), clock=True, may_null=True,
    ),
    Operation(
        "at_time", GROUP, ("date", "int", "int?"), DATETIME, at_time,
        Words(
            "The instant at which it is so many hours (and minutes) on a day in the workspace's time zone, the earlier one where "
            "clocks show that twice; null where there is no such time.",
            "某日在工作区时区几时（几分）的时刻，时钟重复时取较早者；没有这样的时间则为空。",
        ),
        (("at_time(@2026-06-15, 9)", "2026-06-15T01:00:00Z"), ("at_time(@2026-06-15, 18, 30)", "2026-06-15T10:30:00Z"),
         ("at_time(@2026-06-15, 24)", None)),
        clock=True, may_null=True, no_sql=NO_CLOCK,
    ),
)  # fmt: skip
