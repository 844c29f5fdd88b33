"""`case(stage, "new", 10%, ["won", "paid"], 100%, 0%)`: one value for each of several, checked as the `if`s that it stands for."""

from __future__ import annotations

from kith.problems import Words
from kith.rules import mistakes_types, syntax
from kith.rules.checking.checker import Checker
from kith.rules.tree import Node

MOST = 30
"""Values that one call may tell apart."""
TAKES = Words(
    f"a value, up to {MOST} pairs (what it is, what that gives) and a last value for all else as",
    f"一个值、至多 {MOST} 对（取值，结果）和最后的其余情形结果作为",
)


def cased(checker: Checker, node: syntax.Invoke) -> Node | None:
    """A call of `case`; where a list stands for a value, each of its members does."""
    count = len(node.args)
    if count < 4 or count % 2 or count > 2 * MOST + 2:
        checker.report(mistakes_types.ARGUMENTS, node, name="case", takes=TAKES, count=count)
        return None
    value, *pairs, otherwise = node.args
    for at in range(len(pairs) - 2, -1, -2):
        word = "in" if isinstance(pairs[at], syntax.Items) else "=="
        test = syntax.Binary(value.start, pairs[at].end, word, value, pairs[at], pairs[at].start)
        otherwise = syntax.If(node.start, node.end, test, pairs[at + 1], otherwise)
    return checker.check(otherwise)
