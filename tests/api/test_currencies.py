"""Amounts in their records' own currencies, as programs see them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.world import Desk, opened
from tests.metadata.example import write

FILES = {
    "app.yaml": "app: trade\nversion: 1.0.0\ntitle: Trade\nlanguages: [en]\ntime_zone: UTC\ncurrency: CNY\n",
    "entities/deal.yaml": """
entity: deal
title: "{name}"
fields:
  name: {type: text, label: Name}
  currency: {type: currency, label: Currency}
  signed_on: {type: date, label: Signed on}
  amount: {type: money, currency_field: currency, rate_on: signed_on, label: Amount}
""",
    "roles/rep.yaml": "role: rep\nlabel: Rep\nentities: {deal: {read: true, fields: {amount: none}}}\n",
    "roles/scribe.yaml": "role: scribe\nlabel: Scribe\nentities: {deal: {read: true, fields: {currency: none}}}\n",
}


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with opened(database_url, write(tmp_path / "trade", FILES)) as found:
        found.make("exchange_rate", currency="USD", valid_on="2020-01-01", rate=7)
        found.make("deal", name="one", amount=100, currency="USD")
        found.make("deal", name="two", amount="1.00", currency="CNY")
        yield found


def test_an_amount_travels_as_it_was_written(desk: Desk) -> None:
    rows = desk.get("deal?fields=name,amount,currency&sort=-amount").json()["data"]
    assert [(row["name"], row["amount"], row["currency"]) for row in rows] == [
        ("one", "100.00", "USD"),
        ("two", "1.00", "CNY"),
    ]


def test_filters_and_measures_take_what_it_is_worth(desk: Desk) -> None:
    asked = {"measures": {"sum": "sum(amount)", "large": "count(amount where amount > 500)"}}
    assert desk.ask("POST", "deal/aggregate", body=asked).json()["data"] == [{"sum": "701.00", "large": 1}]


def test_the_model_says_in_which_currency_amounts_are_compared(desk: Desk) -> None:
    fields = {
        who: {one["name"]: one for one in entity["fields"]}
        for who in ("admin", "scribe", "ann")
        for entity in desk.get("meta", who).json()["data"]["entities"]
        if entity["name"] == "deal"
    }
    told = fields["admin"]["amount"]
    assert (told["currency_field"], told["rate_on"], told["compared_in"]) == ("currency", "signed_on", "CNY")
    assert "currency_field" not in fields["scribe"]["amount"]
    assert "amount" not in fields["ann"]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "An amount in the currency that Currency names. Filters, orders and aggregations take it in CNY, the"),
        ("zh-CN", "以“Currency”所指货币计的金额。筛选、排序和汇总时按工作区货币 CNY 折算。"),
    ],
)
def test_the_description_says_it_too(desk: Desk, language: str, said: str) -> None:
    found = desk.get("openapi.json", accept_language=language).json()["components"]["schemas"]
    assert found["deal"]["properties"]["amount"]["description"].startswith(said)
    assert found["deal.create"]["properties"]["amount"]["description"].startswith(said)


def test_no_rate_is_a_refusal_of_the_field(desk: Desk) -> None:
    refused = desk.ask("POST", "deal", body={"name": "three", "amount": 1, "currency": "GBP"})
    assert refused.status_code == 422
    assert [(one["field"], one["code"]) for one in refused.json()["errors"]] == [("amount", "no_rate")]
