"""How a column's values stand in a backup: the same whichever engine they come from, and in words that PostgreSQL reads.

Numbers are exact decimals, instants, dates and times as ISO 8601 has them, JSON is its text, ids are texts, bytes are hexadecimal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from kith.rules.sql.values import (
    EPOCH,
    MICROSECOND,
    Converter,
    Engine,
    instant,
    is_wide,
    narrowed,
    scaled,
    unscaled,
    widened,
)
from kith.rules.types import DATETIME, INT, TEXT, Kind, Type, ref
from kith.runtime.schema.columns import ID, Instant, Json
from kith.runtime.schema.storage import column_type

JSON = "json"
AMOUNT = "amount"
BYTES = "bytes"
"""Kinds that the rule language has no type for: data, an amount in the unit of the column that it waits for, portions of files."""
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its name, and what its values are."""

    name: str
    kind: str
    precision: int = 0
    scale: int = 0

    @classmethod
    def of(cls, name: str, type_: Type) -> Column:
        """The column of a value of the rule language."""
        return cls(name, type_.kind, type_.precision, type_.scale)

    @classmethod
    def of_system(cls, column: sa.Column[Any]) -> Column:
        """A column of Kith's own tables."""
        match column.type:
            case Instant():
                return cls.of(column.name, DATETIME)
            case Json():
                return cls(column.name, JSON)
            case sa.Boolean():
                return cls(column.name, "bool")
            case sa.Integer():
                return cls.of(column.name, INT)
            case sa.Numeric():
                return cls(column.name, AMOUNT)
            case sa.LargeBinary():
                return cls(column.name, BYTES)
            case type_:
                return cls.of(column.name, ref("") if type_ is ID else TEXT)

    @property
    def type(self) -> Type:
        """The type of its values, where the rule language has one."""
        return Type(cast("Kind", self.kind), precision=self.precision, scale=self.scale)

    def sql_type(self, engine: Engine) -> TypeEngine[Any]:
        """Its type in a database."""
        return Json() if self.kind == JSON else column_type(self.type, engine)

    def as_data(self) -> list[Any]:
        """As plain data."""
        return [self.name, self.kind, *([self.precision, self.scale] if self.precision or self.scale else [])]


def from_sqlite(column: Column) -> Converter | None:
    """What turns a value of SQLite into one of a backup; None where it goes as it is."""
    match column.kind:
        case "bool":
            return bool
        case "int" if is_wide(column.type):
            return lambda value: _short(narrowed(value))
        case "decimal" | "money" | "percent":
            scale = column.scale
            return lambda value: f"{unscaled(narrowed(value), scale):f}"
        case "datetime":
            return lambda value: (EPOCH + value * MICROSECOND).isoformat()
        case "bytes":
            return lambda value: "\\x" + value.hex()
        case _:
            return None


def to_sqlite(column: Column) -> Converter | None:
    """What turns a value of a backup into one of SQLite."""
    match column.kind:
        case "bool":
            return int
        case "int" if is_wide(column.type):
            return lambda value: widened(int(value))
        case "decimal" | "money" | "percent":
            scale = column.scale
            if is_wide(column.type):
                return lambda value: widened(scaled(Decimal(value), scale))
            return lambda value: scaled(Decimal(value), scale)
        case "datetime":
            return lambda value: instant(datetime.fromisoformat(value))
        case "bytes":
            return lambda value: bytes.fromhex(value[2:])
        case _:
            return None


def from_postgresql(column: Column) -> Converter | None:
    """What turns the text that PostgreSQL writes into a value of a backup."""
    match column.kind:
        case "bool":
            return lambda value: value == "t"
        case "int":
            return lambda value: _short(int(value))
        case "duration" | "period":
            return int
        case "datetime":
            # 2026-03-01 12:00:00.5+00
            return lambda value: datetime.fromisoformat(f"{value}:00").isoformat()
        case _:
            return None


def _short(number: int) -> int | str:
    # JSON's readers know no larger ones.
    return number if -LARGEST <= number <= LARGEST else str(number)


Scales = Mapping[tuple[str, str], int]
"""Decimal places of columns, by table and column."""


def amounts(columns: list[Column], scales: Scales, *, reading: bool) -> Callable[[list[Any]], None] | None:
    """What turns the amounts of rows of SQLite, which count units of a column that each row names; None for other tables."""
    place = {column.name: index for index, column in enumerate(columns)}
    found = next((index for index, column in enumerate(columns) if column.kind == AMOUNT), None)
    if found is None:
        return None
    at, table, field = found, place["entity"], place["field"]

    def turn(row: list[Any]) -> None:
        scale = scales.get((row[table], row[field]), 0)
        row[at] = f"{unscaled(row[at], scale):f}" if reading else scaled(Decimal(row[at]), scale)

    return turn
