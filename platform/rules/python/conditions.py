"""Conditions as Python: exactly True or False, with short circuits, and no test for null where nothing can be null."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import cast

from kith.rules.python import building as py
from kith.rules.python import collecting, values
from kith.rules.python.writer import Writer
from kith.rules.tree import Aggregate, Call, Changed, Constant, IsNew, Node

Write = Callable[[Writer, Call], ast.expr]
ORDER: dict[str, type[ast.cmpop]] = {"lt": ast.Lt, "le": ast.LtE, "gt": ast.Gt, "ge": ast.GtE}
MIRRORED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


def condition(writer: Writer, node: Node) -> ast.expr:
    """Whether a node is true."""
    match node:
        case Constant(value=value):
            return py.constant(value is True)
        case Call(op=op) if op in CONDITIONS:
            return CONDITIONS[op](writer, node)
        case Call(op="if", args=(test, then, otherwise)):
            return _choice(writer, test, then, otherwise)
        case Aggregate(function="any" | "all"):
            return collecting.aggregate(writer, node)
        case IsNew():
            return py.attribute(py.name("env"), "is_new")
        case Changed():
            return changed(writer, node)
        case Call(op="contains" | "starts_with" | "ends_with", args=args):
            return guarded(writer, args, values.SEARCHES[node.op])
        case _ if not node.type.nullable:
            return values.value(writer, node)
        case _:
            return py.compare(values.value(writer, node), ast.Is(), py.constant(True))


def _choice(writer: Writer, test: Node, then: Node, otherwise: Node) -> ast.expr:
    tested = condition(writer, test)
    with writer.maybe():
        first = condition(writer, then)
    with writer.maybe():
        return py.choose(tested, first, condition(writer, otherwise))


def conjunction(writer: Writer, call: Call) -> ast.expr:
    """`a and b`."""
    return py.both(_chain(writer, call.args))


def disjunction(writer: Writer, call: Call) -> ast.expr:
    """`a or b`."""
    return py.either(_chain(writer, call.args))


def _chain(writer: Writer, parts: Sequence[Node]) -> list[ast.expr]:
    """Parts of which each runs only after the ones before it."""
    first = condition(writer, parts[0])
    with writer.maybe():
        return [first, *(condition(writer, part) for part in parts[1:])]


def negation(writer: Writer, call: Call) -> ast.expr:
    """`not a`."""
    return py.negated(condition(writer, call.args[0]))


def guarded(writer: Writer, args: Sequence[Node], build: Callable[..., ast.expr], lazy: int | None = None) -> ast.expr:
    """What is built from arguments, and False where one of them is null; those from `lazy` on may not run."""
    with values.operands(writer, args, lazy) as (tests, parts):
        return py.both([*(py.is_not_none(test) for test in tests), build(*parts)])


def ordering(writer: Writer, call: Call) -> ast.expr:
    """`< <= > >=`: false where one is null."""
    left, right = call.args
    if left.type.kind == "choice":
        return _choices(writer, call.op, left, right)
    return guarded(writer, call.args, lambda a, b: py.compare(a, ORDER[call.op](), b))


def between(writer: Writer, call: Call) -> ast.expr:
    """`a between low and high`."""
    type_ = call.args[0].type
    if type_.kind == "choice":
        table = writer.module.known({key: place for place, key in enumerate(type_.options)})
        return _placed(writer, table, call.args, lambda a, b, c: _within(writer, a, b, c))
    return guarded(writer, call.args, lambda a, b, c: _within(writer, a, b, c), lazy=2)


def _within(writer: Writer, value: ast.expr, low: ast.expr, high: ast.expr) -> ast.expr:
    if isinstance(low, ast.Constant) or (isinstance(low, ast.Name) and low.id in writer.module.names):
        return ast.Compare(low, [ast.LtE(), ast.LtE()], [value, high])
    # The value must run first: the limits may count on what it reads.
    test, name = values.kept(writer, value)
    return py.both([py.compare(test, ast.GtE(), low), py.compare(name, ast.LtE(), high)])


def _placed(writer: Writer, table: ast.expr, args: Sequence[Node], build: Callable[..., ast.expr]) -> ast.expr:
    """What is built from the places of options in their declared order; False where one has none."""
    first = values.kept(writer, py.method(table, "get", values.value(writer, args[0])))
    with writer.maybe():
        rest = [values.kept(writer, py.method(table, "get", values.value(writer, arg))) for arg in args[1:]]
    places = [first, *rest]
    return py.both([*(py.is_not_none(test) for test, _ in places), build(*(name for _, name in places))])


def _choices(writer: Writer, op: str, left: Node, right: Node) -> ast.expr:
    """Beside a written option: whether the value is one of those on that side."""
    for value, other, direction in ((left, right, op), (right, left, MIRRORED[op])):
        if isinstance(other, Constant) and other.value is not None:
            options, place = value.type.options, value.type.options.index(cast(str, other.value))
            sides = {
                "lt": options[:place],
                "le": options[: place + 1],
                "gt": options[place + 1 :],
                "ge": options[place:],
            }
            return py.compare(values.value(writer, value), ast.In(), py.constant(frozenset(sides[direction])))
    table = writer.module.known({key: place for place, key in enumerate(left.type.options)})
    return _placed(writer, table, (left, right), lambda a, b: py.compare(a, ORDER[op](), b))


def equality(operator: type[ast.cmpop]) -> Write:
    """`==` and `!=`: Python's have the language's meaning, also for None."""

    def write(writer: Writer, call: Call) -> ast.expr:
        left, right = (values.value(writer, arg) for arg in values.alike(call.args))
        for one, other in ((left, right), (right, left)):
            named = isinstance(one, ast.Constant) and (one.value is None or isinstance(one.value, bool))
            if named and not isinstance(other, ast.Constant):
                same = ast.Is if operator is ast.Eq else ast.IsNot
                return py.compare(other, same(), one)
        return py.compare(left, operator(), right)

    return write


def contained(operator: type[ast.cmpop]) -> Write:
    """`in` and `not in`: None is in no set."""

    def write(writer: Writer, call: Call) -> ast.expr:
        value, items = call.args
        return py.compare(values.value(writer, value), operator(), values.value(writer, items))

    return write


def is_set(writer: Writer, call: Call) -> ast.expr:
    """`a is set`; an empty set is not."""
    (arg,) = call.args
    value = values.value(writer, arg)
    if arg.type.kind == "set":
        return py.compare(value, ast.NotEq(), py.name("empty"))
    return py.is_not_none(value)


def is_not_set(writer: Writer, call: Call) -> ast.expr:
    """`a is not set`."""
    (arg,) = call.args
    value = values.value(writer, arg)
    return py.compare(value, ast.Eq(), py.name("empty")) if arg.type.kind == "set" else py.is_none(value)


def changed(writer: Writer, node: Changed) -> ast.expr:
    """`changed(field from a to b)`."""
    env, name = py.name("env"), py.constant(node.key)
    parts = [py.call("has_changed", env, name)]
    with writer.maybe():
        for root, wanted in (("old", node.before), ("this", node.after)):
            if wanted is not None:
                held = py.call("placed", py.attribute(env, root), name)
                parts.append(py.compare(held, ast.Eq(), values.value(writer, wanted)))
    return py.both(parts)


CONDITIONS: dict[str, Write] = {
    "and": conjunction, "or": disjunction, "not": negation, "eq": equality(ast.Eq), "ne": equality(ast.NotEq),
    **dict.fromkeys(ORDER, ordering), "between": between, "in": contained(ast.In), "not_in": contained(ast.NotIn),
    "is_set": is_set, "is_not_set": is_not_set,
}  # fmt: skip
"""Operations that are never null."""
