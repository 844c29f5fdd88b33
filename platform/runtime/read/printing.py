"""Values inside titles, as their reader writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from functools import lru_cache

from babel import Locale, dates, numbers

from kith.metadata.fields.files import FILES
from kith.metadata.model import Label, Model
from kith.rules.plain import plain
from kith.rules.types import Type
from kith.runtime.files.described import Described

Print = Callable[[object], str]
GROUPED = 10_000
"""Whole numbers from here on have their digits grouped in a text: with four digits they are mostly years."""


def printer(type_: Type, model: Model, language: str, zone: tzinfo) -> Print:
    """What prints values of a type; nulls are not its business."""
    if type_.entity.removeprefix(":") in FILES:
        return _file
    match type_.kind:
        case "choice":
            labels = option_labels(type_, model)
            return lambda value: labels[str(value)].in_(language) if str(value) in labels else str(value)
        case "text" | "ref":
            return str
        case _:
            locale = _locale(language)
            return lambda value: _printed(value, type_, locale, zone)


def _file(value: object) -> str:
    found = Described.of(value)
    return found.name if found is not None else str(value)


def option_labels(type_: Type, model: Model) -> dict[str, Label]:
    """The labels of a choice's options, by key."""
    entity, _, name = type_.field.partition(".")
    declared = model.entities[entity].fields.get(name) if entity in model.entities else None
    return {key: option.label for key, option in declared.options.items()} if declared is not None else {}


@lru_cache(maxsize=16)
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")


def _printed(value: object, type_: Type, locale: Locale, zone: tzinfo) -> str:
    match value:
        case bool():
            words = {"zh": ("否", "是")}.get(locale.language, ("No", "Yes"))
            return words[value]
        case Decimal() if type_.kind == "money" and type_.currency:
            return str(numbers.format_currency(value, type_.currency, locale=locale))
        case Decimal() if type_.kind == "percent":
            return str(numbers.format_percent(value, locale=locale, decimal_quantization=False))
        case int():
            return str(numbers.format_decimal(value, locale=locale, group_separator=abs(value) >= GROUPED))
        case Decimal():
            return str(numbers.format_decimal(value, locale=locale, decimal_quantization=False))
        case datetime():
            return str(dates.format_datetime(value, "medium", tzinfo=zone, locale=locale))
        case time():
            return str(dates.format_time(value, "short", locale=locale))
        case date():
            return str(dates.format_date(value, "medium", locale=locale))
        case _:
            return plain(value, type_)
