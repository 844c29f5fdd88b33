"""Operations on the business calendar of the workspace: its working hours, days off, and days of work that make up for them."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

from kith.problems import Words
from kith.rules.operations.dates import GROUP
from kith.rules.operations.operation import Operation
from kith.rules.tree import Call, Node, walk
from kith.rules.types import BOOL, DATE, Type, decimal
from kith.rules.values import Env

MOST_DAYS = 500_000
MICROSECONDS_OF_AN_HOUR = 3_600_000_000
NO_CALENDAR = Words("the business calendar is not known", "无法得知工作日历")


def reads_calendar(tree: Node) -> bool:
    """Whether a value depends on the business calendar."""
    names = {operation.name for operation in BUSINESS}
    return any(isinstance(node, Call) and node.op in names for node in walk(tree))


def add_business_days(env: Env, day: date, days: int) -> date | None:
    """A day of work so many days of work later."""
    return env.calendar.add_days(day, days) if abs(days) <= MOST_DAYS else None


def business_hours_between(env: Env, start: datetime, end: datetime) -> Fraction:
    """Hours of work from one instant to another, by the wall clock of the workspace."""
    first, last = (
        env.calendar.microseconds_before(at.astimezone(env.zone).replace(tzinfo=None)) for at in (start, end)
    )
    return Fraction(last - first, MICROSECONDS_OF_AN_HOUR)


BUSINESS = (
    Operation(
        "is_business_day", GROUP, ("date",), BOOL, lambda env, day: env.calendar.is_business_day(day),
        Words("Whether people work on that day, by the workspace's calendar.", "按工作区日历，当天是否为工作日。"),
        (("is_business_day(@2026-06-15)", True), ("is_business_day(@2026-06-14)", False)),
        clock=True, no_sql=NO_CALENDAR,
    ),
    Operation(
        "add_business_days", GROUP, ("date", "int"), DATE, add_business_days,
        Words(
            "The working day so many working days later, or earlier where the number is negative; the date itself for 0.",
            "若干个工作日之后（负数则之前）的工作日；0 为该日本身。",
        ),
        (("add_business_days(@2026-06-12, 1)", "2026-06-15"), ("add_business_days(@2026-06-14, -1)", "2026-06-12"),
         ("add_business_days(@2026-06-14, 0)", "2026-06-14"), ("add_business_days(@2999-12-31, 5)", None)),
        clock=True, may_null=True, no_sql=NO_CALENDAR,
    ),
    Operation(
        "business_days_between", GROUP, ("date", "date"), Type("int", precision=6),
        lambda env, start, end: env.calendar.days_between(start, end),
        Words(
            "Working days after the first date, up to and with the second; negative where that is earlier.",
            "第一个日期之后至第二个日期（含）的工作日数；后者较早则为负。",
        ),
        (("business_days_between(@2026-06-12, @2026-06-19)", 5), ("business_days_between(@2026-06-15, @2026-06-12)", -1)),
        clock=True, no_sql=NO_CALENDAR,
    ),
    Operation(
        "business_hours_between", GROUP, ("datetime", "datetime"), decimal(15, 6), business_hours_between,
        Words(
            "Working hours from the first instant to the second, by the workspace's clock; negative where that is earlier.",
            "按工作区时钟，从前一时刻到后一时刻的工作小时数；后者较早则为负。",
        ),
        (("business_hours_between(@2026-06-12T16:00, @2026-06-15T10:30)", "2.500000"),
         ("business_hours_between(@2026-06-13T08:00, @2026-06-14T20:00)", "0.000000")),
        clock=True, no_sql=NO_CALENDAR,
    ),
)  # fmt: skip
