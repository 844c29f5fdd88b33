"""How values stand in each engine's columns and parameters, and how they come back (docs/decisions/0004-storage.md)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from kith.rules.types import MAX_STORED, Type
from kith.rules.values import Period

Engine = Literal["sqlite", "postgresql"]
Converter = Callable[[Any], Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
EXACT = Context(prec=80, rounding=ROUND_HALF_UP)
"""Wide enough that no result of at most 38 digits is rounded but where a scale asks for it."""

USUAL = 10**27
"""Below this no digit is lost in Decimal's usual context."""

WIDE_DIGITS = 41
WIDE_ZERO = 10**40
"""SQLite has no integers over 64 bits: a number that may need more is a text of 41 digits that counts from here, so that
texts compare, sort and group as the numbers do."""


def is_wide(type_: Type) -> bool:
    """Whether a number may have more digits than SQLite's integers hold."""
    return type_.is_number and type_.precision > MAX_STORED


def widened(number: int) -> str:
    """A scaled number as SQLite's text of 41 digits."""
    return f"{number + WIDE_ZERO:0{WIDE_DIGITS}d}"


def scaled(value: Decimal | int, scale: int) -> int:
    """A number as an integer that counts units of 10^-scale, rounded half-up (away from zero)."""
    if isinstance(value, int):
        factor: int = 10**scale
        return int(value) * factor
    whole: Decimal = EXACT.scaleb(value, scale).to_integral_value(ROUND_HALF_UP)
    return int(whole)


def unscaled(number: int, scale: int) -> Decimal:
    """The decimal that `scaled` came from."""
    return EXACT.scaleb(Decimal(number), -scale)


def microseconds(value: timedelta) -> int:
    """A duration's exact length."""
    return int(value // MICROSECOND)


def instant(value: datetime) -> int:
    """Microseconds since 1970-01-01 UTC."""
    return (value - EPOCH) // MICROSECOND


def writer(type_: Type, engine: Engine) -> Converter | None:
    """What turns a value of a type into the engine's column value; None where it goes as it is. Nulls are not its business."""
    return _sqlite_writer(type_) if engine == "sqlite" else _postgresql_writer(type_)


def reader(type_: Type, engine: Engine) -> Converter | None:
    """What turns a column value back; None where it comes as it is. Nulls are not its business."""
    return _sqlite_reader(type_) if engine == "sqlite" else _postgresql_reader(type_)


def to_database(value: object, type_: Type, engine: Engine) -> Any:
    """A value of the language as the engine stores it."""
    convert = writer(type_, engine)
    return value if value is None or convert is None else convert(value)


def from_database(value: Any, type_: Type, engine: Engine) -> Any:
    """A value of the engine as the language knows it."""
    convert = reader(type_, engine)
    return value if value is None or convert is None else convert(value)


def _sqlite_writer(type_: Type) -> Converter | None:
    match type_.kind:
        case "bool":
            return int
        case "int" | "decimal" | "money" | "percent":
            scale = type_.scale
            return (lambda value: widened(scaled(value, scale))) if is_wide(type_) else _scaler(scale)
        case "date" | "time":
            return lambda value: value.isoformat()
        case "datetime":
            return instant
        case "duration":
            return microseconds
        case "period":
            return _months
        case _:
            return None


def _scaler(scale: int) -> Converter | None:
    return lambda value: scaled(value, scale)


def _sqlite_reader(type_: Type) -> Converter | None:
    match type_.kind:
        case "bool":
            return bool
        case "int":
            return narrowed if is_wide(type_) else None
        case "decimal" | "money" | "percent":
            return _unscaler(type_.scale)
        case "date":
            return lambda value: date.fromisoformat(value) if isinstance(value, str) else value
        case "time":
            return lambda value: time.fromisoformat(value) if isinstance(value, str) else value
        case "datetime":
            return lambda value: EPOCH + timedelta(microseconds=value) if isinstance(value, int) else value
        case "duration":
            return lambda value: timedelta(microseconds=value) if isinstance(value, int) else value
        case "period":
            return Period
        case _:
            return None


def _unscaler(scale: int) -> Converter:
    def read(value: Any) -> Decimal:
        # Every cell of a list comes by here: what fits the usual context is not asked of a wide one.
        if value.__class__ is int and -USUAL < value < USUAL:
            return Decimal(value).scaleb(-scale)
        return unscaled(narrowed(value), scale)

    return read


def narrowed(value: int | str) -> int:
    """A number of SQLite's, which may be a text of 41 digits."""
    return value if isinstance(value, int) else int(value) - WIDE_ZERO


def _months(value: Period) -> int:
    return value.months


def _postgresql_writer(type_: Type) -> Converter | None:
    match type_.kind:
        case "decimal" | "money" | "percent":
            unit = Decimal(1).scaleb(-type_.scale)
            return lambda value: Decimal(value).quantize(unit, context=EXACT)
        case "duration":
            return microseconds
        case "period":
            return _months
        case _:
            return None


def _postgresql_reader(type_: Type) -> Converter | None:
    match type_.kind:
        case "int":
            return int
        case "decimal" | "money" | "percent":
            return _quantizer(Decimal(1).scaleb(-type_.scale))
        case "datetime":
            return lambda value: value if value.tzinfo is UTC else value.astimezone(UTC)
        case "duration":
            return lambda value: timedelta(microseconds=int(value)) if not isinstance(value, timedelta) else value
        case "period":
            return lambda value: Period(int(value))
        case "ref":
            return lambda value: str(value) if isinstance(value, uuid.UUID) else value
        case _:
            return None


def _quantizer(unit: Decimal) -> Converter:
    def read(value: Any) -> Decimal:
        # A stored column has its scale already; what a query has worked out may have another.
        if value.__class__ is Decimal and value.same_quantum(unit):
            return value
        return Decimal(value).quantize(unit, context=EXACT)

    return read


_SQLITE: dict[str, TypeEngine[Any]] = {
    "bool": sa.Integer(),
    "datetime": sa.BigInteger(),
    "duration": sa.BigInteger(),
    "period": sa.Integer(),
}
_POSTGRESQL: dict[str, TypeEngine[Any]] = {
    "bool": sa.Boolean(),
    "date": sa.Date(),
    "datetime": sa.DateTime(timezone=True),
    "time": sa.Time(),
    "duration": sa.BigInteger(),
    "period": sa.Integer(),
    "ref": sa.Uuid(as_uuid=False),
}


def sql_type(type_: Type, engine: Engine) -> TypeEngine[Any]:
    """The SQL type of a value of that type in expressions and parameters."""
    if not type_.is_number:
        return (_SQLITE if engine == "sqlite" else _POSTGRESQL).get(type_.kind) or sa.Text()
    if engine == "sqlite":
        return sa.Text() if is_wide(type_) else sa.BigInteger()
    return sa.BigInteger() if type_.kind == "int" and not is_wide(type_) else sa.Numeric()
