"""Bugs to plant, one at a time in one back end: a run that does not find each of them proves nothing."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from kith.rules.python import building as py
from kith.rules.python import conditions, helpers
from kith.rules.sql import aggregates, compare, functions, logic
from kith.rules.sql.postgresql import PostgreSQL
from kith.rules.sql.sqlite import SQLite
from kith.rules.sql.values import EPOCH, MICROSECOND

Plant = Callable[[pytest.MonkeyPatch], None]
HALF_EVEN = Context(prec=120, rounding=ROUND_HALF_EVEN)


def quotient_scale(patch: pytest.MonkeyPatch) -> None:
    """PostgreSQL rounds a quotient to two places."""
    patch.setattr(PostgreSQL, "_places", lambda self, type_: sa.literal_column(str(min(type_.scale, 2))))


def null_safe_equality(patch: pytest.MonkeyPatch) -> None:
    """PostgreSQL compares nulls with `=`."""
    patch.setattr(PostgreSQL, "same", lambda self, left, right: left == right)


def final_sigma(patch: pytest.MonkeyPatch) -> None:
    """SQLite folds letter by letter, which knows no end of a word."""
    patch.setitem(functions.FUNCTIONS, "fold", (lambda text: "".join(letter.lower() for letter in text), 1))


def month_clamp(patch: pytest.MonkeyPatch) -> None:
    """SQLite carries 31 April over to 1 May."""
    patch.setattr(
        SQLite, "add_months", lambda self, day, months: self.within_calendar(self._moved(day, (months, "months")))
    )


def nulls_last(patch: pytest.MonkeyPatch) -> None:
    """PostgreSQL sorts nulls first when it descends."""

    def directed(node: Any, keys: list[Any]) -> list[Any]:
        return [key.desc() if order.descending else key.asc() for key, order in zip(keys, node.by, strict=True)]

    patch.setattr(aggregates, "_directed", directed)


def half_even(patch: pytest.MonkeyPatch) -> None:
    """Python rounds halves to the even neighbour."""

    def divide(left: Any, right: Any, unit: Any) -> Any:
        return HALF_EVEN.quantize(HALF_EVEN.divide(left, right), unit) if right else None

    def fit(value: Any, unit: Any) -> Any:
        fitted = helpers.fit(value, unit)
        return HALF_EVEN.quantize(HALF_EVEN.create_decimal(value), unit) if fitted and unit is not None else fitted

    patch.setitem(helpers.NAMES, "divide", divide)
    patch.setitem(helpers.NAMES, "fit", fit)


def mod_sign(patch: pytest.MonkeyPatch) -> None:
    """Python's own `%` takes the sign of the divisor."""
    patch.setitem(helpers.NAMES, "mod", lambda left, right: left % right if right else None)


def not_complement(patch: pytest.MonkeyPatch) -> None:
    """`not (a < b)` becomes `a >= b` in SQL, which forgets null."""
    for op, opposite in compare.OPPOSITE.items():
        patch.setitem(compare.FAILS, op, compare.ordered(opposite))


def null_order(patch: pytest.MonkeyPatch) -> None:
    """Python takes what is not larger for smaller, also null."""

    def write(writer: Any, call: Any) -> ast.expr:
        larger = conditions.guarded(writer, call.args, lambda a, b: py.compare(a, ast.GtE(), b))
        return py.negated(larger)

    patch.setitem(conditions.CONDITIONS, "lt", write)


def empty_set(patch: pytest.MonkeyPatch) -> None:
    """SQL finds a value in an empty list."""
    member = compare.HOLDS["in"]

    def holds(lowering: Any, call: Any) -> Any:
        return sa.true() if getattr(call.args[1], "value", None) == frozenset() else member(lowering, call)

    patch.setitem(compare.HOLDS, "in", holds)


def week_of_year(patch: pytest.MonkeyPatch) -> None:
    """SQLite counts weeks from the first Monday."""
    part = SQLite.part

    def counted(self: SQLite, op: str, day: Any) -> Any:
        if op != "iso_week":
            return part(self, op, day)
        return sa.cast(sa.func.strftime("%W", day), sa.BigInteger())

    patch.setattr(SQLite, "part", counted)


def summer_time(patch: pytest.MonkeyPatch) -> None:
    """SQLite takes the offset of January for the whole year."""

    def local_date(microseconds: int, zone: str) -> str:
        instant = EPOCH + microseconds * MICROSECOND
        winter = datetime(min(max(instant.year, 1901), 2998), 1, 1, tzinfo=ZoneInfo(zone)).utcoffset()
        assert winter is not None
        return (instant + winter).date().isoformat()

    patch.setitem(functions.FUNCTIONS, "local_date", (local_date, 2))


def sum_of_nothing(patch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's SUM over nothing is null."""
    patch.setattr(PostgreSQL, "total", lambda self, element, type_, out: sa.func.sum(element))


def whole_or(patch: pytest.MonkeyPatch) -> None:
    """`not (a or b)` becomes `not a or not b` in SQL."""
    fails = logic.fails

    def wrong(lowering: Any, node: Any) -> Any:
        if getattr(node, "op", "") == "or":
            return sa.or_(*(fails(lowering, arg) for arg in node.args))
        return fails(lowering, node)

    patch.setattr(logic, "fails", wrong)


def upper_end(patch: pytest.MonkeyPatch) -> None:
    """Python counts on what the upper end of `between` reads, although that may not have run."""

    def write(writer: Any, call: Any) -> ast.expr:
        build = lambda a, b, c: conditions._within(writer, a, b, c)  # noqa: E731
        return conditions.guarded(writer, call.args, build)

    patch.setitem(conditions.CONDITIONS, "between", write)


PLANTED: dict[str, tuple[str, Plant]] = {
    "the scale of a quotient": ("postgresql", quotient_scale),
    "null-safe equality": ("postgresql", null_safe_equality),
    "final sigma": ("sqlite", final_sigma),
    "the clamp of months": ("sqlite", month_clamp),
    "nulls last": ("postgresql", nulls_last),
    "half-up": ("python", half_even),
    "the sign of mod": ("python", mod_sign),
    "not as the complement": ("sqlite", not_complement),
    "ordering with null": ("python", null_order),
    "in an empty list": ("sqlite", empty_set),
    "ISO weeks at the year's end": ("sqlite", week_of_year),
    "the day across summer time": ("sqlite", summer_time),
    "the sum of nothing": ("postgresql", sum_of_nothing),
    "not over or": ("sqlite", whole_or),
    "reads behind the upper end": ("python", upper_end),
}
"""What is wrong, in which back end, and how it gets there."""
