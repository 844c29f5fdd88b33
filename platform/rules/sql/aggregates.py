"""Aggregates over related records: EXISTS where only existence matters, else one correlated sub-query."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from kith.rules.sql.dialect import is_simple
from kith.rules.sql.tables import Element, Rows, within
from kith.rules.tree import Aggregate, Constant, Node, Path

if TYPE_CHECKING:
    from kith.rules.sql.lower import Lowering

Condition = ColumnElement[bool]


class Related:
    """The rows of one aggregate: the records passed on the way, the related records, and which of them count."""

    def __init__(self, lowering: Lowering, node: Aggregate) -> None:
        via, passed = _parents(lowering, node.via)
        self.row = lowering.tables.related(via, node.relation)
        self.inside = lowering.inside(self.row)
        self.rows = [*passed, self.row]
        self.conditions = [self.inside.holds(node.where)] if node.where is not None else []

    def select(self, *elements: Element) -> sa.Select[tuple[Any, ...]]:
        """A query over the rows."""
        return within(self.rows, *elements).where(*self.conditions)

    def exists(self, *conditions: Condition) -> Condition:
        """Whether there is a row that also meets these conditions."""
        return self.select(sa.literal_column("1")).where(*conditions).exists()


def _parents(lowering: Lowering, via: Path) -> tuple[Rows, list[Rows]]:
    """The record whose relation is read, and the records passed on the way to it."""
    if via.root == "me":
        first = via.steps[0] if via.steps else None
        name, type_ = (first.name, first.type) if first else ("id", via.type)
        id_, rest = lowering.dialect.parameter(f"me_{name}", type_), via.steps[1:]
        entity = via.steps[0].type.entity if via.steps else via.type.entity
    else:
        rows = lowering.root(via)
        if not via.steps:
            return rows, []
        id_, rest, entity = lowering.tables.column(rows, via.steps[0].name), via.steps[1:], via.steps[0].type.entity
    passed = [lowering.tables.found(entity, id_)]
    for step in rest:
        passed.append(lowering.tables.found(step.type.entity, lowering.tables.column(passed[-1], step.name)))
    return passed[-1], passed


def holds(lowering: Lowering, node: Aggregate) -> Condition:
    """`any`, `all` as conditions."""
    related = Related(lowering, node)
    if node.function == "any":
        return related.exists(*([related.inside.holds(node.test)] if node.test is not None else []))
    return sa.not_(related.exists(related.inside.fails(_test(node))))


def fails(lowering: Lowering, node: Aggregate) -> Condition:
    """Their complements: neither is ever null."""
    return sa.not_(holds(lowering, node)) if node.function == "any" else _counterexample(lowering, node)


def _counterexample(lowering: Lowering, node: Aggregate) -> Condition:
    related = Related(lowering, node)
    return related.exists(related.inside.fails(_test(node)))


def _test(node: Aggregate) -> Node:
    return node.test if node.test is not None else Constant(node.type, node.start, node.end, True)


def value(lowering: Lowering, node: Aggregate) -> Element:
    """An aggregate's value."""
    if node.function in ("any", "all"):
        return lowering.dialect.truth(holds(lowering, node))
    related = Related(lowering, node)
    if node.function == "first":
        return _first(related, node)
    if node.function == "count":
        return related.select(sa.func.count()).scalar_subquery()
    assert node.value is not None  # the checker gives every other aggregate a value
    if node.function in ("min", "max"):
        return _extreme(related, node, node.value)
    element = related.inside.value(node.value)
    if node.function == "count_distinct":
        return related.select(sa.func.count(sa.distinct(element))).scalar_subquery()
    if node.function == "join" and node.test is not None:
        between = lowering.dialect.joined(element, related.inside.value(node.test))
        return related.select(between).scalar_subquery()
    if node.function == "median":
        middle = lowering.dialect.median(element, node.value.type, node.type)
        return related.select(middle).scalar_subquery()
    aggregate = lowering.dialect.total if node.function == "sum" else lowering.dialect.mean
    return related.select(aggregate(element, node.value.type, node.type)).scalar_subquery()


def _extreme(related: Related, node: Aggregate, of: Node) -> Element:
    pick = sa.func.min if node.function == "min" else sa.func.max
    if of.type.kind == "choice":
        ranked = related.select(pick(related.inside.rank(of))).scalar_subquery()
        return related.inside.option(ranked, node.type)
    element = related.inside.as_(of, node.type)
    if of.type.kind == "text":
        element = related.inside.dialect.code_points(element)
    return related.select(pick(element, type_=element.type)).scalar_subquery()


def _first(related: Related, node: Aggregate) -> Element:
    assert node.value is not None  # as above
    value_ = related.inside.as_(node.value, node.type)
    keys: list[Element] = [related.inside.sort_key(order.value) for order in node.by]
    tie = related.inside.tables.column(related.row, "id")
    if all(map(is_simple, keys)):
        ordered = related.select(value_).order_by(*_directed(node, keys), tie)
        return ordered.limit(1).scalar_subquery()
    # SQLite does not see the outer statement from a sub-query in ORDER BY, but does from one among the columns.
    labelled = [key.label(f"k{index}") for index, key in enumerate(keys)]
    inner = related.select(value_.label("v"), tie.label("tie"), *labelled).subquery()
    found: list[Element] = [inner.c[f"k{index}"] for index in range(len(keys))]
    chosen = sa.select(inner.c.v).order_by(*_directed(node, found), inner.c.tie)
    return chosen.limit(1).correlate_except(inner).scalar_subquery()


def _directed(node: Aggregate, keys: list[Element]) -> list[Element]:
    """Keys in their directions, nulls last in both."""
    directed = [key.desc() if order.descending else key.asc() for key, order in zip(keys, node.by, strict=True)]
    return [
        key.nulls_last() if order.value.type.nullable else key for key, order in zip(directed, node.by, strict=True)
    ]


def as_existence(lowering: Lowering, op: str, left: Node, right: Node) -> Condition | None:
    """A count beside a number that only asks whether there is any: EXISTS stops at the first row."""
    if isinstance(right, Aggregate) and isinstance(left, Constant):
        left, right, op = right, left, {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}.get(op, op)
    if not isinstance(left, Aggregate) or left.function != "count" or not isinstance(right, Constant):
        return None
    if not isinstance(right.value, int | Decimal):
        return None
    asked = EXISTENCE.get((op, int(right.value))) if right.value == int(right.value) else None
    if asked is None:
        return None
    exists = Related(lowering, left).exists()
    return exists if asked else sa.not_(exists)


EXISTENCE = {
    ("gt", 0): True, ("ge", 1): True, ("ne", 0): True, ("eq", 0): False, ("lt", 1): False, ("le", 0): False,
}  # fmt: skip
