"""Rounding, steps, powers and roots in PostgreSQL's own exact numbers; null where an operand is null."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import Grouping

from kith.rules.operations.rounding import exponent_of
from kith.rules.sql.tables import Element
from kith.rules.tree import Call

NUMERIC: sa.Numeric[Any] = sa.Numeric()
DIVIDEND: sa.Numeric[Any] = sa.Numeric(100, 60)
"""A quotient has at least the scale of its dividend. Numbers have at most 38 digits, so an exact quotient that is no half is
further than 10^-39 from one: with 60 places, rounding twice is rounding once."""
Build = Callable[..., Element]


def _number(text: str) -> Element:
    return sa.literal_column(text, NUMERIC)


def _places(count: int) -> Element:
    return sa.literal_column(str(count), sa.Integer())


def _operate(left: Element, operator: str, right: Element) -> Element:
    return Grouping(left.op(operator, return_type=NUMERIC)(right))


def _call(name: str, *args: Element) -> Element:
    return getattr(sa.func, name)(*args, type_=NUMERIC)  # type: ignore[no-any-return]


def _sign(_: Call, value: Element) -> Element:
    return _call("sign", value)


def _power(call: Call, value: Element, _exponent: Element) -> Element:
    exponent = exponent_of(call.args)
    if not exponent:
        return sa.case((value.is_not(None), _number("1")), else_=sa.null())
    found = value
    for _ in range(exponent - 1):
        found = _operate(found, "*", value)
    return found


def _sqrt(call: Call, value: Element) -> Element:
    root = _call("round", _call("sqrt", sa.cast(value, DIVIDEND)), _places(call.type.scale))
    return sa.case((value < _number("0"), sa.null()), else_=root)


def _stepped(pick: str) -> Build:
    def build(_: Call, value: Element, step: Element) -> Element:
        size = _call("abs", _call("nullif", step, _number("0")))
        return _operate(_call(pick, _operate(sa.cast(value, DIVIDEND), "/", size)), "*", size)

    return build


def _cut(call: Call, value: Element) -> Element:
    return _call("trunc", value, _places(call.type.scale))


def _round_up(call: Call, value: Element, _shown: Element | None = None) -> Element:
    unit = _number(f"1e-{call.type.scale}")
    over = _call("sign", _operate(value, "-", _cut(call, value)))
    return _operate(_cut(call, value), "+", _operate(over, "*", unit))


def _round_even(call: Call, value: Element, _shown: Element | None = None) -> Element:
    scale, cut = call.type.scale, _cut(call, value)
    halves = _call("abs", _operate(value, "-", cut)) == _number(f"5e-{scale + 1}")
    even = _call("mod", _operate(cut, "*", _number(f"1e{scale}")), _number("2")) == _number("0")
    return sa.case((sa.and_(halves, even), cut), else_=_call("round", value, _places(scale)))


EXACT: Mapping[str, Build] = {
    "sign": _sign, "power": _power, "sqrt": _sqrt, "round_to": _stepped("round"), "floor_to": _stepped("floor"),
    "ceil_to": _stepped("ceil"), "round_down": lambda call, value, _shown=None: _cut(call, value), "round_up": _round_up,
    "round_even": _round_even,
}  # fmt: skip
"""Each over its operands as numerics; the call says how exact the result is."""
