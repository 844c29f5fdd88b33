"""Aggregates as Python: each is a function of its own with one loop over the related records."""

from __future__ import annotations

import ast
from collections.abc import Callable

from kith.rules.python import building as py
from kith.rules.python import conditions, values
from kith.rules.python.writer import TODAY, Writer, own_parts, roots
from kith.rules.tree import Aggregate, Call, Node
from kith.rules.types import MAX_STORED

ROW, RESULT = "row", "found"


def aggregate(writer: Writer, node: Aggregate) -> ast.expr:
    """A call of the aggregate's own function with the record whose relation it reads."""
    if node.via.steps:
        record, missing = writer.target(node.via, len(node.via.steps))
        parent = py.choose(missing, py.NONE, record)
    else:
        parent = writer.start(node.via.root)
    title = writer.module.title("aggregate")
    writer.module.functions.append(ast.Pass())  # keeps the name while the function is written
    place = len(writer.module.functions) - 1
    writer.module.functions[place] = _function(writer, node, title)
    return py.call(title, py.name("env"), parent)


def _function(outer: Writer, node: Aggregate, title: str) -> ast.stmt:
    parts = [part for part in (node.where, node.value, node.test) if part is not None]
    writer = Writer(outer.module, parts)
    keys = [_key(outer, order.value) for order in node.by]
    start: list[ast.stmt] = []
    if "this" in roots(*parts):
        start.append(py.assign("this", py.attribute(py.name("env"), "this")))
    if any(isinstance(part, Call) and part.op == "today" for tree in parts for part in own_parts(tree)):
        writer.held[TODAY] = "day"
        start.append(py.assign("day", py.call("today", py.name("env"))))
    before, inside, after = LOOPS[node.function](writer, node, keys)
    rows = py.method(
        py.name("env"), "related", py.constant(node.via.type.entity), py.name("record"), py.constant(node.relation)
    )
    related = py.choose(py.is_none(py.name("record")), ast.Tuple([], py.LOAD), rows)
    loop = ast.For(ast.Name(ROW, py.STORE), related, inside, [])
    return py.function(title, ["env", "record"], [*start, *before, loop, *after])


def _key(outer: Writer, node: Node) -> ast.expr:
    """A function of a related record that gives what to sort by; its environment is the aggregate's."""
    writer = Writer(outer.module, [node])
    written = values.value(writer, node)
    if node.type.kind == "choice":
        table = outer.module.known({key: place for place, key in enumerate(node.type.options)})
        written = py.method(table, "get", written)
    title = outer.module.title("key")
    this = [py.assign("this", py.attribute(py.name("env"), "this"))] if "this" in roots(node) else []
    made = py.function(
        title, ["env"], [py.function("key", [ROW], [*this, ast.Return(written)]), ast.Return(py.name("key"))]
    )
    outer.module.functions.append(made)
    return py.call(title, py.name("env"))


Loop = tuple[list[ast.stmt], list[ast.stmt], list[ast.stmt]]
"""What runs before the loop, in it and after it."""


def _filtered(writer: Writer, node: Aggregate, body: Callable[[], list[ast.stmt]]) -> list[ast.stmt]:
    """What runs for the records that count."""
    if node.where is None:
        return body()
    test = conditions.condition(writer, node.where)
    return [ast.If(test, body(), [])]


def _count(writer: Writer, node: Aggregate, _keys: list[ast.expr]) -> Loop:
    more = py.assign(RESULT, py.operate(py.name(RESULT), ast.Add(), py.constant(1)))
    return [py.assign(RESULT, py.constant(0))], _filtered(writer, node, lambda: [more]), [ast.Return(py.name(RESULT))]


def _any(writer: Writer, node: Aggregate, _keys: list[ast.expr]) -> Loop:
    found: ast.stmt = ast.Return(py.constant(True))
    return [], _filtered(writer, node, lambda: [found]), [ast.Return(py.constant(False))]


def _all(writer: Writer, node: Aggregate, _keys: list[ast.expr]) -> Loop:
    def body() -> list[ast.stmt]:
        fails = py.negated(conditions.condition(writer, node.test)) if node.test is not None else py.constant(False)
        return [ast.If(fails, [ast.Return(py.constant(False))], [])]

    return [], _filtered(writer, node, body), [ast.Return(py.constant(True))]


def _collected(writer: Writer, node: Aggregate, result: ast.expr, *, ranked: bool = False) -> Loop:
    """All values that are not null, and what becomes of them."""

    def body() -> list[ast.stmt]:
        assert node.value is not None  # the checker gives these aggregates a value
        written = values.value(writer, node.value)
        if ranked:
            table = writer.module.known({key: place for place, key in enumerate(node.value.type.options)})
            written = py.method(table, "get", written)
        kept = [py.assign("value", written)]
        append = ast.Expr(py.method(py.name(RESULT), "append", py.name("value")))
        if node.value.type.nullable or ranked:
            return [*kept, ast.If(py.is_not_none(py.name("value")), [append], [])]
        return [*kept, append]

    return [py.assign(RESULT, ast.List([], py.LOAD))], _filtered(writer, node, body), [ast.Return(result)]


def _sum(writer: Writer, node: Aggregate, _keys: list[ast.expr]) -> Loop:
    type_, found = node.type, py.name(RESULT)
    if type_.kind == "duration":
        return _collected(writer, node, py.call("sum_durations", found))
    limit = py.constant(10 ** (type_.precision - type_.scale))
    title = "sum" if type_.precision <= MAX_STORED else "exact_sum"
    stored = [values.unit(writer, type_), limit, writer.module.known(type_)]
    return _collected(writer, node, py.call("store", py.call(title, found), *stored))


def _avg(writer: Writer, node: Aggregate, _keys: list[ast.expr]) -> Loop:
    return _collected(writer, node, py.call("mean", py.name(RESULT), values.unit(writer, node.type)))


def _median(writer: Writer, node: Aggregate, _keys: list[ast.expr]) -> Loop:
    return _collected(writer, node, py.call("median", py.name(RESULT), values.unit(writer, node.type)))


def _count_distinct(writer: Writer, node: Aggregate, _keys: list[ast.expr]) -> Loop:
    return _collected(writer, node, py.call("len", py.call("set", py.name(RESULT))))


def _join(writer: Writer, node: Aggregate, _keys: list[ast.expr]) -> Loop:
    assert node.test is not None  # the checker gives `join` what stands between
    between = values.value(writer, node.test)
    joined = py.call("joined", py.call("sorted", py.name(RESULT)), between)
    return _collected(writer, node, py.choose(py.name(RESULT), joined, py.NONE))


def _extreme(writer: Writer, node: Aggregate, _keys: list[ast.expr]) -> Loop:
    found, ranked = py.name(RESULT), node.type.kind == "choice"
    best = py.call(node.function, found)
    if ranked:
        best = ast.Subscript(writer.module.known(node.type.options), best, py.LOAD)
    return _collected(writer, node, py.choose(found, best, py.NONE), ranked=ranked)


def _first(writer: Writer, node: Aggregate, keys: list[ast.expr]) -> Loop:
    append: ast.stmt = ast.Expr(py.method(py.name(RESULT), "append", py.name(ROW)))
    inside = _filtered(writer, node, lambda: [append])
    assert node.value is not None  # the checker gives `first` a value
    fresh = Writer(writer.module, [node.value])
    ways = [ast.Tuple([key, py.constant(order.descending)], py.LOAD) for key, order in zip(keys, node.by, strict=True)]
    chosen = py.call("first", py.name(RESULT), ast.Tuple(list(ways), py.LOAD))
    after = [
        py.assign(ROW, chosen),
        ast.Return(py.choose(py.is_none(py.name(ROW)), py.NONE, values.value(fresh, node.value))),
    ]
    return [py.assign(RESULT, ast.List([], py.LOAD))], inside, after


LOOPS: dict[str, Callable[[Writer, Aggregate, list[ast.expr]], Loop]] = {
    "count": _count, "any": _any, "all": _all, "sum": _sum, "avg": _avg, "min": _extreme, "max": _extreme,
    "first": _first, "median": _median, "count_distinct": _count_distinct, "join": _join,
}  # fmt: skip
