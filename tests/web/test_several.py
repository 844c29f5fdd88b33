"""A named action on several records of a list: asked for once, through the same gate as for one, told record by record."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect

from kith.runtime.ids import new_id
from kith.runtime.write.change import Change
from tests.web.browsing import Look, visiting
from tests.web.shop import ADMIN, CLERK, Shop
from tests.web.test_gallery import grave


def coupons(shop: Shop, *states: str) -> list[str]:
    """New coupons in those states."""
    (kind, *_) = shop.ids("coupon_type", 'kind == "gift"')
    values = {"coupon_type": kind, "member": shop.ids("member")[0]}
    return [
        shop.save(Change("create", "coupon", None, {**values, "code": new_id()[-12:], "status": state})).id
        for state in states
    ]


def asked(ids: list[str], **more: str) -> str:
    return "/records/coupon/several?" + urlencode([*(("select", one) for one in ids), *more.items()])


def test_a_list_offers_the_actions_that_its_reader_may_carry_out(shop: Shop) -> None:
    html = shop.client(ADMIN).get("/records/coupon").text
    assert re.search(r'<input type="checkbox" name="select" value="[0-9a-f-]{36}" aria-label="Select [^"]+">', html)
    assert '<button class="button small" name="_action" value="extend">' in html
    assert 'name="select"' not in shop.client(CLERK).get("/records/coupon_type").text


@pytest.mark.parametrize(("language", "title"), [("en", "2 selected"), ("zh-CN", "已选 2 条")])
def test_it_is_asked_for_once_and_done_for_each(shop: Shop, language: str, title: str) -> None:
    client, ids = shop.client(ADMIN, language), coupons(shop, "issued", "issued")
    path = client.get(asked(ids, _action="extend", _back="/records/coupon?sort=code")).headers["location"]
    assert path.startswith("/records/coupon/several/extend?")
    page = client.get(path).text
    assert title in page
    assert 'name="days" value="30"' in page
    wrong = client.post("/records/coupon/several/extend", data={"select": ids, "days": "91"})
    assert (wrong.status_code, 'id="f-days-error"' in wrong.text) == (422, True)
    assert len(re.findall(r'name="select" value="[0-9a-f-]{36}" checked', wrong.text)) == 2
    sent = {"select": ids, "days": "7", "_back": "/records/coupon?sort=code"}
    done = client.post("/records/coupon/several/extend", data=sent)
    assert (done.status_code, done.headers["location"]) == (303, "/records/coupon?sort=code")
    for id_ in ids:
        assert "/do/extend" in client.get(f"/records/coupon/{id_}").text


def test_what_is_refused_is_told_record_by_record(shop: Shop) -> None:
    client, ids = shop.client(ADMIN), coupons(shop, "issued", "expired")
    told = client.post("/records/coupon/several/extend", data={"select": ids, "days": "7"})
    text = unescape(told.text)
    assert told.status_code == 200
    assert "Done for one." in text
    assert "Not done for one" in text
    assert f'href="/records/coupon/{ids[1]}"' in text
    assert f'href="/records/coupon/{ids[0]}"' not in text


def test_nobody_does_so_what_he_may_not_do_with_one(shop: Shop) -> None:
    ids = coupons(shop, "issued")
    client = shop.client(CLERK)
    page = client.get("/records/coupon")
    assert 'value="revoke"' not in page.text
    assert client.get("/records/coupon/several/nothing?select=" + ids[0]).status_code == 404
    assert client.post("/records/coupon/several/nothing", data={"select": ids}).status_code == 404
    hostile = {"select": ["x", "01890000-0000-7000-8000-000000000000"], "days": "7"}
    assert shop.client(ADMIN).post("/records/coupon/several/extend", data=hostile).status_code == 404
    assert shop.client(ADMIN).get(asked([], _action="extend")).headers["location"] == "/records/coupon"
    away = shop.client(ADMIN).get(asked([], _action="extend", _back="//elsewhere.example")).headers["location"]
    assert away == "/"


@pytest.mark.parametrize("look", [Look(), Look("zh-CN", "dark", 360), Look(script=False)], ids=str)
def test_an_action_on_several_in_the_browser(chromium: Browser, served_shop: tuple[Shop, str], look: Look) -> None:
    zh, (shop, _) = look.language == "zh-CN", served_shop
    ours = coupons(shop, "issued", "issued")
    # Coupons of one day stand in the order of their codes, which are made by chance: first need not be ours.
    with visiting(chromium, served_shop, look, path="/records/coupon?sort=-created_at") as page:
        for one in ours:
            page.locator(f'tbody .tick-cell input[value="{one}"]').check()
        if look.script:
            expect(page.locator("[data-selection]")).to_contain_text("已选 2 条" if zh else "2 selected")
        page.get_by_role("button", name="延期" if zh else "Extend").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("2")
        assert not look.script or grave(page, "an action on several") == []
        page.locator("[name=days]").fill("9")
        page.locator("[data-save]").click()
        expect(page.get_by_text("已完成。" if zh else "Done.")).to_be_visible()
        assert not look.script or page.evaluate("document.documentElement.scrollWidth") <= look.width
