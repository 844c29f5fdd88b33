"""Values as plain text, the same everywhere: with a number's scale, a percent's sign, ISO dates and spans."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

from kith.rules.types import Type
from kith.rules.values import Period

WIDE = Context(prec=120, rounding=ROUND_HALF_UP)
"""Digits enough for every exact result."""


def plain(value: object, type_: Type) -> str:
    """A value as `text(…)` writes it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal() if type_.kind == "percent":
            return f"{trimmed(value.scaleb(2, WIDE))}%"
        case Decimal():
            return f"{value.quantize(Decimal(1).scaleb(-type_.scale), context=WIDE):f}"
        case datetime():
            return instant_text(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return duration_text(value)
        case Period():
            return period_text(value)
        case _:
            return str(value)


def trimmed(value: Decimal) -> str:
    """A number without zeros at its end."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def instant_text(value: datetime) -> str:
    """`2026-01-31T01:00:00Z`, with microseconds where there are any."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def duration_text(value: timedelta) -> str:
    """`P3DT4H`: days, hours, minutes and seconds."""
    sign, value = ("-", -value) if value < timedelta(0) else ("", value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    rest = trimmed(Decimal(seconds) + Decimal(value.microseconds).scaleb(-6))
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{rest}S" if rest != "0" else "")
    days = f"{value.days}D" if value.days or not clock else ""
    return f"{sign}P{days}" + (f"T{clock}" if clock else "")


def period_text(value: Period) -> str:
    """`P1Y2M`."""
    sign = "-" if value.months < 0 else ""
    years, months = divmod(abs(value.months), 12)
    return f"{sign}P" + (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
