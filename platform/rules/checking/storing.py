"""A value put where it belongs: into the result that a place wants, or into a field."""

from __future__ import annotations

from dataclasses import replace

from kith.rules import mistakes_types, mistakes_values
from kith.rules.checking.adapting import as_option, fit, is_bare, nulled, retyped
from kith.rules.checking.checker import Checker
from kith.rules.checking.comparisons import lint_percent
from kith.rules.checking.families import type_words
from kith.rules.checking.missing import may_miss
from kith.rules.sizes import whole
from kith.rules.tree import Constant, Convert, Node
from kith.rules.types import Type


def stored(checker: Checker, node: Node, wanted: Type, field: str = "") -> Node | None:
    """A value as one of the wanted type; a number is rounded to its scale."""
    fitted = converted(checker, node, wanted)
    if fitted is None:
        return None
    if not wanted.nullable and wanted.kind != "set" and may_miss(fitted, checker.known):
        hint = mistakes_values.default_hint(checker.text(node))
        checker.report(mistakes_values.NULL_TO_REQUIRED, node, hint=hint, field=field or mistakes_values.RESULT)
        return None
    return fitted


def converted(checker: Checker, node: Node, wanted: Type) -> Node | None:
    """A value of the wanted kind, or a problem."""
    found = node.type
    if found.kind == "null":
        return nulled(node, wanted)
    if found.is_number and wanted.is_number:
        return number(checker, node, wanted)
    if wanted.kind == "choice" and found.kind == "text" and isinstance(node, Constant):
        return as_option(checker, node, wanted)
    if found.kind != wanted.kind and not (wanted.kind == "choice" and found.kind == "text"):
        hint = mistakes_types.hint_for(found, wanted, isinstance(node, Constant))
        checker.report(mistakes_types.WRONG_RESULT, node, hint=hint, wanted=type_words(wanted), found=type_words(found))
        return None
    return fit(checker, node, wanted)


def number(checker: Checker, node: Node, wanted: Type) -> Node | None:
    """A number half-up at the wanted scale; money only where money is wanted, and of its currency."""
    found = node.type
    if isinstance(node, Constant) and wanted.kind == "percent":
        lint_percent(checker, node, retyped(node, wanted))
    if is_bare(node) and wanted.kind in {"money", "percent"}:
        node = retyped(node, wanted)
        found = node.type
    if found.kind == "money" and wanted.kind != "money":
        checker.report(mistakes_types.WRONG_RESULT, node, wanted=type_words(wanted), found=type_words(found))
        return None
    if found.kind == "money" and found.currency != wanted.currency:
        checker.report(mistakes_types.CURRENCIES, node, left=wanted.currency, right=found.currency)
        return None
    type_ = wanted.or_null(found.nullable)
    if isinstance(node, Constant) and whole(found) > whole(wanted):
        checker.report(mistakes_types.DOES_NOT_FIT, node, text=checker.text(node), wanted=str(wanted.or_null(False)))
        return None
    same = found.kind == wanted.kind and found.scale == wanted.scale and found.precision <= wanted.precision
    return replace(node, type=found) if same else Convert(type_, node.start, node.end, node)
