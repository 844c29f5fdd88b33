"""What a condition tells about the values it reads: after `x is set and`, `x` is no longer nullable."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from kith.rules.checking.checker import NOTHING, Facts
from kith.rules.tree import Call, Constant, Node, Path

NOT_ZERO = "≠0"
USUAL = "~"
SELDOM_ZERO = "~≠0"
MARKS = frozenset({NOT_ZERO, USUAL, SELDOM_ZERO})
STRICT = frozenset({"lt", "le", "gt", "ge", "between", "in", "contains", "starts_with", "ends_with"})
"""Tests that are true only where all their operands are set."""


def facts(node: Node, truth: bool) -> Facts:
    """What is set, or not zero, where a condition is known to be true or to be false."""
    if not isinstance(node, Call):
        return NOTHING
    match node.op:
        case "not":
            return facts(node.args[0], not truth)
        case "and" | "or":
            parts = [facts(arg, truth) for arg in node.args]
            # A true `and` tells all its parts; a false one only what every part would tell.
            return union(parts) if (node.op == "and") == truth else frozenset.intersection(*parts)
        case "is_set" | "is_not_set":
            return set_facts(node.args[0]) if (node.op == "is_set") == truth else NOTHING
        case "not_in":
            return NOTHING if truth else set_facts(node.args[0])
        case "ne" if not truth:
            return equal(node)
        case "eq" if truth:
            return equal(node)
        case _:
            return compared(node, truth)


def union(parts: Iterable[Facts]) -> Facts:
    """All facts together."""
    return NOTHING.union(*parts)


def set_facts(node: Node) -> Facts:
    """A path is set only where each of its links is."""
    if not isinstance(node, Path) or not node.steps:
        return frozenset({(node.root,)}) if isinstance(node, Path) else NOTHING
    names = node.names
    return frozenset((node.root, *names[:length]) for length in range(1, len(names) + 1))


def equal(node: Call) -> Facts:
    """Equal values are both set where one of them is."""
    left, right = node.args
    told = NOTHING
    if not right.type.nullable:
        told |= set_facts(left)
    if not left.type.nullable:
        told |= set_facts(right)
    if isinstance(right, Constant) and right.type.is_number and right.value:
        told |= not_zero(left)
    return told


def compared(node: Call, truth: bool) -> Facts:
    """A true ordering tells that its operands are set, and perhaps that one is not zero."""
    if not truth:
        if node.op == "eq" and is_zero(node.args[1]):
            return not_zero(node.args[0])
        return NOTHING
    told = union(set_facts(arg) for arg in node.args) if node.op in STRICT else NOTHING
    return told | away_from_zero(node)


def away_from_zero(node: Call) -> Facts:
    """`x > 0`, `x != 0` and the like."""
    if len(node.args) != 2 or not isinstance(node.args[1], Constant) or not node.args[1].type.is_number:
        return NOTHING
    limit = node.args[1].value
    if not isinstance(limit, int | Decimal):
        return NOTHING
    away = {"gt": limit >= 0, "ge": limit > 0, "lt": limit <= 0, "le": limit < 0, "ne": limit == 0}
    return not_zero(node.args[0]) if away.get(node.op) else NOTHING


def is_zero(node: Node) -> bool:
    """Whether a number was written as zero."""
    return isinstance(node, Constant) and node.type.is_number and node.value == 0


def not_zero(node: Node) -> Facts:
    """The fact that a field is not zero."""
    if not isinstance(node, Path):
        return NOTHING
    return frozenset({(NOT_ZERO, node.root, *node.names)})


def usual(known: Facts) -> Facts:
    """What a condition tells where another text is evaluated only after it was true.

    Types stay as they are: all back ends give the same value also where the text is evaluated for itself.
    """
    plain = {(USUAL, *key) for key in known if key[0] not in MARKS}
    return frozenset(plain | {(SELDOM_ZERO, *key[1:]) for key in known if key[0] == NOT_ZERO})


def is_usually_safe(node: Node, known: Facts) -> bool:
    """Whether nobody need guard against dividing by it."""
    seldom = isinstance(node, Path) and (SELDOM_ZERO, node.root, *node.names) in known
    return seldom or is_safe_divisor(node, known)


def is_safe_divisor(node: Node, known: Facts) -> bool:
    """Whether dividing by it gives a value: it is known not to be zero."""
    if isinstance(node, Constant):
        return bool(node.value)
    return bool(not_zero(node) & known)
