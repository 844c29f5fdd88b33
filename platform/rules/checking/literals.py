"""Literals: written values become constants of the most exact type that they have."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from kith.rules import mistakes_types, syntax
from kith.rules.checking.adapting import unify
from kith.rules.checking.checker import Checker
from kith.rules.checking.families import type_words
from kith.rules.operations.dates import END_INSTANT, FIRST_INSTANT, LONGEST
from kith.rules.tree import Constant, Node, Template, is_owned, priced
from kith.rules.types import (
    BOOL,
    DATE,
    DATETIME,
    DURATION,
    NULL,
    PERIOD,
    TEXT,
    Type,
    decimal,
    set_of,
)
from kith.rules.values import Period

UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
MONTHS = {"mo": 1, "y": 12}
LONGEST_PERIOD = 12 * 1_100
"""Months from one end of the calendar to the other."""


def number(checker: Checker, node: syntax.Number) -> Node:
    """`12` is an int, `1.50` a decimal(3,2), `15%` a percent of 0.15."""
    written = node.text.replace("_", "")
    value = Decimal(written)
    if node.percent:
        value = value.scaleb(-2)
    scale = max(0, -int(value.as_tuple().exponent))
    digits = max(len(value.as_tuple().digits), scale)
    if node.percent:
        return Constant(Type("percent", precision=digits, scale=scale), node.start, node.end, value)
    if "." not in written:
        return Constant(Type("int", precision=digits), node.start, node.end, int(written))
    return Constant(decimal(digits, scale), node.start, node.end, value)


def word(_checker: Checker, node: syntax.Word) -> Node:
    """`true`, `false` and `null`."""
    if node.text == "null":
        return Constant(NULL, node.start, node.end, None)
    return Constant(BOOL, node.start, node.end, node.text == "true")


def text(checker: Checker, node: syntax.Text) -> Node | None:
    """A text, or a template where it has holes."""
    if all(isinstance(part, str) for part in node.parts):
        value = unicodedata.normalize("NFC", "".join(str(part) for part in node.parts))
        return Constant(TEXT, node.start, node.end, value)
    parts: list[str | Node] = []
    whole = True
    for part in node.parts:
        if isinstance(part, str):
            parts.append(unicodedata.normalize("NFC", part))
            continue
        hole = checker.check(part)
        if hole is None:
            whole = False
        elif hole.type.kind in {"set", "period", "geo", "record"}:
            checker.report(mistakes_types.NOT_SHOWN, part, found=type_words(hole.type))
            whole = False
        else:
            parts.append(priced(hole) if is_owned(hole) else hole)
    return Template(TEXT, node.start, node.end, tuple(parts)) if whole else None


def moment(checker: Checker, node: syntax.Moment) -> Node | None:
    """A date, or an instant; one without an offset is in the workspace's time zone."""
    if "T" not in node.text:
        return Constant(DATE, node.start, node.end, date.fromisoformat(node.text))
    value = datetime.fromisoformat(node.text)
    if value.tzinfo is None:
        # Which instant this is depends on the workspace: the evaluation fixes it.
        return Constant(DATETIME, node.start, node.end, value)
    instant = value.astimezone(UTC)
    if not FIRST_INSTANT <= instant < END_INSTANT:
        checker.report(mistakes_types.BEYOND, node, text=node.text)
        return None
    return Constant(DATETIME, node.start, node.end, instant)


def amount(checker: Checker, node: syntax.Amount) -> Node | None:
    """A duration, or a period of months."""
    count = int(node.text.replace("_", ""))
    if node.unit in MONTHS:
        months = count * MONTHS[node.unit]
        if months <= LONGEST_PERIOD:
            return Constant(PERIOD, node.start, node.end, Period(months))
    elif count <= LONGEST / UNITS[node.unit]:
        return Constant(DURATION, node.start, node.end, count * UNITS[node.unit])
    checker.report(mistakes_types.TOO_LONG_SPAN, node, text=checker.text(node))
    return None


def items(checker: Checker, node: syntax.Items) -> Node | None:
    """A list of written values; a list with names stands only after `in`, which takes it apart itself."""
    checked = [checker.check(item) for item in node.items]
    nodes = [item for item in checked if item is not None]
    if len(nodes) < len(checked):
        return None
    if not constant_items(nodes):
        checker.report(mistakes_types.LIST_OF_NAMES, node)
        return None
    return as_set(checker, node, nodes)


def constant_items(nodes: list[Node]) -> bool:
    """Whether all members of a list are written values."""
    return all(isinstance(item, Constant) for item in nodes)


def as_set(checker: Checker, node: syntax.Items, nodes: list[Node]) -> Node | None:
    """A constant set of one family."""
    if not nodes:
        return Constant(set_of(NULL), node.start, node.end, frozenset())
    for item in nodes:
        if item.type.kind in {"null", "set"}:
            checker.report(mistakes_types.LIST_ITEM, item, found=type_words(item.type))
            return None
    united = unify(checker, nodes)
    if united is None:
        return None
    values = frozenset(item.value for item in united[0] if isinstance(item, Constant))
    return Constant(set_of(united[1]), node.start, node.end, values)
