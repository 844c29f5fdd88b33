"""The types of measures over records: what `sum(amount)` is, and which values a function can gather."""

from __future__ import annotations

from kith.rules import sizes
from kith.rules.checking.families import belongs
from kith.rules.types import DURATION, INT, MAX_DIGITS, Type

FUNCTIONS = ("count", "sum", "avg", "min", "max")
UNGROUPABLE = frozenset({"set", "record", "file", "geo", "period", "null"})
"""Kinds of values by which records make no groups."""


def gathered_type(function: str, value: Type | None) -> Type | str:
    """The type of a measure, else why there is none: `not_ordered`, `not_a_number` or `does_not_fit`.

    `value` is the type of what is gathered; None where only records are counted.
    """
    if function == "count" or value is None:
        return INT
    if function in ("min", "max"):
        return value.or_null() if belongs(value, "ordered") else "not_ordered"
    if function == "sum" and value.kind == "duration":
        return DURATION
    if not value.is_number:
        return "not_a_number"
    found = sizes.total(value) if function == "sum" else sizes.mean(value).or_null()
    return found if found.precision <= MAX_DIGITS else "does_not_fit"
