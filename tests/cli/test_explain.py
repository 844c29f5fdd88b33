"""`kith explain`: the order of an entity, and why a record is as it is, as somebody types it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from kith.cli.main import app
from tests.runtime.write.shop_world import Shop


def kith(*arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, [*arguments])
    return found.exit_code, found.output


@pytest.fixture
def order(sqlite_url: str) -> tuple[str, str]:
    shop = Shop.open(sqlite_url)
    made = shop.make("order", {"discount": "10%"})
    shop.close()
    return sqlite_url, f"order/{made}"


def test_an_entity_is_told_in_its_order(order: tuple[str, str]) -> None:
    code, shown = kith("explain", "order", "--db", order[0])
    assert code == 0
    assert shown.startswith("What happens when a record of Order is saved, in this order\n")
    assert kith("explain", "ordr", "--db", order[0]) == (64, 'There is no entity "ordr"; did you mean "order"?\n')


def test_a_record_is_told_with_every_rule_of_its_latest_save(order: tuple[str, str]) -> None:
    code, shown = kith("explain", order[1], "--db", order[0])
    assert code == 0
    assert "by the system, through the API. Documents of release 1." in shown
    assert "  `discount ?? 0% <= 15%` is true: Discount is 10%\n" in shown
    code, shown = kith("explain", order[1], "--db", order[0], "--lang", "zh-CN")
    assert "  `discount ?? 0% <= 15%` 成立：折扣为 10%\n" in shown


def test_the_same_is_there_as_data(order: tuple[str, str]) -> None:
    code, shown = kith("explain", order[1], "--db", order[0], "--json")
    assert code == 0
    found = json.loads(shown)
    verdicts = {one["rule"]: one["verdict"] for one in found["rules"]}
    assert verdicts["order_rules/paid_orders_have_lines"] == "when"


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (("--rule", "paid_orders_have_lines"), '`status == "paid"` is false: Status is Open'),
        (("--field", "total"), "    goods * (1 - (discount ?? 0%))"),
    ],
)
def test_a_rule_and_a_field_are_told_too(order: tuple[str, str], asked: tuple[str, str], line: str) -> None:
    code, shown = kith("explain", order[1], "--db", order[0], *asked)
    assert (code, line in shown.splitlines()) == (0, True)


def test_what_is_not_there_has_nothing_to_explain(order: tuple[str, str]) -> None:
    assert kith("explain", "order/00000000-0000-7000-8000-000000000000", "--db", order[0])[0] == 1
    assert kith("explain", order[1], "--rule", "no_such", "--db", order[0])[0] == 1


def test_a_list_that_is_not_there_is_refused(order: tuple[str, str]) -> None:
    assert kith("explain", order[1], "--list", "mine", "--db", order[0]) == (64, 'There is no list "mine".\n')
