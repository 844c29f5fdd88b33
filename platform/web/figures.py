"""Measures in words: in full, in brief, as marks of a scale, and spans of days, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from babel import dates, numbers

from kith.rules.types import Type
from kith.runtime.dashboards.periods import Span, ceiling
from kith.web.formats import Format, formatter, locale_of
from kith.web.showing import Reader as Showing
from kith.web.showing import format_of

ROUND = 1_000
"""From here on a number in brief has no parts."""
COMPACT = 10_000_000
"""From here on a number in brief is one of millions, or of 万."""
DIGITS = 2
"""Digits of a mean that tell something."""
SKELETONS = {"day": "MMMd", "week": "MMMd", "month": "MMM", "year": "y"}
FULL = {"day": "yMMMd", "month": "yMMM", "quarter": "yQQQ", "year": "y"}


@dataclass(frozen=True, slots=True)
class Figures:
    """How values of a measure are written."""

    full: Format
    brief: Format
    scale: Format
    is_whole: bool
    """Whether there are no parts of one."""
    unit: Decimal
    """What steps of a scale are made of: an hour of lengths of time."""


def figures_of(showing: Showing, type_: Type, of: Type | None = None) -> Figures:
    """How values of a type are written; `of` is what they are gathered from: the mean of shares is a share."""
    if of is not None and of.kind == "percent":
        type_ = of
    if type_.kind == "decimal" and type_.scale > DIGITS:
        type_ = replace(type_, scale=DIGITS)
    full = format_of(showing, type_)
    if type_.kind == "duration":
        return Figures(full, full, lambda seconds: full(timedelta(seconds=float(seconds))), False, Decimal(3_600))
    compact = _compact(showing.language, type_)
    return Figures(full, _brief(showing.language, type_, full, compact), compact, type_.kind == "int", Decimal(1))


def amount(value: Any) -> Decimal | None:
    """A value as a length: a number, or seconds."""
    if isinstance(value, timedelta):
        return Decimal(value.total_seconds())
    return None if value is None else Decimal(value)


def _brief(language: str, type_: Type, full: Format, compact: Format) -> Format:
    if type_.kind == "percent":
        return full
    kind = "money" if type_.kind == "money" and type_.currency else "decimal"
    rounded = formatter(kind, language, scale=0, currency=type_.currency)

    def show(value: Any) -> str:
        size = abs(value)
        return compact(value) if size >= COMPACT else rounded(value) if size >= ROUND or not size else full(value)

    return show


def _compact(language: str, type_: Type) -> Format:
    """Numbers as a scale has them: 1.2M, 120万."""
    locale = locale_of(language)
    if type_.kind == "percent":
        return formatter("percent", language, scale=0)
    if type_.kind == "money" and type_.currency:
        return lambda value: numbers.format_compact_currency(value, type_.currency, locale=locale, fraction_digits=1)
    return lambda value: numbers.format_compact_decimal(value, locale=locale, fraction_digits=1)


def change_of(language: str, now: Any, then: Any) -> str:
    """How much more or less, in percent with its sign; "" where there is nothing to compare with."""
    new, old = amount(now), amount(then)
    if new is None or not old:
        return ""
    share = (new - old) / abs(old)
    shown = formatter("percent", language, scale=0)(share)
    return f"+{shown}" if share > 0 else shown


def days_of(language: str, span: Span) -> str:
    """Days from the first to the last in words."""
    if span.first is None or span.last is None:
        return ""
    skeleton = "MMMd" if span.first.year == span.last.year else "yMMMd"
    return dates.format_interval(span.first, span.last, skeleton, locale=locale_of(language))


def stretches(language: str, bucket: str) -> tuple[Callable[[date], str], Callable[[date], str]]:
    """How stretches of days are called below a chart, and by themselves."""
    locale = locale_of(language)

    def short(day: date) -> str:
        if bucket == "quarter":
            return dates.format_date(day, "QQQ", locale=locale)
        return dates.format_skeleton(SKELETONS[bucket], day, locale=locale)

    def full(day: date) -> str:
        if bucket == "week":
            return dates.format_interval(day, ceiling(day, bucket), "yMMMd", locale=locale)
        return dates.format_skeleton(FULL[bucket], day, locale=locale)

    return short, full


def year_of(language: str, day: date) -> str:
    """The year of a day."""
    return dates.format_skeleton("y", day, locale=locale_of(language))
