"""The day of an instant beside a fixed day: a range on the instant, which an index serves, and the exact day within it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from kith.rules.sql.tables import Element
from kith.rules.tree import Aggregate, Call, Node, Path, walk

if TYPE_CHECKING:
    from kith.rules.sql.lower import Lowering

WIDEST = 16
"""No time zone is so many hours away from UTC, so a day lies between 16 hours before its midnight in UTC and 40 after.

The exact day is asked inside that range: where clocks go back across midnight, a day's instants are no single range.
"""
STARTS, ENDS = -WIDEST, 24 + WIDEST
MIRRORED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq"}


def local_day(lowering: Lowering, op: str, left: Node, right: Node) -> ColumnElement[bool] | None:
    """`local_date(instant) == day`, or an ordering of the two; None where the sides are not such."""
    for one, other, direction in ((left, right, op), (right, left, MIRRORED[op])):
        if _is_day_of_a_field(one) and _is_fixed(other) and not (op == "eq" and other.type.nullable):
            return _range(lowering, direction, one, lowering.value(other))
    return None


def _is_day_of_a_field(node: Node) -> bool:
    return isinstance(node, Call) and node.op == "local_date" and isinstance(node.args[0], Path)


def _is_fixed(node: Node) -> bool:
    """Whether a day is the same for all records of a statement."""
    fields = (part for part in walk(node) if isinstance(part, Path | Aggregate))
    return all(isinstance(part, Path) and part.root == "me" and len(part.steps) < 2 for part in fields)


def _range(lowering: Lowering, op: str, node: Node, day: Element) -> ColumnElement[bool]:
    assert isinstance(node, Call)  # `_is_day_of_a_field` has seen to it
    instant, around = lowering.value(node.args[0]), lowering.dialect.around
    exact = lowering.dialect.day_of(instant)
    match op:
        case "eq":
            return sa.and_(instant >= around(day, STARTS), instant < around(day, ENDS), exact == day)
        case "lt":
            return sa.and_(instant < around(day, -STARTS), exact < day)
        case "le":
            return sa.and_(instant < around(day, ENDS), exact <= day)
        case "gt":
            return sa.and_(instant >= around(day, 24 - WIDEST), exact > day)
        case _:
            return sa.and_(instant >= around(day, STARTS), exact >= day)
