"""The palette: what it offers to whom and at what price, and how it is used by keyboard, by touch and in Chinese."""

from __future__ import annotations

import html
import re

import pytest
from playwright.sync_api import Browser, expect

from tests.web.browsing import Look, visiting
from tests.web.shop import ADMIN, CLERK, Shop
from tests.web.test_gallery import grave

Served = tuple[Shop, str]
LOOKS = [Look("en", "light"), Look("zh-CN", "dark"), Look("zh-CN", "light", 360)]
# for each language what is typed, and the option that Enter takes then
TYPED = {
    "en": {"hous": "Households", "new purch": "New purchase", "theme dark": "Theme: Dark", "business": "Business"},
    "zh-CN": {"xiaofei": "消费单", "jiating": "家庭", "xjhy": "新建会员", "韩诗雨": "韩诗雨 · M"},
}


def offered(shop: Shop, user: str = ADMIN, query: str = "", language: str = "en") -> list[str]:
    """The labels of what somebody is offered."""
    answer = shop.client(user, language).get(f"/palette?{query}")
    assert answer.status_code == 200
    return [html.unescape(one) for one in re.findall(r"</svg><span>([^<]+)</span>", answer.text)]


def test_everybody_is_offered_the_places_that_he_may_enter(shop: Shop) -> None:
    all_, some = offered(shop), offered(shop, CLERK)
    assert {"Members", "My members", "New member", "Theme: Dark", "Language: 简体中文", "Accounts"} <= {*all_}
    assert "Members" in some and "Accounts" not in some and "Releases" not in some


def test_records_are_found_and_remembered_as_far_as_one_may_see_them(shop: Shop) -> None:
    (member,) = shop.ids("member", 'name == "韩诗雨"')
    (other,) = shop.ids("member", 'name == "陈思远"')
    recent = f"recent=member/{member},member/{other},member/nobody,nothing/{member}"
    assert [one.partition(" ")[0] for one in offered(shop, ADMIN, recent)[:2]] == ["韩诗雨", "陈思远"]
    assert any(one.startswith("韩诗雨") for one in offered(shop, ADMIN, "q=hanshiyu"))
    assert offered(shop, ADMIN, "q=zzzzzz") == []
    clerk = shop.client(CLERK)
    hidden = next(one for one in shop.ids("member") if clerk.get(f"/records/member/{one}").status_code == 404)
    assert offered(shop, CLERK, f"recent=member/{hidden}") == offered(shop, CLERK)


@pytest.mark.parametrize("query", ["", "recent=member/{member}", "q=chen"])
def test_it_costs_two_statements_beside_who_asks(shop: Shop, query: str) -> None:
    client = shop.client(ADMIN)
    address = "/palette?" + query.format(member=shop.ids("member")[0])
    client.get(address)
    with shop.statements() as run:
        client.get(address)
    assert len([one for one in run if "kith_session" not in one and one != "BEGIN"]) <= 2


def test_somebody_who_is_signed_out_is_offered_nothing(shop: Shop) -> None:
    assert shop.client().get("/palette").status_code == 401


@pytest.mark.parametrize("language", TYPED)
def test_what_is_typed_finds_it(chromium: Browser, served_shop: Served, language: str) -> None:
    with visiting(chromium, served_shop, Look(language)) as page:
        page.keyboard.press("Control+k")
        box = page.get_by_role("combobox")
        for typed, taken in TYPED[language].items():
            box.fill(typed)
            expect(page.locator(".palette [aria-selected=true] span")).to_contain_text(taken)


def test_places_records_and_what_the_page_offers_are_reached_by_keyboard_alone(
    chromium: Browser, served_shop: Served
) -> None:
    (member,) = served_shop[0].ids("member", 'name == "韩诗雨"')
    with visiting(chromium, served_shop, path="/records/member") as page:
        page.locator("h1").focus()
        page.keyboard.press("/")
        page.keyboard.type("hanshiyu")
        expect(page.get_by_role("option", name="韩诗雨")).to_be_visible()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(member))
        page.keyboard.press("Control+k")
        page.keyboard.type("give po")
        expect(page.locator(".palette [aria-selected=true]")).to_have_text("Give points")
        page.keyboard.press("Enter")
        expect(page.locator("#dialog")).to_contain_text("Give points")
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        page.keyboard.type("purchases")
        expect(page.locator(".palette [aria-selected=true]")).to_contain_text("Purchases")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Purchases")
        page.keyboard.press("Control+k")
        expect(page.get_by_role("group", name="Opened last").get_by_role("option")).to_contain_text(["韩诗雨"])
        page.keyboard.type("theme dark")
        expect(page.locator(".palette [aria-selected=true]")).to_have_text("Theme: Dark")
        page.keyboard.press("Enter")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        expect(page.locator(".palette")).not_to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        page.keyboard.press("Control+k")
        expect(page.get_by_role("combobox")).to_be_focused()
        page.keyboard.press("Control+k")
        expect(page.locator(".palette")).not_to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_enter_that_ends_a_composition_takes_nothing(chromium: Browser, served_shop: Served) -> None:
    with visiting(chromium, served_shop, Look("zh-CN"), path="/") as page:
        page.keyboard.press("Control+k")
        expect(page.get_by_role("option", name="会员", exact=True)).to_be_visible()
        ending = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true})"
        page.get_by_role("combobox").evaluate(f"box => box.dispatchEvent({ending})")
        expect(page.locator(".palette")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_axe_finds_nothing_grave_and_touch_opens_it(chromium: Browser, served_shop: Served, look: Look) -> None:
    path = f"/records/member/{served_shop[0].ids('member')[0]}"
    with visiting(chromium, served_shop, look, path=path) as page:
        if look.width < 600:
            page.locator(".search-link").tap()
        else:
            page.locator("#search").click()
        expect(page.get_by_role("option").first).to_be_visible()
        assert grave(page, "palette") == []
        page.keyboard.type("chen")
        expect(page.locator("[data-group=records] [role=option]").first).to_be_visible()
        assert grave(page, "palette, typed") == []
