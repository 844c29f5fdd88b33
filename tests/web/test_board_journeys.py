"""Boards in a browser: dragged, moved by keys and from the dialog, refused in place, on a phone, followed live; axe."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kith.runtime.write.change import Change
from tests.support.server import serving
from tests.web.boards import job, workshop
from tests.web.browsing import Look, visiting
from tests.web.shop import Shop
from tests.web.test_gallery import grave

BOARD, DAYS, STAYS = "/records/job?view=board", "/records/job?view=days&on=2026-11-10", "/records/job?view=stays"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shop, str]]:
    with workshop(f"sqlite:///{tmp_path_factory.mktemp('workshop') / 'kith.db'}") as shop, serving(shop.app) as address:
        yield shop, address


def card(page: Page, name: str) -> Locator:
    return page.locator("[data-card]", has_text=name).first


def place(page: Page, key: str) -> Locator:
    return page.locator(f'[data-drop="{key}"]')


def said(page: Page, words: str) -> None:
    expect(page.locator("#live")).to_contain_text(words)


def test_a_card_is_dragged_to_another_column_and_one_that_may_not_go_says_why(
    chromium: Browser, served: tuple[Shop, str]
) -> None:
    with visiting(chromium, served, path=BOARD) as page:
        card(page, "Lamp").drag_to(page.locator("[data-lane=doing] h2"))
        said(page, "Lamp is moved to Doing.")
        expect(place(page, "doing")).to_contain_text("Lamp")
        expect(page.locator("[data-lane=doing] .lane-total")).to_have_text("CN¥50.50")
        expect(card(page, "Lamp").locator("[data-move]")).to_be_focused()
        card(page, "Chair").drag_to(page.locator("[data-lane=doing] h2"))
        expect(place(page, "todo").locator(".refusal")).to_contain_text("Start")
        card(page, "Chair").locator(".why summary").click()
        expect(card(page, "Chair").locator(".why-text")).to_contain_text("Price")
        said(page, "Chair stays where it was.")
        card(page, "Chair").locator("[data-dismiss=refusal]").click()
        expect(page.locator(".refusal")).to_have_count(0)


def test_a_column_that_needs_more_asks_in_the_dialog(chromium: Browser, served: tuple[Shop, str]) -> None:
    with visiting(chromium, served, path=BOARD) as page:
        card(page, "Shelf").drag_to(page.locator("[data-lane=done] h2"))
        page.get_by_role("dialog").get_by_label("Result").fill("Hangs")
        page.get_by_role("dialog").get_by_role("button", name="Finish").click()
        page.wait_for_url("**" + BOARD)
        expect(place(page, "done")).to_contain_text("Shelf")
        expect(card(page, "Shelf").locator("[data-move]")).to_have_count(0)


def test_keys_alone_move_a_card(chromium: Browser, served: tuple[Shop, str]) -> None:
    with visiting(chromium, served, path="/records/job?view=kinds") as page:
        card(page, "Lamp").locator(".record-link").focus()
        page.keyboard.press("ArrowRight")
        expect(card(page, "Chair").locator(".record-link")).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(card(page, "Table").locator(".record-link")).to_be_focused()
        handle = card(page, "Table").locator("[data-move]")
        handle.focus()
        page.keyboard.press("Space")
        said(page, "Table is lifted.")
        page.keyboard.press("ArrowLeft")
        said(page, "Over Repair")
        page.keyboard.press("Escape")
        expect(place(page, "build")).to_contain_text("Table")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Space")
        said(page, "Table is moved to Repair.")
        expect(card(page, "Table").locator("[data-move]")).to_be_focused()
        page.keyboard.press("Enter")
        page.get_by_role("dialog").get_by_role("button", name="Build").click()
        said(page, "Table is moved to Build.")
        expect(place(page, "build")).to_contain_text("Table")
        card(page, "Table").get_by_role("button", name="Undo").click()
        expect(place(page, "repair")).to_contain_text("Table")
        card(page, "Table").get_by_role("button", name="Undo").click()
        said(page, "Table is moved to Build.")


def test_a_record_is_moved_to_another_day_and_a_click_makes_one(chromium: Browser, served: tuple[Shop, str]) -> None:
    with visiting(chromium, served, path=DAYS) as page:
        card(page, "Lamp").drag_to(place(page, "2026-11-18"))
        said(page, "Lamp is moved to Wed, Nov 18.")
        expect(place(page, "2026-11-18")).to_contain_text("Lamp")
        card(page, "Lamp").locator("[data-move]").focus()
        for key in ("Space", "ArrowDown", "ArrowRight", "Enter"):
            page.keyboard.press(key)
        said(page, "Lamp is moved to Thu, Nov 26.")
        page.get_by_role("link", name="Later").click()
        expect(page.get_by_role("heading", name="December 2026")).to_be_visible()
        page.go_back()
        expect(page.get_by_role("heading", name="November 2026")).to_be_visible()
        page.locator("td", has=place(page, "2026-11-04")).click(position={"x": 60, "y": 70})
        page.wait_for_url(re.compile("planned=2026-11-04"))


def test_a_bar_is_moved_along_the_days(chromium: Browser, served: tuple[Shop, str]) -> None:
    with visiting(chromium, served, path=STAYS + "&on=2026-11-25&span=days") as page:
        card(page, "Chair").locator("[data-move]").focus()
        for key in ("Space", "ArrowRight", "ArrowRight", "Space"):
            page.keyboard.press(key)
        said(page, "Chair is moved to Thu, Nov 26.")
        expect(card(page, "Chair")).to_have_attribute("data-at", "3")


def test_what_somebody_else_does_shows_by_itself(chromium: Browser, served: tuple[Shop, str]) -> None:
    with visiting(chromium, served, path="/records/job?view=kinds") as page:
        served[0].save(Change("update", "job", job(served[0], "Table"), values={"kind": "repair"}))
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(place(page, "repair")).to_contain_text("Table")
        served[0].save(Change("update", "job", job(served[0], "Table"), values={"kind": "build"}))


def test_on_a_phone_one_column_shows_and_the_menu_moves(chromium: Browser, served: tuple[Shop, str]) -> None:
    with visiting(chromium, served, Look(width=360), path="/records/job?view=kinds") as page:
        expect(card(page, "Lamp")).to_be_visible()
        expect(card(page, "Table")).to_be_hidden()
        page.locator(".lane-switch").get_by_text("Build").tap()
        expect(card(page, "Table")).to_be_visible()
        page.reload()
        expect(card(page, "Table")).to_be_visible()
        card(page, "Table").locator("[data-move]").tap()
        page.get_by_role("dialog").get_by_role("button", name="Repair").tap()
        said(page, "Table is moved to Repair.")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.goto(DAYS)
        expect(page.locator(".days .day:visible")).to_have_count(2)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_script_the_menu_is_a_page(chromium: Browser, served: tuple[Shop, str]) -> None:
    with visiting(chromium, served, Look(script=False), path="/records/job?view=kinds") as page:
        card(page, "Lamp").locator("[data-move]").click()
        page.get_by_role("button", name="Build").click()
        page.wait_for_url("**/records/job?view=kinds")
        expect(place(page, "build")).to_contain_text("Lamp")


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("zh-CN", "dark")])
def test_every_layout_is_accessible(chromium: Browser, served: tuple[Shop, str], language: str, theme: str) -> None:
    with visiting(chromium, served, Look(language, theme), path=BOARD) as page:
        others = (DAYS + "&span=agenda", "/records/job?view=photos") if theme == "light" else ()
        for address in (BOARD, DAYS, STAYS + "&on=2026-11-25", *others):
            page.goto(address)
            assert grave(page, page.url) == []
            assert page.locator("*").count() <= 1_500
        page.goto(f"/records/job/{job(served[0], 'Chair')}/move?view=board")
        assert grave(page, page.url) == []
