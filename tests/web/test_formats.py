"""Compiled formatters say what Babel says."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel import dates, numbers
from hypothesis import given
from hypothesis import strategies as st

from kith.web.formats import Width, formatter, locale_of

LANGUAGES = st.sampled_from(["en", "zh-CN", "de", "fr", "hi", "ar"])
SHIPPED = st.sampled_from(["en", "zh-CN"])
DECIMALS = st.decimals(min_value=Decimal("-1e12"), max_value=Decimal("1e12"), allow_nan=False, places=4)
MOMENTS = st.datetimes(min_value=dt.datetime(1000, 1, 1), max_value=dt.datetime(9998, 12, 31))  # noqa: DTZ001
WIDTHS: st.SearchStrategy[Width] = st.sampled_from(["short", "medium", "long", "full"])
BRIEF: st.SearchStrategy[Width] = st.sampled_from(["short", "medium"])


@given(LANGUAGES, st.integers(-(10**18), 10**18))
def test_an_integer(language: str, value: int) -> None:
    assert formatter("integer", language)(value) == numbers.format_decimal(value, locale=locale_of(language))


@given(st.sampled_from(["en", "zh-CN", "de", "fr"]), DECIMALS, st.integers(0, 4))
def test_a_decimal_with_a_scale(language: str, value: Decimal, scale: int) -> None:
    pattern = "#,##0" + ("." + "0" * scale if scale else "")
    assert formatter("decimal", language, scale=scale)(value) == numbers.format_decimal(
        value, pattern, locale_of(language)
    )


@given(SHIPPED, DECIMALS)
def test_a_decimal_without_a_scale(language: str, value: Decimal) -> None:
    assert formatter("decimal", language)(value) == numbers.format_decimal(value, locale=locale_of(language))


@given(LANGUAGES, DECIMALS, st.sampled_from(["CNY", "USD", "EUR", "JPY", "KWD", "XYZ"]))
def test_money(language: str, value: Decimal, currency: str) -> None:
    assert formatter("money", language, currency=currency)(value) == numbers.format_currency(
        value, currency, locale=locale_of(language)
    )


@given(SHIPPED, DECIMALS)
def test_a_percentage(language: str, value: Decimal) -> None:
    assert formatter("percent", language, scale=2)(value) == numbers.format_percent(
        value, "#,##0.00%", locale_of(language)
    )


@given(SHIPPED, MOMENTS, WIDTHS)
def test_a_date(language: str, value: dt.datetime, width: Width) -> None:
    day = value.date()
    assert formatter("date", language, width=width)(day) == dates.format_date(day, width, locale_of(language))


@given(SHIPPED, MOMENTS, BRIEF)
def test_a_time(language: str, value: dt.datetime, width: Width) -> None:
    assert formatter("time", language, width=width)(value.time()) == dates.format_time(
        value.time(), width, locale=locale_of(language)
    )


@given(SHIPPED, MOMENTS, st.sampled_from(["UTC", "Asia/Shanghai", "Europe/London", "America/New_York"]), WIDTHS)
def test_an_instant_in_a_time_zone(language: str, value: dt.datetime, zone: str, width: Width) -> None:
    moment, locale = value.replace(tzinfo=dt.UTC), locale_of(language)
    joined = str(dates.get_datetime_format(width, locale=locale)).replace("'", "")
    time = dates.format_time(moment, "short" if width == "medium" else width, ZoneInfo(zone), locale)
    day = dates.format_date(moment.astimezone(ZoneInfo(zone)), width, locale)
    assert formatter("instant", language, zone=zone, width=width)(moment) == joined.replace("{0}", time).replace(
        "{1}", day
    )


@pytest.mark.parametrize(
    ("language", "kind", "value", "shown"),
    [
        ("en", "money", Decimal("1234567.5"), "CN¥1,234,567.50"),
        ("zh-CN", "money", Decimal("1234567.5"), "¥1,234,567.50"),
        ("zh-CN", "money", Decimal("-0.5"), "-¥0.50"),
        ("en", "date", dt.date(2026, 11, 22), "Nov 22, 2026"),
        ("zh-CN", "date", dt.date(2026, 11, 22), "2026年11月22日"),
        ("en", "duration", dt.timedelta(hours=1, minutes=30), "1h 30m"),
        ("zh-CN", "duration", dt.timedelta(hours=1, minutes=30), "1小时30分钟"),
        ("zh-CN", "duration", dt.timedelta(seconds=-45), "-45秒"),
        ("en", "duration", dt.timedelta(), "0m"),
        ("en", "duration", dt.timedelta(days=3), "72h"),
    ],
)
def test_an_example(language: str, kind: str, value: object, shown: str) -> None:
    assert formatter(kind, language, currency="CNY")(value) == shown


def test_a_binary_fraction_is_shown_as_it_is_written() -> None:
    assert formatter("decimal", "en", scale=2)(0.125) == "0.12"
    assert formatter("decimal", "en", scale=1)(0.1) == "0.1"


def test_the_same_formatter_is_made_once() -> None:
    assert formatter("money", "en", currency="CNY") is formatter("money", "en", currency="CNY")
