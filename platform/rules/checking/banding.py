"""`bands(a, [10, 20], [1, 2, 3])`: written limits and, between them, written values."""

from __future__ import annotations

from itertools import pairwise

from kith.problems import Words
from kith.rules import mistakes_types, syntax
from kith.rules.checking.adapting import unify
from kith.rules.checking.arithmetic import call
from kith.rules.checking.checker import Checker
from kith.rules.checking.families import belongs, family_words, type_words
from kith.rules.tree import Constant, Node

MOST = 50
"""Limits that one call may have."""


def banded(checker: Checker, node: syntax.Invoke) -> Node | None:
    """A call of `bands`, where its lists are what they should be."""
    if len(node.args) != 3:
        checker.report(mistakes_types.ARGUMENTS, node, name="bands", takes=Words("3", "3 个"), count=len(node.args))
        return None
    value = checker.check(node.args[0])
    limits, values = (written(checker, arg) for arg in node.args[1:])
    if value is None or limits is None or values is None:
        return None
    if not belongs(value.type, "measured") or value.type.kind == "null":
        wanted, found = family_words("measured"), type_words(value.type)
        checker.report(mistakes_types.ARGUMENT, value, name="bands", wanted=wanted, found=found)
        return None
    compared, chosen = unify(checker, [value, *limits]), unify(checker, values)
    if compared is None or chosen is None or not fit(checker, node, compared[0][1:], chosen[0]):
        return None
    return call(checker, "bands", (*compared[0], *chosen[0]), node)


def written(checker: Checker, arg: syntax.Syntax) -> list[Node] | None:
    """The members of a list that is written down, in their order."""
    if isinstance(arg, syntax.Items):
        checked = [checker.check(item) for item in arg.items]
        found = [item for item in checked if isinstance(item, Constant) and item.type.kind != "null"]
        if None in checked:
            return None
        if len(found) == len(checked):
            return list(found)
    checker.report(mistakes_types.BANDS, arg)
    return None


def fit(checker: Checker, node: syntax.Invoke, limits: list[Node], values: list[Node]) -> bool:
    """Whether the limits ascend, and there is one value more than limits."""
    held = [limit.value for limit in limits if isinstance(limit, Constant)]
    ascending = all(low < high for low, high in pairwise(held))  # type: ignore[operator]
    if ascending and 0 < len(limits) <= MOST and len(values) == len(limits) + 1:
        return True
    checker.report(mistakes_types.BANDS, node)
    return False
