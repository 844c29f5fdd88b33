"""`has_any(tags, ["a", "b"])` and its kin: each member is asked for by itself, so that all of it runs wherever `in` does."""

from __future__ import annotations

from functools import reduce

from kith.problems import Words
from kith.rules import mistakes_types, syntax
from kith.rules.checking.checker import Checker
from kith.rules.tree import Node

MOST = 50
"""Members that may be asked for at once."""
ASKED = {"has_any": ("in", "or"), "has_all": ("in", "and"), "has_none": ("not in", "and")}
"""By function, what is asked of each member, and what joins the answers."""
WRITTEN = Words(f"a list with 1 to {MOST} members", f"含 1 至 {MOST} 个成员的列表")
OTHER = Words("something else", "其他内容")


def asked_of_members(checker: Checker, node: syntax.Invoke) -> Node | None:
    """A call of one of them, checked as what it stands for."""
    if len(node.args) != 2:
        takes = Words("2", "2 个")
        checker.report(mistakes_types.ARGUMENTS, node, name=node.function, takes=takes, count=len(node.args))
        return None
    held, wanted = node.args
    if not isinstance(wanted, syntax.Items) or not 1 <= len(wanted.items) <= MOST:
        checker.report(mistakes_types.ARGUMENT, wanted, name=node.function, wanted=WRITTEN, found=OTHER)
        return None
    op, join = ASKED[node.function]
    place = (node.start, node.end)
    asked: list[syntax.Syntax] = [syntax.Binary(*place, op, item, held, item.start) for item in wanted.items]
    return checker.check(reduce(lambda left, right: syntax.Binary(*place, join, left, right, node.start), asked))
