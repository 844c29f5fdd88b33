"""Conditions by polarity: SQL that is true exactly where a node is true, or exactly where it is not.

`not` is pushed to the leaves, so that a comparison stays bare and an index usable; SQL's third value may stand for "not true"
anywhere inside, because AND and OR keep it apart from true.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from kith.rules.sql import aggregates, compare
from kith.rules.sql.compare import is_not_true
from kith.rules.sql.dialect import is_simple
from kith.rules.tree import Aggregate, Call, Constant, Node, walk

if TYPE_CHECKING:
    from kith.rules.sql.lower import Lowering

Condition = ColumnElement[bool]

SMALL = 12
"""An `if` whose condition has at most so many nodes is written as AND and OR; a larger one, which would be doubled, as CASE."""


def holds(lowering: Lowering, node: Node) -> Condition:
    """SQL that is true exactly where the node is true."""
    match node:
        case Constant(value=value):
            return sa.true() if value is True else sa.false()
        case Call(op="and", args=args):
            return sa.and_(*(holds(lowering, arg) for arg in args))
        case Call(op="or", args=args):
            return sa.or_(*(holds(lowering, arg) for arg in args))
        case Call(op="not", args=(arg,)):
            return fails(lowering, arg)
        case Call(op="if", args=(test, then, otherwise)):
            return _choice(lowering, test, then, otherwise, holds)
        case Call(op=op) if op in compare.HOLDS:
            return compare.HOLDS[op](lowering, node)
        case Aggregate(function="any" | "all"):
            return aggregates.holds(lowering, node)
        case Call(op=op) if op in SEARCHES:
            return lowering.value(node)
        case _:
            return lowering.dialect.is_true(lowering.value(node))


def fails(lowering: Lowering, node: Node) -> Condition:
    """SQL that is true exactly where the node is false or null."""
    match node:
        case Constant(value=value):
            return sa.false() if value is True else sa.true()
        case Call(op="and", args=args):
            return sa.or_(*(fails(lowering, arg) for arg in args))
        case Call(op="or", args=args):
            return sa.and_(*(fails(lowering, arg) for arg in args))
        case Call(op="not", args=(arg,)):
            return holds(lowering, arg)
        case Call(op="if", args=(test, then, otherwise)):
            return _choice(lowering, test, then, otherwise, fails)
        case Call(op=op) if op in compare.FAILS:
            return compare.FAILS[op](lowering, node)
        case Aggregate(function="any" | "all"):
            return aggregates.fails(lowering, node)
        case Call(op=op) if op in SEARCHES:
            return is_not_true(lowering.value(node)) if node.type.nullable else sa.not_(lowering.value(node))
        case _:
            return _not_true(lowering, node)


def _not_true(lowering: Lowering, node: Node) -> Condition:
    element = lowering.value(node)
    if not node.type.nullable:
        return lowering.dialect.is_false(element)
    if is_simple(element):
        return sa.or_(lowering.dialect.is_false(element), element.is_(None))
    return is_not_true(lowering.dialect.is_true(element))


def _choice(
    lowering: Lowering, test: Node, then: Node, otherwise: Node, side: Callable[[Lowering, Node], Condition]
) -> Condition:
    if sum(1 for _ in walk(test)) > SMALL:
        truth = lowering.dialect.truth
        whole = sa.case((holds(lowering, test), truth(side(lowering, then))), else_=truth(side(lowering, otherwise)))
        return lowering.dialect.is_true(whole)
    return sa.or_(
        sa.and_(holds(lowering, test), side(lowering, then)),
        sa.and_(fails(lowering, test), side(lowering, otherwise)),
    )


SEARCHES = frozenset({"contains", "starts_with", "ends_with"})
"""Operations whose SQL is a condition as it stands."""

TWO_VALUED = frozenset({"and", "or", "not", *compare.HOLDS})
"""Operations whose value is never null: as values they are made from their condition."""
