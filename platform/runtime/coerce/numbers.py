"""Numbers and yes/no as people write them."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from kith.metadata.model import Field
from kith.runtime.coerce.reading import Misread, Reading, shown

# Full-width digits and signs come from Chinese input methods.
WIDE = str.maketrans("０１２３４５６７８９．，－＋％", "0123456789.,-+%")
PLAIN = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?|[+-]?\.\d+")
SYMBOLS = re.compile(r"^[¥￥$€£]\s*|\s*(元|CNY|USD|EUR|GBP)$")
YES = frozenset({"true", "yes", "1", "on", "y", "是", "有", "真"})
NO = frozenset({"false", "no", "0", "off", "n", "否", "无", "假"})
MAX_LENGTH = 60
"""Characters of a number; 18 digits, grouping and sign fit easily."""


def read_number(raw: object, code: str) -> Decimal:
    """A finite decimal from an int, a Decimal or a text with optional grouping commas."""
    if isinstance(raw, Decimal) and raw.is_finite():
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Decimal(raw)
    if isinstance(raw, float) and raw == raw and abs(raw) != float("inf"):
        return Decimal(repr(raw))
    if isinstance(raw, str) and len(raw) <= MAX_LENGTH:
        text = raw.translate(WIDE).strip()
        if PLAIN.fullmatch(text):
            return Decimal(text.replace(",", ""))
    raise Misread(code, value=shown(raw))


def read_integer(field: Field, raw: object, reading: Reading) -> int:
    """A whole number of at most 15 digits."""
    number = read_number(raw, "not_integer")
    if number != number.to_integral_value():
        raise Misread("not_integer", value=shown(raw))
    if abs(number) >= Decimal(10) ** 15:
        raise Misread("too_large", digits=15)
    check_range(field, number)
    return int(number)


def read_decimal(field: Field, raw: object, reading: Reading) -> Decimal:
    """A number with the field's scale; more decimals than it has are rounded half-up, as storing does."""
    return fit(field, read_number(raw, "not_number"))


def read_money(field: Field, raw: object, reading: Reading) -> Decimal:
    """An amount; a currency sign around it is allowed in forms and files."""
    if reading.text and isinstance(raw, str):
        raw = SYMBOLS.sub("", raw.translate(WIDE).strip())
    return fit(field, read_number(raw, "not_number"))


def read_percent(field: Field, raw: object, reading: Reading) -> Decimal:
    """A fraction: "15%" is 0.15 everywhere, a bare "15" is 0.15 where points are meant and 15 elsewhere."""
    points = reading.percent_points
    if isinstance(raw, str):
        text = raw.translate(WIDE).strip()
        if text.endswith("%"):
            raw, points = text[:-1].strip(), True
    number = read_number(raw, "not_percent")
    return fit(field, number / 100 if points else number)


def fit(field: Field, number: Decimal) -> Decimal:
    """Round half-up to the field's scale and refuse what its digits cannot hold."""
    type_ = field.type
    if abs(number) >= Decimal(10) ** (type_.precision - type_.scale):
        raise Misread("too_large", digits=type_.precision - type_.scale)
    check_range(field, number)
    return number.quantize(Decimal(1).scaleb(-type_.scale), rounding=ROUND_HALF_UP)


def check_range(field: Field, number: Decimal) -> None:
    """Hold the field's `min` and `max`."""
    low, high = field.params.get("min"), field.params.get("max")
    if low is not None and number < Decimal(str(low)):
        raise Misread("below_min", limit=_limit(field, low))
    if high is not None and number > Decimal(str(high)):
        raise Misread("above_max", limit=_limit(field, high))


def _limit(field: Field, limit: object) -> str:
    """A limit as people write values of the field."""
    return f"{(Decimal(str(limit)) * 100).normalize():f}%" if field.type.kind == "percent" else str(limit)


def read_boolean(field: Field, raw: object, reading: Reading) -> bool:
    """True or false; in forms and files also yes, on, 是, 否 and the like."""
    if isinstance(raw, bool):
        return raw
    if reading.text and isinstance(raw, str):
        word = raw.strip().lower()
        if word in YES:
            return True
        if word in NO:
            return False
    raise Misread("not_boolean", value=shown(raw))
