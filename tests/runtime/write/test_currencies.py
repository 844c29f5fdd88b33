"""Amounts in their record's own currency, in every slot and on both databases: stored, converted, compared, added up, shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.runtime.context import SYSTEM, Actor, Context
from kith.runtime.explaining.valuing import explain_value
from kith.runtime.publishing import hooks
from kith.runtime.read.aggregates import aggregate
from kith.runtime.read.histories import history
from kith.runtime.read.lists import list_records
from kith.runtime.read.query import AggregateQuery, BadQuery, Group, Query, Sort
from kith.runtime.transfer.exporting import run_export
from kith.runtime.transfer.importing import Order, run_import
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Refused, Saved, Verdict
from kith.runtime.write.gate import save, save_all
from tests.metadata.example import write
from tests.support.worlds import built

ZONE = ZoneInfo("Asia/Shanghai")
CONTEXT = Context(SYSTEM, datetime(2026, 11, 22, 20, 0, tzinfo=UTC), "en", ZONE, ZONE)
"""The day is the 23rd in the workspace."""
CLERK = replace(CONTEXT, actor=Actor("clerk", "Clerk", frozenset({"clerk"}), "user"))
FILES = {
    "app.yaml": "app: trade\nversion: 1.0.0\ntitle: Trade\nlanguages: [en]\ntime_zone: Asia/Shanghai\ncurrency: CNY\n",
    "entities/client.yaml": """
entity: client
title: "{name}"
fields:
  name: {type: text, label: Name}
  sold: {type: rollup, value: sum(deals.amount), label: Sold}
  large: {type: rollup, value: count(deals where amount >= 500), label: Large}
  largest: {type: rollup, value: max(deals.amount), label: Largest}
""",
    "entities/deal.yaml": """
entity: deal
title: "{name} · {amount}"
fields:
  name: {type: text, label: Name}
  client: {type: reference, to: client, inverse: deals, label: Client}
  currency: {type: currency, default: CNY, label: Currency}
  signed_on: {type: date, label: Signed on}
  amount: {type: money, currency_field: currency, rate_on: signed_on, label: Amount, locked_when: name == "locked"}
  deposit: {type: money, currency_field: currency, label: Deposit}
  double: {type: formula, value: amount * 2, label: Double}
  note: {type: text, label: Note}
  seen: {type: text, label: Seen}
indexes: {by_amount: [amount]}
""",
    "rules/deal_rules.yaml": """
rules: deal_rules
of: deal
items:
  limit:
    require: amount is not set or amount <= 10000
    message: "{amount} is too much."
    field: amount
  copies:
    on: [create, update]
    when: name == "copied"
    do: set deposit = amount
  swaps:
    on: [create, update]
    when: name == "swapped"
    do: |
      set currency = "EUR"
      set seen = text(amount)
      set amount = 10
      set note = text(amount)
  notes:
    on: [update]
    when: changed(amount)
    do: set note = "now {amount}, worth {amount + 0}"
""",
    "entities/order.yaml": """
entity: order
title: "{number}"
fields:
  number: {type: text, label: Number}
  currency: {type: currency, label: Currency}
  total: {type: money, currency_field: currency, label: Total}
""",
    "rules/deal_orders.yaml": """
rules: deal_orders
of: deal
items:
  orders:
    on: [create]
    when: name == "ordered"
    do: 'create order { number: "1", currency: currency, total: amount }'
""",
    "roles/clerk.yaml": """
role: clerk
label: Clerk
entities: {deal: {read: true, create: true, update: true, fields: {amount: none, double: none}}}
""",
}
RATES = (("USD", "2026-01-01", 7), ("USD", "2026-11-23", "7.2"), ("EUR", "2026-01-01", 8), ("USD", "2026-11-24", 9))


@pytest.fixture
def trade(database_url: str, tmp_path: Path) -> Iterator[Workspace]:
    model = built(write(tmp_path / "trade", FILES))
    workspace = Workspace.open(database_url)
    workspace.apply(workspace.plan(model))
    for currency, day, rate in RATES:
        values = {"currency": currency, "valid_on": day, "rate": rate}
        assert isinstance(saved(workspace, Change("create", "exchange_rate", None, values)), Saved)
    yield workspace
    workspace.close()


def saved(trade: Workspace, change: Change, context: Context = CONTEXT) -> Verdict:
    return save(trade.database, context, trade.current(), change, Cause("api"))


def made(trade: Workspace, entity: str = "deal", **values: object) -> str:
    done = saved(trade, Change("create", entity, None, values))
    assert isinstance(done, Saved), done
    return done.id


def changed(trade: Workspace, id_: str, context: Context = CONTEXT, **values: object) -> Verdict:
    return saved(trade, Change("update", "deal", id_, values), context)


def shown(trade: Workspace, query: Query, context: Context = CONTEXT) -> list[tuple[object, ...]]:
    with trade.database.read() as connection:
        return [tuple(row[2:]) for row in list_records(connection, context, trade.current(), query).rows]


def only(trade: Workspace, *fields: str, entity: str = "deal") -> tuple[object, ...]:
    (row,) = shown(trade, Query(entity, fields))
    return row


def total(trade: Workspace, **measures: str) -> dict[str, object]:
    query = AggregateQuery("deal", (), measures)
    with trade.database.read() as connection:
        return dict(aggregate(connection, CONTEXT, trade.current(), query)[0])


CONVERTED: Mapping[str, tuple[dict[str, object], str]] = {
    "the workspace's own currency is worth itself": ({"amount": "5.55", "currency": "CNY"}, "5.55"),
    "a default currency counts": ({"amount": "5.55"}, "5.55"),
    "the rate is that of the day of the save": ({"amount": 100, "currency": "USD"}, "720.00"),
    "the rate is the latest at or before the record's day": (
        {"amount": 100, "currency": "USD", "signed_on": "2026-11-22"},
        "700.00",
    ),
    "a rate of a later day counts for records of that day": (
        {"amount": 100, "currency": "USD", "signed_on": "2026-12-01"},
        "900.00",
    ),
    "what is worked out is rounded half up": (
        {"amount": "0.01", "currency": "USD", "signed_on": "2026-11-23"},
        "0.07",
    ),
    "a rule that sets the currency converts with it": ({"name": "swapped", "amount": 1}, "80.00"),
}


@pytest.mark.parametrize("case", CONVERTED)
def test_a_save_converts_amounts_by_the_rate_of_their_day(trade: Workspace, case: str) -> None:
    values, wanted = CONVERTED[case]
    made(trade, "deal", **values)
    assert only(trade, "double") == (2 * Decimal(wanted),)
    assert total(trade, found="sum(amount)") == {"found": Decimal(wanted)}
    assert shown(trade, Query("deal", ("name",), filter=f"amount == {wanted}")) == [(values.get("name"),)]


def test_a_block_reads_what_it_has_set(trade: Workspace) -> None:
    made(trade, name="swapped", amount=1)
    assert only(trade, "seen", "note", "amount", "currency") == ("8.00", "80.00", Decimal("10.00"), "EUR")


REFUSED: Mapping[str, tuple[dict[str, object], str, str, str]] = {
    "no rate of the currency": (
        {"amount": 1, "currency": "GBP"},
        "amount",
        "no_rate",
        "Amount cannot be converted: no exchange rate for GBP is known for Nov 23, 2026 or a day before it.",
    ),
    "no rate yet on that day": (
        {"amount": 1, "currency": "USD", "signed_on": "2025-12-31"},
        "amount",
        "no_rate",
        "Amount cannot be converted: no exchange rate for USD is known for Dec 31, 2025 or a day before it.",
    ),
    "too many digits": (
        {"amount": "9999999999999", "currency": "EUR"},
        "amount",
        "does_not_fit",
        "The value worked out for Amount has too many digits to be stored.",
    ),
    "a rule sees what it is worth": (
        {"amount": 2000, "currency": "EUR"},
        "amount",
        "rule",
        "€2,000.00 is too much.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_converted_is_refused(trade: Workspace, case: str) -> None:
    values, field, code, message = REFUSED[case]
    refused = saved(trade, Change("create", "deal", None, values))
    assert isinstance(refused, Refused)
    assert [(one.field, one.code, one.message) for one in refused.failures] == [(field, code, message)]


def test_reasons_name_the_currency_that_is_compared_in(trade: Workspace) -> None:
    refused = saved(trade, Change("create", "deal", None, {"amount": 2000, "currency": "EUR"}))
    assert isinstance(refused, Refused)
    assert refused.failures[0].why == (
        "`amount is not set` is false: Amount in CNY is CN¥16,000.00",
        "`amount <= 10000` is false: Amount in CNY is CN¥16,000.00",
    )
    client = made(trade, "client", name="Li")
    made(trade, client=client, amount=100, currency="USD")
    with trade.database.read() as connection:
        found = explain_value(connection, CONTEXT, trade.current(), "client", client, "sold")
    assert found is not None and found.facts == ("the sum of Amount in CNY of Deal is CN¥720.00",)


def test_an_amount_needs_its_currency(trade: Workspace) -> None:
    deal = made(trade, amount=1)
    refused = changed(trade, deal, currency=None)
    assert isinstance(refused, Refused)
    assert [(one.field, one.code) for one in refused.failures] == [("currency", "no_currency")]
    assert isinstance(changed(trade, deal, currency=None, amount=None), Saved)


def test_a_refusal_is_told_in_chinese(trade: Workspace) -> None:
    context = replace(CONTEXT, language="zh-CN")
    refused = saved(trade, Change("create", "deal", None, {"amount": 1, "currency": "GBP"}), context)
    assert isinstance(refused, Refused)
    assert refused.failures[0].message == "“Amount”无法折算：未录入 GBP 在 2026年11月23日 或之前的汇率。"


def test_roll_ups_moved_and_looked_up_agree(trade: Workspace) -> None:
    client = made(trade, "client", name="Li")
    first = made(trade, client=client, amount=100, currency="USD", signed_on="2026-02-01")
    made(trade, client=client, amount=1)
    fields = ("sold", "large", "largest")
    assert only(trade, *fields, entity="client") == (Decimal("701.00"), 1, Decimal("700.00"))
    assert isinstance(changed(trade, first, currency="CNY"), Saved)
    assert only(trade, *fields, entity="client") == (Decimal("101.00"), 0, Decimal("100.00"))
    assert isinstance(changed(trade, first, currency="USD", signed_on="2026-11-23"), Saved)
    assert only(trade, *fields, entity="client") == (Decimal("721.00"), 1, Decimal("720.00"))
    assert total(trade, found="sum(amount)") == {"found": Decimal("721.00")}


def test_a_new_rate_changes_no_record(trade: Workspace) -> None:
    deal = made(trade, amount=100, currency="USD")
    values = {"currency": "USD", "valid_on": "2026-11-22", "rate": 1}
    assert isinstance(saved(trade, Change("create", "exchange_rate", None, values)), Saved)
    later = replace(CONTEXT, now=datetime(2026, 11, 25, 4, 0, tzinfo=UTC))
    assert isinstance(changed(trade, deal, later, seen="x"), Saved)
    assert total(trade, found="sum(amount)") == {"found": Decimal("720.00")}
    assert isinstance(changed(trade, deal, later, amount=101), Saved)
    assert total(trade, found="sum(amount)") == {"found": Decimal("909.00")}


def test_changes_are_told_by_amount_and_by_worth(trade: Workspace) -> None:
    deal = made(trade, amount=100, currency="USD", signed_on="2026-02-01")
    assert isinstance(changed(trade, deal, seen="x"), Saved)
    assert only(trade, "note") == (None,)
    assert isinstance(changed(trade, deal, currency="EUR"), Saved)
    assert only(trade, "note") == ("now €100.00, worth CN¥800.00",)
    assert isinstance(changed(trade, deal, amount=800, currency="CNY"), Saved)
    assert only(trade, "note") == ("now CN¥800.00, worth CN¥800.00",)


def test_an_amount_is_copied_as_it_stands(trade: Workspace) -> None:
    made(trade, name="copied", amount="9.99", currency="USD")
    assert only(trade, "deposit") == (Decimal("9.99"),)
    assert total(trade, found="sum(deposit)") == {"found": Decimal("71.93")}
    made(trade, name="ordered", amount="9.99", currency="USD")
    assert only(trade, "total", "currency", entity="order") == (Decimal("9.99"), "USD")


def test_lists_sort_filter_and_group_by_what_amounts_are_worth(trade: Workspace) -> None:
    made(trade, name="a", amount=100, currency="USD")
    made(trade, name="b", amount=500)
    made(trade, name="c", amount=80, currency="EUR")
    made(trade, name="d", amount=600)
    for descending, wanted in ((False, "bdca"), (True, "acdb")):
        rows = shown(trade, Query("deal", ("name", "amount"), sort=(Sort("amount", descending),)))
        assert "".join(str(row[0]) for row in rows) == wanted
        assert ("a", Decimal("100.00")) in rows
    assert [row[0] for row in shown(trade, Query("deal", ("$title",), sort=(Sort("name"),)))] == [
        "a · $100.00",
        "b · CN¥500.00",
        "c · €80.00",
        "d · CN¥600.00",
    ]
    assert total(trade, most="max(amount)", mean="avg(amount)", large="count(amount where amount > 710)") == {
        "most": Decimal("720.00"),
        "mean": Decimal("615.000000"),
        "large": 1,
    }
    with trade.database.read() as connection:
        query = AggregateQuery("deal", (Group("worth", "amount"),), {"count": "count()"})
        groups = aggregate(connection, CONTEXT, trade.current(), query)
    assert [row["worth"] for row in groups] == [Decimal(worth) for worth in ("500.00", "600.00", "640.00", "720.00")]


@contextmanager
def rates_read(trade: Workspace) -> Iterator[list[str]]:
    """The statements that read rates meanwhile."""
    found: list[str] = []
    table = trade.current().tables["exchange_rate"].table.name

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if table in statement:
            found.append(statement)

    engines = trade.database.engines
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", note)


def test_a_batch_asks_for_all_its_rates_at_once(trade: Workspace) -> None:
    values = [{"amount": n, "currency": c} for n, c in ((1, "USD"), (2, "EUR"), (3, "CNY"), (4, "USD"))]
    changes = [Change("create", "deal", None, {**one, "deposit": 1}) for one in values]
    with rates_read(trade) as read:
        done = save_all(trade.database, CONTEXT, trade.current(), changes, Cause("api"), "each")
    assert all(isinstance(one, Saved) for one in done)
    assert len(read) == 1
    assert total(trade, found="sum(amount)") == {"found": Decimal("55.00")}


def test_what_needs_no_rate_asks_for_none(trade: Workspace) -> None:
    deal = made(trade, amount=100, currency="USD")
    with rates_read(trade) as read:
        assert isinstance(changed(trade, deal, seen="x"), Saved)
        made(trade, amount=100)
        made(trade, currency="USD")
        made(trade, "client", name="Li")
    assert read == []


def test_what_is_refused_in_a_batch_leaves_the_others(trade: Workspace) -> None:
    changes = [Change("create", "deal", None, {"amount": 1, "currency": one}) for one in ("USD", "GBP", "EUR")]
    done = save_all(trade.database, CONTEXT, trade.current(), changes, Cause("api"), "each")
    assert [isinstance(one, Saved) for one in done] == [True, False, True]
    assert total(trade, found="sum(amount)") == {"found": Decimal("15.20")}


def test_files_hold_the_amount_and_its_currency(trade: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    file.write_text("name,amount,currency,signed_on\na,100.00,USD,2026-02-01\nb,1.00,CNY,\n", "utf-8")
    done = run_import(trade.database, CONTEXT, trade.current(), Order("deal", file))
    assert (done.rows, done.failed) == (2, 0)
    assert total(trade, found="sum(amount)") == {"found": Decimal("701.00")}
    out = tmp_path / "out.csv"
    with trade.database.read() as connection:
        run_export(
            connection, CONTEXT, trade.current(), "deal", out, fields=("name", "amount", "currency", "signed_on")
        )
    assert out.read_text("utf-8-sig").splitlines() == file.read_text("utf-8").splitlines()


def test_who_may_not_read_the_amount_may_not_read_its_worth(trade: Workspace) -> None:
    made(trade, name="Sale", amount=100, currency="USD")
    for query in (
        Query("deal", ("name",), filter="amount > 1"),
        Query("deal", ("name",), sort=(Sort("amount"),)),
        Query("deal", ("amount",)),
    ):
        with pytest.raises(BadQuery):
            shown(trade, query, CLERK)
    assert shown(trade, Query("deal", ("$title", "currency")), CLERK) == [("Sale", "USD")]


def test_history_and_restoring_keep_what_was_written(trade: Workspace) -> None:
    client = made(trade, "client", name="Li")
    deal = made(trade, client=client, amount=100, currency="USD")
    assert isinstance(saved(trade, Change("delete", "deal", deal)), Saved)
    assert only(trade, "sold", entity="client") == (Decimal("0.00"),)
    later = replace(CONTEXT, now=datetime(2026, 11, 25, 4, 0, tzinfo=UTC))
    assert isinstance(saved(trade, Change("restore", "deal", deal), later), Saved)
    assert only(trade, "sold", entity="client") == (Decimal("720.00"),)
    with trade.database.read() as connection:
        entries = history(connection, CONTEXT, trade.current(), "deal", deal)
    assert entries[-1].changes["amount"] == (None, Decimal("100.00"))


def test_a_field_that_is_added_converts_its_default(trade: Workspace, tmp_path: Path) -> None:
    deals = [made(trade, name=name, currency=name) for name in ("USD", "GBP", "CNY")]
    files = FILES | {
        "entities/deal.yaml": FILES["entities/deal.yaml"].replace(
            "  note:", "  fee: {type: money, currency_field: currency, required: true, default: 5, label: Fee}\n  note:"
        )
    }
    model, _ = build(load(write(tmp_path / "later", files))[0])
    assert model is not None
    trade.apply(trade.plan(model), hooks=hooks(lambda: CONTEXT.now))
    with trade.database.read() as connection:
        query = Query("deal", ("name", "fee"), sort=(Sort("fee"),))
        rows = list_records(connection, CONTEXT, trade.current(), query).rows
    assert len(deals) == len(rows)
    assert [row[2:] for row in rows] == [(name, Decimal("5.00")) for name in ("CNY", "USD", "GBP")]
