"""`convert` reads the workspace's dated rates, in rules and stored formulas, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kith.runtime.context import SYSTEM, Context
from kith.runtime.read.lists import list_records
from kith.runtime.read.query import Query, Sort
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Refused, Saved
from kith.runtime.write.gate import save
from tests.metadata.example import write
from tests.support.worlds import built

ZONE = ZoneInfo("Asia/Shanghai")
CONTEXT = Context(SYSTEM, datetime(2026, 9, 30, 4, 0, tzinfo=UTC), "en", ZONE, ZONE)
FILES = {
    "app.yaml": "app: trade\nversion: 1.0.0\ntitle: Trade\nlanguages: [en]\ntime_zone: Asia/Shanghai\ncurrency: CNY\n",
    "entities/offer.yaml": """
entity: offer
title: "{name}"
fields:
  name: {type: text, required: true, label: Name}
  made_on: {type: date, label: Made on}
  price: {type: money, label: Price}
  in_dollars: {type: formula, value: 'round(convert(price, "USD", made_on), 2)', label: In dollars}
""",
    "rules/offer_rules.yaml": """
rules: offer_rules
of: offer
items:
  not_too_large:
    require: (convert(price, "EUR", made_on) ?? 0) <= 100
    message: "Too large."
    field: price
""",
}
RATES = [("USD", "2026-01-01", "7.00"), ("USD", "2026-06-01", "7.50"), ("EUR", "2026-01-01", "8.00")]


@pytest.fixture
def trade(database_url: str, tmp_path: Path) -> Iterator[Workspace]:
    model = built(write(tmp_path / "trade", FILES))
    workspace = Workspace.open(database_url)
    workspace.apply(workspace.plan(model))
    for currency, day, rate in RATES:
        made(workspace, "exchange_rate", currency=currency, valid_on=day, rate=rate)
    yield workspace
    workspace.close()


def made(trade: Workspace, entity: str, **values: object) -> Saved | Refused:
    return save(trade.database, CONTEXT, trade.current(), Change("create", entity, None, values), Cause("api"))


def test_an_amount_is_converted_by_the_rates_of_its_day(trade: Workspace) -> None:
    for name, day in (("a", "2026-05-31"), ("b", "2026-07-01"), ("c", "2025-12-31"), ("d", None)):
        assert isinstance(made(trade, "offer", name=name, made_on=day, price="75.00"), Saved)
    query = Query("offer", ("name", "in_dollars"), sort=(Sort("name"),))
    with trade.database.read() as connection:
        rows = list_records(connection, CONTEXT, trade.current(), query).rows
    assert [str(row[3]) for row in rows] == ["10.71", "10.00", "None", "None"]


def test_a_rule_compares_what_an_amount_is_worth(trade: Workspace) -> None:
    assert isinstance(made(trade, "offer", name="a", made_on="2026-05-31", price="800.00"), Saved)
    refused = made(trade, "offer", name="b", made_on="2026-05-31", price="800.10")
    assert isinstance(refused, Refused) and refused.failures[0].field == "price"
