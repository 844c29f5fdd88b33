"""Values as the baseline's pages print them in English, by hand and without a locale library."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bench.baseline.tickets import EPOCH, trimmed

ZONE = ZoneInfo("Asia/Shanghai")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
STAGES = {"open": "Open", "waiting": "Waiting", "done": "Done"}


def _day(value: date) -> str:
    return f"{MONTHS[value.month - 1]} {value.day}, {value.year}"


def _moment(value: datetime) -> str:
    local = value.astimezone(ZONE)
    hour, half = local.hour % 12 or 12, "AM" if local.hour < 12 else "PM"
    return f"{_day(local)}, {hour}:{local.minute:02}\u202f{half}"


def _phone(value: str) -> str:
    return f"{value[3:6]} {value[6:10]} {value[10:]}" if value.startswith("+86") and len(value) == 14 else value


def cells_sqlite(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """What the list's template prints of a row, by position."""
    amount, rate, opened, seen = row[4:8]
    return (
        row[0], row[2], STAGES[row[3]],
        "" if amount is None else f"CN¥{amount // 100:,}.{amount % 100:02}",
        "" if rate is None else f"{_points(Decimal(rate).scaleb(-4))}%",
        "" if opened is None else _day(date.fromisoformat(opened)),
        "" if seen is None else _moment(EPOCH + timedelta(microseconds=seen)),
        row[8] == 1, "" if row[9] is None else f"{row[9]:,}",
        row[10], row[11], row[12], row[13], row[14], "" if row[14] is None else _phone(row[14]),
    )  # fmt: skip


def cells_postgresql(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """What the list's template prints of a row, by position."""
    amount, rate, opened, seen = row[4:8]
    return (
        row[0], row[2], STAGES[row[3]],
        "" if amount is None else f"CN¥{amount:,.2f}",
        "" if rate is None else f"{_points(rate * 100)}%",
        "" if opened is None else _day(opened),
        "" if seen is None else _moment(seen),
        row[8], "" if row[9] is None else f"{row[9]:,}",
        row[10], row[11], row[12], row[13], row[14], "" if row[14] is None else _phone(row[14]),
    )  # fmt: skip


def _points(value: Decimal) -> str:
    return trimmed(value) if "." in f"{value:f}" else f"{value:f}"


def inputs(record: dict[str, Any]) -> dict[str, Any]:
    """What the form's template prints of a record."""
    seen, opened = record["seen_at"], record["opened_on"]
    shown = {name: "" if value is None else value for name, value in record.items()}
    shown["rate"] = "" if record["rate"] is None else _points(Decimal(record["rate"]) * 100)
    shown["opened_on"] = "" if opened is None else str(opened)
    shown["seen_at"] = "" if seen is None else f"{seen.astimezone(ZONE):%Y-%m-%dT%H:%M}"
    return shown
