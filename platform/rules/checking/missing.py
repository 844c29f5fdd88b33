"""Whether a value may be missing because of data: what E4 is about.

A type is also nullable where a date may leave the calendar or a duration become too long; nobody has to guard against that.
"""

from __future__ import annotations

from dataclasses import replace

from kith.rules.checking.checker import NOTHING, Facts
from kith.rules.checking.narrowing import USUAL, facts, is_usually_safe
from kith.rules.operations import OPERATIONS
from kith.rules.tree import Call, Constant, Convert, Node, Path, Template

LEAVES_CALENDAR = frozenset({
    "date_add_duration", "date_add_period", "instant_add_duration", "duration_add", "duration_subtract",
    "duration_multiply", "local_date", "next_anniversary",
})  # fmt: skip
DIVISIONS = frozenset({"divide", "mod", "div"})
"""What gives a number whenever the divisor is not zero; a part of a duration may still be too long a one: `1d / 0.0000001`."""


def may_miss(node: Node, known: Facts = NOTHING) -> bool:
    """Whether a value can be null where all dates stay between 1900 and 2999; `known` is what conditions around it tell."""
    if not node.type.nullable:
        return False
    if isinstance(node, Path) and (USUAL, node.root, *node.names) in known:
        return False
    if isinstance(node, Convert):
        return may_miss(node.arg, known)
    return not isinstance(node, Call) or _result_may_miss(node, known)


def _result_may_miss(node: Call, known: Facts) -> bool:
    """Whether an operation may give null."""
    if node.op in LEAVES_CALENDAR:
        return any(may_miss(arg, known) for arg in node.args)
    if node.op == "duration_divide":
        return not is_usually_safe(node.args[1], known) or any(may_miss(arg, known) for arg in node.args)
    if node.op == "if":
        test, then, other = node.args
        return may_miss(then, known | facts(test, True)) or may_miss(other, known | facts(test, False))
    if node.op == "coalesce":
        return all(may_miss(arg, known) for arg in node.args)
    if node.op in DIVISIONS and is_usually_safe(node.args[1], known):
        return any(may_miss(arg, known) for arg in node.args)
    operation = OPERATIONS[node.op]
    if not operation.sees_null and not operation.may_null and not operation.result(settled(node)).nullable:
        return any(may_miss(arg, known) for arg in node.args)
    return True


def may_be_empty(node: Node) -> bool:
    """Whether a value can be a text of length 0, which becomes null when it is stored; what a record holds is none."""
    match node:
        case Constant(value=value):
            return value == ""
        case Path(root=root, steps=steps):
            return node.type.kind == "text" and root == "let" and len(steps) == 1
        case Template(parts=parts):
            return not any(isinstance(part, str) and part for part in parts)
        case Call(op="if", args=(_, *chosen)) | Call(op="coalesce", args=chosen):
            return any(map(may_be_empty, chosen))
        case Call(op="concat", args=joined):
            return all(map(may_be_empty, joined))
        case _:
            return node.type.kind == "text"


def settled(node: Call) -> list[Node]:
    """The arguments as if none were null, to see whether the operation itself makes nulls."""
    return [replace(arg, type=arg.type.or_null(False)) if not isinstance(arg, Constant) else arg for arg in node.args]
