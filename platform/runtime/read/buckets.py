"""Dates and instants by the day, week, month, quarter or year that they fall into, in the workspace's time zone."""

from __future__ import annotations

import sqlalchemy as sa

from kith.rules.sql.dialect import Dialect, infix
from kith.rules.sql.tables import Element
from kith.rules.types import DATE, Type

TEXT, NUMBER = sa.Text(), sa.BigInteger()


def bucketed(dialect: Dialect, element: Element, type_: Type, bucket: str) -> Element:
    """The first day of the bucket; weeks begin on Monday."""
    day = dialect.day_of(element) if type_.kind == "datetime" else element
    if bucket == "day":
        return day
    if dialect.name == "postgresql":
        return sa.cast(sa.func.date_trunc(bucket, sa.cast(day, sa.DateTime())), dialect.type_(DATE))
    if bucket == "week":
        return sa.func.date(day, "weekday 0", "-6 days", type_=TEXT)
    if bucket == "quarter":
        return _quarter(dialect, day)
    return sa.func.date(day, f"start of {bucket}", type_=TEXT)


def _quarter(dialect: Dialect, day: Element) -> Element:
    """SQLite knows no quarters: back from the month by as many as it is into its quarter."""
    into = infix(infix(dialect.part("month", day), "-", dialect.number(1), NUMBER), "%", dialect.number(3), NUMBER)
    back = infix(infix(dialect.number(0), "-", into, NUMBER), "||", sa.literal(" months"), TEXT)
    return sa.func.date(day, "start of month", back, type_=TEXT)
