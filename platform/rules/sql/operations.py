"""Operations that give a value: each asks the dialect for its SQL, with its operands in the form it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.rules.sql.compare import common_type
from kith.rules.sql.dialect import FAR, MICROSECONDS_OF_A_DAY, MONTHS, infix
from kith.rules.sql.tabled import TABLED
from kith.rules.sql.tables import Element
from kith.rules.tree import Call, Constant, Node
from kith.rules.types import INT, TEXT, Type

if TYPE_CHECKING:
    from kith.rules.sql.lower import Lowering

Build = Callable[["Lowering", Call], Element]


# --- numbers -----------------------------------------------------------------------------------------------------------


def _pair(lowering: Lowering, call: Call) -> tuple[tuple[Element, Type], tuple[Element, Type]]:
    left, right = call.args
    return (lowering.value(left), left.type), (lowering.value(right), right.type)


def add(lowering: Lowering, call: Call) -> Element:
    """`a + b`, `a - b`."""
    left, right = (lowering.as_(arg, call.type) for arg in call.args)
    return lowering.dialect.arithmetic(call.op, left, right, call.type)


def multiply(lowering: Lowering, call: Call) -> Element:
    """`a * b`."""
    return lowering.dialect.multiply(*_pair(lowering, call), call.type)


def divide(lowering: Lowering, call: Call) -> Element:
    """`a / b`."""
    return lowering.dialect.divide(*_pair(lowering, call), call.type)


def divide_whole(lowering: Lowering, call: Call) -> Element:
    """`div(a, b)`, `mod(a, b)`: both in one form."""
    form = common_type(*(arg.type for arg in call.args))
    left, right = ((lowering.as_(arg, form), form) for arg in call.args)
    return lowering.dialect.divide_whole(call.op, left, right, call.type)


def sign(lowering: Lowering, call: Call) -> Element:
    """`-a`, `abs(a)`."""
    return lowering.dialect.sign(call.op, lowering.value(call.args[0]), call.args[0].type)


def rounded(lowering: Lowering, call: Call) -> Element:
    """`round(a, places)`: the node's own scale says it."""
    return lowering.dialect.rescaled(lowering.value(call.args[0]), call.args[0].type, call.type)


def whole(lowering: Lowering, call: Call) -> Element:
    """`floor(a)`, `ceil(a)`."""
    return lowering.dialect.whole(call.op, lowering.value(call.args[0]), call.args[0].type, call.type)


def extreme(lowering: Lowering, call: Call) -> Element:
    """`min(a, b)`, `max(a, b)`: null where one is null; choices by their declared order."""
    dialect, nullable = lowering.dialect, any(arg.type.nullable for arg in call.args)
    pick = dialect.smallest if call.op == "min" else dialect.largest
    if call.type.kind == "choice":
        ranks = [lowering.rank(arg) for arg in call.args]
        return lowering.option(pick(ranks, nullable), call.type)
    if call.type.kind == "text":
        return pick([dialect.code_points(lowering.value(arg)) for arg in call.args], nullable)
    return pick([lowering.as_(arg, call.type) for arg in call.args], nullable)


def choose(lowering: Lowering, call: Call) -> Element:
    """`if c then a else b`."""
    test, then, otherwise = call.args
    return sa.case((lowering.holds(test), lowering.as_(then, call.type)), else_=lowering.as_(otherwise, call.type))


def coalesce(lowering: Lowering, call: Call) -> Element:
    """`a ?? b`."""
    type_ = lowering.dialect.type_(call.type)
    return sa.func.coalesce(*(lowering.as_(arg, call.type) for arg in call.args), type_=type_)


# --- texts -------------------------------------------------------------------------------------------------------------


def concat(lowering: Lowering, call: Call) -> Element:
    """`a + b` of texts."""
    left, right = map(lowering.value, call.args)
    return infix(left, "||", right, lowering.dialect.type_(TEXT))


def text(lowering: Lowering, call: Call) -> Element:
    """`fold lower upper trim length`."""
    return lowering.dialect.text(call.op, *map(lowering.value, call.args))


def replace_all(lowering: Lowering, call: Call) -> Element:
    """`replace(t, old, new)`."""
    _, old, new = call.args
    grows = not (isinstance(old, Constant) and isinstance(new, Constant) and len(str(new.value)) <= len(str(old.value)))
    return lowering.dialect.replace(*map(lowering.value, call.args), nullable=new.type.nullable, grows=grows)


def substring(lowering: Lowering, call: Call) -> Element:
    """`substring(t, start, length)`: positions are brought into what any text, and any engine, can have."""
    dialect, types = lowering.dialect, [arg.type for arg in call.args]

    def build(text: Element, *positions: Element) -> Element:
        clamped = [
            _clamped(lowering, position, type_, least)
            for position, type_, least in zip(positions, types[1:], (1, 0), strict=False)
        ]
        return sa.func.substr(text, *clamped, type_=dialect.type_(TEXT))

    elements = list(map(lowering.value, call.args))
    nullable = any(type_.nullable for type_ in types)
    return dialect.unless_null(build, *elements) if nullable and dialect.least_skips_null else build(*elements)


def _clamped(lowering: Lowering, position: Element, type_: Type, least: int) -> Element:
    dialect = lowering.dialect
    held = dialect.greatest(dialect.literal(least, type_), position)
    return sa.cast(dialect.rescaled(dialect.least(dialect.literal(FAR, type_), held), type_, INT), sa.Integer())


def printed(lowering: Lowering, call: Call) -> Element:
    """`text(a)`."""
    return lowering.dialect.printed(lowering.value(call.args[0]), call.args[0].type)


def search(lowering: Lowering, call: Call) -> Element:
    """`contains`, `starts_with`, `ends_with`; what begins with a written text lies in a range that an index serves."""
    whole_, part = call.args
    if call.op == "starts_with" and isinstance(part, Constant) and part.value:
        above = _next_text(str(part.value))
        column = lowering.dialect.code_points(lowering.value(whole_))
        begin = column >= lowering.value(part)
        return begin if above is None else sa.and_(begin, column < lowering.dialect.literal(above, TEXT))
    return lowering.dialect.search(call.op, lowering.value(whole_), lowering.value(part))


LAST_POINT, BEFORE_SURROGATES, AFTER_SURROGATES = 0x10FFFF, 0xD7FF, 0xE000


def _next_text(text: str) -> str | None:
    """The smallest text that is larger than every text that begins so."""
    kept = text.rstrip(chr(LAST_POINT))
    if not kept:
        return None
    point = ord(kept[-1])
    return kept[:-1] + chr(AFTER_SURROGATES if point == BEFORE_SURROGATES else point + 1)


# --- dates and spans -----------------------------------------------------------------------------------------------


def today(lowering: Lowering, _call: Call) -> Element:
    """`today()`."""
    return lowering.dialect.today()


def now(lowering: Lowering, _call: Call) -> Element:
    """`now()`."""
    return lowering.dialect.now()


def local_date(lowering: Lowering, call: Call) -> Element:
    """`local_date(ts)`."""
    return lowering.dialect.day_of(lowering.value(call.args[0]))


def part(lowering: Lowering, call: Call) -> Element:
    """`year quarter month day iso_week`."""
    return lowering.dialect.part(call.op, lowering.value(call.args[0]))


def date_add_duration(lowering: Lowering, call: Call) -> Element:
    """`date + 3d`: whole days, null where hours are left."""
    day, span = call.args
    return lowering.dialect.add_days(lowering.value(day), _days(lowering, span))


def _days(lowering: Lowering, span: Node) -> Element:
    dialect = lowering.dialect
    if isinstance(span, Constant) and isinstance(span.value, timedelta):
        whole_days = span.value.days if span.value == timedelta(span.value.days) else None
        return sa.cast(sa.null(), sa.Integer()) if whole_days is None else dialect.number(whole_days)

    def build(microseconds: Element) -> Element:
        day, type_ = dialect.number(MICROSECONDS_OF_A_DAY), sa.BigInteger()
        nothing_left = infix(microseconds, "%", day, type_) == dialect.number(0)
        return sa.case((nothing_left, infix(microseconds, "/", day, type_)), else_=sa.null())

    return dialect.composed("whole_days", build, lowering.value(span))


def date_add_period(lowering: Lowering, call: Call) -> Element:
    """`date + 1mo`."""
    dialect, (day, span) = lowering.dialect, call.args
    if isinstance(span, Constant) and span.value is not None:
        return dialect.add_months(lowering.value(day), dialect.number(span.value.months))  # type: ignore[attr-defined]
    months = dialect.bounded(lowering.value(span), dialect.number(-MONTHS), dialect.number(MONTHS))
    return dialect.add_months(lowering.value(day), months)


def instant_add_duration(lowering: Lowering, call: Call) -> Element:
    """`instant + 4h`."""
    return lowering.dialect.add_time(*map(lowering.value, call.args))


def date_diff(lowering: Lowering, call: Call) -> Element:
    """`date - date`."""
    return lowering.dialect.days(*map(lowering.value, call.args))


def days_between(lowering: Lowering, call: Call) -> Element:
    """`days_between(first, second)`."""
    earlier, later = map(lowering.value, call.args)
    return lowering.dialect.days(later, earlier)


def instant_diff(lowering: Lowering, call: Call) -> Element:
    """`instant - instant`."""
    return lowering.dialect.time_between(*map(lowering.value, call.args))


SPANS: Mapping[str, str] = {
    "duration_add": "+", "duration_subtract": "-", "period_add": "+", "period_subtract": "-",
}  # fmt: skip


def span_sum(lowering: Lowering, call: Call) -> Element:
    """`span + span`, `span - span`."""
    left, right = map(lowering.value, call.args)
    both = infix(left, SPANS[call.op], right, lowering.dialect.type_(call.type))
    return lowering.dialect.within_durations(both) if call.type.kind == "duration" else both


def span_negate(lowering: Lowering, call: Call) -> Element:
    """`-span`."""
    return infix(lowering.dialect.number(0), "-", lowering.value(call.args[0]), lowering.dialect.type_(call.type))


def duration_scaled(lowering: Lowering, call: Call) -> Element:
    """`duration * number`, `duration / number`."""
    span, by = call.args
    return lowering.dialect.duration(call.op, lowering.value(span), (lowering.value(by), by.type))


def duration_ratio(lowering: Lowering, call: Call) -> Element:
    """`duration / duration`."""
    left, right = map(lowering.value, call.args)
    return lowering.dialect.ratio(left, right, call.type)


def age(lowering: Lowering, call: Call) -> Element:
    """Whole years from one date to another."""
    dialect, type_ = lowering.dialect, sa.BigInteger()

    def build(born: Element, day: Element) -> Element:
        years = infix(dialect.part("year", day), "-", dialect.part("year", born), type_)
        reached = dialect.add_months(born, infix(years, "*", dialect.number(12), type_)) <= day
        missing = sa.or_(born.is_(None), day.is_(None))
        short = sa.case((missing, sa.null()), (reached, dialect.number(0)), else_=dialect.number(1))
        return infix(years, "-", short, type_)

    return dialect.composed("age", build, *map(lowering.value, call.args))


def next_anniversary(lowering: Lowering, call: Call) -> Element:
    """The first yearly return of a date that is not before another."""
    dialect, type_ = lowering.dialect, sa.BigInteger()

    def build(origin: Element, day: Element) -> Element:
        gap = infix(dialect.part("year", day), "-", dialect.part("year", origin), type_)
        years = dialect.greatest(dialect.number(0), gap)
        this_year = dialect.add_months(origin, infix(years, "*", dialect.number(12), type_))
        later = infix(years, "+", dialect.number(1), type_)
        next_year = dialect.add_months(origin, infix(later, "*", dialect.number(12), type_))
        missing = sa.or_(origin.is_(None), day.is_(None))
        return sa.case((missing, sa.null()), (this_year < day, next_year), else_=this_year)

    return dialect.composed("next_anniversary", build, *map(lowering.value, call.args))


VALUES: Mapping[str, Build] = {
    "add": add, "subtract": add, "multiply": multiply, "divide": divide, "mod": divide_whole, "div": divide_whole,
    "negate": sign, "abs": sign, "round": rounded, "floor": whole, "ceil": whole, "min": extreme, "max": extreme,
    "if": choose, "coalesce": coalesce, "concat": concat, "fold": text, "lower": text, "upper": text, "trim": text,
    "length": text, "replace": replace_all, "substring": substring, "text": printed, "contains": search,
    "starts_with": search, "ends_with": search, "today": today, "now": now, "local_date": local_date, "year": part,
    "quarter": part, "month": part, "day": part, "iso_week": part, "date_add_duration": date_add_duration,
    "date_add_period": date_add_period, "instant_add_duration": instant_add_duration, "date_diff": date_diff,
    "days_between": days_between, "instant_diff": instant_diff, "duration_add": span_sum,
    "duration_subtract": span_sum, "period_add": span_sum, "period_subtract": span_sum,
    "duration_negate": span_negate, "period_negate": span_negate, "duration_multiply": duration_scaled,
    "duration_divide": duration_scaled, "duration_ratio": duration_ratio, "age": age,
    "next_anniversary": next_anniversary, **TABLED,
}  # fmt: skip
"""Operations by name; those that are never null (comparisons and logic) are conditions first, in `logic.py`."""
