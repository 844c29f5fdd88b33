"""Values as they travel in JSON: decimals, dates, instants and spans as text, ints and bools as themselves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from kith.problems import Words
from kith.rules.operations.dates import END_INSTANT, FIRST, FIRST_INSTANT, LAST, LONGEST
from kith.rules.plain import duration_text, instant_text, period_text, plain, trimmed
from kith.rules.reference import stored
from kith.rules.types import Type
from kith.rules.values import Period

DURATION = re.compile(
    r"(-?)P(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{1,6}))?S)?)?"
)
PERIOD = re.compile(r"(-?)P(?:(\d{1,5})Y)?(?:(\d{1,6})M)?")


def written(value: object, type_: Type) -> object:
    """A value for JSON."""
    match value:
        case None | bool() | int():
            return value
        case Decimal() if type_.kind == "percent":
            return trimmed(value)
        case datetime():
            return instant_text(value)
        case timedelta():
            return duration_text(value)
        case Period():
            return period_text(value)
        case frozenset():
            item = type_.item or type_
            return sorted((written(member, item) for member in value), key=lambda member: (str(type(member)), member))
        case _:
            return plain(value, type_)


class NoValue(ValueError):
    """Something from JSON that is no value of its type."""

    def __init__(self, value: object, type_: Type) -> None:
        shown, wanted = repr(value)[:60], type_.or_null(False)
        self.words = Words(f"{shown} is no {wanted}", f"{shown} 不是 {wanted}")
        super().__init__(self.words.en)


class Missing(NoValue):
    """No value where the type takes no null."""

    def __init__(self, name: str, type_: Type) -> None:
        self.words = Words(
            f'"{name}" has no value, and {type_} takes no null; write {type_}? where it may be missing',
            f"“{name}”没有值，而 {type_} 不允许为空；可为空时请写 {type_}?",
        )
        ValueError.__init__(self, self.words.en)


def read(value: object, type_: Type) -> object:
    """A value from JSON, as a record holds it; ValueError where it is none of the type."""
    if value is None or value == "":
        return None
    try:
        return READERS[type_.kind](value, type_)
    except (ValueError, TypeError, OverflowError, InvalidOperation, KeyError) as error:
        raise NoValue(value, type_) from error


def _bool(value: object, _type: Type) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _number(value: object, type_: Type) -> object:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal | float):
        raise TypeError
    number = Decimal(value if isinstance(value, int) else str(value))
    if not number.is_finite() or (type_.kind == "int" and number != number.to_integral_value()):
        raise ValueError
    if abs(number.adjusted()) > 60:
        raise ValueError
    return stored(number, type_)


def _text(value: object, _type: Type) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    return unicodedata.normalize("NFC", value)


def _option(value: object, type_: Type) -> str:
    if value not in type_.options:
        raise ValueError
    return str(value)


def _date(value: object, _type: Type) -> date | None:
    """A date; one beyond the calendar is null."""
    day = date.fromisoformat(str(value))
    return day if FIRST <= day <= LAST else None


def _datetime(value: object, _type: Type) -> datetime | None:
    """An instant with its offset; one beyond the calendar is null."""
    instant = datetime.fromisoformat(str(value))
    if instant.tzinfo is None:
        raise ValueError
    instant = instant.astimezone(UTC)
    return instant if FIRST_INSTANT <= instant < END_INSTANT else None


def _duration(value: object, _type: Type) -> timedelta:
    match = DURATION.fullmatch(str(value))
    if match is None or not any(match.groups()[1:]):
        raise ValueError
    sign, weeks, days, hours, minutes, seconds, rest = match.groups(default="")
    span = timedelta(
        weeks=int(weeks or 0), days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0),
        seconds=int(seconds or 0), microseconds=int(rest.ljust(6, "0") or 0),
    )  # fmt: skip
    if span > LONGEST:
        raise ValueError
    return -span if sign else span


def _period(value: object, _type: Type) -> Period:
    match = PERIOD.fullmatch(str(value))
    if match is None or not (match[2] or match[3]):
        raise ValueError
    months = 12 * int(match[2] or 0) + int(match[3] or 0)
    return Period(-months if match[1] else months)


def _set(value: object, type_: Type) -> frozenset[object]:
    if not isinstance(value, list) or type_.item is None:
        raise ValueError
    item = type_.item
    members = [read(member, item) for member in value]
    return frozenset(member for member in members if member is not None)


READERS: dict[str, Callable[[object, Type], object]] = {
    "bool": _bool,
    "int": _number,
    "decimal": _number,
    "money": _number,
    "percent": _number,
    "text": _text,
    "choice": _option,
    "ref": _text,
    "date": _date,
    "datetime": _datetime,
    "time": lambda value, _type: time.fromisoformat(str(value)),
    "duration": _duration,
    "period": _period,
    "set": _set,
}
