"""What a save did with the rules, told later: right after other records have changed, hidden where need be, erased where erased."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from kith.runtime.context import SYSTEM, Actor
from kith.runtime.explaining import Explanation, explain_rule, explain_save
from kith.runtime.schema import system
from kith.runtime.write.change import Change, Saved
from tests.runtime.write.board_world import Boards
from tests.runtime.write.shop_world import Shop

TEA = {"what": "Tea", "quantity": 2, "price": "150.00"}
LINE = Change("create", "order_line", None, TEA | {"price": "900.00"})


def explained(
    shop: Shop, entity: str, id_: str, save: str = "", actor: Actor = SYSTEM, language: str = "en"
) -> Explanation:
    with shop.workspace.database.read() as connection:
        found = explain_save(connection, shop.context(actor, language), shop.release, entity, id_, save)
    assert found is not None
    return found


def told(found: Explanation) -> dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return {one.rule.partition("/")[2]: (one.verdict, one.why, one.did) for one in found.rules}


def test_every_rule_that_was_asked_tells_its_verdict_with_the_smallest_reason(shop: Shop) -> None:
    order = shop.make("order", {"status": "paid", "discount": "10%"}, lines=[TEA])
    found = told(explained(shop, "order", order))
    assert found == {
        "discount_needs_approver": ("held", ("`discount ?? 0% <= 15%` is true: Discount is 10%",), ()),
        "paid_orders_have_lines": ("held", ("`count(lines) > 0` is true: the number of Lines is 1",), ()),
        "size_of_order": ("fired", (), ("Size was set to small",)),
    }


def test_an_explanation_stays_right_after_what_was_read_has_changed(shop: Shop) -> None:
    order = shop.make("order", {"status": "paid"}, lines=[TEA])
    before = explained(shop, "order", order)
    again = shop.change("order", order, discount="12%")
    assert isinstance(again, Saved)
    (line,) = shop.lines(order)
    assert isinstance(shop.change("order_line", line, price="900.00"), Saved)
    assert explained(shop, "order", order, before.save) == before
    assert told(explained(shop, "order", order, again.save))["size_of_order"][2] == ("Size was set to small",)
    assert told(explained(shop, "order", order))["size_of_order"][2] == ("Size was set to large",)


def test_a_chain_of_waves_is_told_in_its_order(shop: Shop) -> None:
    customer = shop.make("customer", {"name": "张伟"})
    order = shop.make("order", {"customer": customer, "status": "paid"}, lines=[TEA | {"price": "700.00"}])
    found = explained(shop, "order", order)
    gold = next(one for one in found.rules if one.rule == "customer_rules/award_for_gold")
    assert (gold.entity, gold.wave, gold.verdict) == ("customer", 2, "fired")
    assert gold.why == ('`changed(level to "gold")` is true: Level was Basic and is Gold',)
    assert gold.did == ("A new Award was made (Customer = 张伟, Reason = 张伟 is gold now)",)


def test_an_explanation_says_no_more_than_its_reader_may_read(shop: Shop) -> None:
    seller = shop.actor("seller")
    customer = shop.make("customer", {"name": "Loud", "owner": seller.id})
    assert isinstance(shop.change("customer", customer, secret_note=None, email="a@example.com"), Saved)
    why = told(explained(shop, "customer", customer, actor=seller))["not_loud"][1]
    assert why == ("`secret_note is not set`: (hidden)",)


def test_explanations_speak_the_language_of_who_asks(shop: Shop) -> None:
    order = shop.make("order", {"discount": "10%"})
    found = explained(shop, "order", order, language="zh-CN")
    rule = next(one for one in found.rules if one.rule == "order_rules/discount_needs_approver")
    assert rule.sentence == "成立。"
    assert rule.why == ("`discount ?? 0% <= 15%` 成立：折扣为 10%",)


def test_what_has_been_erased_is_said_to_be_gone(shop: Shop) -> None:
    order = shop.make("order", {"status": "paid", "discount": "10%"}, lines=[TEA])
    with shop.workspace.database.write() as connection:
        connection.execute(sa.update(system.save).values(read=None))
        connection.execute(sa.update(system.history).values(values=None))
    found = explained(shop, "order", order)
    assert found.erased
    assert {one.why for one in found.rules} == {("What this read is no longer kept.",)}


def test_why_a_rule_does_nothing_now_is_told_part_by_part(shop: Shop) -> None:
    order = shop.make("order", {"status": "open"})
    with shop.workspace.database.read() as connection:
        found = explain_rule(connection, shop.context(), shop.release, "order", order, "paid_orders_have_lines")
        at_save = explain_rule(
            connection,
            shop.context(),
            shop.release,
            "order",
            order,
            "paid_orders_have_lines",
            explained(shop, "order", order).save,
        )
    assert found is not None and at_save is not None
    assert found.lines == (
        "It is asked on: creating, changing.",
        "Its condition does not hold.",
        '`status == "paid"` is false: Status is Open',
        "What it requires does not hold.",
        "`count(lines) > 0` is false: the number of Lines is 0",
    )
    assert at_save.lines == (
        "Its condition did not hold, so it did nothing.",
        '`status == "paid"` is false: Status is Open',
    )


def test_sums_that_a_save_moved_are_told_with_what_led_there(shop: Shop) -> None:
    customer = shop.make("customer", {"name": "张伟"})
    order = shop.make("order", {"customer": customer, "status": "paid"}, lines=[TEA | {"price": "700.00"}])
    found = explained(shop, "order", order)
    assert {(one.title, one.wave, one.chain) for one in found.moved} == {("张伟", 2, "Customer · Spend")}
    assert {one.sentence for one in found.moved} >= {
        "Spend of 张伟: CN¥0.00 → CN¥1,400.00",
        "Level of 张伟: Basic → Gold",
        "Orders of 张伟: 0 → 1",
    }
    chinese = explained(shop, "order", order, language="zh-CN")
    assert "“张伟”的“消费”：¥0.00 → ¥1,400.00" in {one.sentence for one in chinese.moved}
    gold = next(one for one in found.rules if one.rule == "customer_rules/award_for_gold")
    assert gold.chain == "Customer · Spend"


def test_sums_of_records_that_the_reader_does_not_see_are_not_told(shop: Shop) -> None:
    seller = shop.actor("seller")
    hers = shop.make("customer", {"name": "Hers", "owner": seller.id})
    order = shop.make("order", {"customer": shop.make("customer", {"name": "Not hers"})}, lines=[TEA])
    assert isinstance(shop.change("order", order, customer=hers), Saved)
    everybody = {one.title for one in explained(shop, "order", order).moved}
    assert everybody == {"Hers", "Not hers"}
    assert {one.title for one in explained(shop, "order", order, actor=seller).moved} == {"Hers"}


def test_sums_that_a_statement_moved_alone_are_told_by_how_much(database_url: str, tmp_path: Path) -> None:
    world = Boards.with_rules(database_url, tmp_path, {})
    board = world.make("board", {"name": "Plans"})
    card = world.make("card", {"name": "C", "board": board, "points": 5})
    told = [one.sentence for one in explained(world, "card", card).moved]
    assert isinstance(world.change("card", card, points=2), Saved)
    told += [one.sentence for one in explained(world, "card", card).moved]
    told += [one.sentence for one in explained(world, "card", card, language="zh-CN").moved]
    assert told == ["Points of Plans: 5 more", "Points of Plans: 3 less", "“Plans”的“分数”：减少 3"]
    world.close()


def test_of_records_that_were_saved_together_only_what_concerns_the_one_is_told(shop: Shop) -> None:
    customers = [shop.make("customer", {"name": name}) for name in ("One", "Two")]
    changes = [
        Change("create", "order", None, {"customer": one, "status": "paid"}, {"lines": (LINE,)}) for one in customers
    ]
    first, second = (one.id for one in shop.do_all(changes) if isinstance(one, Saved))
    found = explained(shop, "order", second)
    assert found.together
    assert {one.record for one in found.rules if one.entity == "order"} == {second}
    assert {one.title for one in found.moved} == {"Two"}
    assert not explained(shop, "order", shop.make("order", {})).together
    assert first != second


def test_each_rule_before_the_write_is_told_what_it_found(database_url: str, tmp_path: Path) -> None:
    """The first sets what the second reads: neither is told with what the other found."""
    when = "on: [create]\nwhen: {}\ndo: set {}"
    rules = {
        "card.first": when.format("total is not set", "total = 5"),
        "card.second": when.format("total is set and price is not set", "price = total"),
    }
    world = Boards.with_rules(database_url, tmp_path, rules)
    card = world.make("card", {"name": "C"})
    assert {one.label: (one.why, one.did) for one in explained(world, "card", card).rules} == {
        "First": (("`total is not set` is true: Total is empty",), ("Total was set to 5",)),
        "Second": (
            ("`total is set` is true: Total is 5", "`price is not set` is true: Price is empty"),
            ("Price was set to 5",),
        ),
    }
    world.close()
