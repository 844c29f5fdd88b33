"""Roll-ups that move by what a record adds or takes: sums and counts as a whole."""

from __future__ import annotations

from kith.metadata.model import Field
from kith.rules.tree import Aggregate, Convert

ADDED = frozenset({"sum", "count"})
"""Aggregates that move by what a record adds or takes."""


def sum_of(field: Field) -> Aggregate | None:
    """The sum or count that a field is; None where it is something else, or shows as a number with fewer decimals."""
    tree = field.value.tree if field.value is not None else None
    if isinstance(tree, Convert) and tree.arg.type.scale <= tree.type.scale:
        tree = tree.arg
    return tree if isinstance(tree, Aggregate) and tree.function in ADDED else None
