"""Why a computed value is what it is: its formula, the records that add up, and the computed values that it is made of."""

from __future__ import annotations

from pathlib import Path

from kith.runtime.context import SYSTEM, Actor
from kith.runtime.explaining.told import value_text
from kith.runtime.explaining.valuing import explain_value
from tests.runtime.write.board_world import Boards
from tests.runtime.write.shop_world import Shop


def lines(shop: Shop, entity: str, id_: str, field: str, actor: Actor = SYSTEM, language: str = "en") -> list[str]:
    context = shop.context(actor, language)
    with shop.workspace.database.read() as connection:
        found = explain_value(connection, context, shop.release, entity, id_, field)
    return [*value_text(context, found)] if found is not None else []


def test_the_records_that_add_up_are_listed_the_largest_first(shop: Shop) -> None:
    customer = shop.make("customer", {"name": "张伟"})
    for price, status in (("30.00", "paid"), ("500.00", "open"), ("700.00", "paid")):
        shop.make("order", {"customer": customer, "status": status}, lines=[{"what": "Tea", "price": price}])
    assert lines(shop, "customer", customer, "spend") == [
        "Spend: CN¥730.00",
        '    sum(orders.total where status == "paid")',
        '  the sum of Total of Orders where `status == "paid"` is CN¥730.00',
        'the sum of Total of Orders where `status == "paid"`:',
        "  O0003: CN¥700.00",
        "  O0001: CN¥30.00",
    ]
    assert lines(shop, "customer", customer, "largest", language="zh-CN") == [
        "最大单：¥700.00",
        "    max(orders.total)",
        "  订单的合计最大值为 ¥700.00",
        "订单的合计最大值：",
        "  O0003：¥700.00",
        "  O0002：¥500.00",
        "  O0001：¥30.00",
    ]


def test_many_records_are_listed_up_to_a_bound_and_counted_beyond(shop: Shop) -> None:
    customer = shop.make("customer", {"name": "张伟"})
    for _ in range(23):
        shop.make("order", {"customer": customer})
    told = lines(shop, "customer", customer, "order_count")
    assert (told[4], told[-1], len(told)) == ("  O0023", "  … and 3 more", 25)


def test_computed_values_that_a_formula_read_are_told_in_their_turn(shop: Shop) -> None:
    order = shop.make("order", {"discount": "10%"}, lines=[{"what": "Tea", "price": "30.00"}])
    assert lines(shop, "order", order, "total") == [
        "Total: CN¥27.00",
        "    goods * (1 - (discount ?? 0%))",
        "  Goods is CN¥30.00",
        "  Discount is 10%",
        "Goods:",
        "    sum(lines.amount)",
        "  the sum of Amount of Lines is CN¥30.00",
    ]


def test_records_that_the_reader_may_not_see_are_not_listed(database_url: str, tmp_path: Path) -> None:
    role = "role: few\nlabel: Few\nentities: {board: {read: true}, card: {read: points > 1}}\n"
    (tmp_path / "roles").mkdir()
    (tmp_path / "roles" / "few.yaml").write_text(role, "utf-8")
    world = Boards.with_rules(database_url, tmp_path, {})
    board = world.make("board", {"name": "Plans"})
    for points in (1, 2, 3):
        world.make("card", {"name": f"C{points}", "board": board, "points": points})
    assert lines(world, "board", board, "points", world.actor("few")) == [
        "Points: 6",
        "    sum(cards.points)",
        "  the sum of Points of Cards is (hidden)",
        "the sum of Points of Cards:",
        "  C3: 3",
        "  C2: 2",
        "  Records that you may not see count as well.",
    ]
    world.close()


def test_of_an_if_it_is_told_why_it_took_its_way(shop: Shop) -> None:
    customer = shop.make("customer", {"name": "张伟"})
    shop.make("order", {"customer": customer, "status": "paid"}, lines=[{"what": "Tea", "price": "30.00"}])
    assert lines(shop, "customer", customer, "level")[:3] == [
        "Level: Basic",
        '    if spend >= 1000 then "gold" else "basic"',
        "  `spend >= 1000` is false: Spend is CN¥30.00",
    ]
