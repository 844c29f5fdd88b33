"""What people and programs send, and what it becomes or which sentence refuses it: a table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.metadata.model import Option
from kith.rules.types import TEXT
from kith.runtime.coerce import Misread, Reading, coerce
from kith.runtime.coerce.choosing import listed, listing
from tests.runtime.models import field, label

READING = Reading(ZoneInfo("Asia/Shanghai"))
OPTIONS = {"a": Option("a", label("a")), "b": Option("b", label("b"), retired=True), "c": Option("c", label("c"))}
FIELDS = {name: field("it", name, type=TEXT) for name in ("url", "duration", "json", "date")}
FIELDS["choice"] = field("it", "choice", options=OPTIONS)
TAKEN = (
    ("url", "example.com/a?b=<c>", "https://example.com/a?b=<c>"),
    ("url", "http://[::1]:8000/", "http://[::1]:8000/"),
    ("url", "例子.中国", "https://例子.中国"),
    ("duration", "1000000d", timedelta(days=1_000_000)),
    ("date", "2026-01-31 00:00:00", date(2026, 1, 31)),
    ("date", "2026/01/31T00:00", date(2026, 1, 31)),
    ("json", {"b": 1, "a": Decimal("2.50")}, {"a": 2.5, "b": 1}),
    ("json", ["\\u0000"], ["\\u0000"]),
)
LISTS: tuple[tuple[str, str | list[str]], ...] = (
    ("a, b;c，d；e、f\ng", "abcdefg"),
    (' "a, b" , c', ["a, b", "c"]),
    ('"say ""hi"", you"', ['say "hi", you']),
    ('"a" b, c', ['"a" b', "c"]),
    ('5" disk, x', ['5" disk', "x"]),
    ('"never closed, x', ['"never closed', "x"]),
    (',, "" , ', []),
)
REFUSED = (
    ("date", "2026-01-31 08:00:00", "not_date"),
    ("url", "<script>", "not_url"),
    ("url", "=1+1", "not_url"),
    ("url", "a.example/\u202egnp", "not_url"),
    ("url", "javascript:alert(1)", "not_url"),
    ("duration", "1000001d", "too_long_duration"),
    ("duration", "PT9999999999H", "too_long_duration"),
    ("duration", "P99999999999999999D", "too_long_duration"),
    ("choice", "x", "not_option"),
    ("json", {"a": float("inf")}, "not_json"),
    ("json", ["\x00"], "forbidden_character"),
    ("json", "x" * 70_000, "too_long"),
)


@pytest.mark.parametrize(("type_name", "raw", "value"), TAKEN)
def test_what_is_meant_is_taken(type_name: str, raw: object, value: object) -> None:
    assert coerce(FIELDS[type_name], raw, READING) == value


@pytest.mark.parametrize(("text", "items"), LISTS)
def test_a_list_in_one_text_is_taken_apart_at_its_commas_but_not_in_quotation_marks(
    text: str, items: list[str] | str
) -> None:
    assert list(listed(text, replace(READING, text=True))) == list(items)


@given(st.lists(st.text(max_size=12), max_size=6))
def test_a_list_put_into_one_text_comes_out_as_it_was(items: list[str]) -> None:
    kept = [item.strip() for item in items if item.strip()]
    for comma in (",", ", "):
        assert [item.strip() for item in map(str, listed(listing(kept, comma), replace(READING, text=True)))] == kept


@pytest.mark.parametrize(("text", "year"), [("1/2/68", 2068), ("1/2/69", 1969), ("1/2/00", 2000)])
def test_two_digits_are_a_year_of_the_last_century_or_of_this_one(text: str, year: int) -> None:
    assert coerce(FIELDS["date"], text, replace(READING, text=True, date_format="M/D/YY")) == date(year, 1, 2)


@pytest.mark.parametrize(("type_name", "raw", "code"), REFUSED)
def test_what_is_no_value_is_refused_by_name(type_name: str, raw: object, code: str) -> None:
    with pytest.raises(Misread) as caught:
        coerce(FIELDS[type_name], raw, READING)
    assert caught.value.code == code


def test_a_retired_option_is_not_proposed() -> None:
    with pytest.raises(Misread) as caught:
        coerce(FIELDS["choice"], "x", READING)
    assert caught.value.values["options"] == "a, c"
