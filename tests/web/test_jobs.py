"""Background jobs on the administrator's pages: listed, told in words, tried again; for nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from kith.runtime import queue
from kith.runtime.clock import system_clock
from tests.web.browsing import Look, visiting
from tests.web.shop import ADMIN, CLERK, Shop
from tests.web.test_gallery import grave

Served = tuple[Shop, str]
ERROR = "Traceback (most recent call last):\n  File x\nKeyError: 'tier'\n"
COPY = {"entity": "member", "fields": ["tier"], "through": ["store"], "ids": [], "depth": 1}


def put(shop: Shop, kind: str = "copy", payload: dict[str, Any] = COPY, error: str = "", result: Any = None) -> str:
    """A job that has been done, or that has failed for good with an error."""
    with shop.workspace.database.write() as connection:
        now = system_clock()
        id_ = queue.enqueue(connection, shop.workspace.current(), kind, payload, now=now, priority=0)
        taken = queue.claim(connection, [kind], "me", now)
        assert taken is not None
        assert taken.id == id_
        if error:
            queue.bury(connection, taken, now, error)
        else:
            queue.finish(connection, taken, now, result)
    return id_


def test_who_administers_finds_jobs_in_his_menu_and_nobody_else_does(shop: Shop) -> None:
    id_ = put(shop, error=ERROR)
    assert 'href="/jobs"' in shop.client(ADMIN).get("/").text
    clerk = shop.client(CLERK)
    assert 'href="/jobs"' not in clerk.get("/").text
    assert [clerk.get(path).status_code for path in ("/jobs", f"/jobs/{id_}")] == [404, 404]
    assert clerk.post(f"/jobs/{id_}/retry").status_code == 404


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Something unforeseen went wrong: KeyError: &#39;tier&#39;"), ("zh-CN", "发生了意外错误：KeyError")],
)
def test_what_failed_and_why_is_told_in_words(shop: Shop, language: str, said: str) -> None:
    id_ = put(shop, error=ERROR)
    client = shop.client(ADMIN, language)
    for path in ("/jobs?state=dead", f"/jobs/{id_}"):
        text = client.get(path).text
        assert said in text
        assert "Traceback" not in text


def test_jobs_are_found_by_state_and_kind_and_page_by_page(shop: Shop) -> None:
    done = put(shop, "sweep", {}, result={"jobs": 2, "answers": 0})
    client = shop.client(ADMIN)
    assert f"/jobs/{done}" in client.get("/jobs?state=done&kind=sweep").text
    assert f"/jobs/{done}" not in client.get("/jobs?state=dead").text
    assert f"/jobs/{done}" not in client.get(f"/jobs?after={done}").text
    assert [client.get(path).status_code for path in ("/jobs?after=x", "/jobs/x")] == [404, 404]


def test_text_in_a_job_stays_text(shop: Shop) -> None:
    id_ = put(shop, error="ValueError: <b>{{7*7}}</b> {name}")
    assert "&lt;b&gt;{{7*7}}&lt;/b&gt; {name}" in shop.client(ADMIN).get(f"/jobs/{id_}").text


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_failed_job_is_tried_again(chromium: Browser, served_shop: Served, script: bool) -> None:
    shop, _ = served_shop
    id_ = put(shop, error=ERROR)
    with visiting(chromium, served_shop, Look(script=script), path="/jobs?state=dead") as page:
        page.locator(f'a[href="/jobs/{id_}"]').first.click()
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_text("The job is tried again.")).to_be_visible()
        expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    with shop.workspace.database.write() as connection:
        taken = queue.claim(connection, ["copy"], "me", system_clock())
        assert taken is not None
        assert (taken.id, taken.attempts) == (id_, 1)
        queue.finish(connection, taken, system_clock())


LOOKS = [Look(), Look("zh-CN", "dark"), Look("en", "dark", 360), Look("zh-CN", width=360)]


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_axe_finds_nothing_grave_and_nothing_scrolls_sideways(
    chromium: Browser, served_shop: Served, look: Look
) -> None:
    refusals = [{"record": "01890000-0000-7000-8000-000000000001", "code": "rule", "message": "At most ten."}]
    came = {"looked_at": 2, "fired": 0, "refused": 1, "refusals": refusals}
    failed, done = put(served_shop[0], error=ERROR), put(served_shop[0], result=came)
    with visiting(chromium, served_shop, look) as page:
        for path in ("/jobs", "/jobs?state=running", f"/jobs/{failed}", f"/jobs/{done}"):
            page.goto(path)
            assert grave(page, path) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= look.width
