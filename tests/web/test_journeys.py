"""The pages in a real browser: signing in, finding and filtering, with and without script, by keyboard, on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.web.browsing import Look, visiting
from tests.web.shop import ADMIN, CLERK, PASSWORD, Shop
from tests.web.test_gallery import grave

Served = tuple[Shop, str]
PAGES = (
    "/",
    "/records/member",
    "/records/member?filter=store+is+set&q=%E9%9F%A9",
    "/records/member?q=nothing+at+all",
    "/records/purchase?sort=-total",
    "/search?q=chen",
    "/bin",
    "/password",
    "/keys",
    "/nothing",
)
LOOKS = [Look(language, theme) for language in ("en", "zh-CN") for theme in ("light", "dark")]
LOOKS.append(Look("zh-CN", "dark", 360))


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_axe_finds_nothing_grave(chromium: Browser, served_shop: Served, look: Look) -> None:
    found: list[str] = []
    with visiting(chromium, served_shop, look, user="", path="/sign-in") as page:
        found += grave(page, "/sign-in")
    with visiting(chromium, served_shop, look) as page:
        for path in PAGES:
            page.goto(path)
            found += grave(page, path)
    assert found == []


@pytest.mark.parametrize("width", [320, 360, 768])
def test_no_page_scrolls_sideways(chromium: Browser, served_shop: Served, width: int) -> None:
    with visiting(chromium, served_shop, Look(width=width)) as page:
        for path in PAGES:
            page.goto(path)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} is {wide} px wide at {width}"


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", [1280, 360])
def test_one_signs_in_finds_somebody_and_signs_out(
    chromium: Browser, served_shop: Served, script: bool, width: int
) -> None:
    with visiting(
        chromium, served_shop, Look("zh-CN", width=width, script=script), user="", path="/records/member"
    ) as page:
        page.get_by_label("邮箱").fill(CLERK)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("会员")
        page.get_by_placeholder("在会员中搜索").fill("林语")
        page.keyboard.press("Enter")
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody tr")).to_contain_text("林语桐")
        assert "q=" in page.url
        page.locator(".top-actions details").last.locator("summary").click()
        page.get_by_role("button", name="退出登录").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("登录")


def test_what_is_typed_filters_the_list_at_once_and_back_undoes_it(chromium: Browser, served_shop: Served) -> None:
    with visiting(chromium, served_shop, path="/records/member") as page:
        everything = page.locator("tbody tr").count()
        box = page.get_by_placeholder("Search in members")
        box.press_sequentially("hanshi")
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(box).to_be_focused()
        expect(box).to_have_value("hanshi")
        page.go_back()
        expect(page.locator("tbody tr")).to_have_count(everything)


@pytest.mark.parametrize("script", [True, False])
def test_a_filter_is_picked_added_to_and_removed(chromium: Browser, served_shop: Served, script: bool) -> None:
    with visiting(chromium, served_shop, Look(script=script), path="/records/member") as page:
        page.get_by_text("Add filter").click()
        page.get_by_label("Field", exact=True).select_option("tier")
        if script:
            page.locator("select[name=value]").select_option("silver")
        else:
            page.locator("[name=value]").fill("Silver")
        page.get_by_role("button", name="Apply").click()
        expect(page.locator(".filter")).to_have_text(["Tier: Silver"])
        page.get_by_role("link", name="Points", exact=True).click()
        expect(page.locator("[aria-sort]")).to_contain_text("Points")
        expect(page.locator(".filter")).to_have_text(["Tier: Silver"])
        page.locator("summary", has_text="Columns").click()
        page.get_by_role("checkbox", name="Mobile").uncheck()
        page.get_by_role("button", name="Apply").click()
        expect(page.locator("thead")).not_to_contain_text("Mobile")
        expect(page.locator(".filter")).to_have_text(["Tier: Silver"])
        page.get_by_role("link", name="Remove filter").click()
        expect(page.locator(".filter")).to_have_count(0)
        expect(page.locator("thead")).not_to_contain_text("Mobile")


def test_the_keyboard_reaches_the_search_and_the_rows(chromium: Browser, served_shop: Served) -> None:
    with visiting(chromium, served_shop, path="/records/member") as page:
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(page.locator("tr.cursor .record-link")).to_be_focused()
        name = page.locator("tr.cursor .record-link").inner_text()
        page.keyboard.press("o")
        expect(page.get_by_role("heading", level=1)).to_contain_text(name)
        page.keyboard.press("/")
        page.keyboard.type("chen")
        expect(page.get_by_role("option", name="Search everything for “chen”")).to_be_visible()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Search for “chen”")


def test_letters_edit_create_and_help_and_rest_while_one_types(chromium: Browser, served_shop: Served) -> None:
    path = f"/records/member/{served_shop[0].ids('member')[0]}"
    with visiting(chromium, served_shop, path=path) as page:
        page.keyboard.press("?")
        expect(page.locator("#dialog")).to_contain_text("Edit this record")
        page.keyboard.press("e")
        page.keyboard.press("Escape")
        expect(page.locator("#dialog")).not_to_be_visible()
        page.keyboard.press("c")
        expect(page.get_by_role("banner").get_by_role("link", name="Member", exact=True)).to_be_focused()
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        page.keyboard.type("ec?")
        expect(page.get_by_role("combobox", name="Search")).to_have_value("ec?")
        page.keyboard.press("Escape")
        page.locator("h1").focus()
        composing = "new KeyboardEvent('keydown', {key: 'e', isComposing: true, bubbles: true})"
        page.evaluate(f"document.body.dispatchEvent({composing})")
        assert page.url.endswith(path)
        page.keyboard.press("e")
        expect(page).to_have_url(page.url + "/edit")


def test_what_was_done_is_said_once(chromium: Browser, served_shop: Served) -> None:
    path = f"/records/member/{served_shop[0].ids('member')[0]}"
    for key in ("Control+s", "Control+Enter"):
        with visiting(chromium, served_shop, path=f"{path}/edit") as page:
            page.keyboard.press(key)
            said = page.get_by_text("Saved.", exact=True)
            expect(said).to_be_visible()
            assert page.url.endswith(path)
            page.goto("/")
            page.go_back()
            expect(page.locator("h1")).to_be_visible()
            expect(said).to_have_count(0)


def test_the_language_changes_from_the_menu_and_stays_on_the_list(chromium: Browser, served_shop: Served) -> None:
    with visiting(chromium, served_shop, path="/records/member?view=gold_members") as page:
        page.locator("summary[aria-label=Appearance]").click()
        page.get_by_role("banner").get_by_role("button", name="简体中文").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("会员")
        assert page.url.endswith("/records/member?view=gold_members")


def test_the_first_list_is_light(chromium: Browser, served_shop: Served) -> None:
    with visiting(chromium, served_shop, path="/nothing") as page:
        page.context.clear_cookies(name="nobody")
    shop, address = served_shop
    context = chromium.new_context(base_url=address)
    context.add_cookies([{"name": "kith", "value": shop.session(ADMIN)[0], "url": address}])
    page = context.new_page()
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto("/records/member")
    page.wait_for_load_state("networkidle")
    nodes = page.evaluate("document.querySelectorAll('*').length")
    context.close()
    assert nodes <= 1_600
    assert len(sizes) <= 10
    assert sum(sizes) <= 100_000


def test_going_on_swaps_the_page_inside_its_frame(chromium: Browser, served_shop: Served) -> None:
    with visiting(chromium, served_shop, path="/records/member") as page:
        page.evaluate("document.querySelector('.topbar').dataset.kept = 'yes'")
        page.get_by_role("navigation", name="Navigation").get_by_role("link", name="Purchases").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Purchases")
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        expect(page).to_have_title("Purchases · Retail CRM")
        expect(page.locator(".sidenav [aria-current]")).to_have_text("Purchases")
        assert page.url.endswith("/records/purchase")
        assert page.evaluate("document.querySelector('.topbar').dataset.kept") == "yes"
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Members")
        expect(page.locator(".sidenav [aria-current]")).to_have_text("Members")
        page.go_forward()
        expect(page.get_by_role("heading", level=1)).to_have_text("Purchases")


def test_a_page_whose_session_has_ended_goes_on_after_signing_in(chromium: Browser, served_shop: Served) -> None:
    with visiting(chromium, served_shop, path="/records/member") as page:
        page.context.clear_cookies(name="kith")
        page.get_by_role("navigation", name="Navigation").get_by_role("link", name="Purchases").click()
        page.wait_for_url("**/sign-in**")
        page.get_by_label("E-mail").fill(ADMIN)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Purchases")


@pytest.mark.parametrize("script", [True, False])
def test_columns_that_do_not_show_are_there_when_they_are_asked_for(
    chromium: Browser, served_shop: Served, script: bool
) -> None:
    with visiting(
        chromium, served_shop, Look(script=script), path="/records/member?filter=tier+%3D%3D+%22gold%22"
    ) as page:
        page.locator("summary", has_text="Columns").click()
        page.get_by_role("link", name="More columns…").click()
        box = page.get_by_role("checkbox", name="Gender", exact=True)
        expect(box).to_be_visible()
        assert not script or page.evaluate("document.activeElement.name") == "columns"
        box.check()
        page.locator("#list-columns").get_by_role("button", name="Apply").click()
        expect(page.locator("thead")).to_contain_text("Gender")
        expect(page.locator(".filter")).to_have_count(1)
