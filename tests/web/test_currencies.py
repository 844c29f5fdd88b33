"""Lists and forms of amounts in their records' own currencies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kith.runtime.write.change import Change
from tests.metadata.example import write
from tests.web.shop import ADMIN, Shop, opened

FILES = {
    "app.yaml": "app: trade\nversion: 1.0.0\ntitle: Trade\nlanguages: [en]\ntime_zone: UTC\ncurrency: CNY\n",
    "entities/deal.yaml": """
entity: deal
title: "{name}"
fields:
  name: {type: text, label: Name}
  currency: {type: currency, label: Currency}
  amount: {type: money, currency_field: currency, label: Amount}
""",
    "views/all_deals.yaml": """
view: all_deals
of: deal
label: Deals
columns: {name: {}, amount: {total: sum}}
""",
}


@pytest.fixture(scope="module")
def trade(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("trade")
    app = write(folder / "trade", FILES)
    with opened(f"sqlite:///{folder / 'kith.db'}", str(app), demo=False) as shop:
        shop.save(Change("create", "exchange_rate", values={"currency": "USD", "valid_on": "2020-01-01", "rate": 7}))
        for name, amount, currency in (("one", 100, "USD"), ("two", 1, "CNY")):
            shop.save(Change("create", "deal", values={"name": name, "amount": amount, "currency": currency}))
        yield shop


@pytest.mark.parametrize(
    ("language", "amounts", "total", "field"),
    [
        ("en", ("$100.00", "CN¥1.00"), "CN¥701.00 converted", "Amount in CNY"),
        ("zh-CN", ("US$100.00", "¥1.00"), "折合 ¥701.00", "Amount（折合 CNY）"),
    ],
)
def test_a_list_shows_amounts_as_they_are_and_says_that_their_total_is_converted(
    trade: Shop, language: str, amounts: tuple[str, ...], total: str, field: str
) -> None:
    shown = trade.client(ADMIN, language).get("/records/deal").text
    for text in (*amounts, total, field):
        assert text in shown


def test_the_page_of_a_record_shows_its_amount_in_its_currency(trade: Shop) -> None:
    (deal,) = trade.ids("deal", 'name == "one"')
    assert "$100.00" in trade.client(ADMIN).get(f"/records/deal/{deal}").text


def test_the_form_has_no_sign_of_another_currency_beside_the_amount(trade: Shop) -> None:
    (deal,) = trade.ids("deal", 'name == "one"')
    assert "CN¥" not in trade.client(ADMIN).get(f"/records/deal/{deal}/edit").text
