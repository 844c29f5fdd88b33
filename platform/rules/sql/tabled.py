"""Functions that need no SQL of their own here: each engine is asked for what the table of operations says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.rules.operations import OPERATIONS
from kith.rules.operations.finding import limits_of
from kith.rules.sql.compare import common_type
from kith.rules.sql.dialect import FAR
from kith.rules.sql.exact import EXACT
from kith.rules.sql.natives import POSTGRESQL
from kith.rules.sql.tables import Element
from kith.rules.tree import Call, Constant, Node
from kith.rules.types import INT, Type

if TYPE_CHECKING:
    from kith.rules.sql.lower import Lowering


def native(lowering: Lowering, call: Call) -> Element:
    """A function that takes its values as they stand in columns."""
    elements = [_plain(lowering, arg) if arg.type.kind == "int" else lowering.value(arg) for arg in call.args]
    nullable = any(arg.type.nullable for arg in call.args) and not OPERATIONS[call.op].sees_null
    return lowering.dialect.native(call.op, elements, call.type, nullable=nullable)


def exact(lowering: Lowering, call: Call) -> Element:
    """Rounding, steps, powers and roots."""
    return lowering.dialect.exact(call, list(map(lowering.value, call.args)))


def clock(lowering: Lowering, call: Call) -> Element:
    """`hour minute` of an instant."""
    return lowering.dialect.clock(call.op, lowering.value(call.args[0]))


def _plain(lowering: Lowering, node: Node) -> Element:
    """A whole number as an integer of 32 bits: beyond, no function tells one from another."""
    dialect, element = lowering.dialect, lowering.value(node)
    if isinstance(node, Constant) and isinstance(node.value, int):
        return dialect.number(max(-FAR, min(FAR, node.value)))
    if node.type.precision < len(str(FAR)):
        return sa.cast(element, sa.Integer())

    def build(number: Element) -> Element:
        low, high = dialect.literal(-FAR, node.type), dialect.literal(FAR, node.type)
        held = sa.case((number < low, low), (number > high, high), else_=number)
        return sa.cast(dialect.rescaled(held, node.type, INT), sa.Integer())

    return dialect.once(build, element)


def matches(lowering: Lowering, call: Call) -> Element:
    """`matches(text, pattern)`."""
    text, pattern = call.args
    written = pattern.value if isinstance(pattern, Constant) else ""
    return lowering.dialect.matches(lowering.value(text), str(written))


def bands(lowering: Lowering, call: Call) -> Element:
    """`bands(a, [10, 20], [1, 2, 3])`."""
    (limits, values), first = limits_of(call.args), call.args[0]
    form = common_type(first.type, *(limit.type for limit in limits)) if first.type.is_number else first.type
    between = [_formed(lowering, value, call.type) for value in values]

    def build(value: Element) -> Element:
        below = [value < _formed(lowering, limit, form) for limit in limits]
        return sa.case((value.is_(None), sa.null()), *zip(below, between, strict=False), else_=between[-1])

    return lowering.dialect.once(build, _formed(lowering, first, form))


def _formed(lowering: Lowering, node: Node, form: Type) -> Element:
    """A number in the form of another; all else has one form only."""
    return lowering.as_(node, form) if form.is_number else lowering.value(node)


TABLED: Mapping[str, Callable[[Lowering, Call], Element]] = {
    **dict.fromkeys(POSTGRESQL, native),
    **dict.fromkeys(EXACT, exact),
    "matches": matches,
    "bands": bands,
    **dict.fromkeys(("hour", "minute"), clock),
}
"""How each is built, by its name."""
