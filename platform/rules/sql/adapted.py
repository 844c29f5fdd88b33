"""The table of operations as functions of SQLite: from column values to column values, null to null."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kith.rules.operations import Operation
from kith.rules.operations.dates import half_up
from kith.rules.sql.values import WIDE_ZERO, scaled, widened

Number = int | str
"""An integer of SQLite, or the text of a wide one."""


def narrow(value: Number) -> int:
    """The integer behind a number of either form."""
    return value if isinstance(value, int) else int(value) - WIDE_ZERO


def formed(value: int, wide: int) -> Number:
    """An integer in the form that is asked for."""
    return widened(value) if wide else value


def null_to_null(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, asked only where nothing is null."""

    def guarded(*values: Any) -> Any:
        return None if None in values else function(*values)

    return guarded


FAMILIES: dict[str, Callable[[Any], Any]] = {"date": date.fromisoformat}
"""What a column value of a family becomes for the meaning of an operation; the others are values as they stand."""


def plain(operation: Operation) -> Callable[..., Any]:
    """The meaning of an operation over column values."""
    families = [family.rstrip("?.") for family in operation.takes]
    convert = [FAMILIES.get(family, lambda value: value) for family in families]
    meaning, last = operation.meaning, convert[-1]

    def function(*values: Any) -> Any:
        said = [*convert, *[last] * len(values)]
        found = meaning(*(one(value) for one, value in zip(said, values, strict=False)))
        if isinstance(found, Decimal):
            return scaled(found, operation.result(()).scale)
        return found.isoformat() if isinstance(found, date) else found

    return function if operation.sees_null else null_to_null(function)


def exact(operation: Operation) -> Callable[..., Any]:
    """The meaning of an operation on numbers that come scaled, each with its scale; then the result's scale and form."""
    meaning: Callable[..., Any] = operation.meaning

    def function(*values: Any) -> Number | None:
        *pairs, places, wide = values
        numbers = zip(pairs[::2], pairs[1::2], strict=True)
        found = meaning(*(Fraction(narrow(value), 10**scale) for value, scale in numbers))
        return None if found is None else formed(half_up(Fraction(found) * 10**places), wide)

    return null_to_null(function)
