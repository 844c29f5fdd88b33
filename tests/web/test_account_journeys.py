"""Accounts in a real browser: from an invitation to a second step, on a phone and without script."""

from __future__ import annotations

import pyotp
import pytest
from playwright.sync_api import Browser, expect

from tests.web.accounts import forget_step, invited, somebody, told
from tests.web.browsing import Look, visiting
from tests.web.shop import ADMIN, Shop
from tests.web.test_gallery import grave

Served = tuple[Shop, str]
NEW = "a heron under water"
LOOKS = [Look("zh-CN", "dark", 360), Look("en", "light", 1280)]


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_axe_finds_nothing_grave_and_nothing_scrolls_sideways(
    chromium: Browser, served_shop: Served, look: Look
) -> None:
    user = served_shop[0].users[somebody(served_shop[0])]
    paths = [
        "/account",
        "/account/codes",
        "/account/email",
        "/account/tokens/new",
        "/account/history",
        "/accounts",
        "/accounts/new",
    ]
    paths += [f"/accounts/{user}", f"/accounts/{user}/act", "/forgot", "/link/none"]
    found: list[str] = []
    with visiting(chromium, served_shop, look) as page:
        for path in paths:
            page.goto(path)
            found += grave(page, path)
            assert page.evaluate("document.documentElement.scrollWidth") <= look.width, path
        page.goto(f"/accounts/{user}/act")
        page.locator("form.confirm button").click()
        expect(page.locator("form.acting")).to_be_visible()
        found += grave(page, "acting")
        assert page.evaluate("document.documentElement.scrollWidth") <= look.width
        page.locator("form.acting button").focus()
        page.keyboard.press("Enter")
        expect(page.locator("form.acting")).to_have_count(0)
    assert found == []


def test_an_invited_person_chooses_a_password_turns_codes_on_and_signs_in_with_one(
    chromium: Browser, served_shop: Served
) -> None:
    shop, email = served_shop[0], "ivy.invited@example.com"
    link = invited(shop, email=email, name="Ivy")
    with visiting(chromium, served_shop, Look(width=360, script=False), user="", path=link) as page:
        page.get_by_label("New password", exact=False).first.fill("ivy ivy ivy")
        page.get_by_label("New password again").fill("ivy ivy ivy")
        page.get_by_role("button", name="Keep this password").click()
        expect(page.get_by_text("repeats the same few characters")).to_be_visible()
        page.locator("#f-password").fill(NEW)
        page.locator("#f-again").fill(NEW)
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{served_shop[1]}/")
        page.goto("/account")
        page.get_by_role("link", name="Turn the second step on").click()
        expect(page.get_by_role("img", name="QR code")).to_be_visible()
        page.get_by_text("Type it in by hand").click()
        phone = pyotp.TOTP(page.locator("details code").inner_text().replace(" ", ""))
        page.locator("#f-code").fill(phone.now())
        page.get_by_role("button", name="Turn on").click()
        expect(page.locator(".secrets li")).to_have_count(10)
        shop.users[email] = shop.ids("user", f'email == "{email}"')[0]
        forget_step(shop, email)
        page.context.clear_cookies(name="kith")
        page.goto("/records/member")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(NEW)
        page.keyboard.press("Enter")
        page.locator("#f-code").fill(phone.now())
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{served_shop[1]}/records/member")
    assert "Ivy" in told(shop.client(ADMIN).get("/accounts"))
