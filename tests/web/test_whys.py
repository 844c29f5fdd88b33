"""Why a record is as it is, on its pages: from a row of its history, and for every rule now."""

from __future__ import annotations

import re

from tests.web.shop import ADMIN, CLERK, Shop
from tests.web.test_records import text_of


def test_a_row_of_the_history_leads_to_what_the_rules_said(shop: Shop) -> None:
    (member,) = shop.ids("member", 'name == "韩诗雨"')
    client = shop.client(ADMIN)
    page = client.get(f"/records/member/{member}?tab=history").text
    address = re.findall(rf'href="(/records/member/{member}/saves/[0-9a-f-]+)"', page)[-1]
    whole = client.get(address)
    assert whole.status_code == 200
    said = text_of(whole.text)
    assert "What the rules said" in said
    assert "By the documents of release 1." in said
    assert client.get(f"/records/member/{member}/saves/00000000-0000-7000-8000-000000000000").status_code == 404


def test_every_rule_says_what_it_makes_of_the_record_now(shop: Shop) -> None:
    (member,) = shop.ids("member", 'name == "韩诗雨"')
    said = text_of(shop.client(ADMIN).get(f"/records/member/{member}/rules").text)
    assert "Rules of 韩诗雨" in said
    assert "It is asked on:" in said


def test_what_is_out_of_ones_scope_is_not_explained(shop: Shop) -> None:
    (member,) = shop.ids("member", 'name == "韩诗雨"')
    assert shop.client(CLERK).get(f"/records/member/{member}/rules").status_code == 404


def test_who_administers_sees_in_which_order_everything_runs(shop: Shop) -> None:
    said = text_of(shop.client(ADMIN).get("/order/member").text)
    assert "What happens when a record of Member is saved, in this order" in said
    assert "formula tier" in said
    assert "保存会员记录时依次发生的事" in text_of(shop.client(ADMIN, "zh-CN").get("/order/member").text)
    assert shop.client(ADMIN).get("/order/no_such").status_code == 404
    assert shop.client(CLERK).get("/order/member").status_code == 404
