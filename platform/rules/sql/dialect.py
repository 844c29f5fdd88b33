"""What the two engines have in common, and the list of what each must say itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.sql.elements import Grouping
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.types import TypeEngine

from kith.rules.operations.dates import END_INSTANT, FIRST_INSTANT
from kith.rules.sql.tables import Element
from kith.rules.sql.values import Engine, sql_type, to_database
from kith.rules.tree import Call
from kith.rules.types import BOOL, DATE, DATETIME, Type
from kith.rules.values import instant

Condition = ColumnElement[bool]

FIRST_DAY, LAST_DAY = date(1899, 12, 31), date(3000, 1, 1)
"""The days just outside of the calendar of the language."""
BEFORE_INSTANTS = FIRST_INSTANT - timedelta(microseconds=1)
MONTHS = 20_000
"""More months than the calendar has, either way: from there on a result is null, and engines' own limits are never met."""
MICROSECONDS_OF_A_DAY = 86_400_000_000
CHAINED = ("+", "||")
CHAINS: dict[tuple[str, type], custom_op[Any]] = {}
TIGHT, LOOSE = 8, 5
"""How arithmetic and comparisons bind among SQLAlchemy's operators: what binds as they do, or less, gets parentheses."""
FAR = 100_000_000
"""A position beyond any text, which the engines' positions still hold."""
LONGEST = 1_000_000 * MICROSECONDS_OF_A_DAY
"""The longest duration, in microseconds; beyond it is null."""


def is_simple(element: Element) -> bool:
    """Whether an element may be written twice: a column, a parameter or a written constant."""
    return isinstance(element, sa.ColumnClause | sa.BindParameter)


def infix(left: Element, operator: str, right: Element, type_: TypeEngine[Any]) -> Element:
    """`left operator right`, without SQLAlchemy's own ideas of what the operator means for the types."""
    if operator not in CHAINED:
        return left.op(operator, precedence=TIGHT, return_type=type_)(right)
    # One object for one operator: chains of it then need no parentheses, which some parsers' stacks could not hold.
    made = custom_op(operator, precedence=TIGHT, natural_self_precedent=True, return_type=type_)
    chained = CHAINS.setdefault((operator, type(type_)), made)
    return left.operate(chained, right)


def is_true(condition: Condition, type_: TypeEngine[Any], operator: str = "IS") -> Element:
    """`condition IS TRUE`, or `IS NOT TRUE`: never null."""
    # SQLAlchemy thinks that NOT binds tighter than IS, but `NOT x IS TRUE` is `NOT (x IS TRUE)`.
    whole = condition if is_simple(condition) else Grouping(condition)
    return whole.op(operator, precedence=LOOSE, return_type=type_)(sa.literal_column("TRUE"))


class Dialect(ABC):
    """How one engine writes each operation; `zone` is the workspace's time zone by its IANA name."""

    name: Engine
    least_skips_null = False
    """Whether the smallest and largest of several values leave nulls out, instead of being null themselves."""

    def __init__(self, zone: str = "UTC") -> None:
        self.zone = zone

    # --- values ----------------------------------------------------------------------------------------------------

    def type_(self, type_: Type) -> TypeEngine[Any]:
        """The SQL type of a value."""
        return sql_type(type_, self.name)

    def literal(self, value: object, type_: Type) -> Element:
        """A constant, as a parameter with its value."""
        if value is None:
            return sa.cast(sa.null(), self.type_(type_))
        if isinstance(value, datetime):
            value = instant(value, ZoneInfo(self.zone))
        return sa.literal(to_database(value, type_, self.name), self.type_(type_))

    def number(self, value: int) -> Element:
        """A small whole number, written into the statement."""
        return sa.literal_column(str(value), sa.BigInteger())

    def parameter(self, name: str, type_: Type) -> Element:
        """A parameter that the one who runs the statement fills, in the form of `values.to_database`."""
        return sa.bindparam(name, type_=self.type_(type_))

    def today(self) -> Element:
        """The day of the evaluation."""
        return self.parameter("today", DATE)

    def now(self) -> Element:
        """The instant of the evaluation."""
        return self.parameter("now", DATETIME)

    def same(self, left: Element, right: Element) -> Condition:
        """Null-safe equality."""
        return left.is_not_distinct_from(right)

    def distinct(self, left: Element, right: Element) -> Condition:
        """Null-safe inequality."""
        return left.is_distinct_from(right)

    def truth(self, condition: Condition) -> Element:
        """A condition as a value that is never null."""
        return is_true(condition, self.type_(BOOL))

    @abstractmethod
    def is_true(self, element: Element) -> Condition:
        """A bool value as a condition."""

    @abstractmethod
    def is_false(self, element: Element) -> Condition:
        """True exactly where a bool value is false, not where it is null."""

    # --- shapes ----------------------------------------------------------------------------------------------------

    def once(self, build: Callable[..., Element], *elements: Element) -> Element:
        """What is built from elements that it mentions several times, computing each once.

        The OFFSET keeps both planners from writing the inner select into the outer one, where every mention would be computed
        again, and nested ones again and again.
        """
        if all(map(is_simple, elements)):
            return build(*elements)
        labelled = [element.label(f"v{index}") for index, element in enumerate(elements)]
        inner = sa.select(*labelled).correlate_except().offset(sa.literal_column("0")).subquery()
        return sa.select(build(*inner.c)).select_from(inner).correlate_except(inner).scalar_subquery()

    def composed(self, op: str, build: Callable[..., Element], *elements: Element) -> Element:
        """What an operation is built as; an engine may have a function of its own where the elements are not simple."""
        return self.once(build, *elements)

    def unless_null(self, build: Callable[..., Element], *elements: Element) -> Element:
        """What is built from elements, and null where one of them is null although the engine would go on."""

        def guarded(*parts: Element) -> Element:
            missing = sa.or_(*(part.is_(None) for part in parts))
            return sa.case((missing, sa.null()), else_=build(*parts))

        return self.once(guarded, *elements)

    def bounded(self, element: Element, below: Element, above: Element) -> Element:
        """The element where it lies between two limits, both excluded, else null; it is computed once."""
        least, greatest = self.least, self.greatest
        inside = greatest(below, least(above, element))
        return sa.func.nullif(sa.func.nullif(inside, below), above, type_=element.type)

    def within_calendar(self, day: Element) -> Element:
        """A day, or null beyond the calendar."""
        return self.bounded(day, self.literal(FIRST_DAY, DATE), self.literal(LAST_DAY, DATE))

    def within_instants(self, moment: Element) -> Element:
        """An instant, or null beyond the calendar."""
        return self.bounded(moment, self.literal(BEFORE_INSTANTS, DATETIME), self.literal(END_INSTANT, DATETIME))

    def within_durations(self, microseconds: Element) -> Element:
        """A duration, or null where it is too long."""
        return self.bounded(microseconds, self.number(-LONGEST - 1), self.number(LONGEST + 1))

    @abstractmethod
    def least(self, *elements: Element) -> Element:
        """The smallest of several values; what it does with nulls is the engine's affair."""

    @abstractmethod
    def greatest(self, *elements: Element) -> Element:
        """The largest of several values; what it does with nulls is the engine's affair."""

    @abstractmethod
    def smallest(self, elements: list[Element], nullable: bool) -> Element:
        """The smallest of several values, null where one is null."""

    @abstractmethod
    def largest(self, elements: list[Element], nullable: bool) -> Element:
        """The largest of several values, null where one is null."""

    # --- numbers ---------------------------------------------------------------------------------------------------

    @abstractmethod
    def rescaled(self, element: Element, from_: Type, to: Type) -> Element:
        """A number in the form of another type, half-up where places are lost; other values as they are."""

    @abstractmethod
    def fitted(self, element: Element, from_: Type, to: Type) -> Element:
        """The same, refused when it runs where the number has too many digits for the type."""

    @abstractmethod
    def arithmetic(self, op: str, left: Element, right: Element, out: Type) -> Element:
        """`add` or `subtract` of two numbers in the form of `out`."""

    @abstractmethod
    def multiply(self, left: tuple[Element, Type], right: tuple[Element, Type], out: Type) -> Element:
        """A product, half-up at the scale of `out`."""

    @abstractmethod
    def divide(self, left: tuple[Element, Type], right: tuple[Element, Type], out: Type) -> Element:
        """A quotient, half-up at the scale of `out`; null where the divisor is zero."""

    @abstractmethod
    def divide_whole(self, op: str, left: tuple[Element, Type], right: tuple[Element, Type], out: Type) -> Element:
        """`div` or `mod` of two numbers in one form; null where the divisor is zero."""

    @abstractmethod
    def whole(self, op: str, element: Element, type_: Type, out: Type) -> Element:
        """`floor` or `ceil`."""

    @abstractmethod
    def sign(self, op: str, element: Element, type_: Type) -> Element:
        """`negate` or `abs`."""

    @abstractmethod
    def exact(self, call: Call, elements: list[Element]) -> Element:
        """A function of numbers that is rare enough to be what the table of operations says of it; null where one is null."""

    @abstractmethod
    def printed(self, element: Element, type_: Type) -> Element:
        """A value as `text()` prints it."""

    # --- texts -----------------------------------------------------------------------------------------------------

    @abstractmethod
    def code_points(self, element: Element) -> Element:
        """A text that compares by code points."""

    @abstractmethod
    def text(self, op: str, *elements: Element) -> Element:
        """`fold lower upper trim length`."""

    @abstractmethod
    def replace(self, text: Element, old: Element, new: Element, *, nullable: bool, grows: bool) -> Element:
        """Every `old` replaced; null where `new` is, also where there is nothing to replace.

        What `grows` is refused before it is made: a text of many parts, each replaced by a long one, would fill the memory.
        """

    @abstractmethod
    def search(self, op: str, text: Element, part: Element) -> Condition:
        """`contains starts_with ends_with`: null where one is null."""

    @abstractmethod
    def matches(self, text: Element, pattern: str) -> Element:
        """Whether the whole text is one that a pattern describes; null where it is null or too long."""

    @abstractmethod
    def native(self, op: str, elements: list[Element], type_: Type, *, nullable: bool) -> Element:
        """A function of the engine's own on values as they stand in columns; null where one is."""

    # --- dates -----------------------------------------------------------------------------------------------------

    @abstractmethod
    def part(self, op: str, day: Element) -> Element:
        """`year quarter month day iso_week` of a date."""

    @abstractmethod
    def add_days(self, day: Element, days: Element) -> Element:
        """A date so many days later, null beyond the calendar."""

    @abstractmethod
    def add_months(self, day: Element, months: Element) -> Element:
        """A date so many months later, clamped to the month's end, null beyond the calendar."""

    @abstractmethod
    def days(self, later: Element, earlier: Element) -> Element:
        """Days from the earlier date to the later one."""

    @abstractmethod
    def add_time(self, instant: Element, microseconds: Element) -> Element:
        """An instant exactly so much later, null beyond the calendar."""

    @abstractmethod
    def time_between(self, later: Element, earlier: Element) -> Element:
        """The microseconds from the earlier instant to the later one."""

    @abstractmethod
    def day_of(self, instant: Element) -> Element:
        """The day of an instant in the workspace's time zone, null beyond the calendar."""

    @abstractmethod
    def clock(self, op: str, instant: Element) -> Element:
        """`hour minute` of an instant in the workspace's time zone, null beyond the calendar."""

    @abstractmethod
    def around(self, day: Element, hours: int) -> Element:
        """The instant so many hours after a day's midnight in UTC."""

    @abstractmethod
    def duration(self, op: str, span: Element, by: tuple[Element, Type]) -> Element:
        """`duration_multiply duration_divide`: half-up to a microsecond, null where too long or divided by zero."""

    @abstractmethod
    def ratio(self, left: Element, right: Element, out: Type) -> Element:
        """How many times one duration goes into another, half-up at the scale of `out`; null where it is empty."""

    # --- aggregates ------------------------------------------------------------------------------------------------

    @abstractmethod
    def total(self, element: Element, type_: Type, out: Type) -> Element:
        """The aggregate SUM: zero over nothing, refused when it runs where it does not fit `out`."""

    @abstractmethod
    def mean(self, element: Element, type_: Type, out: Type) -> Element:
        """The aggregate AVG, half-up at the scale of `out`."""

    @abstractmethod
    def median(self, element: Element, type_: Type, out: Type) -> Element:
        """The value in the middle, or the mean of the two, half-up at the scale of `out`."""

    @abstractmethod
    def joined(self, element: Element, between: Element) -> Element:
        """All texts in the order of their code points, with another between them; null over nothing."""
