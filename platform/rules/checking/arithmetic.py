"""Arithmetic: `+ - * /` and the sign, on numbers, texts, dates and spans."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from kith.rules import mistakes_types, mistakes_values, syntax
from kith.rules.checking.adapting import is_bare, retyped, unify_numbers
from kith.rules.checking.checker import Checker
from kith.rules.checking.families import family_of, type_words
from kith.rules.checking.missing import DIVISIONS, may_miss
from kith.rules.checking.narrowing import is_safe_divisor
from kith.rules.operations import OPERATIONS
from kith.rules.tree import Call, Constant, Node
from kith.rules.types import DURATION, MAX_DIGITS
from kith.rules.values import Period

OPERATORS: dict[tuple[str, str, str], str] = {
    ("+", "number", "number"): "add",
    ("-", "number", "number"): "subtract",
    ("*", "number", "number"): "multiply",
    ("/", "number", "number"): "divide",
    ("+", "text", "text"): "concat",
    ("+", "date", "duration"): "date_add_duration",
    ("-", "date", "duration"): "date_add_duration",
    ("+", "date", "period"): "date_add_period",
    ("-", "date", "period"): "date_add_period",
    ("+", "datetime", "duration"): "instant_add_duration",
    ("-", "datetime", "duration"): "instant_add_duration",
    ("-", "date", "date"): "date_diff",
    ("-", "datetime", "datetime"): "instant_diff",
    ("+", "duration", "duration"): "duration_add",
    ("-", "duration", "duration"): "duration_subtract",
    ("*", "duration", "number"): "duration_multiply",
    ("/", "duration", "number"): "duration_divide",
    ("/", "duration", "duration"): "duration_ratio",
    ("+", "period", "period"): "period_add",
    ("-", "period", "period"): "period_subtract",
}
SWAPPED = {
    ("*", "number", "duration"),
    ("+", "duration", "date"),
    ("+", "period", "date"),
    ("+", "duration", "datetime"),
}
"""Sums and products that may be written the other way round."""
NEGATE = {"number": "negate", "duration": "duration_negate", "period": "period_negate"}
ADDS_SPAN = frozenset({"date_add_duration", "date_add_period", "instant_add_duration"})


def call(checker: Checker, op: str, args: tuple[Node, ...], place: syntax.Syntax) -> Node | None:
    """An operation on checked arguments, where its result has few enough digits."""
    type_ = OPERATIONS[op].result(args)
    if type_.precision > MAX_DIGITS:
        checker.report(mistakes_types.TOO_PRECISE, place, digits=type_.precision, limit=MAX_DIGITS)
        return None
    if op in DIVISIONS and is_safe_divisor(args[1], checker.known):
        type_ = type_.or_null(any(arg.type.nullable for arg in args))
    return Call(type_, place.start, place.end, op, args)


def negate(checker: Checker, node: syntax.Unary) -> Node | None:
    """`-a`; the sign of a written number or span is part of it."""
    arg = checker.check(node.arg)
    if arg is None:
        return None
    if isinstance(arg, Constant) and isinstance(arg.value, int | Decimal | timedelta) and arg.type.kind != "bool":
        return replace(arg, start=node.start, value=-arg.value)
    if isinstance(arg, Constant) and isinstance(arg.value, Period):
        return replace(arg, start=node.start, value=Period(-arg.value.months))
    op = NEGATE.get(family_of(arg.type))
    if op is None:
        checker.report(mistakes_types.NOT_NUMBER, node, op="-", found=type_words(arg.type))
        return None
    return call(checker, op, (arg,), node)


def arithmetic(checker: Checker, node: syntax.Binary) -> Node | None:
    """`a + b` and the like."""
    left, right = checker.check(node.left), checker.check(node.right)
    if left is None or right is None:
        return None
    left, right = with_null(left, right, node.op)
    families = (node.op, family_of(left.type), family_of(right.type))
    if families in SWAPPED:
        left, right = right, left
        families = (node.op, families[2], families[1])
    op = OPERATORS.get(families)
    if op is None:
        report(checker, node, left, right)
        return None
    lint(checker, node, left, right, op)
    if families[1:] == ("number", "number"):
        return numeric(checker, node, left, right, op)
    if op == "date_add_duration" and has_hours(node):
        checker.report(mistakes_types.HOURS_ON_DATE, node)
        return None
    if op in ADDS_SPAN and node.op == "-":
        span = negated(right)
        return call(checker, op, (left, span), node)
    return call(checker, op, (left, right), node)


def negated(span: Node) -> Node:
    """A span the other way round: what is taken away is added backwards."""
    if isinstance(span, Constant):
        if isinstance(span.value, timedelta):
            return replace(span, value=-span.value)
        if isinstance(span.value, Period):
            return replace(span, value=Period(-span.value.months))
    return Call(span.type, span.start, span.end, NEGATE[span.type.kind], (span,))


def with_null(left: Node, right: Node, op: str) -> tuple[Node, Node]:
    """A bare null takes a type with which the other side works."""
    if left.type.kind == "null" and right.type.kind != "null":
        return replace(left, type=right.type.or_null()), right
    if right.type.kind == "null" and left.type.kind != "null":
        added = left.type.kind in {"date", "datetime"} and op == "+"
        return left, replace(right, type=(DURATION if added else left.type).or_null())
    return left, right


def numeric(checker: Checker, node: syntax.Binary, left: Node, right: Node, op: str) -> Node | None:
    """Arithmetic of numbers: sums want one currency, products at most one amount of money."""
    kinds = (left.type.kind, right.type.kind)
    if op in {"add", "subtract"}:
        united = unify_numbers(checker, (left, right))
        return call(checker, op, tuple(united[0]), node) if united else None
    if kinds == ("money", "money"):
        if op == "multiply":
            checker.report(mistakes_types.MONEY_TIMES_MONEY, node)
            return None
        if left.type.currency != right.type.currency:
            checker.report(mistakes_types.CURRENCIES, right, left=left.type.currency, right=right.type.currency)
            return None
    if op == "divide" and kinds[1] == "money" and kinds[0] != "money":
        if not is_bare(left):
            checker.report(mistakes_types.DIVIDES_BY_MONEY, node)
            return None
        left = retyped(left, right.type)
    return call(checker, op, (left, right), node)


def report(checker: Checker, node: syntax.Binary, left: Node, right: Node) -> None:
    """An operator that does not work on these two types: the most telling mistake."""
    kinds = {left.type.kind, right.type.kind}
    op, first, second = node.op, type_words(left.type), type_words(right.type)
    if kinds == {"duration", "period"}:
        checker.report(mistakes_types.SPANS, node)
    elif kinds == {"datetime", "period"}:
        checker.report(mistakes_types.MONTHS_ON_INSTANT, node)
    elif kinds == {"date", "datetime"}:
        checker.report(mistakes_types.DATE_MEETS_INSTANT, node)
    elif "period" in kinds and node.op in {"*", "/"}:
        checker.report(mistakes_types.PERIOD_TIMES, node, op=node.op)
    elif left.type.kind == "date" and right.type.is_number and node.op in {"+", "-"}:
        checker.report(mistakes_types.NUMBER_ON_DATE, node, op=node.op, number=checker.text(node.right))
    elif "text" in kinds and node.op == "+":
        checker.report(mistakes_types.TEXT_PLUS, node, left=first, right=second)
    else:
        checker.report(mistakes_types.OPERANDS, node, op=op, left=first, right=second)


def has_hours(node: syntax.Binary) -> bool:
    """Whether a span is written in hours or minutes where a date counts days."""
    for side in (node.left, node.right):
        inner = side.arg if isinstance(side, syntax.Unary) else side
        if isinstance(inner, syntax.Amount) and inner.unit in {"h", "min"}:
            return True
    return False


def lint(checker: Checker, node: syntax.Binary, left: Node, right: Node, op: str) -> None:
    """What is allowed and yet seldom meant."""
    if op == "concat" and (may_miss(left, checker.known) or may_miss(right, checker.known)):
        checker.report(mistakes_values.NULL_TEXT, node)
    if op in DIVISIONS | {"duration_divide"} and isinstance(right, Constant) and right.value == 0:
        checker.report(mistakes_values.DIVIDES_BY_ZERO, node)
    if op == "multiply" and isinstance(node.left, syntax.Binary) and node.left.op == "/":
        checker.report(mistakes_values.DIVIDES_FIRST, node)
