"""PostgreSQL: native numbers, dates and instants; text compares by code points through COLLATE "C"."""

# ruff: noqa: D102 — `Dialect` says what each of these is for.

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.elements import Grouping

from kith.rules.operations.finding import LONGEST_MATCHED
from kith.rules.operations.texts import SPACE
from kith.rules.patterns import spelled
from kith.rules.sql.dialect import LONGEST, Dialect, infix, is_simple
from kith.rules.sql.exact import DIVIDEND, EXACT
from kith.rules.sql.natives import POSTGRESQL, replaced
from kith.rules.sql.tables import Element
from kith.rules.sql.values import Engine, is_wide
from kith.rules.tree import Call
from kith.rules.types import DATE, Type

Condition = ColumnElement[bool]
BIGINT, INTEGER, TEXT = sa.BigInteger(), sa.Integer(), sa.Text()
NUMERIC: sa.Numeric[Any] = sa.Numeric()
FLOAT: sa.Double[Any] = sa.Double()
INSTANT, INTERVAL = sa.DateTime(timezone=True), sa.Interval()
MICROSECONDS_OF_AN_HOUR = 3_600_000_000


class PostgreSQL(Dialect):
    """How PostgreSQL writes each operation; `collation` is the one whose `lower` is full Unicode's, "" where there is none."""

    name: Engine = "postgresql"
    least_skips_null = True

    def __init__(self, zone: str = "UTC", collation: str = "pg_unicode_fast") -> None:
        super().__init__(zone)
        self.collation = collation

    def parameter(self, name: str, type_: Type) -> Element:
        # The driver says the type of a number by its value, and of a null not at all.
        said = super().parameter(name, type_)
        return sa.cast(said, NUMERIC) if isinstance(said.type, sa.Numeric) else said

    def is_true(self, element: Element) -> Condition:
        return element

    def is_false(self, element: Element) -> Condition:
        return sa.not_(element)

    def least(self, *elements: Element) -> Element:
        return sa.func.least(*elements, type_=elements[-1].type)

    def greatest(self, *elements: Element) -> Element:
        return sa.func.greatest(*elements, type_=elements[-1].type)

    def smallest(self, elements: list[Element], nullable: bool) -> Element:
        return self.unless_null(self.least, *elements) if nullable else self.least(*elements)

    def largest(self, elements: list[Element], nullable: bool) -> Element:
        return self.unless_null(self.greatest, *elements) if nullable else self.greatest(*elements)

    def same(self, left: Element, right: Element) -> Condition:
        # An index serves `=` and IS NULL, but not IS NOT DISTINCT FROM.
        if is_simple(left) and is_simple(right):
            return sa.or_(left == right, sa.and_(left.is_(None), right.is_(None)))
        return super().same(left, right)

    # --- numbers ---------------------------------------------------------------------------------------------------

    def rescaled(self, element: Element, from_: Type, to: Type) -> Element:
        if not from_.is_number or not to.is_number:
            return element
        if to.scale < from_.scale:
            return self._formed(sa.func.round(element, self._places(to), type_=NUMERIC), to)
        same = isinstance(self.type_(from_), sa.Numeric) == isinstance(self.type_(to), sa.Numeric)
        return element if same else sa.cast(element, self.type_(to))

    def _places(self, type_: Type) -> Element:
        return sa.literal_column(str(type_.scale), INTEGER)

    def _formed(self, element: Element, to: Type) -> Element:
        """A numeric result in the form of its type."""
        return element if isinstance(self.type_(to), sa.Numeric) else sa.cast(element, BIGINT)

    def fitted(self, element: Element, from_: Type, to: Type) -> Element:
        if not to.is_number:
            return element
        return self._formed(sa.cast(element, sa.Numeric(to.precision, to.scale)), to)

    def arithmetic(self, op: str, left: Element, right: Element, out: Type) -> Element:
        return infix(left, "+" if op == "add" else "-", right, self.type_(out))

    def multiply(self, left: tuple[Element, Type], right: tuple[Element, Type], out: Type) -> Element:
        numbers = [self._numeric(element, type_) if is_wide(out) else element for element, type_ in (left, right)]
        product = infix(numbers[0], "*", numbers[1], self.type_(out))
        if out.scale == left[1].scale + right[1].scale:
            return product
        return self._formed(sa.func.round(product, self._places(out), type_=NUMERIC), out)

    def _numeric(self, element: Element, type_: Type) -> Element:
        return element if isinstance(self.type_(type_), sa.Numeric) else sa.cast(element, NUMERIC)

    def divide(self, left: tuple[Element, Type], right: tuple[Element, Type], out: Type) -> Element:
        return self._formed(self._quotient(left[0], right[0], out), out)

    def _quotient(self, left: Element, right: Element, out: Type) -> Element:
        divisor = sa.func.nullif(right, self.number(0), type_=NUMERIC)
        exact = infix(sa.cast(left, DIVIDEND), "/", divisor, NUMERIC)
        return sa.func.round(exact, self._places(out), type_=NUMERIC)

    def divide_whole(self, op: str, left: tuple[Element, Type], right: tuple[Element, Type], out: Type) -> Element:
        numbers = [self._numeric(*left), sa.func.nullif(self._numeric(*right), self.number(0), type_=NUMERIC)]
        return self._formed(getattr(sa.func, op)(*numbers, type_=NUMERIC), out)

    def whole(self, op: str, element: Element, type_: Type, out: Type) -> Element:
        if not type_.scale:
            return self.rescaled(element, type_, out)
        return self._formed(getattr(sa.func, op)(element, type_=NUMERIC), out)

    def sign(self, op: str, element: Element, type_: Type) -> Element:
        if op == "abs":
            return sa.func.abs(element, type_=self.type_(type_))
        return infix(self.number(0), "-", element, self.type_(type_))

    def exact(self, call: Call, elements: list[Element]) -> Element:
        numbers = [self._numeric(element, arg.type) for element, arg in zip(elements, call.args, strict=True)]
        return self._formed(self.once(lambda *parts: EXACT[call.op](call, *parts), *numbers), call.type)

    def printed(self, element: Element, type_: Type) -> Element:
        match type_.kind:
            case "bool":
                return sa.case((element, sa.literal("true")), (sa.not_(element), sa.literal("false")))
            case "percent":
                shown = sa.func.trim_scale(infix(element, "*", self.number(100), NUMERIC), type_=NUMERIC)
                return infix(sa.cast(shown, TEXT), "||", sa.literal("%"), TEXT)
            case "int":
                return sa.cast(element, TEXT)
            case "decimal" | "money":
                return sa.cast(sa.cast(element, sa.Numeric(100, type_.scale)), TEXT)
            case "date":
                return sa.func.to_char(element, "YYYY-MM-DD", type_=TEXT)
            case _:
                return element

    # --- texts -----------------------------------------------------------------------------------------------------

    def code_points(self, element: Element) -> Element:
        return element if isinstance(element, sa.ColumnClause) else self._collated(element, "C")

    def _collated(self, element: Element, collation: str) -> Element:
        # COLLATE binds tighter than every other operator.
        whole = element if is_simple(element) or isinstance(element, sa.Function) else Grouping(element)
        return whole.collate(collation)

    def text(self, op: str, *elements: Element) -> Element:
        match op:
            case "trim":
                return sa.func.btrim(elements[0], sa.literal(SPACE), type_=TEXT)
            case "length":
                return sa.func.char_length(elements[0], type_=INTEGER)
            case "fold":
                return self.text("lower", sa.func.normalize(elements[0], type_=TEXT))
            case "lower":
                # PostgreSQL 18 takes a sigma for the last of a word also where only marks stand before it, at the start of
                # the text; behind a space it does not.
                spaced = infix(sa.literal(" "), "||", elements[0], TEXT)
                lowered = sa.func.lower(self._collated(spaced, self.collation), type_=TEXT)
                return self._collated(sa.func.substr(lowered, self.number(2), type_=TEXT), "C")
            case _:
                full = self._collated(elements[0], self.collation)
                return self._collated(getattr(sa.func, op)(full, type_=TEXT), "C")

    def replace(self, text: Element, old: Element, new: Element, *, nullable: bool, grows: bool) -> Element:
        return self.once(replaced, text, old, new) if grows else sa.func.replace(text, old, new, type_=TEXT)

    def search(self, op: str, text: Element, part: Element) -> Condition:
        def build(part: Element) -> Condition:
            return sa.func.right(text, sa.func.char_length(part, type_=INTEGER), type_=TEXT) == part

        if op == "contains":
            return sa.func.strpos(text, part, type_=INTEGER) > self.number(0)
        if op == "starts_with":
            return sa.func.starts_with(text, part, type_=sa.Boolean())
        return self.once(build, part)

    def matches(self, text: Element, pattern: str) -> Element:
        def build(text: Element) -> Element:
            found = self._collated(text, "C").op("~", return_type=sa.Boolean())(sa.literal(spelled(pattern)))
            too_long = sa.func.char_length(text, type_=INTEGER) > self.number(LONGEST_MATCHED)
            return sa.case((too_long, sa.null()), else_=found)

        return self.once(build, text)

    def native(self, op: str, elements: list[Element], type_: Type, *, nullable: bool) -> Element:
        def build(*parts: Element) -> Element:
            return POSTGRESQL[op](self, *parts)

        return self.unless_null(build, *elements) if nullable else self.once(build, *elements)

    # --- dates -----------------------------------------------------------------------------------------------------

    def part(self, op: str, day: Element) -> Element:
        field = {"iso_week": "week"}.get(op, op)
        return sa.cast(sa.extract(field, sa.type_coerce(day, sa.Date())), BIGINT)

    def add_days(self, day: Element, days: Element) -> Element:
        moved = infix(day, "+", sa.cast(days, INTEGER), sa.Date())
        return self.within_calendar(moved)

    def add_months(self, day: Element, months: Element) -> Element:
        interval = sa.func.make_interval(self.number(0), sa.cast(months, INTEGER), type_=INTERVAL)
        return self.within_calendar(sa.cast(infix(day, "+", interval, sa.DateTime()), self.type_(DATE)))

    def days(self, later: Element, earlier: Element) -> Element:
        return sa.cast(infix(later, "-", earlier, INTEGER), BIGINT)

    def add_time(self, instant: Element, microseconds: Element) -> Element:
        # An hour is always an hour, while a day of an interval may have 23: so hours, and the rest, which a float holds exactly.
        def build(span: Element) -> Element:
            hour = self.number(MICROSECONDS_OF_AN_HOUR)
            hours = sa.cast(infix(span, "/", hour, BIGINT), INTEGER)
            rest = infix(sa.cast(infix(span, "%", hour, BIGINT), FLOAT), "/", self.number(1_000_000), FLOAT)
            return self._interval(hours, rest)

        return self.within_instants(infix(instant, "+", self.once(build, microseconds), INSTANT))

    def _interval(self, hours: Element, seconds: Element) -> Element:
        zeros = [self.number(0)] * 4
        return sa.func.make_interval(*zeros, hours, self.number(0), seconds, type_=INTERVAL)

    def time_between(self, later: Element, earlier: Element) -> Element:
        seconds = sa.extract("epoch", infix(later, "-", earlier, INTERVAL))
        return sa.cast(infix(seconds, "*", self.number(1_000_000), NUMERIC), BIGINT)

    def day_of(self, instant: Element) -> Element:
        local = sa.func.timezone(sa.literal(self.zone), instant, type_=sa.DateTime())
        return self.within_calendar(sa.cast(local, self.type_(DATE)))

    def clock(self, op: str, instant: Element) -> Element:
        def build(instant: Element) -> Element:
            local = sa.func.timezone(sa.literal(self.zone), instant, type_=sa.DateTime())
            found = sa.cast(sa.extract(op, local), BIGINT)
            return sa.case((self.day_of(instant).is_(None), sa.null()), else_=found)

        return self.once(build, instant)

    def around(self, day: Element, hours: int) -> Element:
        midnight = sa.func.timezone(sa.literal("UTC"), sa.cast(day, sa.DateTime()), type_=INSTANT)
        return infix(midnight, "+", self._interval(self.number(hours), self.number(0)), INSTANT)

    def duration(self, op: str, span: Element, by: tuple[Element, Type]) -> Element:
        if op == "duration_divide":
            exact = infix(sa.cast(span, DIVIDEND), "/", sa.func.nullif(by[0], self.number(0), type_=NUMERIC), NUMERIC)
        else:
            exact = infix(sa.cast(span, NUMERIC), "*", by[0], NUMERIC)
        return sa.cast(self.within_durations(sa.func.round(exact, type_=NUMERIC)), BIGINT)

    def ratio(self, left: Element, right: Element, out: Type) -> Element:
        return self._quotient(left, right, out)

    # --- aggregates ------------------------------------------------------------------------------------------------

    def total(self, element: Element, type_: Type, out: Type) -> Element:
        if out.kind == "duration":
            return self._lasting(sa.func.coalesce(sa.func.sum(element), self.number(0), type_=NUMERIC))
        summed = sa.cast(sa.func.sum(element), sa.Numeric(out.precision, out.scale))
        return self._formed(sa.func.coalesce(summed, self.number(0), type_=NUMERIC), out)

    def _lasting(self, span: Element) -> Element:
        """A sum of durations; one that is too long is made so long that no integer holds it. The engine sums once."""
        return sa.cast(sa.case((sa.func.abs(span) > self.number(LONGEST), span * span), else_=span), BIGINT)

    def mean(self, element: Element, type_: Type, out: Type) -> Element:
        return self._quotient(sa.func.sum(element, type_=NUMERIC), sa.func.count(element), out)

    def median(self, element: Element, type_: Type, out: Type) -> Element:
        # Of an even number of values this is the lower of the two in the middle; from the other end, the upper.
        number, half = self._numeric(element, type_), sa.literal_column("0.5", FLOAT)
        lower, upper = (
            sa.func.percentile_disc(half, type_=NUMERIC).within_group(key) for key in (number.asc(), number.desc())
        )
        return self._quotient(infix(lower, "+", upper, NUMERIC), self.number(2), out)

    def joined(self, element: Element, between: Element) -> Element:
        ordered = aggregate_order_by(between, self._collated(element, "C"))
        return sa.func.string_agg(element, ordered, type_=TEXT)
