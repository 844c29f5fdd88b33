"""What one save may cost, and who is told what when it is refused before that."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from kith.runtime.write.budgets import LOOK_EVERY, MAX_LEVELS, OverBudget, RuleTime
from kith.runtime.write.change import Cause, Change, Refused, Saved, Verdict
from kith.runtime.write.gate import save
from tests.runtime.write.shop_world import Shop, codes

TEA = {"what": "Tea", "quantity": 2, "price": "150.00"}


def ticking(step: float) -> Callable[[], float]:
    """A clock that moves on by so many seconds whenever it is looked at."""
    return itertools.count(0.0, step).__next__


def timed(shop: Shop, change: Change, step: float, cause: Cause, language: str = "en") -> Verdict:
    context = replace(shop.context(language=language), timer=ticking(step), processor=ticking(step))
    return save(shop.workspace.database, context, shop.release, change, cause)


def test_a_save_whose_rules_take_too_long_is_stopped_and_says_which_ran_last(shop: Shop) -> None:
    customer = shop.make("customer", {"name": "A"})
    order = Change("create", "order", None, {"customer": customer}, {"lines": (Change("create", "", None, TEA),)})
    told = {}
    for language in ("en", "zh-CN"):
        refused = timed(shop, order, 0.9, Cause("api"), language)
        assert isinstance(refused, Refused)
        (failure,) = refused.failures
        assert failure.code == "over_budget"
        told[language] = failure.message
    assert "2 seconds" in told["en"]
    assert "order" in told["en"]
    assert "2 秒" in told["zh-CN"]
    assert shop.count("order") == 0
    assert isinstance(timed(shop, order, 0.001, Cause("api")), Saved)
    assert isinstance(timed(shop, order, 0.9, Cause("job")), Saved)


def test_one_expression_that_goes_through_many_records_is_stopped_as_well() -> None:
    time = RuleTime(ticking(0.9), ticking(0.9), 2.0)
    time.running = "order.goods"
    with pytest.raises(OverBudget) as stopped, time.counted():
        list(time.watched(iter(range(4 * LOOK_EVERY))))
    assert (stopped.value.counter, stopped.value.limit, stopped.value.chain) == ("seconds", 2, ("order.goods",))


def test_a_machine_that_stands_still_stops_no_save() -> None:
    time = RuleTime(ticking(10.0), ticking(0.0), 2.0)
    with time.counted():
        assert len(list(time.watched(iter(range(4 * LOOK_EVERY))))) == 4 * LOOK_EVERY


def test_a_deletion_reaches_sixteen_levels_and_no_more(shop: Shop) -> None:
    boxes = [shop.make("box", {"name": "0"})]
    for number in range(1, MAX_LEVELS + 1):
        boxes.append(shop.make("box", {"name": f"{number}", "inside": boxes[-1]}))
    assert codes(shop.do(Change("delete", "box", boxes[0]))) == [("", "over_levels")]
    assert shop.count("box") == MAX_LEVELS + 1
    assert isinstance(shop.do(Change("delete", "box", boxes[1])), Saved)


def test_who_may_not_delete_a_record_is_not_told_that_it_is_in_use(shop: Shop) -> None:
    customer = shop.make("customer", {"name": "A"})
    shop.make("order", {"customer": customer})
    refused = shop.do(Change("delete", "customer", customer), shop.actor("seller"))
    assert isinstance(refused, Refused)
    assert refused.kind in ("denied", "missing")
    assert "in_use" not in {failure.code for failure in refused.failures}


@pytest.mark.parametrize(("language", "label"), [("en", "Line 1: Price"), ("zh-CN", "明细第 1 行：单价")])
def test_a_conflict_of_a_line_says_which_line_and_field(shop: Shop, language: str, label: str) -> None:
    customer = shop.make("customer", {"name": "A"})
    order = shop.make("order", {"customer": customer}, lines=[TEA])
    (line,) = shop.lines(order)

    def priced(price: str, version: int | None = None) -> Change:
        sent = Change("update", "order_line", line, {"price": price}, version=version)
        return Change("update", "order", order, children={"lines": (sent,)})

    assert isinstance(shop.do(priced("160.00", 1)), Saved)
    refused = shop.do(priced("170.00", 1), language=language)
    assert isinstance(refused, Refused)
    (conflict,) = refused.conflicts
    assert (conflict.field, conflict.at, conflict.is_told) == ("price", "lines.0", True)
    assert (str(conflict.yours), str(conflict.theirs)) == ("170.00", "160.00")
    assert conflict.label == label
