"""Measures in words, and charts as places in percent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kith.rules.types import DURATION, INT, PERCENT, Type, decimal
from kith.runtime.dashboards.periods import Span
from kith.web.charts import Point, plot, shares
from kith.web.figures import change_of, days_of, figures_of, stretches
from kith.web.showing import Reader
from kith.web.templating import Templates
from tests.support.worlds import model_of
from tests.web.shop import APPS

MONEY = Type("money", precision=15, scale=2, currency="CNY")
WRITTEN = [
    ("zh-CN", MONEY, Decimal("5000.5"), "¥5,000.50", "¥5,000", "¥5000.5"),
    ("zh-CN", MONEY, Decimal(98_765_432), "¥98,765,432.00", "¥9876.5万", "¥9876.5万"),
    ("en", MONEY, Decimal(98_765_432), "CN¥98,765,432.00", "CN¥98.8M", "CN¥98.8M"),
    ("zh-CN", INT, 20_000, "20,000", "20,000", "2万"),
    ("en", INT, 20_000, "20,000", "20,000", "20K"),
    ("en", MONEY, Decimal(0), "CN¥0.00", "CN¥0", "CN¥0"),
    ("en", decimal(12, 6), Decimal("4.3333333"), "4.33", "4.33", "4.3333333"),
]


def reader(templates: Templates, language: str) -> Reader:
    return Reader(model_of(APPS / "retail_crm"), templates.texts[language], "Asia/Shanghai")


@pytest.mark.parametrize(("language", "type_", "value", "full", "brief", "scale"), WRITTEN)
def test_a_measure_is_written_in_full_in_brief_and_on_a_scale(
    templates: Templates, language: str, type_: Type, value: Decimal, full: str, brief: str, scale: str
) -> None:
    found = figures_of(reader(templates, language), type_)
    assert (found.full(value), found.brief(value), found.scale(value)) == (full, brief, scale)


def test_a_mean_of_shares_is_a_share_and_hours_make_the_steps_of_times(templates: Templates) -> None:
    assert figures_of(reader(templates, "en"), decimal(12, 6), PERCENT).full(Decimal("0.0732")) == "7.32%"
    assert figures_of(reader(templates, "en"), DURATION).scale(Decimal(7_200)) == "2h"
    assert figures_of(reader(templates, "en"), DURATION).full(timedelta(hours=1, minutes=5)) == "1h 5m"


def test_changes_days_and_stretches_are_told_in_the_readers_language() -> None:
    assert change_of("en", Decimal(112), Decimal(100)) == "+12%"
    assert change_of("en", 0, 4) == "-100%"
    assert change_of("en", 3, 0) == change_of("en", None, 3) == ""
    span = Span(date(2026, 10, 1), date(2026, 10, 26))
    assert days_of("zh-CN", span) == "10月1日至26日"
    assert days_of("en", span) == "Oct 1\u2009–\u200926"
    short, full = stretches("zh-CN", "quarter")
    assert (short(date(2026, 10, 1)), full(date(2026, 10, 1))) == ("4季度", "2026年第4季度")


def point(value: int | None, era: str = "") -> Point:
    return Point("", None if value is None else Decimal(value), "", "", "", era)


def test_a_scale_has_round_steps_around_zero() -> None:
    drawn = plot([point(7), point(44), point(-12)], str, whole=True, unit=Decimal(1))
    assert [tick.label for tick in drawn.ticks] == ["-20", "0", "20", "40", "60"]
    assert [tick.is_zero for tick in drawn.ticks] == [False, True, False, False, False]
    below = drawn.places[2]
    assert below.y == next(tick.y for tick in drawn.ticks if tick.is_zero)


def test_counts_have_no_parts_and_nothing_at_all_has_a_scale() -> None:
    assert [tick.label for tick in plot([point(1)], str, whole=True, unit=Decimal(1)).ticks] == ["0", "1"]
    assert [tick.label for tick in plot([point(0), point(None)], str, whole=True, unit=Decimal(1)).ticks] == ["0", "1"]


def test_a_line_breaks_where_there_is_no_value_and_years_are_said_once() -> None:
    drawn = plot([point(1, "a"), point(2, "a"), point(None, "b"), point(3, "b")], str, whole=True, unit=Decimal(1))
    assert len(drawn.strokes) == 2 and drawn.places[2].dot == ""
    assert [place.second for place in drawn.places] == ["a", "", "b", ""]


def test_a_year_that_has_no_room_beside_the_next_is_left_out() -> None:
    drawn = plot([point(1, "a"), *[point(1, "b")] * 7], str, whole=True, unit=Decimal(1))
    assert [place.second for place in drawn.places][:3] == ["", "b", ""]
    assert [place.second_narrow for place in drawn.places][:3] == ["", "", "b"]


def test_bars_are_as_long_as_their_share_of_the_longest() -> None:
    assert shares([Decimal(50), Decimal(-100), None]) == ["50%", "100%", "0%"]
    assert shares([Decimal(0)]) == ["0%"]
