"""Duplicates in a real browser: told while one types, compared and merged, in both languages, light and dark, and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.web.browsing import Look, visiting
from tests.web.shop import Shop
from tests.web.test_alike import BORN, a_member
from tests.web.test_gallery import grave

Served = tuple[Shop, str]
LOOKS = (Look("en", "light"), Look("zh-CN", "dark"), Look("zh-CN", "light", 360))


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_axe_finds_nothing_grave_and_nothing_scrolls_sideways(
    chromium: Browser, served_shop: Served, look: Look
) -> None:
    shop, _ = served_shop
    one, other = a_member(shop, "上官甲一"), a_member(shop, "上官甲乙", wechat=f"wx_{look}"[:20])
    with visiting(chromium, served_shop, look) as page:
        for path in (
            f"/records/member/{one}",
            f"/records/member/{one}/merge/{other}",
            "/records/member/check",
            "/records/member/duplicates",
        ):
            page.goto(path)
            assert grave(page, path) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= look.width


def test_a_form_tells_while_one_types_and_both_are_merged_by_keyboard(chromium: Browser, served_shop: Served) -> None:
    shop, _ = served_shop
    known = a_member(shop, "上官丙丁")
    with visiting(chromium, served_shop) as page:
        page.goto("/records/member/new")
        page.locator("[name=name]").fill("上官丙叮")
        page.locator("[name=email]").fill("bingding2@lanting.example")
        page.locator("[name=birthday]").fill(BORN)
        page.locator("[name=birthday]").press("Tab")
        banner = page.locator("#form-alike")
        expect(banner.get_by_role("link", name="上官丙丁")).to_have_attribute("href", f"/records/member/{known}")
        assert grave(page, "a form with a banner") == []
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("Others look like this one")).to_be_visible()
        page.get_by_role("link", name="Compare and merge").press("Enter")
        page.get_by_role("link", name="The other way round").press("Enter")
        expect(page.get_by_role("link", name="上官丙丁").first).to_be_visible()
        page.get_by_role("button", name="Merge").press("Enter")
        expect(page.get_by_text("Merged.")).to_be_visible()
        assert page.url.endswith(f"/records/member/{known}")
