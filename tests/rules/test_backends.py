"""The four back ends by name: they load real records, answer in order, and refuse alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kith.problems import Excerpt
from kith.rules.backends import Database, evaluator
from kith.rules.compiling import compile_expression
from kith.rules.evalscope import DictScope, Records, declare, entity_scope, scope_of
from kith.rules.evaluating import Evaluator, Refused
from kith.rules.program import Expression
from kith.rules.scope import Slot
from kith.rules.types import BOOL, Type
from kith.rules.values import DoesNotFit, Env

NOW = datetime(2026, 11, 25, 16, tzinfo=UTC)
TYPES = {"n": "int?", "lines": {"weight": "decimal(18,0)?"}, "account.owner.name": "text?", "me.teams": "set<text>"}


def expression(text: str, *, saving: bool = False) -> Expression:
    made, problems = compile_expression(Excerpt.whole(text), scope_of(TYPES), Slot("eval", saving=saving, actor=True))
    assert made is not None, [problem.message() for problem in problems]
    return made


def env(zone: str = "UTC", **values: object) -> Env:
    given = {name.replace("__", "."): value for name, value in values.items()}
    return Records(scope_of(TYPES), given).env(NOW, ZoneInfo(zone))


@pytest.fixture(params=["reference", "python", "sqlite", "postgresql"])
def run(request: pytest.FixtureRequest) -> Iterator[Evaluator]:
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    made = evaluator(request.param, url)
    yield made
    if isinstance(made, Database):
        made.close()


def test_many_records_are_answered_in_their_order(run: Evaluator) -> None:
    found = run(expression("(n ?? -1) * 2"), [env(n=number if number % 7 else None) for number in range(450)])
    assert list(found) == [number * 2 if number % 7 else -2 for number in range(450)]


def test_records_of_different_time_zones_are_kept_apart(run: Evaluator) -> None:
    envs = [env("UTC"), env("Asia/Shanghai"), env("UTC")]
    assert [str(day) for day in run(expression("today()"), envs)] == ["2026-11-25", "2026-11-26", "2026-11-25"]


HOME = {"city": "Paris", "since": date(2026, 1, 31)}
PARTS = {
    "home.city": ["Paris", None, None],
    "home.since + 1d": [date(2026, 2, 1), date(2000, 1, 2), None],
    "home is set": [True, True, False],
    "home is not set": [False, False, True],
    'home.city is set and home.city != "Rome"': [True, False, False],
    'account.home.city ?? "none"': ["none", "none", "Rome"],
    "account.home is set": [False, False, True],
    'count(lines where home.city == "Paris")': [0, 1, 0],
    "max(lines.home.since)": [None, date(2026, 1, 31), None],
    "me.home.city": ["Oslo"] * 3,
    "me.home is set": [True] * 3,
}


def parted() -> DictScope:
    scope = scope_of({"account": "ref<account>?", "lines": {"n": "int?"}, "me.name": "text?", "account.name": "text?"})
    for entity in (scope, *(scope.world[name] for name in ("account", "lines_of_record", "user"))):
        entity.add("home", Type("record", nullable=True, entity=":home"))
    for part, type_ in {"city": "text?", "since": "date?"}.items():
        declare(entity_scope(scope, ":home"), [part], type_)
    return scope


@pytest.mark.parametrize("text", PARTS)
def test_a_part_of_a_value_is_read_alike_wherever_the_record_is(run: Evaluator, text: str) -> None:
    found, problems = compile_expression(Excerpt.whole(text), parted(), Slot("eval", actor=True, database=True))
    assert found is not None, [problem.message() for problem in problems]
    homes = [HOME, {"city": None, "since": date(2000, 1, 1)}, None]
    envs = [
        Env(
            {"id": str(number), "home": home, "account": "a" if home is None else None},
            NOW,
            ZoneInfo("UTC"),
            me={"id": "me", "home": {"city": "Oslo", "since": None}},
            load=lambda entity, id_: {"id": id_, "home": {"city": "Rome", "since": None}},
            related=lambda entity, record, name: [{"id": "l", "home": HOME}] if record["id"] == "1" else [],
        )
        for number, home in enumerate(homes)
    ]
    assert list(run(found, envs)) == PARTS[text]


WHOLES = ["home == home", "(account.home ?? home) is set", "first(lines.home) is set", "home in [home]", "home > home"]


@pytest.mark.parametrize("text", WHOLES)
def test_a_value_of_several_parts_is_no_value_of_one_column(text: str) -> None:
    found, problems = compile_expression(Excerpt.whole(text), parted(), Slot("filter", BOOL, database=True))
    assert found is None and problems


def test_references_and_relations_are_really_loaded(run: Evaluator) -> None:
    envs = [env(account__owner__name="Ann", lines=[{"weight": 5}, {"weight": 7}, {"weight": None}]), env()]
    assert list(run(expression("account.owner.name"), envs)) == ["Ann", None]
    assert list(run(expression("sum(lines.weight)"), envs)) == [Decimal(12), Decimal(0)]


def test_the_actors_set_is_asked_by_in(run: Evaluator) -> None:
    asked = expression("account.owner.name in me.teams")
    teams: dict[str, Any] = {"me.teams": ["Ann", "Bob"]}
    envs = [
        env(account__owner__name="Ann", **teams),
        env(account__owner__name="Zoe", **teams),
        env(account__owner__name="Ann"),
    ]
    assert list(run(asked, envs)) == [True, False, False]


def test_a_sum_that_does_not_fit_is_refused(run: Evaluator) -> None:
    largest = 999_999_999_999_999_999
    with pytest.raises(DoesNotFit):
        run(expression("sum(lines.weight)"), [env(), env(lines=[{"weight": largest}, {"weight": 1}])])
    assert list(run(expression("sum(lines.weight)"), [env(lines=[{"weight": largest}])])) == [Decimal(largest)]


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_what_has_no_sql_is_refused_with_its_code(name: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgresql_url") if name == "postgresql" else None
    made = evaluator(name, url)
    with pytest.raises(Refused) as refused:
        made(expression("changed(n)", saving=True), [env()])
    assert refused.value.problem.code == "E501"
    assert isinstance(made, Database)
    made.close()


def test_there_are_four_back_ends() -> None:
    with pytest.raises(ValueError, match="no back end"):
        evaluator("oracle")
