"""The checker: syntax and a scope become a typed tree, and every mistake of a place becomes a problem."""

from __future__ import annotations

from kith.problems import Excerpt
from kith.rules import syntax
from kith.rules.checking import arithmetic, calls, comparisons, literals, logic, names
from kith.rules.checking.checker import Checker, Handler
from kith.rules.scope import Scope, Slot
from kith.rules.syntax import Syntax
from kith.rules.tree import Node

BINARY = {
    **dict.fromkeys(["and", "or"], logic.chain),
    **dict.fromkeys(comparisons.EQUALITY, comparisons.equality),
    **dict.fromkeys(comparisons.ORDER, comparisons.ordering),
    **dict.fromkeys(comparisons.MEMBER, comparisons.member),
    **dict.fromkeys(["+", "-", "*", "/"], arithmetic.arithmetic),
    "??": logic.coalesce,
}


def binary(checker: Checker, node: syntax.Binary) -> Node | None:
    """An operator between two operands."""
    return BINARY[node.op](checker, node)


def unary(checker: Checker, node: syntax.Unary) -> Node | None:
    """`not a`, `-a`."""
    return logic.negation(checker, node) if node.op == "not" else arithmetic.negate(checker, node)


HANDLERS: dict[type[Syntax], Handler] = {
    syntax.Number: literals.number,
    syntax.Text: literals.text,
    syntax.Word: literals.word,
    syntax.Moment: literals.moment,
    syntax.Amount: literals.amount,
    syntax.Items: literals.items,
    syntax.Name: names.name,
    syntax.Dot: names.dot,
    syntax.Invoke: calls.invoke,
    syntax.Changed: calls.changed,
    syntax.Unary: unary,
    syntax.Binary: binary,
    syntax.Between: comparisons.between,
    syntax.IsSet: comparisons.is_set,
    syntax.If: logic.choose,
}


def checker(excerpt: Excerpt, scope: Scope, slot: Slot) -> Checker:
    """A fresh check of a text at a place."""
    return Checker(excerpt, scope, slot, HANDLERS, lets=dict(slot.lets), known=slot.known)
