"""How values stand in texts with holes, by language."""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal

import pytest

from kith.rules.types import DATE, INT, PERCENT, Type, decimal, money
from kith.runtime.read.printing import printer
from tests.runtime.models import entity, field, model

MODEL = model(entity("shop", field("name")))
# type, value, in English, in Chinese
CASES: list[tuple[Type, object, str, str]] = [
    (INT, 2026, "2026", "2026"),
    (INT, -9_999, "-9999", "-9999"),
    (INT, 10_000, "10,000", "10,000"),
    (decimal(), Decimal("2026.50"), "2,026.5", "2,026.5"),
    (money("CNY"), Decimal("1234.00"), "CN¥1,234.00", "¥1,234.00"),
    (PERCENT, Decimal("0.155000"), "15.5%", "15.5%"),
    (DATE, date(2026, 1, 31), "Jan 31, 2026", "2026年1月31日"),
]


@pytest.mark.parametrize(("type_", "value", "english", "chinese"), CASES, ids=[str(case[1]) for case in CASES])
def test_a_value_prints_as_its_reader_writes_it(type_: Type, value: object, english: str, chinese: str) -> None:
    shown = [printer(type_, MODEL, language, UTC)(value) for language in ("en", "zh-CN")]
    assert shown == [english, chinese]
