"""What may be put into an amount in its record's own currency: a bare number, or an amount that is known to be in that currency."""

from __future__ import annotations

from dataclasses import replace

from kith.rules import mistakes_types
from kith.rules.checking.adapting import INSIDE
from kith.rules.checking.checker import Checker
from kith.rules.tree import Call, Constant, Node, Path, as_it_is, is_owned

Currency = tuple[str, ...] | str
"""What is known of a currency: the path of the field that holds it, its code, or "" where nothing is."""


def currency_in(node: Node | None) -> Currency:
    """What is known of the currency that a value names."""
    if isinstance(node, Constant) and isinstance(node.value, str):
        return node.value
    return (node.root, *node.names) if isinstance(node, Path) else ""


def owned(checker: Checker, node: Node, field: str, currency: Currency) -> Node | None:
    """A value for an amount whose currency is known that far, as it stands: nothing is converted on the way."""
    if isinstance(node, Call) and node.op in INSIDE and node.type.currency:
        first = INSIDE[node.op]
        args = [owned(checker, arg, field, currency) for arg in node.args[first:]]
        kept = [arg for arg in args if arg is not None]
        return replace(node, args=(*node.args[:first], *kept)) if len(kept) == len(args) else None
    if isinstance(node, Path) and is_owned(node):
        if currency == (node.root, *(name for step in node.steps[:-1] for name in step.names), node.steps[-1].currency):
            return as_it_is(node)
    elif isinstance(node, Constant) or not node.type.currency or node.type.currency == currency:
        return node
    checker.report(mistakes_types.OTHER_CURRENCY, node, field=field)
    return None
