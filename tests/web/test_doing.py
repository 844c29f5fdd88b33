"""States and actions on a record's page, on both databases without script; a refusal stands beside what was typed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from kith.runtime.ids import new_id
from kith.runtime.write.change import Change
from tests.web.browsing import Look, visiting
from tests.web.shop import ADMIN, Shop
from tests.web.test_gallery import grave


def coupon(shop: Shop, status: str = "issued") -> str:
    """A new coupon in that state, for a gift: those are handed out without a purchase."""
    (kind, *_) = shop.ids("coupon_type", 'kind == "gift"')
    values = {
        "code": new_id()[-12:],
        "coupon_type": kind,
        "member": shop.ids("member")[0],
        "status": status,
    }
    return f"/records/coupon/{shop.save(Change('create', 'coupon', None, values)).id}"


def test_the_page_shows_the_path_with_the_next_states_and_the_actions(shop: Shop) -> None:
    page = shop.client(ADMIN).get(coupon(shop)).text
    assert 'aria-label="Life of a coupon"' in page
    states = re.findall(r'<li class="(\w+)"', page[page.index("Life of a coupon") :])[:4]
    assert states == ["current", "next", "next", "next"]
    assert "/do/redeem" in page
    assert "/do/extend" in page


def test_a_final_state_offers_no_way_on(shop: Shop) -> None:
    page = shop.client(ADMIN).get(coupon(shop, "expired")).text
    assert "/do/" not in page


def test_a_transition_is_asked_for_and_done(shop: Shop) -> None:
    client, address = shop.client(ADMIN), coupon(shop)
    asked = client.get(f"{address}/do/revoke")
    assert "A void coupon can never be used again." in asked.text
    done = client.post(f"{address}/do/revoke", data={})
    assert (done.status_code, done.headers["location"]) == (303, address)
    assert client.get(f"{address}/do/redeem").status_code == 404


def test_an_action_asks_for_its_inputs_and_says_what_is_wrong_with_them(shop: Shop) -> None:
    client, address = shop.client(ADMIN, "zh-CN"), coupon(shop)
    asked = client.get(f"{address}/do/extend").text
    assert 'name="days" value="30"' in asked
    refused = client.post(f"{address}/do/extend", data={"days": "91"})
    assert refused.status_code == 422
    assert 'value="91"' in refused.text
    assert 'id="f-days-error"' in refused.text
    assert client.post(f"{address}/do/extend", data={"days": "7"}).status_code == 303


def test_an_input_that_names_a_record_is_looked_up_as_in_a_form(shop: Shop) -> None:
    client, types = shop.client(ADMIN), shop.ids("coupon_type")
    (member, *_) = shop.ids("member", 'status == "active"')
    address = f"/records/member/{member}/do/issue_coupon"
    asked = client.get(address).text
    assert f'data-lookup="{address}/choices/offer"' in asked
    assert len(re.findall(r'<option value="[0-9a-f-]{36}"', asked)) == len(types)
    assert len(re.findall(r'role="option" data-value="[0-9a-f-]{36}"', client.get(f"{address}/choices/offer").text)) > 1
    assert "data-value" not in client.get(f"{address}/choices/offer?q=nothing+is+called+so").text
    assert client.get(f"{address}/choices/name").status_code == 401
    # Without script a button finds; nothing is done, and what was chosen stays.
    sent = {"_find": "offer", "_find.offer": "nothing is called so", "offer": types[0]}
    found = client.post(address, data=sent)
    assert re.findall(r'<option value="([0-9a-f-]{36})" selected', found.text) == [types[0]]
    for nonsense in ("x", "01890000-0000-7000-8000-000000000000", "'; drop"):
        assert client.post(address, data={"offer": nonsense}).status_code == 422


def test_what_is_asked_comes_alone_into_the_dialog(shop: Shop) -> None:
    address = coupon(shop)
    headers = {"hx-request": "true", "hx-target": "div#dialog-body"}
    part = shop.client(ADMIN).get(f"{address}/do/extend", headers=headers).text
    assert "<html" not in part
    assert "_csrf" in part


def test_who_may_not_sees_no_button_and_no_page(shop: Shop) -> None:
    address = coupon(shop)
    client = shop.client("liang.chen@lanting.example")
    page = client.get(address)
    assert page.status_code in (200, 404)
    assert "/do/" not in page.text
    assert client.get(f"{address}/do/redeem").status_code == 404


@pytest.mark.parametrize("look", [Look(), Look("zh-CN", "dark", 360)], ids=str)
def test_a_coupon_is_extended_and_redeemed_in_the_browser(
    chromium: Browser, served_shop: tuple[Shop, str], look: Look
) -> None:
    shop, _ = served_shop
    zh = look.language == "zh-CN"
    with visiting(chromium, served_shop, look, path=coupon(shop)) as page:
        assert grave(page, "a record with its path") == []
        page.get_by_role("link", name="延期" if zh else "Extend").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        # While the dialog comes up its colours are mixed with those below.
        dialog.evaluate("(one) => Promise.all(one.getAnimations().map((each) => each.finished)).then(() => null)")
        assert grave(page, "the inputs of an action") == []
        dialog.locator("[name=days]").fill("99")
        dialog.locator("[data-save]").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert grave(page, "a refused action") == []
        page.locator("[name=days]").fill("9")
        page.locator("[data-save]").click()
        expect(page.get_by_text("已完成。" if zh else "Done.")).to_be_visible()
        page.locator(".path .next a").first.click()
        expect(dialog).to_be_visible()
        dialog.locator("[data-save]").click()
        expect(page.locator(".path [aria-current=step]")).to_contain_text("已核销" if zh else "Used")
        assert page.evaluate("document.documentElement.scrollWidth") <= look.width


def test_a_path_is_gone_along_without_script(chromium: Browser, served_shop: tuple[Shop, str]) -> None:
    with visiting(chromium, served_shop, Look(script=False), path=coupon(served_shop[0])) as page:
        page.locator(".path .next a").first.click()
        page.locator("[data-save]").click()
        expect(page.locator(".path [aria-current=step]")).to_contain_text("Used")
