"""Periods as days, and the period before each; figures are of Friday, 27 November 2026."""

from __future__ import annotations

from datetime import date

import pytest

from kith.metadata.shapes.dashboards import PERIODS
from kith.runtime.dashboards.periods import Span, before, ceiling, each, span_of

TODAY = date(2026, 11, 27)
SPANS = {
    "this_week": ("2026-11-23", "2026-11-29"),
    "this_month": ("2026-11-01", "2026-11-30"),
    "this_quarter": ("2026-10-01", "2026-12-31"),
    "this_year": ("2026-01-01", "2026-12-31"),
    "last_week": ("2026-11-16", "2026-11-22"),
    "last_month": ("2026-10-01", "2026-10-31"),
    "last_quarter": ("2026-07-01", "2026-09-30"),
    "last_year": ("2025-01-01", "2025-12-31"),
    "last_7_days": ("2026-11-21", "2026-11-27"),
    "last_30_days": ("2026-10-29", "2026-11-27"),
    "last_90_days": ("2026-08-30", "2026-11-27"),
    "last_12_months": ("2025-12-01", "2026-11-27"),
}
BEFORE = {
    ("this_week", "so_far"): ("2026-11-16", "2026-11-20"),
    ("this_week", "whole"): ("2026-11-16", "2026-11-22"),
    ("this_month", "so_far"): ("2026-10-01", "2026-10-27"),
    ("this_month", "whole"): ("2026-10-01", "2026-10-31"),
    ("this_quarter", "so_far"): ("2026-07-01", "2026-08-27"),
    ("this_year", "so_far"): ("2025-01-01", "2025-11-27"),
    ("last_month", "so_far"): ("2026-09-01", "2026-09-30"),
    ("last_quarter", "whole"): ("2026-04-01", "2026-06-30"),
    ("last_7_days", "so_far"): ("2026-11-14", "2026-11-20"),
    ("last_12_months", "so_far"): ("2024-12-01", "2025-11-27"),
}


def days(first: str, last: str) -> Span:
    return Span(date.fromisoformat(first), date.fromisoformat(last))


def test_every_period_has_its_days() -> None:
    assert set(SPANS) | {"all"} == set(PERIODS)
    assert span_of("all", TODAY).is_all


@pytest.mark.parametrize("period", SPANS)
def test_a_period_is_these_days(period: str) -> None:
    assert span_of(period, TODAY) == days(*SPANS[period])


@pytest.mark.parametrize(("period", "how"), BEFORE)
def test_the_period_before_is_these_days(period: str, how: str) -> None:
    assert before(period, TODAY, how) == days(*BEFORE[period, how])


def test_there_is_none_before_all_time() -> None:
    assert before("all", TODAY, "so_far").is_all


@pytest.mark.parametrize("today", [date(2026, 3, 31), date(2028, 2, 29), date(2026, 1, 1), date(2026, 12, 31)])
@pytest.mark.parametrize("period", [one for one in PERIODS if one != "all"])
def test_what_was_before_ends_before_the_period_begins(period: str, today: date) -> None:
    span = span_of(period, today)
    for how in ("so_far", "whole"):
        earlier = before(period, today, how)
        assert earlier.first and earlier.last and span.first and earlier.first <= earlier.last < span.first


def test_stretches_follow_one_another_without_a_gap() -> None:
    months = list(each(date(2025, 12, 5), date(2026, 2, 1), "month", 50))
    assert months == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    assert ceiling(date(2028, 2, 3), "month") == date(2028, 2, 29)
    assert ceiling(date(2026, 11, 27), "week") == date(2026, 11, 29)
    assert next(each(date(2026, 1, 1), date(2026, 12, 31), "day", 3)) == date(2026, 12, 29)
