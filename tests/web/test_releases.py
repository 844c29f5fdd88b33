"""Releases on the administrator's pages: listed and shown, for nobody else."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.web.browsing import Look, visiting
from tests.web.shop import ADMIN, CLERK, Shop
from tests.web.test_gallery import grave

PATHS = ("/releases", "/releases/1")


def test_who_administers_finds_releases_in_his_menu_and_nobody_else_does(shop: Shop) -> None:
    admin, clerk = shop.client(ADMIN), shop.client(CLERK)
    assert 'href="/releases"' in admin.get("/").text
    assert 'href="/releases"' not in clerk.get("/").text
    assert [admin.get(path).status_code for path in (*PATHS, "/releases/99", "/releases/x")] == [200, 200, 404, 404]
    assert [clerk.get(path).status_code for path in PATHS] == [404, 404]


@pytest.mark.parametrize(("language", "said"), [("en", "Release 1"), ("zh-CN", "发布 1")])
def test_a_release_has_its_changes_and_documents(shop: Shop, language: str, said: str) -> None:
    client = shop.client(ADMIN, language)
    assert said in client.get("/releases").text
    text = client.get("/releases/1").text
    assert "entities/order.yaml" in text or "app.yaml" in text
    assert "retail_crm 1." in text


@pytest.mark.parametrize("look", [Look(), Look("zh-CN", "dark", 360)], ids=str)
def test_axe_finds_nothing_grave_and_nothing_scrolls_sideways(
    chromium: Browser, served_shop: tuple[Shop, str], look: Look
) -> None:
    with visiting(chromium, served_shop, look) as page:
        for path in PATHS:
            page.goto(path)
            assert grave(page, path) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= look.width


def test_a_day_leads_to_the_release_that_was_in_force(shop: Shop) -> None:
    admin = shop.client(ADMIN)
    assert 'type="date" name="at"' in admin.get("/releases").text
    assert admin.get("/releases?at=2099-01-01").headers["location"] == "/releases/1"
    for day in ("2000-01-01", "soon"):
        assert admin.get(f"/releases?at={day}").status_code == 404
