from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kith.runtime.read import aggregate
from kith.runtime.read.measures import divided
from kith.runtime.read.query import AggregateQuery, BadQuery, Group, Reference, Sort
from tests.runtime.read.world import World, id_of


def ask(world: World, query: AggregateQuery, *roles: str) -> list[dict[str, Any]]:
    with world.database.read() as connection:
        return aggregate(connection, world.context(*(roles or ("admin",))), world.release, query)


def test_measures_by_an_option_stand_in_its_declared_order(world: World) -> None:
    measures = {
        "n": "count()", "total": "sum(amount)", "mean": "avg(amount)", "least": "min(opened_on)", "named": "max(name)",
        "large": "count(amount where amount > 90)", "twice": "sum(amount * 2 where margin is set)", "top": "max(stage)",
    }  # fmt: skip
    found = ask(world, AggregateQuery("deal", (Group("stage", "stage"),), measures))
    assert [row["stage"] for row in found] == ["new", "open", "won", "lost"]
    assert found[2] == {
        "stage": "won", "n": 2, "total": Decimal("250.00"), "mean": Decimal("250.000000"), "least": date(2026, 2, 1),
        "named": "Valves", "large": 1, "twice": Decimal("500.00"), "top": "won",
    }  # fmt: skip


def test_no_group_gives_one_row_also_over_nothing(world: World) -> None:
    query = AggregateQuery("deal", (), {"n": "count()", "sum": "sum(amount)", "max": "max(amount)"}, 'name == "no"')
    assert ask(world, query) == [{"n": 0, "sum": Decimal("0.00"), "max": None}]


@pytest.mark.parametrize(
    ("bucket", "expression", "expected"),
    [
        ("month", "opened_on", [(date(2025, 12, 1), 1), (date(2026, 1, 1), 1), (date(2026, 2, 1), 2), (None, 1)]),
        ("year", "opened_on", [(date(2025, 1, 1), 1), (date(2026, 1, 1), 3), (None, 1)]),
        ("quarter", "opened_on", [(date(2025, 10, 1), 1), (date(2026, 1, 1), 3), (None, 1)]),
        ("week", "opened_on", [(date(2025, 12, 29), 1), (date(2026, 1, 26), 2), (date(2026, 2, 23), 1), (None, 1)]),
        ("day", "won_at", [(date(2026, 3, 31), 1), (date(2026, 4, 1), 1), (None, 3)]),
        ("quarter", "won_at", [(date(2026, 1, 1), 1), (date(2026, 4, 1), 1), (None, 3)]),
    ],
)
def test_time_falls_into_buckets_of_the_workspaces_days(
    world: World, bucket: Any, expression: str, expected: list[tuple[date | None, int]]
) -> None:
    found = ask(world, AggregateQuery("deal", (Group("at", expression, bucket),), {"n": "count()"}))
    assert [(row["at"], row["n"]) for row in found] == expected


def test_groups_by_reference_have_labels_and_answers_are_sorted_and_limited(world: World) -> None:
    query = AggregateQuery(
        "deal", (Group("owner", "owner"),), {"sum": "sum(amount)"}, sort=(Sort("sum", descending=True),), limit=2
    )
    assert ask(world, query) == [
        {"owner": Reference(id_of("user", 2), "Bob"), "sum": Decimal("250.00")},
        {"owner": Reference(id_of("user", 3), "Cem"), "sum": Decimal("140.00")},
    ]
    hidden = ask(world, AggregateQuery("deal", (Group("account", "account"),), {"n": "count()"}), "rep")
    assert [row["account"].label for row in hidden] == ["张三 · +8613800138000", ""]


def test_people_count_what_they_may_read_and_sum_what_is_granted(world: World) -> None:
    assert ask(world, AggregateQuery("deal", (), {"n": "count()"}), "rep") == [{"n": 2}]
    lines = AggregateQuery("line", (), {"n": "sum(quantity)"})
    assert [ask(world, lines, role)[0]["n"] for role in ("admin", "viewer", "rep")] == [13, 13, 4]
    margins = AggregateQuery("deal", (Group("margin", "margin"),), {"sum": "sum(margin)", "n": "count()"})
    assert ask(world, margins, "viewer", "closer") == [
        {"margin": Decimal("22.22"), "sum": Decimal("22.22"), "n": 1},
        {"margin": Decimal("33.33"), "sum": Decimal("33.33"), "n": 1},
        {"margin": None, "sum": Decimal("0.00"), "n": 3},
    ]


@pytest.mark.parametrize(
    "query",
    [
        AggregateQuery("deal", (), {}), AggregateQuery("deal", (), {"x": "amount"}), AggregateQuery("deal", (), {"x": "sum()"}),
        AggregateQuery("deal", (), {"x": "sum(name)"}), AggregateQuery("deal", (), {"x": "min(owner)"}),
        AggregateQuery("deal", (), {"x": "sum(amount)) or (1"}), AggregateQuery("deal", (Group("x", "name", "day"),), {}),
        AggregateQuery("account", (Group("x", "kinds"),), {}), AggregateQuery("deal", (), {"n": "count()"}, sort=(Sort("m"),)),
        AggregateQuery("deal", (Group("n", "name"),), {"n": "count()"}), AggregateQuery("deal", (), {"n": "count()"}, limit=0),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(world: World, query: AggregateQuery) -> None:
    with pytest.raises(BadQuery):
        ask(world, query)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount where stage == 1", ("amount ", " stage == 1")),
        ("count(lines where x) where y", ("count(lines where x) ", " y")),
        ('replace(name, "a where b", "") where c', ('replace(name, "a where b", "") ', " c")),
        ("somewhere", ("somewhere", None)),
        ("where x", ("", " x")),
    ],
)
def test_a_where_belongs_to_the_measure_where_nothing_encloses_it(text: str, expected: tuple[str, str | None]) -> None:
    assert divided(text) == expected
