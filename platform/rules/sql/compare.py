"""Comparisons: bare where nothing is null, null-safe where something may be, and whole under `not`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from kith.rules.sql import aggregates, days
from kith.rules.sql.dialect import is_simple, is_true
from kith.rules.sql.tables import Element
from kith.rules.sql.values import is_wide, unscaled
from kith.rules.tree import Call, Constant, Node, Path
from kith.rules.types import MAX_DIGITS, MAX_STORED, Kind, Type

if TYPE_CHECKING:
    from kith.rules.sql.lower import Lowering

Condition = ColumnElement[bool]
Build = Callable[["Lowering", Call], Condition]

BEYOND_STORED = 10**MAX_STORED
OPPOSITE = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt"}
MIRRORED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}


def is_not_true(condition: Condition) -> Condition:
    """What is true exactly where the condition is false or null, for leaves that cannot be taken apart."""
    return is_true(condition, sa.Boolean(), "IS NOT")


def apply(op: str, left: Element, right: Element) -> Condition:
    """One of SQL's comparisons."""
    match op:
        case "lt":
            return left < right
        case "le":
            return left <= right
        case "gt":
            return left > right
        case "ge":
            return left >= right
        case "eq":
            return left == right
        case _:
            return left != right


def same(lowering: Lowering, left: Node, right: Node) -> Condition:
    """`left == right`, true also where both are null."""
    counted = aggregates.as_existence(lowering, "eq", left, right)
    if counted is not None:
        return counted
    if null := _against_null(lowering, left, right):
        return null.is_(None)
    day = days.local_day(lowering, "eq", left, right)
    if day is not None:
        return day
    if truth := _against_truth(left, right):
        return lowering.holds(truth[0]) if truth[1] else lowering.dialect.is_false(lowering.value(truth[0]))
    one, other = aligned(lowering, "eq", left, right)
    if one is None or other is None:
        return sa.false()
    if left.type.nullable and right.type.nullable:
        return lowering.dialect.same(one, other)
    return one == other


def different(lowering: Lowering, left: Node, right: Node) -> Condition:
    """`left != right`, the exact complement of `same`."""
    counted = aggregates.as_existence(lowering, "ne", left, right)
    if counted is not None:
        return counted
    if null := _against_null(lowering, left, right):
        return null.is_not(None)
    if (truth := _against_truth(left, right)) and (truth[1] or not truth[0].type.nullable):
        return lowering.fails(truth[0]) if truth[1] else lowering.holds(truth[0])
    one, other = aligned(lowering, "ne", left, right)
    if one is None or other is None:
        return sa.true()
    if left.type.nullable or right.type.nullable:
        return lowering.dialect.distinct(one, other)
    return one != other


def ordered(op: str) -> Build:
    """`< <= > >=`: false where an operand is null."""

    def build(lowering: Lowering, call: Call) -> Condition:
        left, right = call.args
        counted = aggregates.as_existence(lowering, op, left, right)
        if counted is not None:
            return counted
        day = days.local_day(lowering, op, left, right)
        if day is not None:
            return day
        if left.type.kind == "choice":
            return _ordered_choices(lowering, op, left, right)
        return apply(op, *_both(aligned(lowering, op, left, right)))

    return build


def unordered(op: str) -> Build:
    """The complement of an ordering: the opposite one, or an operand is null."""

    def build(lowering: Lowering, call: Call) -> Condition:
        if call.args[0].type.kind == "choice":
            # An option that is no longer declared has no place, so that neither an ordering nor its opposite holds.
            held, written = ordered(op)(lowering, call), any(isinstance(arg, Constant) for arg in call.args)
            return sa.not_(held) if written and not any(arg.type.nullable for arg in call.args) else is_not_true(held)
        nullable = [arg for arg in call.args if arg.type.nullable]
        if not nullable:
            return ordered(OPPOSITE[op])(lowering, call)
        if all(isinstance(arg, Path | Constant) for arg in call.args):
            missing = [lowering.value(arg).is_(None) for arg in nullable]
            return sa.or_(ordered(OPPOSITE[op])(lowering, call), *missing)
        return is_not_true(ordered(op)(lowering, call))

    return build


def between(lowering: Lowering, call: Call) -> Condition:
    """`a between low and high`."""
    value, low, high = call.args
    return sa.and_(_compared(lowering, "ge", value, low), _compared(lowering, "le", value, high))


def not_between(lowering: Lowering, call: Call) -> Condition:
    """Its complement."""
    value, low, high = call.args
    return sa.or_(_uncompared(lowering, "ge", value, low), _uncompared(lowering, "le", value, high))


def _compared(lowering: Lowering, op: str, left: Node, right: Node) -> Condition:
    return ordered(op)(lowering, _call(op, left, right))


def _uncompared(lowering: Lowering, op: str, left: Node, right: Node) -> Condition:
    return unordered(op)(lowering, _call(op, left, right))


def _call(op: str, left: Node, right: Node) -> Call:
    return Call(Type("bool"), left.start, right.end, op, (left, right))


def _both(pair: tuple[Element | None, Element | None]) -> tuple[Element, Element]:
    return cast(tuple[Element, Element], pair)


def _against_truth(left: Node, right: Node) -> tuple[Node, bool] | None:
    """A condition beside a written true or false."""
    for one, other in ((left, right), (right, left)):
        if isinstance(other, Constant) and isinstance(other.value, bool):
            return one, other.value
    return None


def _against_null(lowering: Lowering, left: Node, right: Node) -> Element | None:
    for one, other in ((left, right), (right, left)):
        if isinstance(other, Constant) and other.value is None:
            return lowering.value(one)
    return None


# --- numbers of different scale ------------------------------------------------------------------------------------


def aligned(lowering: Lowering, op: str, left: Node, right: Node) -> tuple[Element | None, Element | None]:
    """Both operands in one form; a column is left as it is, and a constant goes to the column's form.

    None for a constant that no value of the other side's scale can equal.
    """
    if not left.type.is_number:
        return lowering.comparable(left, op), lowering.comparable(right, op)
    if isinstance(right, Constant) and right.value is not None:
        return lowering.value(left), _bound(lowering, op, right, left.type)
    if isinstance(left, Constant) and left.value is not None:
        return _bound(lowering, MIRRORED[op], left, right.type), lowering.value(right)
    common = common_type(left.type, right.type)
    return lowering.as_(left, common), lowering.as_(right, common)


def common_type(*types: Type) -> Type:
    """A type whose form holds the numbers of all, exactly."""
    scale = max(type_.scale for type_ in types)
    digits = max(type_.precision - type_.scale for type_ in types)
    kind: Kind = "int" if all(type_.kind == "int" for type_ in types) else "decimal"
    return Type(kind, precision=min(digits + scale, MAX_DIGITS), scale=scale)


def _bound(lowering: Lowering, op: str, constant: Constant, type_: Type) -> Element | None:
    """A constant as the nearest number of the other side's scale that gives the comparison the same answer."""
    exact = Fraction(cast(Decimal, constant.value)) * 10**type_.scale
    number = exact.numerator // exact.denominator
    if number != exact:
        if op in ("eq", "ne"):
            return None
        number += op in ("lt", "ge")
    if not is_wide(type_):
        # No value of the other side reaches so far, and the engine's integers do.
        number = max(-BEYOND_STORED, min(BEYOND_STORED, number))
    return lowering.dialect.literal(unscaled(number, type_.scale), type_)


# --- choices and sets ----------------------------------------------------------------------------------------------


def _ordered_choices(lowering: Lowering, op: str, left: Node, right: Node) -> Condition:
    """By the declared order: beside a written option, the options on that side, which an index serves."""
    for value, other, direction in ((left, right, op), (right, left, MIRRORED[op])):
        if isinstance(other, Constant) and other.value is not None:
            place = value.type.options.index(cast(str, other.value))
            start, stop = {"lt": (0, place), "le": (0, place + 1), "gt": (place + 1, None), "ge": (place, None)}[
                direction
            ]
            keys = [lowering.dialect.literal(key, value.type) for key in value.type.options[start:stop]]
            return lowering.value(value).in_(keys) if keys else sa.false()
    return apply(op, lowering.rank(left), lowering.rank(right))


def member(lowering: Lowering, call: Call) -> Condition:
    """`a in items`: false where a is null."""
    value, items = call.args
    if isinstance(items, Constant):
        keys = _keys(lowering, value, items)
        return lowering.value(value).in_(keys) if keys else sa.false()
    if is_actors_set(items):
        return lowering.as_(value, items.type.item or value.type).in_(lowering.actors_set(cast(Path, items)))
    members, passed = lowering.members(cast(Path, items))
    return lowering.exists(members, passed, *_equals(lowering, value, items, members.value))


def not_member(lowering: Lowering, call: Call) -> Condition:
    """The complement: true where a is null."""
    value, items = call.args
    if isinstance(items, Constant):
        keys = _keys(lowering, value, items)
        outside = lowering.value(value).not_in(keys) if keys else sa.true()
    elif is_actors_set(items):
        # A statement's parameter expands in one way only: were it also asked by NOT IN, an empty one would be wrong in either.
        return is_not_true(member(lowering, call))
    else:
        return sa.not_(member(lowering, call))
    if not value.type.nullable or isinstance(outside, sa.True_):
        return outside
    element = lowering.value(value)
    return sa.or_(outside, element.is_(None)) if is_simple(element) else is_not_true(member(lowering, call))


def is_actors_set(node: Node) -> bool:
    """Whether a set is the actor's own: it comes as one parameter for each member."""
    return isinstance(node, Path) and node.root == "me" and len(node.steps) == 1 and node.type.kind == "set"


def _keys(lowering: Lowering, value: Node, items: Constant) -> list[Element]:
    """The written members, each in the form of the value; a number that the value's scale cannot have is none."""
    found = cast(frozenset[Any], items.value or frozenset())
    keys: Iterable[Element | None]
    if value.type.is_number:
        type_ = items.type.item or value.type
        keys = [
            _bound(lowering, "eq", Constant(type_, items.start, items.end, key), value.type) for key in sorted(found)
        ]
    else:
        item = value.type if value.type.kind != "null" else items.type.item or value.type
        keys = [lowering.dialect.literal(key, item) for key in sorted(found, key=str)]
    return [key for key in keys if key is not None]


def _equals(lowering: Lowering, value: Node, items: Node, column: Element) -> list[Condition]:
    """A value beside a member of a set, in one form where they are numbers."""
    item = items.type.item or value.type
    if not value.type.is_number or not item.is_number:
        return [lowering.value(value) == column]
    common = common_type(value.type, item)
    return [lowering.as_(value, common) == lowering.dialect.rescaled(column, item, common)]


def is_set(lowering: Lowering, call: Call) -> Condition:
    """`a is set`; a set is set where it has a member."""
    (value,) = call.args
    if value.type.kind != "set":
        return lowering.value(value).is_not(None)
    if isinstance(value, Constant):
        return sa.true() if value.value else sa.false()
    return lowering.exists(*lowering.members(cast(Path, value)))


def is_not_set(lowering: Lowering, call: Call) -> Condition:
    """`a is not set`."""
    (value,) = call.args
    return lowering.value(value).is_(None) if value.type.kind != "set" else sa.not_(is_set(lowering, call))


def _of_two(build: Callable[[Lowering, Node, Node], Condition]) -> Build:
    return lambda lowering, call: build(lowering, *call.args)


HOLDS: dict[str, Build] = {
    "eq": _of_two(same), "ne": _of_two(different), "in": member, "not_in": not_member, "is_set": is_set,
    "is_not_set": is_not_set, "between": between, **{op: ordered(op) for op in OPPOSITE},
}  # fmt: skip
"""Comparisons, true exactly where they hold."""

FAILS: dict[str, Build] = {
    "eq": _of_two(different), "ne": _of_two(same), "in": not_member, "not_in": member, "is_set": is_not_set,
    "is_not_set": is_set, "between": not_between, **{op: unordered(op) for op in OPPOSITE},
}  # fmt: skip
"""Comparisons, true exactly where they do not hold."""
