"""What statements share: fields that may be written, values of new records, and names of variables."""

from __future__ import annotations

from collections.abc import Sequence

from kith.problems import did_you_mean
from kith.rules import mistakes_names, syntax
from kith.rules.checking import names
from kith.rules.checking.checker import Checker
from kith.rules.checking.owning import currency_in, owned
from kith.rules.checking.storing import stored
from kith.rules.scope import Name, Scope
from kith.rules.tree import Node, Path


def declare(checker: Checker, name: str, place: syntax.Syntax | tuple[int, int]) -> bool:
    """Whether a variable may have this name: it hides no field and no other variable."""
    taken = name in checker.lets or name in names.ROOTS
    if taken or checker.scope.name(name) or checker.scope.relation(name):
        checker.report(mistakes_names.NAME_TAKEN, place, name=name)
        return False
    return True


def writable(checker: Checker, field: Name | None, place: syntax.Syntax | tuple[int, int]) -> bool:
    """Whether a field's value is for rules to write."""
    if field is not None and not field.writable:
        checker.report(mistakes_names.NOT_WRITABLE, place, name=field.name)
        return False
    return field is not None


def entry(
    checker: Checker, scope: Scope | None, node: syntax.Entry, entries: Sequence[syntax.Entry]
) -> tuple[str, Node] | None:
    """One `field: value` of a new record; `entries` are all of them."""
    value = checker.check(node.value)
    if scope is None:
        return None
    place = (node.start, node.start + len(node.name))
    field = scope.name(node.name)
    if field is None:
        hint = did_you_mean(node.name, scope.names())
        checker.report(mistakes_names.NO_FIELD, place, hint=hint, entity=scope.label, name=node.name)
        return None
    if not writable(checker, field, place) or value is None:
        return None
    if field.currency:
        named = next((item.value for item in entries if item.name == field.currency), None)
        kept = owned(checker, value, field.name, currency_in(checker.quietly(named) if named else None))
        if kept is None:
            return None
        value = kept
    fitted = stored(checker, value, field.type, field.name)
    return (node.name, fitted) if fitted else None


def currency_of(target: Path) -> tuple[str, ...]:
    """The path of the field that holds the currency of an amount."""
    return (target.root, *(step.name for step in target.steps[:-1]), target.steps[-1].currency)
