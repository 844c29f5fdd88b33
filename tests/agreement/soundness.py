"""What the checker promises of every value: whether it may be null, of which kind it is, and how many digits it has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from kith.rules.operations.dates import END_INSTANT, FIRST, FIRST_INSTANT, LAST, LONGEST
from kith.rules.types import Type
from kith.rules.values import Period

LONGEST_TEXT = 64 * 1024


def keeps(value: object, type_: Type) -> bool:
    """Whether a value is what its type says."""
    if value is None:
        return type_.nullable
    return type_.kind in PROMISES and PROMISES[type_.kind](value, type_)


def _whole(value: object, type_: Type) -> bool:
    return type(value) is int and abs(value) < 10**type_.precision


def _decimal(value: object, type_: Type) -> bool:
    if not isinstance(value, Decimal):
        return False
    return value.as_tuple().exponent == -type_.scale and abs(value) < 10 ** (type_.precision - type_.scale)


def _instant(value: object, type_: Type) -> bool:
    return isinstance(value, datetime) and value.tzinfo is UTC and FIRST_INSTANT <= value < END_INSTANT


def _set(value: object, type_: Type) -> bool:
    item = type_.item
    return isinstance(value, frozenset) and (
        not value or (item is not None and all(_is_member(one, item) for one in value))
    )


def _is_member(value: object, item: Type) -> bool:
    """A member of a list is as it was written: a number may have fewer places than others there."""
    if isinstance(value, int | Decimal) and item.is_number:
        places = -int(Decimal(value).as_tuple().exponent)
        return places <= item.scale and abs(value) < 10 ** (item.precision - item.scale)
    return keeps(value, item)


PROMISES: dict[str, Callable[[object, Type], bool]] = {
    "bool": lambda value, type_: isinstance(value, bool),
    "int": _whole,
    "decimal": _decimal,
    "money": _decimal,
    "percent": _decimal,
    "text": lambda value, type_: isinstance(value, str) and len(value.encode()) <= LONGEST_TEXT,
    "choice": lambda value, type_: value in type_.options,
    "date": lambda value, type_: type(value) is date and FIRST <= value <= LAST,
    "datetime": _instant,
    "time": lambda value, type_: isinstance(value, time),
    "duration": lambda value, type_: isinstance(value, timedelta) and abs(value) <= LONGEST,
    "period": lambda value, type_: isinstance(value, Period),
    "ref": lambda value, type_: isinstance(value, str),
    "set": _set,
    "record": lambda value, type_: isinstance(value, dict),
}
