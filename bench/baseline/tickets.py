"""What a ticket is, by hand: how what is sent is read and checked, and how a row is written as JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import phonenumbers

from kith.runtime.schema.sortkeys import sort_key

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
STAGES = ("open", "waiting", "done")
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ALMOST_ALL = Decimal(10) ** 13
NAMES = (
    "name", "stage", "amount", "rate", "opened_on", "seen_at", "urgent", "score", "company", "owner", "phone", "note",
)  # fmt: skip
REQUIRED = ("name", "stage", "urgent")
DEFAULTS: Mapping[str, Any] = dict.fromkeys(NAMES) | {"stage": "open", "urgent": False}


class Unreadable(Exception):
    """A value that its field cannot hold."""


# ---- what is sent -------------------------------------------------------------------------------------------------


def read(sent: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The values that were sent, and what is wrong with them."""
    values: dict[str, Any] = {}
    wrong: list[dict[str, str]] = []
    for name, raw in sent.items():
        reader = READERS.get(name)
        if reader is None:
            wrong.append({"field": name, "code": "unknown_field"})
        elif raw is None:
            values[name] = None
        else:
            try:
                values[name] = reader(raw)
            except (Unreadable, ValueError, TypeError, InvalidOperation):
                wrong.append({"field": name, "code": "unreadable"})
    return values, wrong


def missing(values: Mapping[str, Any]) -> list[dict[str, str]]:
    """Required fields without a value."""
    return [{"field": name, "code": "required"} for name in REQUIRED if values[name] is None]


def _text(most: int) -> Callable[[Any], str | None]:
    def reader(raw: Any) -> str | None:
        if not isinstance(raw, str) or len(raw) > most or "\0" in raw:
            raise Unreadable
        return raw.strip() or None

    return reader


def _stage(raw: Any) -> str:
    if raw not in STAGES:
        raise Unreadable
    return str(raw)


def _amount(raw: Any) -> Decimal:
    value = Decimal(raw).quantize(Decimal("0.01"))
    if not 0 <= value < ALMOST_ALL:
        raise Unreadable
    return value


def _rate(raw: Any) -> Decimal:
    value = Decimal(raw).quantize(Decimal("0.000001"))
    if not 0 <= value <= 1:
        raise Unreadable
    return value


def _moment(raw: Any) -> datetime:
    value = datetime.fromisoformat(raw)
    if value.tzinfo is None:
        raise Unreadable
    return value.astimezone(UTC)


def _truth(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise Unreadable
    return raw


def _score(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw < 10**15:
        raise Unreadable
    return raw


def _reference(raw: Any) -> str:
    if not isinstance(raw, str) or not ID.fullmatch(raw):
        raise Unreadable
    return raw


def _phone(raw: Any) -> str:
    try:
        number = phonenumbers.parse(raw, "CN")
    except phonenumbers.NumberParseException as error:
        raise Unreadable from error
    if not phonenumbers.is_possible_number(number):
        raise Unreadable
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


READERS: Mapping[str, Callable[[Any], Any]] = {
    "name": _text(120), "stage": _stage, "amount": _amount, "rate": _rate, "opened_on": date.fromisoformat,
    "seen_at": _moment, "urgent": _truth, "score": _score, "company": _reference, "owner": _reference,
    "phone": _phone, "note": _text(100_000),
}  # fmt: skip


def columns(values: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Values as the database's columns hold them."""
    row = dict(values)
    row["name__sort"] = sort_key(row["name"])
    if kind == "sqlite":
        amount, rate, opened, seen = row["amount"], row["rate"], row["opened_on"], row["seen_at"]
        row["amount"] = None if amount is None else int(amount.scaleb(2))
        row["rate"] = None if rate is None else int(rate.scaleb(6))
        row["opened_on"] = None if opened is None else opened.isoformat()
        row["seen_at"] = None if seen is None else instant(seen)
        row["urgent"] = int(row["urgent"])
    return row


def values_of(row: tuple[Any, ...], kind: str) -> dict[str, Any]:
    """A locked row's fields as values."""
    values = dict(zip(NAMES, row, strict=True))
    if kind == "sqlite":
        amount, rate, opened, seen = values["amount"], values["rate"], values["opened_on"], values["seen_at"]
        values["amount"] = None if amount is None else Decimal(amount).scaleb(-2)
        values["rate"] = None if rate is None else Decimal(rate).scaleb(-6)
        values["opened_on"] = None if opened is None else date.fromisoformat(opened)
        values["seen_at"] = None if seen is None else EPOCH + seen * MICROSECOND
        values["urgent"] = bool(values["urgent"])
    return values


def instant(value: datetime) -> int:
    """Microseconds since 1970."""
    return (value - EPOCH) // MICROSECOND


# ---- what is answered ---------------------------------------------------------------------------------------------


def record_sqlite(row: tuple[Any, ...]) -> dict[str, Any]:
    """A row as JSON has it."""
    (id_, version, name, stage, amount, rate, opened, seen, urgent, score, company, company_name, owner, owner_name,
     phone, note, made_at, made_by, maker, edited_at, edited_by, editor, *_) = row  # fmt: skip
    return {
        "id": id_, "version": version, "name": name, "stage": stage,
        "amount": None if amount is None else f"{amount // 100}.{amount % 100:02}",
        "rate": None if rate is None else trimmed_millionths(rate),
        "opened_on": opened, "seen_at": None if seen is None else EPOCH + timedelta(microseconds=seen),
        "urgent": urgent == 1, "score": score,
        "company": None if company is None else {"id": company, "label": company_name},
        "owner": None if owner is None else {"id": owner, "label": owner_name},
        "phone": phone, "note": note,
        "created_at": EPOCH + timedelta(microseconds=made_at),
        "created_by": None if made_by is None else {"id": made_by, "label": maker},
        "updated_at": EPOCH + timedelta(microseconds=edited_at),
        "updated_by": None if edited_by is None else {"id": edited_by, "label": editor},
    }  # fmt: skip


def record_postgresql(row: tuple[Any, ...]) -> dict[str, Any]:
    """A row as JSON has it."""
    (id_, version, name, stage, amount, rate, opened, seen, urgent, score, company, company_name, owner, owner_name,
     phone, note, made_at, made_by, maker, edited_at, edited_by, editor, *_) = row  # fmt: skip
    return {
        "id": id_, "version": version, "name": name, "stage": stage,
        "amount": None if amount is None else str(amount),
        "rate": None if rate is None else trimmed(rate),
        "opened_on": opened, "seen_at": seen, "urgent": urgent, "score": score,
        "company": None if company is None else {"id": company, "label": company_name},
        "owner": None if owner is None else {"id": owner, "label": owner_name},
        "phone": phone, "note": note,
        "created_at": made_at, "created_by": None if made_by is None else {"id": made_by, "label": maker},
        "updated_at": edited_at, "updated_by": None if edited_by is None else {"id": edited_by, "label": editor},
    }  # fmt: skip


def trimmed_millionths(number: int) -> str:
    """A scaled number without zeros at its end."""
    return f"{number // 1_000_000}.{number % 1_000_000:06}".rstrip("0").rstrip(".")


def trimmed(number: Decimal) -> str:
    """A number without zeros at its end."""
    return f"{number:f}".rstrip("0").rstrip(".")
