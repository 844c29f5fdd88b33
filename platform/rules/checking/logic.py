"""Logic: `and or not`, `if then else`, `??`; what one part tells is known in the next."""

from __future__ import annotations

from collections.abc import Iterator

from kith.rules import mistakes_types, mistakes_values, syntax
from kith.rules.checking.adapting import unify
from kith.rules.checking.arithmetic import call
from kith.rules.checking.checker import Checker
from kith.rules.checking.comparisons import truth_words
from kith.rules.checking.families import type_words
from kith.rules.checking.narrowing import facts
from kith.rules.tree import Call, Constant, Node, is_written
from kith.rules.types import BOOL


def operands(node: syntax.Syntax, op: str) -> Iterator[syntax.Syntax]:
    """The operands of a chain of one operator, left to right, however long it is."""
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, syntax.Binary) and part.op == op:
            stack += [part.right, part.left]
        else:
            yield part


def condition(checker: Checker, part: syntax.Syntax) -> Node | None:
    """A part that must be true or false; a null counts as false."""
    node = checker.check(part)
    if node is None:
        return None
    if node.type.kind == "null":
        return Constant(BOOL, node.start, node.end, False)
    if node.type.kind != "bool":
        hint = mistakes_types.condition_hint(node.type, checker.text(part))
        checker.report(mistakes_types.NOT_CONDITION, part, found=type_words(node.type), hint=hint)
        return None
    return node


def chain(checker: Checker, node: syntax.Binary) -> Node | None:
    """`a and b and …`, `a or b or …`: each part is checked with what the earlier ones tell."""
    known = checker.known
    parts: list[Node] = []
    whole = True
    for part in operands(node, node.op):
        with checker.knowing(known):
            checked = condition(checker, part)
        if checked is None:
            whole = False
            continue
        lint(checker, checked)
        parts.append(checked)
        # The right side of `or` is only of interest where the left one is false.
        known |= facts(checked, node.op == "and")
    return Call(BOOL, node.start, node.end, node.op, tuple(parts)) if whole else None


def negation(checker: Checker, node: syntax.Unary) -> Node | None:
    """`not a`: the full complement."""
    arg = condition(checker, node.arg)
    if arg is None:
        return None
    lint(checker, arg)
    return Call(BOOL, node.start, node.end, "not", (arg,))


def lint(checker: Checker, node: Node) -> None:
    """A written `true` or `false` beside others decides nothing, or everything."""
    if is_written(node):
        checker.report(mistakes_values.CONSTANT, node, truth=truth_words(node.value is True))


def choose(checker: Checker, node: syntax.If) -> Node | None:
    """`if c then a else b`."""
    test = condition(checker, node.condition)
    if test is not None:
        lint(checker, test)
    with checker.knowing(facts(test, True) if test else frozenset()):
        then = checker.check(node.then)
    with checker.knowing(facts(test, False) if test else frozenset()):
        otherwise = checker.check(node.otherwise)
    if test is None or then is None or otherwise is None:
        return None
    united = unify(checker, (then, otherwise))
    return call(checker, "if", (test, *united[0]), node) if united else None


def coalesce(checker: Checker, node: syntax.Binary) -> Node | None:
    """`a ?? b ?? c`: the first that is set."""
    checked = [(part, checker.check(part)) for part in operands(node, "??")]
    nodes = [item for _, item in checked if item is not None]
    if len(nodes) < len(checked):
        return None
    for item in nodes[:-1]:
        if not item.type.nullable and item.type.kind != "set":
            checker.report(mistakes_values.NEVER_NULL, item, name=checker.text(item))
    united = unify(checker, nodes)
    return call(checker, "coalesce", tuple(united[0]), node) if united else None
