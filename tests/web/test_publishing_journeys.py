"""Publishing in a browser, by keyboard alone, in both languages, wide and narrow, light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kith.jobs.worker import working
from tests.support.server import serving
from tests.web.browsing import Look, visiting
from tests.web.corner import NAME, VISIT, on
from tests.web.test_gallery import grave


def tab_to(page: Page, text: str) -> None:
    """Press Tab until something with this text, or of this name, has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate("[document.activeElement.textContent.trim(), document.activeElement.name ?? '']")
        if text in focused:
            return
    raise AssertionError(f"{text} cannot be reached by Tab")


def is_well(page: Page, look: Look, name: str) -> None:
    assert grave(page, name) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= look.width


@pytest.mark.parametrize(
    ("look", "plan", "publish", "live"),
    [
        (Look(), "Look at the plan", "Publish release 2", "Release 2 is live."),
        (Look("zh-CN", "dark", 360), "查看计划", "执行发布 2", "发布 2 已生效。"),
    ],
    ids=str,
)
def test_an_administrator_publishes_by_keyboard_and_sees_it_go_live(
    request: pytest.FixtureRequest, tmp_path: Path, chromium: Browser, look: Look, plan: str, publish: str, live: str
) -> None:
    with on("sqlite", request, tmp_path) as corner, serving(corner.app) as address:
        corner.make(note="A", size="big")
        corner.write(VISIT.replace("size: {type: text", "size: {type: integer"))
        with visiting(chromium, (corner, address), look, path="/releases") as page:
            tab_to(page, plan)
            page.keyboard.press("Enter")
            page.wait_for_url("**/releases/waiting")
            is_well(page, look, "plan")
            page.locator(".line-links a").first.click()
            expect(page.locator("#text-1")).to_be_visible()
            tab_to(page, "consent")
            page.keyboard.type("corne")
            page.keyboard.press("Enter")
            expect(page.locator(".publish .error")).to_be_visible()
            expect(page.locator("input[name=consent]")).to_be_focused()
            page.keyboard.type(NAME)
            tab_to(page, publish)
            page.keyboard.press("Enter")
            page.wait_for_url("**/releases/publishing/*")
            is_well(page, look, "waiting")
            with working(corner.workspace):
                expect(page.get_by_text(live)).to_be_visible(timeout=20_000)
            is_well(page, look, "live")
            page.goto("/releases/why?path=entity.visit.fields.size")
            is_well(page, look, "origin")
