"""The components in a real browser: nothing refused by the policy, nothing axe objects to, nothing too wide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kith.web.look import COLOURS

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
PAGES = ("/_gallery", "/_gallery/forms", "/_gallery/confirm", "/_gallery/sign-in", "/_gallery/error/404")
LANGUAGES = ("en", "zh-CN")
THEMES = ("light", "dark")
GRAVE = ("serious", "critical")


@contextmanager
def opened(
    chromium: Browser,
    gallery: str,
    path: str,
    *,
    language: str = "en",
    theme: str = "light",
    width: int = 1280,
    script: bool = True,
    density: str = "comfortable",
) -> Iterator[Page]:
    """Yield a page in a language, theme and width; whatever the console complains of fails the test.

    Without a path it is a page yet to be filled, by one address after the other.
    """
    phone = width < 600
    context = chromium.new_context(
        locale=language,
        viewport={"width": width, "height": 800},
        java_script_enabled=script,
        is_mobile=phone,
        has_touch=phone,
    )
    context.add_cookies(
        [{"name": "theme", "value": theme, "url": gallery}, {"name": "density", "value": density, "url": gallery}]
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        if path:
            page.goto(gallery + path)
        yield page
        assert complaints == []
    finally:
        context.close()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_grave_on_any_page(chromium: Browser, gallery: str, language: str, theme: str) -> None:
    found: list[str] = []
    with opened(chromium, gallery, "", language=language, theme=theme) as page:
        for path in PAGES:
            page.goto(gallery + path)
            found += grave(page, path)
    assert found == []


@pytest.mark.parametrize("theme", THEMES)
def test_every_accent_has_contrast(chromium: Browser, gallery: str, theme: str) -> None:
    with opened(chromium, gallery, "/_gallery/forms", theme=theme) as page:
        for accent in COLOURS:
            page.evaluate("accent => { document.documentElement.className = 'accent-' + accent }", accent)
            assert grave(page, accent, rule="color-contrast") == []


def test_axe_finds_nothing_grave_on_a_phone(chromium: Browser, gallery: str) -> None:
    with opened(chromium, gallery, "", language="zh-CN", width=360) as page:
        for path in PAGES:
            page.goto(gallery + path)
            assert grave(page, path) == []


def grave(page: Page, where: str, rule: str = "") -> list[str]:
    """Return what axe calls serious or critical, one line each."""
    # Through the debugger, which the page's policy does not bind: the policy itself stays as shipped.
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE})
    only = {"runOnly": {"type": "rule", "values": [rule]}} if rule else {}
    answer = page.evaluate("options => axe.run(document, options)", {"resultTypes": ["violations"], **only})
    return [
        f"{where}: {violation['id']} {node['target']} {node['failureSummary']}"
        for violation in answer["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("width", [320, 360, 768])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_scrolls_sideways(chromium: Browser, gallery: str, language: str, width: int) -> None:
    with opened(chromium, gallery, "", language=language, width=width) as page:
        for path in PAGES:
            page.goto(gallery + path)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} is {wide} px wide at {width}"


def test_targets_are_large_enough_for_a_finger_on_a_phone(chromium: Browser, gallery: str) -> None:
    small = """() => [...document.querySelectorAll(
            'main :is(.button, input:not([type=hidden]), select, summary.button, .tick-cell)')]
        .filter(e => e.checkVisibility() && !e.closest('.tick, .tick-cell > input, [hidden], .input, .search-box'))
        .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
        .filter(([, box]) => box.width < 44 || box.height < 44).map(([html]) => html)"""
    for path in ("/_gallery", "/_gallery/forms"):
        with opened(chromium, gallery, path, width=360) as page:
            assert page.evaluate(small) == []


def test_pages_are_whole_without_script(chromium: Browser, gallery: str) -> None:
    with opened(chromium, gallery, "/_gallery/forms", script=False, width=360) as page:
        expect(page.locator("select[name=owner]")).to_be_visible()
        expect(page.locator("input[role=combobox]").first).to_be_hidden()
        expect(page.get_by_role("button", name="Add a row")).to_be_visible()
        expect(page.locator("#sidenav")).to_be_hidden()
        page.get_by_role("button", name="Menu", exact=True).click()
        expect(page.locator("#sidenav")).to_be_visible()


def test_the_theme_changes_at_once_and_stays(chromium: Browser, gallery: str) -> None:
    with opened(chromium, gallery, "/_gallery") as page:
        page.locator("summary[aria-label=Appearance]").click()
        with page.expect_response("**/_look"):
            page.get_by_role("banner").get_by_role("button", name="Dark").click()
        assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"
        page.reload()
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_language_changes_and_stays_on_the_page(chromium: Browser, gallery: str) -> None:
    with opened(chromium, gallery, "/_gallery/forms?accent=teal") as page:
        page.locator("summary[aria-label=Appearance]").click()
        page.get_by_role("banner").get_by_role("button", name="简体中文").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("新建客户")
        assert page.url.endswith("/_gallery/forms?accent=teal")


def test_a_lookup_is_filled_with_the_keyboard(chromium: Browser, gallery: str) -> None:
    with opened(chromium, gallery, "/_gallery/forms") as page:
        box = page.get_by_role("combobox", name="Referred by")
        box.press_sequentially("am")
        page.wait_for_selector("#f-referrer-options [role=option]")
        box.press("Enter")
        expect(box).to_have_value("Amelia Brooks")
        assert page.locator("select[name=referrer]").input_value() == "p3"
        assert page.url.endswith("/_gallery/forms")


def test_a_composition_in_a_lookup_neither_searches_nor_submits(chromium: Browser, gallery: str) -> None:
    with opened(chromium, gallery, "/_gallery/forms", language="zh-CN") as page:
        page.get_by_role("combobox", name="推荐人").focus()
        keyboard = page.context.new_cdp_session(page)
        keyboard.send("Input.imeSetComposition", {"text": "chen", "selectionStart": 4, "selectionEnd": 4})
        page.wait_for_timeout(400)
        expect(page.locator("#f-referrer-options")).to_be_hidden()
        keyboard.send("Input.insertText", {"text": "陈伟"})
        expect(page.locator("#f-referrer-options [role=option]").first).to_be_visible()


def test_a_dialog_is_fetched_shown_and_left_with_escape(chromium: Browser, gallery: str) -> None:
    with opened(chromium, gallery, "/_gallery") as page:
        opener = page.get_by_label("Actions for Chen Wei").first
        opener.click()
        page.get_by_role("link", name="Delete").first.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        expect(page.get_by_role("heading", name="Delete 3 customers?")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_single_keys_move_in_the_list_and_reach_the_search(chromium: Browser, gallery: str) -> None:
    with opened(chromium, gallery, "/_gallery") as page:
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(page.locator("tr.cursor")).to_contain_text("Zhang San")
        page.keyboard.press("/")
        expect(page.locator("#search")).to_be_focused()
        page.keyboard.type("jk")
        expect(page.locator("#search")).to_have_value("jk")


def test_a_range_of_rows_is_ticked_with_shift(chromium: Browser, gallery: str) -> None:
    with opened(chromium, gallery, "/_gallery") as page:
        ticks = page.locator("#table tbody input[type=checkbox]")
        ticks.nth(2).click()
        ticks.nth(5).click(modifiers=["Shift"])
        assert [ticks.nth(n).is_checked() for n in range(7)] == [False, True, True, True, True, True, False]


def test_reduced_motion_is_respected(chromium: Browser, gallery: str) -> None:
    with opened(chromium, gallery, "/_gallery") as page:
        page.emulate_media(reduced_motion="reduce")
        assert page.evaluate("getComputedStyle(document.querySelector('.toast')).animationDuration") == "1e-05s"


def test_the_bulk_bar_counts_what_is_ticked_and_is_there_without_script(chromium: Browser, gallery: str) -> None:
    with opened(chromium, gallery, "/_gallery") as page:
        bar = page.get_by_role("group", name="Actions on the selected rows")
        expect(bar).to_contain_text("1 selected")
        page.get_by_label("Select all on this page").check()
        expect(bar).to_contain_text("8 selected")
        page.get_by_label("Select all on this page").uncheck()
        expect(bar).to_be_hidden()
    with opened(chromium, gallery, "/_gallery", script=False) as page:
        expect(page.get_by_role("group", name="Actions on the selected rows")).to_be_visible()


def test_a_menu_of_a_row_is_whole_in_a_list_that_scrolls(chromium: Browser, gallery: str) -> None:
    with opened(chromium, gallery, "/_gallery", width=700) as page:
        menu = page.locator("#table .menu").last
        menu.locator("summary").click()
        link = menu.get_by_role("link", name="Delete")
        box = link.bounding_box()
        assert box
        over = page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y).closest('a')?.textContent", [box["x"] + 9, box["y"] + 9]
        )
        assert over == "Delete"


def test_a_wide_list_scrolls_in_its_frame_and_keeps_the_name_in_sight(chromium: Browser, gallery: str) -> None:
    with opened(chromium, gallery, "/_gallery", width=700) as page:
        name = page.locator("#table .record-link").first
        before = name.bounding_box()
        page.evaluate("document.querySelector('#table').scrollLeft = 300")
        after = name.bounding_box()
        assert before
        assert after
        assert abs(after["x"] - before["x"]) < 30


def test_paper_is_white_and_shows_the_content_alone(chromium: Browser, gallery: str) -> None:
    with opened(chromium, gallery, "/_gallery", theme="dark") as page:
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.querySelector('main')).backgroundColor") == "rgb(255, 255, 255)"
        for hidden in (".topbar", "#sidenav", "[data-selection]", "#table .tick-cell"):
            expect(page.locator(hidden).first).to_be_hidden()
