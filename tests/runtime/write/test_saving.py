"""Saving: input, formulas, roll-ups, rules and their waves, versions and history, on both databases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import orjson
import pytest

from kith.runtime.write.change import Change, Conflict, Refused, Saved
from kith.runtime.write.storing import chained, digests
from tests.runtime.write.shop_world import NOW, Shop, codes

TEA = {"what": "Tea", "quantity": 2, "price": "150.00"}
POT = {"what": "Pot", "quantity": 1, "price": "700.00"}


def test_a_saved_order_moves_everything_that_follows_from_it_in_one_save(shop: Shop) -> None:
    customer = shop.make("customer", {"name": "张伟"})
    order = shop.make("order", {"customer": customer, "status": "paid"}, lines=[TEA, POT])
    assert shop.look("order", order, "number", "goods", "total", "size") == {
        "number": "O0001",
        "goods": Decimal("1000.00"),
        "total": Decimal("1000.00"),
        "size": "large",
    }
    seen = shop.look("customer", customer, "spend", "order_count", "largest", "recent", "level", "version")
    assert seen == {
        "spend": Decimal("1000.00"),
        "order_count": 1,
        "largest": Decimal("1000.00"),
        "recent": 1,
        "level": "gold",
        "version": 1,
    }
    assert shop.count("award") == 1


def test_roll_ups_follow_changes_moves_deletion_and_restoring(shop: Shop) -> None:
    first, second = (shop.make("customer", {"name": name}) for name in ("A", "B"))
    order = shop.make("order", {"customer": first, "status": "paid"}, lines=[TEA])

    def spend() -> list[Decimal]:
        return [shop.look("customer", one, "spend")["spend"] for one in (first, second)]

    assert spend() == [Decimal("300.00"), Decimal(0)]
    assert isinstance(shop.change("order", order, discount="10%"), Saved)
    assert spend() == [Decimal("270.00"), Decimal(0)]
    assert isinstance(shop.change("order", order, customer=second), Saved)
    assert spend() == [Decimal(0), Decimal("270.00")]
    assert isinstance(shop.do(Change("delete", "order", order)), Saved)
    assert spend() == [Decimal(0), Decimal(0)]
    assert shop.look("customer", second, "largest")["largest"] is None
    assert shop.count("order_line") == 0
    assert isinstance(shop.do(Change("restore", "order", order)), Saved)
    assert spend() == [Decimal(0), Decimal("270.00")]
    assert shop.count("order_line") == 1


def test_every_reason_is_told_at_once_with_its_field(shop: Shop) -> None:
    values = {"ordered_on": "yesterday", "status": "weird", "discount": "20%", "total": 5, "colour": "red"}
    done = shop.do(Change("create", "order", None, values, {"lines": (Change("create", "", None, {"price": "x"}),)}))
    assert codes(done) == [
        ("colour", "unknown_field"),
        ("discount", "order_rules/discount_needs_approver"),
        ("ordered_on", "not_date"),
        ("price", "not_number"),
        ("status", "not_option"),
        ("total", "read_only"),
        ("what", "required"),
    ]
    assert shop.count("order") == 0


def test_a_refusal_says_why_in_the_language_of_the_reader(shop: Shop) -> None:
    done = shop.do(Change("create", "order", None, {"discount": "20%"}), language="zh-CN")
    assert isinstance(done, Refused)
    (failure,) = done.failures
    assert failure.message == "折扣 20% 超过 15%，请选择审批人。"
    assert "20%" in failure.why[0]


def test_edits_of_different_fields_do_not_conflict_and_of_one_field_do(shop: Shop) -> None:
    customer = shop.make("customer", {"name": "A"})
    assert isinstance(shop.do(Change("update", "customer", customer, {"name": "B"}, version=1)), Saved)
    done = shop.do(Change("update", "customer", customer, {"name": "C"}, version=1))
    assert isinstance(done, Refused)
    assert done.kind == "conflict"
    assert done.conflicts == (Conflict("name", "C", "B"),)
    other = shop.do(Change("update", "customer", customer, {"email": "a@example.com"}, version=1))
    assert isinstance(other, Saved)
    assert other.version == 3


def test_only_edits_count_versions_and_make_history(shop: Shop) -> None:
    customer = shop.make("customer", {"name": "A"})
    shop.make("order", {"customer": customer, "status": "paid"}, lines=[TEA])
    assert isinstance(shop.change("customer", customer, name="A"), Saved)
    assert shop.look("customer", customer, "version") == {"version": 1}
    shop.change("customer", customer, name="B", tags=["vip"])
    assert [row["version"] for row in shop.history("customer", customer)] == [1, 2]


def test_history_is_a_chain_that_still_verifies_when_its_values_are_erased(shop: Shop) -> None:
    customer = shop.make("customer", {"name": "A"})
    for name in ("B", "C"):
        shop.change("customer", customer, name=name)
    previous = ""
    for row in shop.history("customer", customer):
        assert row["previous"] == previous
        assert chained({str(name): value for name, value in row.items()}) == row["hash"]
        assert {column: digests(entry) for column, entry in row["values"].items()} == row["digests"]
        previous = row["hash"]
    assert orjson.dumps(row["values"]["name"]["old"]) == b'"B"'


def test_keys_count_live_records_only_and_fold_addresses(shop: Shop) -> None:
    first = shop.make("customer", {"name": "A", "email": "Ann@Example.com"})
    done = shop.do(Change("create", "customer", None, {"name": "B", "email": "ann@example.COM"}))
    assert codes(done) == [("email", "taken")]
    assert isinstance(shop.do(Change("delete", "customer", first)), Saved)
    shop.make("customer", {"name": "B", "email": "ann@example.com"})
    back = shop.do(Change("restore", "customer", first))
    assert isinstance(back, Refused)
    assert back.kind == "taken"


@pytest.mark.parametrize("circle", [1, 2, 3])
def test_records_that_hold_each_other_in_a_circle_go_and_come_back_once(shop: Shop, circle: int) -> None:
    boxes = [shop.make("box", {"name": f"B{number}"}) for number in range(circle)]
    for number, box in enumerate(boxes):
        assert isinstance(shop.do(Change("update", "box", box, {"inside": boxes[number - 1]})), Saved)
    for op in ("delete", "restore"):
        done = shop.do(Change(op, "box", boxes[0]))
        assert isinstance(done, Saved) and len(done.touched) == circle - 1, done


def test_who_is_referred_to_is_not_deleted_and_cascades_and_set_null_do_as_they_say(shop: Shop) -> None:
    customer = shop.make("customer", {"name": "A"})
    shop.make("order", {"customer": customer})
    assert codes(shop.do(Change("delete", "customer", customer))) == [("", "in_use")]
    wallet = shop.make("wallet", {"name": "W"})
    first = shop.make("entry", {"wallet": wallet, "amount": 5})
    second = shop.make("entry", {"wallet": wallet, "amount": 7, "prior": first})
    assert isinstance(shop.do(Change("delete", "entry", first)), Saved)
    assert shop.look("entry", second, "prior") == {"prior": None}
    assert isinstance(shop.do(Change("restore", "entry", first)), Saved)
    assert shop.look("entry", second, "prior") == {"prior": first}
    assert isinstance(shop.do(Change("delete", "wallet", wallet)), Saved)
    assert shop.count("entry") == 0


def test_what_a_parent_requires_holds_also_when_only_a_child_is_saved(shop: Shop) -> None:
    wallet = shop.make("wallet", {"name": "W"})
    shop.make("entry", {"wallet": wallet, "amount": 5})
    done = shop.do(Change("create", "entry", None, {"wallet": wallet, "amount": -6}))
    assert codes(done) == [("", "wallet_rules/never_overdrawn")]
    assert shop.look("wallet", wallet, "balance") == {"balance": Decimal("5.00")}


def test_a_batch_gives_the_verdicts_that_one_save_after_the_other_would(shop: Shop) -> None:
    wallet = shop.make("wallet", {"name": "W"})
    amounts = [5, -4, -4, 3, -4]
    done = shop.do_all([Change("create", "entry", None, {"wallet": wallet, "amount": one}) for one in amounts], "each")
    assert [isinstance(one, Saved) for one in done] == [True, True, False, True, True]
    assert shop.look("wallet", wallet, "balance") == {"balance": Decimal(0)}


def test_of_all_or_none_one_refusal_leaves_nothing_behind(shop: Shop) -> None:
    done = shop.do_all([Change("create", "customer", None, {"name": "A"}), Change("create", "customer", None, {})])
    assert [isinstance(one, Saved) for one in done] == [False, False]
    assert shop.count("customer") == 0


def test_locked_and_retired_values_cannot_be_written(shop: Shop) -> None:
    order = shop.make("order", {"status": "paid"}, lines=[TEA])
    assert codes(shop.change("order", order, note="late")) == [("note", "locked")]
    assert codes(shop.change("order", order, status="void")) == [("status", "not_choosable")]


def test_lines_are_versioned_with_their_parent_and_stay_with_it(shop: Shop) -> None:
    order, other = (shop.make("order", {}, lines=[TEA]) for _ in range(2))
    with shop.workspace.database.read() as connection:
        table = shop.release.tables["order_line"]
        column = table.columns["order"].value
        line = next(
            id_
            for id_, parent in connection.execute(table.table.select().with_only_columns(table.id, column))
            if parent == order
        )
    assert isinstance(shop.change("order_line", line, quantity=3), Saved)
    assert shop.look("order", order, "version", "goods") == {"version": 2, "goods": Decimal("450.00")}
    moved = shop.do(Change("update", "order", other, {}, {"lines": (Change("update", "", line, {"quantity": 1}),)}))
    assert codes(moved) == [("order", "line_of_another")]
    assert codes(shop.change("order_line", line, order=other)) == [("order", "line_of_another")]
    gone = shop.do(Change("update", "order", order, {}, {"lines": (Change("delete", "", line),)}))
    assert isinstance(gone, Saved)
    assert shop.look("order", order, "goods") == {"goods": Decimal(0)}


def test_upsert_finds_by_key(shop: Shop) -> None:
    change = Change("upsert", "customer", None, {"name": "A"}, key={"email": "a@example.com"})
    first, second = (
        shop.do(change),
        shop.do(Change("upsert", "customer", None, {"name": "B"}, key={"email": "A@example.com"})),
    )
    assert isinstance(first, Saved)
    assert isinstance(second, Saved)
    assert (first.id, first.created, second.created) == (second.id, True, False)
    assert shop.look("customer", first.id, "name") == {"name": "B"}


def test_a_value_that_has_run_out_is_worked_out_when_read(shop: Shop) -> None:
    customer = shop.make("customer", {"name": "A"})
    shop.make("order", {"customer": customer}, lines=[TEA])
    assert shop.look("customer", customer, "recent") == {"recent": 1}
    shop.now = NOW + timedelta(days=40)
    assert shop.look("customer", customer, "recent") == {"recent": 0}


def test_a_restore_names_what_stands_in_its_way(shop: Shop) -> None:
    first = shop.make("customer", {"name": "A", "code": "S-1"})
    order = shop.make("order", {"customer": first})
    for entity, id_ in (("order", order), ("customer", first)):
        assert isinstance(shop.do(Change("delete", entity, id_)), Saved)
    back = shop.do(Change("restore", "order", order))
    assert codes(back) == [("customer", "names_deleted")]
    assert isinstance(back, Refused)
    assert back.kind == "taken"
    shop.make("customer", {"name": "New", "code": "S-1"})
    back = shop.do(Change("restore", "customer", first))
    assert isinstance(back, Refused)
    assert [failure.message for failure in back.failures] == ["“New” has the same Code by now."]
    assert shop.count("order") == 0


def test_what_would_name_a_deleted_record_after_a_restore_lets_go_of_it(shop: Shop) -> None:
    wallet = shop.make("wallet", {"name": "W"})
    prior = shop.make("entry", {"wallet": wallet, "amount": 1})
    entry = shop.make("entry", {"wallet": wallet, "amount": 2, "prior": prior})
    for id_ in (entry, prior):
        assert isinstance(shop.do(Change("delete", "entry", id_)), Saved)
    assert isinstance(shop.do(Change("restore", "entry", entry)), Saved)
    assert shop.look("entry", entry, "prior") == {"prior": None}


def test_one_line_is_sent_once(shop: Shop) -> None:
    order = shop.make("order", {}, lines=[TEA])
    line = next(iter(shop.lines(order)))
    twice = tuple(Change("update", "", line, {"quantity": number}) for number in (1, 2))
    assert codes(shop.do(Change("update", "order", order, {}, {"lines": twice}))) == [("lines", "line_twice")]


def test_no_message_says_more_than_its_reader_may_read(shop: Shop) -> None:
    ann = shop.actor("seller")
    mine = shop.make("customer", {"name": "A", "owner": ann.id, "secret_note": "CANARY"})
    for name, said in (("Loud", "Not with “(hidden)”."), ("Shrill", "Shrill with (hidden)")):
        done = shop.change("customer", mine, ann, name=name)
        assert isinstance(done, Refused)
        assert [failure.message for failure in done.failures] == [said]
        assert "CANARY" not in str(done)
        told = shop.change("customer", mine, name=name)
        assert isinstance(told, Refused)
        assert "CANARY" in told.failures[0].message


def test_whether_a_key_is_taken_is_told_only_to_who_may_write_it(shop: Shop) -> None:
    shop.make("customer", {"name": "A", "code": "S-1"})
    ann = shop.actor("seller")
    mine = shop.make("customer", {"name": "B", "owner": ann.id})
    assert codes(shop.change("customer", mine, ann, code="S-1")) == [("code", "may_not_write")]
    assert codes(shop.change("customer", mine, code="S-1")) == [("code", "taken")]


def test_roles_limit_records_and_fields_before_and_after(shop: Shop) -> None:
    ann = shop.actor("seller")
    mine = shop.make("customer", {"name": "A", "owner": ann.id})
    theirs = shop.make("customer", {"name": "B"})
    assert isinstance(shop.change("customer", mine, ann, name="AA"), Saved)
    hidden = shop.change("customer", theirs, ann, name="BB")
    assert isinstance(hidden, Refused)
    assert hidden.kind == "missing"
    assert codes(shop.change("customer", mine, ann, secret_note="x")) == [("secret_note", "may_not_write")]
    assert codes(shop.change("customer", mine, ann, owner=None)) == [
        ("", "outside_scope"),
        ("owner", "may_not_transfer"),
    ]
    made = shop.do(Change("create", "order", None, {"customer": mine, "discount": "5%"}), ann)
    assert codes(made) == [("discount", "may_not_write")]
    assert codes(shop.do(Change("create", "order", None, {"customer": theirs}), ann)) == [
        ("", "outside_scope"),
        ("customer", "no_such_record"),
    ]
    assert codes(shop.do(Change("delete", "customer", mine), ann)) == [("", "may_not_delete")]
