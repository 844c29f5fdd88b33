"""`today()` and `now()`: values that change as time passes."""

from __future__ import annotations

from kith.rules import mistakes_names, syntax
from kith.rules.checking.checker import Checker
from kith.rules.operations import OPERATIONS
from kith.rules.tree import Call, Node

VOLATILE = {"today": "today", "now": "now"}


def volatile(checker: Checker, node: syntax.Syntax, name: str) -> Node | None:
    """`today()` and `now()`, where time may pass."""
    if not checker.slot.volatile:
        checker.report(mistakes_names.NO_TIME, node, name=f"{name}()")
        return None
    checker.reads_time(VOLATILE[name])
    return Call(OPERATIONS[name].result(()), node.start, node.end, name, ())
