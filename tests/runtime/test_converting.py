"""What becomes of values when a field changes its type: pairs of fields with values before and after."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kith.metadata.fields import FIELD_TYPES
from kith.metadata.model import Field, Label, Option
from kith.problems import Words
from kith.rules.types import decimal, money
from kith.runtime.converting.conversions import WAYS, Conversion, conversion, family
from kith.runtime.converting.told import conversions_page
from tests.runtime.models import PLAIN, field

ZONE = ZoneInfo("Asia/Shanghai")
COLOURS = {
    "red": Option("red", Label({"en": "Deep red", "zh-CN": "深红"})),
    "blue": Option("blue", Label({"en": "Blue", "zh-CN": "蓝"}), renamed_from=("navy",)),
}
ANSWERS = {"agreed": Option("agreed", Label({"en": "Yes"})), "n": Option("n", Label({"en": "Not at all"}))}
SIZES = {"s1": Option("s1", Label({"en": "1"})), "s2": Option("s2", Label({"en": "2"}))}
COLOUR, COLOUR_SET = field("c", "choice", options=COLOURS), field("c", "choices", options=COLOURS)
LONG = "x" * 300


def of(name: str, **settings: Any) -> Field:
    return field("f", name, **{"type": PLAIN.get(name, PLAIN["text"]), **settings})


TEXT, INTEGER, DATE, DATETIME = of("text"), of("integer"), of("date"), of("datetime")
SHOP, SHOPS = field("s", "reference", to="shop"), field("s", "references", to="shop")
NOON = datetime(2026, 1, 31, 4, tzinfo=UTC)

CASES: list[tuple[Field, Field, Any, Any, str]] = [
    (TEXT, INTEGER, " 1,200 ", 1200, ""),
    (TEXT, INTEGER, "many", None, "“many” is not a whole number."),
    (TEXT, of("integer", params={"max": 5}), "7", 7, ""),
    (TEXT, of("money"), "¥12.5", Decimal("12.50"), ""),
    (TEXT, of("percent"), "15%", Decimal("0.15"), ""),
    (TEXT, of("boolean"), "是", True, ""),
    (TEXT, DATE, "2026年1月31日", date(2026, 1, 31), ""),
    (TEXT, DATETIME, "2026-01-31 12:00", NOON, ""),
    (TEXT, of("duration"), "1d 2h", timedelta(days=1, hours=2), ""),
    (TEXT, of("email"), "Ann@Example.COM", "Ann@example.com", ""),
    (TEXT, of("phone"), "138 0013 8000", "+8613800138000", ""),
    (TEXT, of("email"), "nobody", None, "“nobody” is not an e-mail address."),
    (TEXT, COLOUR, "deep red", "red", ""),
    (TEXT, COLOUR, "navy", "blue", ""),
    (TEXT, COLOUR, "green", None, "“green” is not one of the options: red, blue."),
    (TEXT, COLOUR_SET, "red, 蓝", frozenset({"red", "blue"}), ""),
    (TEXT, COLOUR_SET, "red, green", frozenset({"red"}), "There is no option for green."),
    (TEXT, of("tags"), "a; b", frozenset({"a", "b"}), ""),
    (TEXT, of("person_name"), "张三", {"family": "张", "given": "三"}, ""),
    (of("long_text"), TEXT, "a\nb", "a b", "Its lines become one."),
    (of("long_text"), TEXT, LONG, "x" * 255, "The text has 300 characters and is cut to 255."),
    (TEXT, of("text", params={"max_length": 2}), "abc", "ab", "The text has 3 characters and is cut to 2."),
    (of("email"), TEXT, "ann@example.com", "ann@example.com", ""),
    (INTEGER, of("decimal"), 3, Decimal("3.00"), ""),
    (of("decimal"), INTEGER, Decimal("2.50"), 3, "It is rounded."),
    (of("decimal"), of("decimal", type=decimal(4, 1)), Decimal("1234.00"), None, "more than 3 digits"),
    (INTEGER, of("percent"), 1, Decimal(1), ""),
    (of("money"), TEXT, Decimal("12.50"), "12.50", ""),
    (of("decimal"), TEXT, Decimal("12.50"), "12.5", ""),
    (of("percent"), TEXT, Decimal("0.155"), "15.5%", ""),
    (INTEGER, TEXT, 7, "7", ""),
    (INTEGER, field("f", "choice", options=SIZES), 2, "s2", ""),
    (INTEGER, of("boolean"), 1, True, ""),
    (INTEGER, of("boolean"), 2, None, "“2” is neither yes nor no."),
    (of("boolean"), INTEGER, True, 1, ""),
    (of("boolean"), TEXT, False, "no", ""),
    (of("boolean"), field("f", "choice", options=ANSWERS), True, "agreed", ""),
    (of("boolean"), field("f", "choice", options=ANSWERS), False, "n", ""),
    (field("f", "choice", options=ANSWERS), of("boolean"), "agreed", True, ""),
    (DATE, DATETIME, date(2026, 2, 1), datetime(2026, 1, 31, 16, tzinfo=UTC), ""),
    (DATETIME, DATE, datetime(2026, 1, 31, 16, tzinfo=UTC), date(2026, 2, 1), ""),
    (DATETIME, DATE, NOON, date(2026, 1, 31), "The time of day is dropped."),
    (DATETIME, TEXT, NOON, "2026-01-31 12:00", ""),
    (DATE, of("date_range"), date(2026, 1, 31), {"start": date(2026, 1, 31), "end": date(2026, 1, 31)}, ""),
    (of("date_range"), DATE, {"start": date(2026, 1, 1), "end": None}, date(2026, 1, 1), "Only the first day remains."),
    (of("time"), TEXT, time(9, 30), "09:30", ""),
    (COLOUR, TEXT, "red", "Deep red", ""),
    (COLOUR, COLOUR_SET, "red", frozenset({"red"}), ""),
    (COLOUR, of("tags"), "red", frozenset({"Deep red"}), ""),
    (COLOUR_SET, COLOUR, frozenset({"blue"}), "blue", ""),
    (COLOUR_SET, COLOUR, frozenset({"blue", "red"}), "red", "There are 2 of them."),
    (COLOUR_SET, TEXT, frozenset({"blue", "red"}), "Deep red,Blue", ""),
    (field("f", "choice", options=SIZES), INTEGER, "s2", 2, ""),
    (of("tags"), COLOUR_SET, frozenset({"蓝", "big"}), frozenset({"blue"}), "There is no option for big."),
    (SHOP, SHOPS, "1", frozenset({"1"}), ""),
    (SHOPS, SHOP, frozenset({"1"}), "1", ""),
    (SHOPS, SHOP, frozenset({"1", "2"}), None, "There are 2 of them."),
    (of("address"), TEXT, {"city": "上海市", "street": "南京路1号", "country": None}, "上海市南京路1号", ""),
    (of("address"), TEXT, {"city": "Paris", "street": "1 Rue", "country": "FR"}, "1 Rue, Paris, FR", ""),
    (of("json"), TEXT, {"b": 1, "a": [2]}, '{"a":[2],"b":1}', ""),
    (TEXT, of("json"), '{"a": 1}', {"a": 1}, ""),
]


@pytest.mark.parametrize(("old", "new", "value", "expected", "loss"), CASES)
def test_a_value_becomes_one_of_the_other_type(old: Field, new: Field, value: Any, expected: Any, loss: str) -> None:
    convert = conversion(old, new, ZONE, "en")
    assert isinstance(convert, Conversion)
    made = convert(value)
    assert made.value == expected
    assert type(made.value) is type(expected)
    assert (made.loss.message("en") if made.loss else "") == loss or (
        loss and made.loss and loss in made.loss.message("en")
    )
    assert made.loss is None or made.loss.message("zh-CN")
    assert not (convert.fits and made.loss)


@pytest.mark.parametrize(("old", "new", "value", "expected", "loss"), CASES)
def test_nothing_becomes_nothing(old: Field, new: Field, value: Any, expected: Any, loss: str) -> None:
    convert = conversion(old, new, ZONE, "en")
    assert isinstance(convert, Conversion)
    empty: tuple[Any, ...] = (None, frozenset())
    for nothing in empty:
        made = convert(nothing)
        assert made.loss is None
        assert not made.value


REFUSED = [
    (field("f", "reference", to="shop"), field("f", "reference", to="person"), "records of another entity"),
    (of("money"), of("money", type=money("USD")), "Amounts in one currency"),
    (of("money", params={"currency_field": "c"}), of("money"), "Amounts in one currency"),
    (TEXT, of("autonumber"), "Autonumbers are handed out"),
    (DATE, INTEGER, "says nothing of the other"),
    (of("tags"), of("boolean"), "says nothing of the other"),
]


@pytest.mark.parametrize(("old", "new", "why"), REFUSED)
def test_what_has_no_meaning_is_refused_with_a_reason(old: Field, new: Field, why: str) -> None:
    refused = conversion(old, new, ZONE, "en")
    assert isinstance(refused, Words)
    assert why in refused.en


def test_a_reference_to_an_entity_that_is_renamed_is_the_same() -> None:
    new = field("f", "references", to="branch")
    assert isinstance(conversion(SHOP, new, ZONE, "en", {"shop": "branch"}), Conversion)


def test_every_type_that_people_write_has_its_place_in_the_table() -> None:
    written = {name for name, type_ in FIELD_TYPES.items() if type_.writable}
    families = {family(field("f", name, **_needs(name))) for name in written}
    assert families == {*WAYS, "code"}


def _needs(name: str) -> dict[str, Any]:
    if name in ("reference", "references"):
        return {"to": "shop"}
    if name in ("choice", "choices"):
        return {"options": ["a"]}
    if name in PLAIN:
        return {}
    kind = {"user": SHOP.type, "team": SHOP.type, "users": SHOPS.type}.get(name, PLAIN["text"])
    return {"type": kind}


def test_the_reference_page_is_made_of_the_table(update: bool) -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "conversions.md"
    if update:
        page.write_text(conversions_page(), "utf-8")
    assert page.read_text("utf-8") == conversions_page()
