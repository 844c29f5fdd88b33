"""The types of the rule language: what a value is, whether it may be missing, and how exact it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal[
    "null", "bool", "int", "decimal", "money", "percent", "text", "choice", "date", "datetime", "time",
    "duration", "period", "ref", "set", "file", "geo", "record",
]  # fmt: skip

NUMBERS = frozenset({"int", "decimal", "money", "percent"})
MAX_STORED = 18
"""Digits that a stored number may have."""
MAX_DIGITS = 38
"""Digits that an intermediate result may have."""


@dataclass(frozen=True, slots=True)
class Type:
    """A type: its kind and what the kind needs.

    `precision` and `scale` count decimal digits of numbers; `currency` is the ISO code of money ("" for a bare literal);
    `options` are a choice's keys in their declared order and `field` (`entity.field`) tells choices apart;
    `entity` is where a ref or a record lives; `item` is the type of a set's members.
    """

    kind: Kind
    nullable: bool = False
    precision: int = 0
    scale: int = 0
    currency: str = ""
    options: tuple[str, ...] = ()
    field: str = ""
    entity: str = ""
    item: Type | None = None

    @property
    def is_number(self) -> bool:
        """Whether it belongs to the one family of numbers."""
        return self.kind in NUMBERS

    def or_null(self, nullable: bool = True) -> Type:
        """The same type, nullable or not."""
        return self if self.nullable == nullable else replace(self, nullable=nullable)

    def __str__(self) -> str:
        """The type as authors write it, such as `decimal(10,2)?`."""
        return spell(self) + ("?" if self.nullable else "")


def spell(type_: Type) -> str:
    """A type as authors write it, without the mark of nullability."""
    match type_.kind:
        case "decimal":
            return f"decimal({type_.precision},{type_.scale})"
        case "money":
            size = f"{type_.precision},{type_.scale}"
            return f"money({size},{type_.currency})" if type_.currency else f"money({size})"
        case "choice":
            return f"choice<{','.join(type_.options)}>"
        case "ref":
            return f"ref<{type_.entity}>"
        case "set":
            return f"set<{type_.item}>"
        case kind:
            return kind


NULL = Type("null", nullable=True)
BOOL = Type("bool")
INT = Type("int", precision=15)
DECIMAL = Type("decimal", precision=15, scale=2)
PERCENT = Type("percent", precision=9, scale=6)
TEXT = Type("text")
DATE = Type("date")
DATETIME = Type("datetime")
TIME = Type("time")
DURATION = Type("duration")
PERIOD = Type("period")


def decimal(precision: int = 15, scale: int = 2) -> Type:
    """An exact decimal number."""
    return Type("decimal", precision=precision, scale=scale)


def money(currency: str = "", precision: int = 15, scale: int = 2) -> Type:
    """An amount of a currency; the empty currency is that of a bare amount."""
    return Type("money", precision=precision, scale=scale, currency=currency)


def in_currency(type_: Type, currency: object) -> Type:
    """The type of an amount of that currency."""
    return replace(type_, currency=str(currency or ""))


def choice(options: tuple[str, ...], field: str = "") -> Type:
    """One of a field's declared options."""
    return Type("choice", options=options, field=field)


def ref(entity: str) -> Type:
    """A link to a record of an entity."""
    return Type("ref", entity=entity)


def set_of(item: Type) -> Type:
    """A set of values of one type."""
    return Type("set", item=item)
