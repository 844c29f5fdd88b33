"""SQLite: numbers are scaled integers, dates are texts, instants and durations are microseconds."""

# ruff: noqa: D102 — `Dialect` says what each of these is for.

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.sql import visitors

from kith.rules.operations.texts import SPACE
from kith.rules.sql.dialect import FIRST_DAY, LAST_DAY, Dialect, infix, is_simple
from kith.rules.sql.functions import PREFIX
from kith.rules.sql.tables import Element
from kith.rules.sql.values import Engine, is_wide
from kith.rules.tree import Call
from kith.rules.types import DATE, MAX_STORED, Type

Condition = ColumnElement[bool]
INTEGER, TEXT = sa.BigInteger(), sa.Text()
NESTING = (sa.Function, sa.Case, sa.ScalarSelect)
FEW = 3
"""Calls inside an operand that may be written around it, or twice; with more, a function of Kith's own keeps SQL small."""
PLAIN_SUM = 15
"""Numbers of so many digits are added up by SQLite itself: nine thousand of the largest do not yet pass 64 bits."""


def registered(name: str, *arguments: Element | int | str, wide: bool | None = None) -> Element:
    """A call of one of Kith's own functions; `wide` is said to those that answer a number."""
    said = [argument if isinstance(argument, ColumnElement) else sa.literal(argument) for argument in arguments]
    if wide is None:
        return getattr(sa.func, PREFIX + name)(*said, type_=TEXT)  # type: ignore[no-any-return]
    flag: Element = sa.literal_column(str(int(wide)))
    return getattr(sa.func, PREFIX + name)(*said, flag, type_=TEXT if wide else INTEGER)  # type: ignore[no-any-return]


def nesting(element: Element) -> int:
    """How many calls an element is made of."""
    return sum(1 for part in visitors.iterate(element) if isinstance(part, NESTING))


class SQLite(Dialect):
    """How SQLite writes each operation."""

    name: Engine = "sqlite"

    def is_true(self, element: Element) -> Condition:
        return element == sa.literal_column("1")

    def is_false(self, element: Element) -> Condition:
        return element == sa.literal_column("0")

    def least(self, *elements: Element) -> Element:
        return sa.func.min(*elements, type_=elements[-1].type)

    def greatest(self, *elements: Element) -> Element:
        return sa.func.max(*elements, type_=elements[-1].type)

    def smallest(self, elements: list[Element], nullable: bool) -> Element:
        return self.least(*elements)

    def largest(self, elements: list[Element], nullable: bool) -> Element:
        return self.greatest(*elements)

    def composed(self, op: str, build: Callable[..., Element], *elements: Element) -> Element:
        # A sub-query for each would soon be more than SQLite's parser holds: its stack has a hundred places.
        if all(map(is_simple, elements)):
            return build(*elements)
        return registered(op, *elements)

    def bounded(self, element: Element, below: Element, above: Element) -> Element:
        if nesting(element) <= FEW:
            return super().bounded(element, below, above)
        return sa.type_coerce(registered("bounded", element, below, above), element.type)

    # --- numbers ---------------------------------------------------------------------------------------------------

    def rescaled(self, element: Element, from_: Type, to: Type) -> Element:
        if not from_.is_number or not to.is_number:
            return element
        places, wide = to.scale - from_.scale, is_wide(to)
        if not places and is_wide(from_) == wide:
            return element
        if is_wide(from_) or wide or from_.precision + max(places, 0) > MAX_STORED:
            return registered("rescale", element, places, wide=wide)
        if places > 0:
            return infix(element, "*", self.number(10**places), INTEGER)
        if not is_simple(element):
            return registered("rescale", element, places, wide=False)
        half = 10**-places // 2
        away = sa.case((element < self.number(0), self.number(-half)), else_=self.number(half))
        return infix(infix(element, "+", away, INTEGER), "/", self.number(10**-places), INTEGER)

    def fitted(self, element: Element, from_: Type, to: Type) -> Element:
        if not to.is_number:
            return element
        places, gained = to.scale - from_.scale, int(to.scale < from_.scale)
        if from_.precision - from_.scale + gained <= to.precision - to.scale:
            return self.rescaled(element, from_, to)
        return registered("fit", element, places, to.precision, wide=is_wide(to))

    def arithmetic(self, op: str, left: Element, right: Element, out: Type) -> Element:
        if is_wide(out):
            return registered(op, left, right, wide=True)
        return infix(left, "+" if op == "add" else "-", right, INTEGER)

    def multiply(self, left: tuple[Element, Type], right: tuple[Element, Type], out: Type) -> Element:
        places = out.scale - left[1].scale - right[1].scale
        if places or left[1].precision + right[1].precision > MAX_STORED:
            return registered("multiply", left[0], right[0], places, wide=is_wide(out))
        product = infix(left[0], "*", right[0], INTEGER)
        return registered("rescale", product, 0, wide=True) if is_wide(out) else product

    def divide(self, left: tuple[Element, Type], right: tuple[Element, Type], out: Type) -> Element:
        places = out.scale - left[1].scale + right[1].scale
        fits = left[1].precision + places < MAX_STORED and right[1].precision < MAX_STORED and not is_wide(out)
        if places < 0 or not fits or not is_simple(left[0]) or not is_simple(right[0]):
            return registered("divide", left[0], right[0], places, wide=is_wide(out))
        # SQLite's own quotient of integers is truncated, and null where the divisor is zero.
        zero, size = self.number(0), sa.func.abs(right[0], type_=INTEGER)
        twice = infix(sa.func.abs(left[0], type_=INTEGER), "*", self.number(2 * 10**places), INTEGER)
        halves = infix(infix(twice, "+", size, INTEGER), "/", infix(size, "*", self.number(2), INTEGER), INTEGER)
        positive = (left[0] < zero) == (right[0] < zero)
        return infix(halves, "*", sa.case((positive, self.number(1)), else_=self.number(-1)), INTEGER)

    def divide_whole(self, op: str, left: tuple[Element, Type], right: tuple[Element, Type], out: Type) -> Element:
        if is_wide(left[1]) or is_wide(out):
            return registered(op, left[0], right[0], wide=is_wide(out))
        return infix(left[0], "/" if op == "div" else "%", right[0], INTEGER)

    def whole(self, op: str, element: Element, type_: Type, out: Type) -> Element:
        if is_wide(type_) or is_wide(out) or (type_.scale and not is_simple(element)):
            return registered(op, element, type_.scale, wide=is_wide(out))
        if not type_.scale:
            return element
        unit, zero = self.number(10**type_.scale), self.number(0)
        left_over = infix(element, "%", unit, INTEGER)
        quotient = infix(element, "/", unit, INTEGER)
        if op == "floor":
            return infix(quotient, "-", left_over < zero, INTEGER)
        return infix(quotient, "+", left_over > zero, INTEGER)

    def sign(self, op: str, element: Element, type_: Type) -> Element:
        if is_wide(type_):
            return registered(op, element, wide=True)
        return sa.func.abs(element, type_=INTEGER) if op == "abs" else infix(self.number(0), "-", element, INTEGER)

    def exact(self, call: Call, elements: list[Element]) -> Element:
        scales = (sa.literal_column(str(arg.type.scale), INTEGER) for arg in call.args)
        pairs = [part for pair in zip(elements, scales, strict=True) for part in pair]
        places: Element = sa.literal_column(str(call.type.scale), INTEGER)
        return registered(call.op, *pairs, places, wide=is_wide(call.type))

    def printed(self, element: Element, type_: Type) -> Element:
        match type_.kind:
            case "bool":
                words = {1: sa.literal("true"), 0: sa.literal("false")}
                return sa.case(*((element == self.number(key), word) for key, word in words.items()))
            case "percent":
                return registered("text_percent", element, type_.scale)
            case "int" if not is_wide(type_):
                return sa.cast(element, TEXT)
            case "int" | "decimal" | "money":
                return registered("text_number", element, type_.scale)
            case _:
                return element

    # --- texts -----------------------------------------------------------------------------------------------------

    def code_points(self, element: Element) -> Element:
        return element

    def text(self, op: str, *elements: Element) -> Element:
        match op:
            case "trim":
                return sa.func.trim(elements[0], sa.literal(SPACE), type_=TEXT)
            case "length":
                return sa.func.length(elements[0], type_=INTEGER)
            case _:
                return registered(op, *elements)

    def replace(self, text: Element, old: Element, new: Element, *, nullable: bool, grows: bool) -> Element:
        # SQLite's own does not look at the third text where the second is empty.
        return (
            registered("replace", text, old, new) if grows or nullable else sa.func.replace(text, old, new, type_=TEXT)
        )

    def search(self, op: str, text: Element, part: Element) -> Condition:
        def build(part: Element) -> Condition:
            length = sa.func.length(part, type_=INTEGER)
            first = self.number(1) if op == "starts_with" else infix(self.number(0), "-", length, INTEGER)
            return sa.func.substr(text, first, length, type_=TEXT) == part

        if op == "contains":
            return sa.func.instr(text, part, type_=INTEGER) > self.number(0)
        if not is_simple(part):
            return registered(op, text, part) == self.number(1)
        return build(part)

    def matches(self, text: Element, pattern: str) -> Element:
        return sa.type_coerce(registered("matches", text, sa.literal(pattern)), INTEGER)

    def native(self, op: str, elements: list[Element], type_: Type, *, nullable: bool) -> Element:
        return sa.type_coerce(registered(op, *elements), self.type_(type_))

    # --- dates -----------------------------------------------------------------------------------------------------

    def part(self, op: str, day: Element) -> Element:
        if op == "iso_week":
            thursday = sa.func.date(day, "-3 days", "weekday 4", type_=TEXT)
            ordinal = sa.cast(sa.func.strftime("%j", thursday), INTEGER)
            before = infix(infix(ordinal, "-", self.number(1), INTEGER), "/", self.number(7), INTEGER)
            return infix(before, "+", self.number(1), INTEGER)
        if op == "quarter":
            month = self.part("month", day)
            return infix(infix(month, "+", self.number(2), INTEGER), "/", self.number(3), INTEGER)
        first, length = {"year": (1, 4), "month": (6, 2), "day": (9, 2)}[op]
        return sa.cast(sa.func.substr(day, self.number(first), self.number(length)), INTEGER)

    def add_days(self, day: Element, days: Element) -> Element:
        return self.within_calendar(self._moved(day, (days, "days")))

    def _moved(self, day: Element, *steps: tuple[Element | str, str]) -> Element:
        """SQLite's `date(day, '3 days', …)`; a step without a unit is one of its own words."""
        said = [
            sa.literal(step) if isinstance(step, str) else infix(step, "||", sa.literal(" " + unit), TEXT)
            for step, unit in steps
        ]
        return sa.func.date(day, *said, type_=TEXT)

    def add_months(self, day: Element, months: Element) -> Element:
        # SQLite carries 31 April over to 1 May: the smaller one of the carried day and the month's last day is the clamped one.
        def build(day: Element, months: Element) -> Element:
            past = infix(self.part("day", day), "-", self.number(1), INTEGER)
            carried = self._moved(day, ("start of month", ""), (months, "months"), (past, "days"))
            next_one = infix(months, "+", self.number(1), INTEGER)
            last = self._moved(day, ("start of month", ""), (next_one, "months"), ("-1 day", ""))
            limits = (self.literal(day, DATE) for day in (FIRST_DAY, LAST_DAY))
            return super(SQLite, self).bounded(self.least(carried, last), *limits)

        if is_simple(day) and nesting(months) <= FEW:
            return build(day, months)
        return registered("add_months", day, months)

    def days(self, later: Element, earlier: Element) -> Element:
        gap = infix(sa.func.julianday(later), "-", sa.func.julianday(earlier), sa.Float())
        return sa.cast(gap, INTEGER)

    def add_time(self, instant: Element, microseconds: Element) -> Element:
        return self.within_instants(infix(instant, "+", microseconds, INTEGER))

    def time_between(self, later: Element, earlier: Element) -> Element:
        return infix(later, "-", earlier, INTEGER)

    def day_of(self, instant: Element) -> Element:
        return registered("local_date", instant, self.zone)

    def clock(self, op: str, instant: Element) -> Element:
        return sa.type_coerce(registered(op, instant, self.zone), INTEGER)

    def around(self, day: Element, hours: int) -> Element:
        seconds = infix(sa.cast(sa.func.strftime("%s", day), INTEGER), "+", self.number(hours * 3600), INTEGER)
        return infix(seconds, "*", self.number(1_000_000), INTEGER)

    def duration(self, op: str, span: Element, by: tuple[Element, Type]) -> Element:
        called = registered(op, span, by[0], by[1].scale)
        return sa.type_coerce(called, INTEGER)

    def ratio(self, left: Element, right: Element, out: Type) -> Element:
        return registered("divide", left, right, out.scale, wide=is_wide(out))

    # --- aggregates ------------------------------------------------------------------------------------------------

    def total(self, element: Element, type_: Type, out: Type) -> Element:
        if out.kind == "duration":
            lasting = registered("lasting", sa.func.sum(element))
            return sa.func.coalesce(lasting, self.number(0), type_=INTEGER)
        if type_.precision > PLAIN_SUM:
            summed: Element = registered("sum", element, out.precision, wide=is_wide(out))
        else:
            summed = registered("fit", sa.func.sum(element), 0, out.precision, wide=is_wide(out))
        return sa.func.coalesce(summed, self.literal(0, out), type_=self.type_(out))

    def mean(self, element: Element, type_: Type, out: Type) -> Element:
        return registered("avg", element, out.scale - type_.scale, wide=is_wide(out))

    def median(self, element: Element, type_: Type, out: Type) -> Element:
        return registered("median", element, out.scale - type_.scale, wide=is_wide(out))

    def joined(self, element: Element, between: Element) -> Element:
        return registered("join", element, between)
