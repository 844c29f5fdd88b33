"""What SQLite cannot say itself: exact numbers of more than 18 digits, Unicode case and time zones, each as one function.

They are deterministic, get and give plain column values, and answer null to null. `register` puts them on a connection; the
runtime does so for each one that it opens.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from kith.rules.operations import OPERATIONS
from kith.rules.operations.calendar import hour, minute
from kith.rules.operations.dates import FIRST, LAST, add_months, age, next_anniversary
from kith.rules.operations.finding import matches
from kith.rules.operations.texts import fold, joined, replace
from kith.rules.sql.adapted import Number, exact, formed, narrow, null_to_null, plain
from kith.rules.sql.exact import EXACT
from kith.rules.sql.natives import POSTGRESQL
from kith.rules.sql.values import EPOCH, MICROSECOND
from kith.rules.values import Env

PREFIX = "kith_"
LONGEST = 1_000_000 * 86_400_000_000


class TooLargeError(ValueError):
    """A value has more digits than it may; no OverflowError, which the driver would take for a text that is too long."""


def half_up(numerator: int, denominator: int) -> int:
    """The nearest whole number to a quotient; halves go away from zero."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def shifted(value: int, places: int) -> int:
    """A scaled number with more places, or half-up with fewer."""
    return value * 10**places if places >= 0 else half_up(value, 10**-places)


def truncated(left: int, right: int) -> int:
    """A quotient without its fraction."""
    magnitude = abs(left) // abs(right)
    return magnitude if (left < 0) == (right < 0) else -magnitude


def rescale(value: Number, places: int, wide: int) -> Number:
    """A number with so many more (or fewer) places."""
    return formed(shifted(narrow(value), places), wide)


def fit(value: Number, places: int, digits: int, wide: int) -> Number:
    """The same, refused where more digits come out than there may be."""
    number = shifted(narrow(value), places)
    if abs(number) >= 10**digits:
        raise TooLargeError(f"the value does not fit {digits} digits")
    return formed(number, wide)


def add(left: Number, right: Number, wide: int) -> Number:
    """The sum of two numbers of one scale."""
    return formed(narrow(left) + narrow(right), wide)


def subtract(left: Number, right: Number, wide: int) -> Number:
    """The difference of two numbers of one scale."""
    return formed(narrow(left) - narrow(right), wide)


def multiply(left: Number, right: Number, places: int, wide: int) -> Number:
    """The product, brought to so many more (or fewer) places."""
    return formed(shifted(narrow(left) * narrow(right), places), wide)


def divide(left: Number, right: Number, places: int, wide: int) -> Number | None:
    """The quotient of the left number, given so many more places, half-up."""
    divisor = narrow(right)
    if not divisor:
        return None
    if places < 0:
        return formed(half_up(narrow(left), divisor * 10**-places), wide)
    return formed(half_up(narrow(left) * 10**places, divisor), wide)


def div(left: Number, right: Number, wide: int) -> Number | None:
    """The quotient of two numbers of one scale, toward zero."""
    divisor = narrow(right)
    return formed(truncated(narrow(left), divisor), wide) if divisor else None


def mod(left: Number, right: Number, wide: int) -> Number | None:
    """What `div` leaves."""
    divisor = narrow(right)
    if not divisor:
        return None
    return formed(narrow(left) - truncated(narrow(left), divisor) * divisor, wide)


def floor(value: Number, places: int, wide: int) -> Number:
    """A number without its last places, downward."""
    return formed(narrow(value) // 10**places, wide)


def ceil(value: Number, places: int, wide: int) -> Number:
    """A number without its last places, upward."""
    return formed(-(-narrow(value) // 10**places), wide)


def absolute(value: Number, wide: int) -> Number:
    """A number without its sign."""
    return formed(abs(narrow(value)), wide)


def negate(value: Number, wide: int) -> Number:
    """A number with the other sign."""
    return formed(-narrow(value), wide)


def _duration(value: int) -> int | None:
    return value if abs(value) <= LONGEST else None


def lasting(span: int) -> int:
    """A sum of durations, refused where it is too long."""
    if abs(span) > LONGEST:
        raise TooLargeError("the duration is too long")
    return span


def duration_multiply(span: int, number: Number, scale: int) -> int | None:
    """A duration times a scaled number."""
    return _duration(half_up(span * narrow(number), 10**scale))


def duration_divide(span: int, number: Number, scale: int) -> int | None:
    """A duration by a scaled number."""
    divisor = narrow(number)
    return _duration(half_up(span * 10**scale, divisor)) if divisor else None


def whole_days(span: int) -> int | None:
    """The days of a duration; null where hours are left."""
    days, rest = divmod(span, 86_400_000_000)
    return None if rest else days


def bounded(value: Any, below: Any, above: Any) -> Any:
    """A value between two limits; null outside."""
    return value if below < value < above else None


def _written(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def months_later(day: str, months: int) -> str | None:
    """A date so many months later, clamped; null beyond the calendar."""
    return _written(add_months(date.fromisoformat(day), months))


def years_between(born: str, day: str) -> int:
    """Whole years from one date to another."""
    return age(date.fromisoformat(born), date.fromisoformat(day))


def anniversary(origin: str, day: str) -> str | None:
    """The first yearly return of a date that is not before another."""
    return _written(next_anniversary(date.fromisoformat(origin), date.fromisoformat(day)))


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local_date(microseconds: int, zone: str) -> str | None:
    """The day of an instant in a time zone; null beyond the calendar."""
    day: date = (EPOCH + microseconds * MICROSECOND).astimezone(_zone(zone)).date()
    return day.isoformat() if FIRST <= day <= LAST else None


def _local(microseconds: int, zone: str) -> Env:
    return Env({}, EPOCH + microseconds * MICROSECOND, _zone(zone))


def local_hour(microseconds: int, zone: str) -> int | None:
    """The hour of an instant in a time zone."""
    env = _local(microseconds, zone)
    return hour(env, env.now)


def local_minute(microseconds: int, zone: str) -> int | None:
    """The minute of an instant in a time zone."""
    env = _local(microseconds, zone)
    return minute(env, env.now)


def text_number(value: Number, scale: int) -> str:
    """A number with all its places."""
    number = narrow(value)
    digits = str(abs(number)).rjust(scale + 1, "0")
    whole, places = digits[: len(digits) - scale], digits[len(digits) - scale :]
    return ("-" if number < 0 else "") + whole + ("." + places if places else "")


def text_percent(value: Number, scale: int) -> str:
    """A fraction as a percentage, without needless zeros."""
    digits = text_number(value, scale - 2) if scale > 2 else text_number(narrow(value) * 10 ** (2 - scale), 0)
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits) + "%"


class Sum:
    """`sum`: exact, and refused where the total has too many digits."""

    def __init__(self) -> None:
        self.total, self.digits, self.wide = 0, 0, 0

    def step(self, value: Number | None, digits: int, wide: int) -> None:
        """Take one row's value."""
        self.digits, self.wide = digits, wide
        if value is not None:
            self.total += narrow(value)

    def finalize(self) -> Number | None:
        """Return the total; SQLite asks also where there was no row, and then knows no digits."""
        if self.digits and abs(self.total) >= 10**self.digits:
            raise TooLargeError(f"the sum does not fit {self.digits} digits")
        return formed(self.total, self.wide) if self.digits else None


class Mean:
    """`avg`: the exact sum by the number of values, half-up."""

    def __init__(self) -> None:
        self.total, self.count, self.places, self.wide = 0, 0, 0, 0

    def step(self, value: Number | None, places: int, wide: int) -> None:
        """Take one row's value."""
        self.places, self.wide = places, wide
        if value is not None:
            self.total, self.count = self.total + narrow(value), self.count + 1

    def finalize(self) -> Number | None:
        """Return the average with so many more places; null over nothing."""
        return formed(half_up(self.total * 10**self.places, self.count), self.wide) if self.count else None


class Median:
    """`median`: the value in the middle, or the mean of the two, half-up."""

    def __init__(self) -> None:
        self.values: list[int] = []
        self.places, self.wide = 0, 0

    def step(self, value: Number | None, places: int, wide: int) -> None:
        """Take one row's value."""
        self.places, self.wide = places, wide
        if value is not None:
            self.values.append(narrow(value))

    def finalize(self) -> Number | None:
        """Return the middle with so many more places; null over nothing."""
        ranked, last = sorted(self.values), len(self.values) - 1
        if last < 0:
            return None
        twice = ranked[last // 2] + ranked[(last + 1) // 2]
        return formed(half_up(twice * 10**self.places, 2), self.wide)


class Join:
    """`join`: all texts in the order of their code points."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.between = ""

    def step(self, text: str | None, between: str) -> None:
        """Take one row's text."""
        self.between = between
        if text is not None:
            self.texts.append(text)

    def finalize(self) -> str | None:
        """Return the texts as one; null over nothing."""
        return joined(sorted(self.texts), self.between) if self.texts else None


FUNCTIONS: dict[str, tuple[Callable[..., Any], int]] = {
    "rescale": (rescale, 3), "fit": (fit, 4), "add": (add, 3), "subtract": (subtract, 3), "multiply": (multiply, 4),
    "divide": (divide, 4), "div": (div, 3), "mod": (mod, 3), "floor": (floor, 3), "ceil": (ceil, 3),
    "abs": (absolute, 2), "negate": (negate, 2), "duration_multiply": (duration_multiply, 3), "lasting": (lasting, 1),
    "duration_divide": (duration_divide, 3), "local_date": (local_date, 2),
    "hour": (local_hour, 2), "minute": (local_minute, 2), "fold": (fold, 1), "matches": (matches, 2),
    "lower": (str.lower, 1), "upper": (str.upper, 1), "text_number": (text_number, 2),
    "text_percent": (text_percent, 2), "whole_days": (whole_days, 1), "bounded": (bounded, 3),
    "add_months": (months_later, 2), "age": (years_between, 2), "next_anniversary": (anniversary, 2),
    "starts_with": (str.startswith, 2), "ends_with": (str.endswith, 2), "replace": (replace, 3),
}  # fmt: skip
"""Name without `kith_`, what it does where nothing is null, and how many arguments it has."""

AGGREGATES: dict[str, tuple[type, int]] = {"sum": (Sum, 3), "avg": (Mean, 3), "median": (Median, 3), "join": (Join, 2)}


def register(connection: sqlite3.Connection) -> None:
    """Put all functions on a connection of the driver."""
    for name, (function, count) in FUNCTIONS.items():
        connection.create_function(PREFIX + name, count, null_to_null(function), deterministic=True)
    for name in POSTGRESQL:
        connection.create_function(PREFIX + name, -1, plain(OPERATIONS[name]), deterministic=True)
    for name in EXACT:
        connection.create_function(PREFIX + name, -1, exact(OPERATIONS[name]), deterministic=True)
    for name, (aggregate, count) in AGGREGATES.items():
        connection.create_aggregate(PREFIX + name, count, aggregate)
