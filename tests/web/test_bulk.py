"""The same done with many records: tried before, carried out by a job for each that may, told for each that may not, taken back."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect
from starlette.testclient import TestClient

from kith.jobs.worker import Worker
from kith.runtime.ids import new_id
from kith.runtime.write.change import Change
from tests.web.browsing import Look, visiting
from tests.web.shop import ADMIN, CLERK, Shop
from tests.web.test_gallery import grave
from tests.web.test_several import coupons

BACK = "/records/member?sort=name"


def members(shop: Shop, count: int) -> tuple[str, list[str]]:
    """New members with a name of their own, and the filter that finds them alone."""
    mark = new_id()[-12:]
    made = [
        shop.save(Change("create", "member", values={"name": f"{mark} {n}", "wechat": f"{mark}{n}"})).id
        for n in range(count)
    ]
    return f'starts_with(name, "{mark}")', made


def hidden(html: str) -> list[tuple[str, str]]:
    """What a page's form carries along."""
    form = html.partition('class="form doing')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    return [(name, unescape(value)) for name, value in found if name != "_csrf"]


def post(client: TestClient, path: str, pairs: list[tuple[str, str]]) -> tuple[int, str, str]:
    """The status, the text and where it leads on."""
    said = client.post(path, content=urlencode(pairs), headers={"content-type": "application/x-www-form-urlencoded"})
    return said.status_code, said.text, said.headers.get("location", "")


def worked(shop: Shop) -> None:
    """Everything that waits is done."""
    worker = Worker(shop.workspace)
    while worker.step():
        pass


def test_a_list_sends_all_that_match_or_those_that_are_ticked(shop: Shop) -> None:
    client, (filter_, ids) = shop.client(ADMIN), members(shop, 2)
    html = unescape(client.get("/records/member").text)
    assert 'name="_action" value=":edit"' in html and 'name="_action" value=":delete"' in html
    for filter_of, count in ((members(shop, 51)[0], "All 51 that match"), (filter_, "")):
        html = client.get("/records/member", params={"filter": filter_of}).text
        assert re.findall(r'name="_all" value="1"><span>([^<]+)', html) == [count] * bool(count)
    asked = client.get("/records/member/several", params={"_action": ":edit", "select": ids, "_back": BACK})
    assert "Edit 2 records" in client.get(asked.headers["location"]).text
    every = {"_action": ":edit", "_all": "1", "_filter": filter_, "_back": BACK}
    location = client.get("/records/member/several", params=every).headers["location"]
    assert "select" not in location
    assert "Edit 2 records" in client.get(location).text


def test_fields_are_set_for_all_that_match_and_taken_back_without_script(shop: Shop) -> None:
    client, (filter_, ids) = shop.client(ADMIN), members(shop, 3)
    path = "/records/member/bulk"
    html = client.get(path, params={"_what": ":edit", "_all": "1", "_filter": filter_, "_back": BACK}).text
    status, html, _ = post(client, path, [*hidden(html), ("_next", "wechat"), ("_add", "1")])
    assert status == 200 and 'name="wechat"' in html
    status, html, _ = post(client, path, [*hidden(html), ("wechat", "moved")])
    assert (status, "3 can be done" in html, "Tried on all of them" in html) == (200, True, True)
    assert "moved" not in shop_values(shop, filter_)
    status, _, location = post(client, path, [*hidden(html), ("_go", "1")])
    assert status == 303
    assert "0 of 3" in client.get(location).text
    worked(shop)
    done = client.get(location).text
    assert "3 records changed." in done and BACK in unescape(done)
    assert shop_values(shop, filter_) == ["moved"] * 3
    (undo,) = re.findall(r'href="(/batches/[^"]+)"', done)
    assert client.post(f"{undo}/undo").status_code == 303
    worked(shop)
    assert sorted(shop_values(shop, filter_)) != ["moved"] * 3
    assert len(ids) == 3


def shop_values(shop: Shop, filter_: str) -> list[str]:
    """What the members of a filter have as their name in WeChat."""
    html = shop.client(ADMIN).get("/records/member", params={"filter": filter_, "columns": "name,wechat"}).text
    return [one for one in re.findall(r"<td[^>]*>([^<]+)</td>", html) if one != "–"]


def test_they_are_deleted_and_brought_back(shop: Shop) -> None:
    client, (filter_, _) = shop.client(ADMIN, "zh-CN"), members(shop, 2)
    path = "/records/member/bulk"
    page = client.get(path, params={"_what": ":delete", "_all": "1", "_filter": filter_}).text
    assert "删除 2 条记录" in page and "2 条可以执行" in page
    assert len(shop.ids("member", filter_)) == 2
    _, _, location = post(client, path, [*hidden(page), ("_go", "1")])
    worked(shop)
    assert shop.ids("member", filter_) == []
    (undo,) = re.findall(r'href="(/batches/[^"]+)"', client.get(location).text)
    client.post(f"{undo}/undo")
    worked(shop)
    assert len(shop.ids("member", filter_)) == 2


def test_what_is_refused_is_told_before_and_afterwards_and_as_a_file(shop: Shop) -> None:
    client, ids = shop.client(ADMIN), coupons(shop, "issued", "expired")
    path = "/records/coupon/bulk"
    asked = {"_what": ":do.extend", "_all": "1", "_filter": " or ".join(f'id == "{one}"' for one in ids)}
    html = client.get(path, params=asked).text
    assert "Extend" in html and "2 records" in html
    status, html, _ = post(client, path, [*hidden(html), ("days", "7")])
    assert (status, "1 can be done, 1 would be refused" in html) == (200, True)
    status, wrong, _ = post(client, path, [*[one for one in hidden(html) if one[0] != "days"], ("days", "91")])
    assert (status, 'id="f-days-error"' in wrong) == (422, True)
    more = [(name, "51" if name == "_count" else value) for name, value in hidden(html)]
    status, again, location = post(client, path, [*more, ("_go", "1")])
    assert (status, location, "There are 2 records now" in again) == (200, "", True)
    _, _, location = post(client, path, [*hidden(again), ("_go", "1")])
    worked(shop)
    done = client.get(location).text
    assert "1 record changed." in done and f'href="/records/coupon/{ids[1]}"' in done
    file = client.get(f"{location}/refused.csv")
    assert file.headers["content-disposition"].startswith("attachment") and ids[1] in file.text
    assert shop.client(CLERK).get(location).status_code == 404


def test_nobody_does_with_many_what_he_may_not_do_with_one(shop: Shop) -> None:
    client, path = shop.client(CLERK), "/records/coupon_type/bulk"
    one = shop.ids("coupon_type")[0]
    assert client.get(path, params={"_what": ":delete", "_select": one}).status_code == 404
    assert client.get(path, params={"_what": ":edit", "_select": one}).status_code == 404
    assert client.post(path, data={"_what": ":delete", "_all": "1", "_go": "1"}).status_code == 404
    hostile = shop.client(ADMIN)
    assert hostile.get(path, params={"_what": ":edit"}).status_code == 404
    assert hostile.get(path, params={"_what": ":edit", "_all": "1", "_filter": "nonsense ("}).status_code == 400
    assert hostile.get(f"{path}/{new_id()}").status_code == 404


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_somebody_ticks_all_and_edits_them(
    chromium: Browser, served_shop: tuple[Shop, str], width: int, theme: str
) -> None:
    filter_, _ = members(served_shop[0], 51)
    with visiting(
        chromium, served_shop, Look("en", theme, width), path="/records/member?" + urlencode({"filter": filter_})
    ) as page:
        page.locator("tbody .tick-cell input").first.check(force=True)
        page.get_by_text("All 51 that match").click()
        expect(page.locator(".selection-count")).to_be_hidden()
        page.get_by_role("button", name="Edit…").click()
        expect(page.get_by_role("heading", name="Edit 51 records")).to_be_visible()
        page.get_by_label("Which field?").select_option(label="WeChat")
        page.get_by_role("button", name="Add").click()
        page.get_by_label("WeChat").fill("together")
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_text("Tried on the first 50")).to_be_visible()
        assert grave(page, "many records") == []
        page.get_by_role("button", name="Edit 51 records").click()
        worked(served_shop[0])
        expect(page.get_by_text("51 records changed.")).to_be_visible()
        assert grave(page, "many records") == []
