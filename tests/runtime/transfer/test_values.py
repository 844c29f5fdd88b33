"""How a mapping reads cells, and writes them again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kith.metadata.model import Field, ImportValue, Label
from kith.problems import Source, Span
from kith.rules.types import INT, PERCENT, Type, decimal
from kith.runtime.transfer.exporting import shown_as
from kith.runtime.transfer.values import cell_of

NOTHING = Label({})


def field(type_name: str, type_: Type) -> Field:
    return Field("amount", "sale", type_name, type_, NOTHING, NOTHING, Span(Source("", ""), 0, 0), "shop")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1.234,5", "1234.5"),
        ("1 234 567,25", "1234567.25"),
        ("1'234,5", "1234.5"),
        ("12,5 %", "12.5 %"),
        ("-0,75 €", "-0.75 €"),
        ("10", "10"),
    ],
)
def test_a_comma_before_decimals_is_read_where_the_mapping_says_so(text: str, read: str) -> None:
    value = ImportValue(column="a", decimal="comma")
    assert cell_of(value, {"a": text}) == read
    assert cell_of(ImportValue(column="a"), {"a": text}) == text


def test_what_is_mapped_is_left_as_the_map_says() -> None:
    value = ImportValue(column="a", decimal="comma", map={"few": "1.5"})
    assert cell_of(value, {"a": "few"}) == "1.5"


@pytest.mark.parametrize(
    ("type_name", "type_", "found", "percent", "written"),
    [
        ("decimal", decimal(15, 2), Decimal("1234.50"), "", "1234,50"),
        ("integer", INT, 7, "", "7"),
        ("percent", PERCENT, Decimal("0.125"), "points", "12,500"),
    ],
)
def test_a_comma_is_written_where_it_is_read(
    type_name: str, type_: Type, found: object, percent: str, written: str
) -> None:
    value = ImportValue(column="a", decimal="comma", percent=percent)
    assert shown_as(value, field(type_name, type_))(found) == written
