"""Batches taken back: what returns, what stays because somebody has changed it since, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from kith.runtime.context import Actor
from kith.runtime.past import undoing
from kith.runtime.past.batches import undo_of
from kith.runtime.queue import job_row
from kith.runtime.schema import system
from kith.runtime.write.change import Change
from tests.runtime.past.past_world import Batches

LINE = {"what": "Tea", "quantity": 2, "price": "10"}


def update(entity: str, id_: str, **values: object) -> Change:
    return Change("update", entity, id_, values)


def make(entity: str, *lines: dict[str, Any], **values: object) -> Change:
    return Change("create", entity, None, values, {"lines": tuple(Change("create", "", None, one) for one in lines)})


def test_all_that_a_bulk_edit_changed_returns_with_what_rules_did_to_its_records(either: Batches) -> None:
    order = either.make("order", {"discount": "0.1", "note": "as it was"}, lines=[LINE])
    before, computed = either.state(), either.computed()
    (line,) = either.lines(order)
    change = Change("update", "order_line", line, {"quantity": 60})
    batch = either.bulk([update("order", order, note="other", status="paid"), change])
    assert either.look("order", order, "size", "status") == {"size": "large", "status": "paid"}
    noted = either.undo(batch)
    assert (either.state(), either.computed()) == (before, computed)
    assert (noted["returned"], noted["kept"], noted["refusals"]) == (2, [], [])
    assert either.history("order", order)[-1]["channel"] == "undo"


def test_records_that_rules_made_of_a_batch_go_with_it(shop: Batches) -> None:
    customer = shop.make("customer", {"name": "Ann"})
    before = shop.state()
    batch = shop.bulk([make("order", {**LINE, "price": "900"}, customer=customer, status="paid")])
    assert shop.count("award") == 1
    noted = shop.undo(batch)
    assert {key: held for key, held in shop.state().items() if held is not None} == before
    assert (noted["returned"], noted["refused"]) == (3, 0)
    assert shop.look("customer", customer, "spend", "order_count") == {"spend": 0, "order_count": 0}


def test_what_somebody_has_changed_since_stays_and_is_listed(shop: Batches) -> None:
    one, other = (shop.make("customer", {"name": name, "code": name}) for name in ("Ann", "Bob"))
    batch = shop.bulk([update("customer", id_, name="New", code=f"new {id_}") for id_ in (one, other)])
    shop.change("customer", one, code="mine")
    would = shop.preview(batch)
    assert would is not None and [(stays.record.id, stays.fields) for stays in would.stays] == [(one, ("code",))]
    noted = shop.undo(batch)
    assert noted["kept"] == [{"record": f"customer/{one}", "fields": ["code"]}]
    assert shop.look("customer", one, "name", "code") == {"name": "Ann", "code": "mine"}
    assert shop.look("customer", other, "name", "code") == {"name": "Bob", "code": "Bob"}


def test_a_field_that_was_changed_since_and_back_again_still_is_somebodys_choice(shop: Batches) -> None:
    customer = shop.make("customer", {"name": "Ann"})
    batch = shop.bulk([update("customer", customer, name="New")])
    shop.change("customer", customer, name="Third")
    shop.change("customer", customer, name="New")
    assert shop.undo(batch)["kept_count"] == 1
    assert shop.look("customer", customer, "name") == {"name": "New"}


def test_what_an_import_made_goes_into_the_bin_unless_somebody_worked_on_it(shop: Batches) -> None:
    batch = shop.bulk([make("order", LINE, LINE), make("order", LINE)], channel="import")
    first, second = shop.made
    shop.do(Change("update", "order", second, {}, {"lines": (Change("create", "", None, LINE),)}))
    noted = shop.undo(batch)
    assert noted["kept"] == [{"record": f"order/{second}", "fields": []}]
    state = shop.state()
    assert state["order", first] is None and state["order", second] is not None
    assert (len(shop.lines(second)), shop.count("order_line")) == (2, 2)


def test_what_a_batch_deleted_comes_back_with_its_lines(either: Batches) -> None:
    customer = either.make("customer", {"name": "Ann"})
    either.make("award", {"customer": customer, "reason": "kind"})
    order = either.make("order", {}, lines=[LINE])
    before = either.state()
    batch = either.bulk([Change("delete", "order", order), Change("delete", "customer", customer)])
    assert not any(either.state().values())
    assert either.undo(batch)["refused"] == 0
    assert either.state() == before


def test_records_that_name_each_other_make_way_for_each_other(shop: Batches) -> None:
    wallet = shop.make("wallet", {"name": "Purse"})
    entries = [shop.make("entry", {"wallet": wallet, "amount": amount}) for amount in ("1", "2", "3")]
    batch = shop.bulk([make_wallet("Other")])
    (other,) = shop.made
    again = shop.bulk([update("entry", one, wallet=other) for one in entries])
    assert shop.undo(batch)["refused"] == 1
    shop.undo(again)
    assert shop.undo(batch)["refused"] == 0
    assert shop.look("wallet", wallet, "balance") == {"balance": 6}


def make_wallet(name: str) -> Change:
    return Change("create", "wallet", None, {"name": name})


def test_what_others_have_hung_on_a_record_since_keeps_it(shop: Batches) -> None:
    batch = shop.bulk([make_wallet("Purse")])
    (wallet,) = shop.made
    shop.make("entry", {"wallet": wallet, "amount": "1"})
    noted = shop.undo(batch)
    assert [one["record"] for one in noted["refusals"]] == [f"wallet/{wallet}"]
    assert shop.count("entry") == 1


def test_what_must_hold_refuses_single_records_only(shop: Batches) -> None:
    wallet = shop.make("wallet", {"name": "Purse"})
    batch = shop.bulk(
        [Change("create", "entry", None, {"wallet": wallet, "amount": "5"}), make_wallet("Other")], mode="each"
    )
    shop.make("entry", {"wallet": wallet, "amount": "-3"})
    noted = shop.undo(batch)
    assert "-3" in noted["refusals"][0]["message"]
    assert (noted["returned"], shop.count("wallet"), shop.count("entry")) == (1, 1, 2)


def test_an_undo_can_be_undone(shop: Batches) -> None:
    customer = shop.make("customer", {"name": "Ann"})
    batch = shop.bulk([update("customer", customer, name="New"), make_wallet("Purse")])
    after = shop.state()
    shop.undo(batch)
    shop.undo(undo_of(batch))
    assert shop.state() == after
    assert shop.undo(batch)["returned"] == 0


def test_one_that_was_cut_short_goes_on_where_it_ended(either: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "STEP", 2)
    customers = [either.make("customer", {"name": f"C{number}"}) for number in range(7)]
    orders = [either.make("order", {"customer": one}, lines=[LINE, LINE]) for one in customers]
    before = either.state()
    changes = [update("customer", one, name="New") for one in customers]
    changes += [update("order", one, note="new") for one in orders]
    changes += [update("order_line", line, quantity=9) for order in orders for line in either.lines(order)]
    batch = either.bulk(changes)
    either.change("customer", customers[3], name="Mine")
    assert either.undo(batch, steps=3)["returned"] > 0
    noted = either.undo(batch)
    assert noted["kept"] == [{"record": f"customer/{customers[3]}", "fields": ["name"]}]
    assert either.state() == {**before, ("customer", customers[3]): {**_held(before, customers[3]), "name": "Mine"}}


def _held(state: Any, customer: str) -> dict[str, Any]:
    held: dict[str, Any] = state["customer", customer]
    return held


def test_a_tree_that_is_met_twice_is_told_once(shop: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "STEP", 1)
    order = shop.make("order", {"note": "a"}, lines=[LINE, LINE])
    batch = shop.bulk(
        [update("order", order, note="b"), *(update("order_line", one, what="x") for one in shop.lines(order))]
    )
    first, _ = shop.lines(order)
    shop.change("order_line", first, what="y")
    shop.change("order", order, note="c")
    noted = shop.undo(batch)
    assert (noted["returned"], noted["kept_count"]) == (1, 2)


def test_only_who_did_it_or_administers_takes_it_back_and_only_what_he_may_write(either: Batches) -> None:
    ann, bob = either.actor("seller", "Ann"), either.actor("seller", "Bob")
    mine, given = (either.make("customer", {"name": name, "owner": ann.id}) for name in ("A", "B"))
    batch = either.bulk([update("customer", one, name=f"{one} x"[:30]) for one in (mine, given)], ann)
    either.change("customer", given, owner=bob.id)
    assert either.preview(batch, bob) is None
    assert either.preview(batch, ann) is not None
    noted = either.undo(batch, ann)
    assert [one["record"] for one in noted["refusals"]] == [f"customer/{given}"]
    assert either.look("customer", mine, "name") == {"name": "A"}


def test_fields_that_rules_had_set_return_though_the_role_may_not_write_them(shop: Batches) -> None:
    ann = shop.actor("seller", "Ann")
    customer = shop.make("customer", {"name": "A", "owner": ann.id})
    order = shop.make("order", {"customer": customer}, lines=[LINE])
    batch = shop.bulk([Change("update", "order_line", shop.lines(order)[0], {"quantity": 90})], ann)
    assert shop.look("order", order, "size") == {"size": "large"}
    assert shop.undo(batch, ann)["refused"] == 0
    assert shop.look("order", order, "size") == {"size": "small"}


def test_mail_that_has_left_is_counted_and_mail_that_waits_is_withdrawn(either: Batches) -> None:
    customer = either.make("customer", {"name": "Ann"})
    batch = either.bulk([update("customer", customer, name="New")])
    save = either.history("customer", customer)[-1]["save"]
    with either.workspace.database.write() as connection:
        for state in ("done", "waiting"):
            row = job_row("email", {"entity": "customer", "record": customer}, now=either.now, save=save)
            connection.execute(sa.insert(system.job), {**row, "state": state, "attempts": 1})
    would = either.preview(batch)
    assert would is not None and (would.sent, len(would.sent_first)) == (1, 1)
    noted = either.undo(batch)
    assert (noted["sent"], noted["withdrawn"]) == (1, 1)


def test_what_has_been_erased_stays_erased(shop: Batches) -> None:
    customer = shop.make("customer", {"name": "Ann", "code": "A"})
    batch = shop.bulk([update("customer", customer, name="New", code="N")])
    with shop.workspace.database.write() as connection:
        connection.execute(sa.update(system.history).where(system.history.c.batch == batch).values(values=None))
    noted = shop.undo(batch)
    assert noted["kept"] == [{"record": f"customer/{customer}", "fields": ["code", "name"]}]
    assert shop.look("customer", customer, "name") == {"name": "New"}


def test_a_guest_takes_nothing_back(shop: Batches) -> None:
    batch = shop.bulk([make_wallet("Purse")])
    assert shop.preview(batch, Actor(None, "guest", frozenset(), "form")) is None
    assert shop.preview("none") is None
