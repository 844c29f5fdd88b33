"""Dashboards in a real browser: at a glance, by keyboard, on a phone, without script, and from a chart to its records."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browsing import Look, visiting
from tests.web.shop import HEAD_OFFICE, Shop
from tests.web.test_gallery import grave

Served = tuple[Shop, str]
PATHS = ("/dashboards/business?period=all", "/dashboards/business/by_month", "/")
LOOKS = [Look("en", "light"), Look("zh-CN", "dark"), Look("zh-CN", "light", 360)]


def settled(page: Page) -> None:
    """Wait until every tile is there."""
    expect(page.locator(".dash-tile.later")).to_have_count(0)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_axe_finds_nothing_grave_and_nothing_scrolls_sideways(
    chromium: Browser, served_shop: Served, look: Look
) -> None:
    found: list[str] = []
    with visiting(chromium, served_shop, look, user=HEAD_OFFICE, path=PATHS[0]) as page:
        for path in PATHS:
            page.goto(path)
            settled(page)
            found += grave(page, path)
            assert page.evaluate("document.documentElement.scrollWidth") <= look.width, path
            assert page.evaluate("document.querySelectorAll('*').length") <= 1_500, path
    assert found == []


def test_a_period_is_chosen_by_address_and_a_bar_leads_to_its_records(chromium: Browser, served_shop: Served) -> None:
    with visiting(chromium, served_shop, user=HEAD_OFFICE, path="/dashboards/business") as page:
        settled(page)
        page.get_by_label("Period").select_option("all")
        page.wait_for_url(re.compile("period=all"))
        settled(page)
        bar = page.locator("#tile-by_store .dash-bar").first
        name, records = bar.locator(".bar-label").inner_text(), bar.locator(".bar-records").inner_text()
        bar.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/records/purchase"))
        expect(page.locator(".pager-label")).to_contain_text(records.split()[0])
        expect(page.locator(".filters")).to_contain_text(name)
        page.go_back()
        settled(page)
        expect(page.get_by_label("Period")).to_have_value("all")


def test_months_are_links_that_the_keyboard_reaches_and_a_table_says_the_same(
    chromium: Browser, served_shop: Served
) -> None:
    with visiting(chromium, served_shop, user=HEAD_OFFICE, path="/dashboards/business/by_month") as page:
        months = page.locator(".plot-field a")
        rows = page.locator("#behind-table tbody tr")
        assert months.count() == rows.count() == 12
        told = months.nth(3).get_attribute("aria-label") or ""
        cells = rows.nth(3).locator("td").all_inner_texts()
        assert told == f"{cells[0]}: {cells[2]}"
        months.nth(3).focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/records/purchase"))


def test_without_script_the_tiles_are_there_or_a_link_to_each(chromium: Browser, served_shop: Served) -> None:
    with visiting(chromium, served_shop, Look(script=False), HEAD_OFFICE, "/dashboards/business") as page:
        assert page.locator(".dash-tile.ready").count() >= 4
        for tile in page.locator(".dash-tile.later").all():
            expect(tile.get_by_role("link", name="Show")).to_be_visible()
        page.get_by_label("Period").select_option("last_year")
        page.get_by_role("button", name="Show").click()
        page.wait_for_url(re.compile("period=last_year"))
