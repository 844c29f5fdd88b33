"""The keys of the keyboard: the letters that lead to places, the sheet of all keys, and switching single letters off."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from kith.web.shell import lettered
from kith.web.view import Link, NavGroup
from tests.web.browsing import Look, visiting
from tests.web.shop import ADMIN, Shop
from tests.web.test_gallery import grave

Served = tuple[Shop, str]


def test_every_place_has_a_letter_of_its_own_as_long_as_there_are_letters() -> None:
    paths = ("/", "/dashboards", "/records/deal?view=x", "/records/item", "/records/ii")
    (group,) = lettered([NavGroup([Link(path, path) for path in paths])])
    assert [link.key for link in group.links] == ["go-h", "go-d", "go-e", "go-t", ""]


def test_the_sheet_names_the_same_letters_in_both_languages(shop: Shop) -> None:
    both = [shop.client(ADMIN, language).get("/keys").text for language in ("en", "zh-CN")]
    letters = [re.findall(r"<kbd>g</kbd> <kbd>(\w)</kbd>", text) for text in both]
    assert letters[0] == letters[1]
    assert len(letters[0]) == len({*letters[0]}) > 10


def test_g_and_a_letter_lead_to_a_place(chromium: Browser, served_shop: Served) -> None:
    with visiting(chromium, served_shop, path="/records/member") as page:
        page.keyboard.press("g")
        page.keyboard.press("h")
        expect(page).to_have_url(re.compile(r"/$"))
        page.keyboard.press("g")
        page.keyboard.press("m")
        expect(page).to_have_url(re.compile("/records/member$"))
        page.keyboard.press("g")
        page.keyboard.press("i")
        expect(page).to_have_url(re.compile("/inbox$"))


@pytest.mark.parametrize("look", [Look(), Look("zh-CN", "dark", 360)], ids=str)
def test_letters_are_switched_off_in_the_sheet_and_stay_so(chromium: Browser, served_shop: Served, look: Look) -> None:
    off, on = ("Off", "On") if look.language == "en" else ("停用", "启用")
    with visiting(chromium, served_shop, look, path="/records/member") as page:
        page.keyboard.press("?")
        expect(page.get_by_role("button", name=on, exact=True)).to_have_attribute("aria-pressed", "true")
        assert grave(page, "keys") == []
        with page.expect_response(re.compile("/_look")):
            page.get_by_role("button", name=off, exact=True).click()
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        expect(page.locator("#dialog")).not_to_be_visible()
        page.reload()
        page.keyboard.press("j")
        expect(page.locator("tr.cursor")).to_have_count(0)
        page.keyboard.press("Control+k")
        expect(page.locator(".palette")).to_be_visible()


def test_without_script_the_switch_is_a_form(shop: Shop) -> None:
    client = shop.client(ADMIN)
    answer = client.post("/_look", data={"shortcuts": "off", "back": "/keys"})
    assert answer.headers["location"] == "/keys"
    assert "data-no-shortcuts" in client.get("/keys").text
