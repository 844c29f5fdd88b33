"""The inbox: what people are told and by what, how it is read, how open pages hear of it, and how long it is kept."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.client import HTTPConnection
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from kith.jobs.handlers import HANDLERS
from kith.jobs.worker import Worker
from kith.runtime import inbox, queue
from kith.runtime.clock import system_clock
from kith.runtime.schema import system
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Change
from tests.support.server import serving
from tests.web.browsing import Look, visiting
from tests.web.shop import ADMIN, CLERK, HEAD_OFFICE, Shop
from tests.web.test_gallery import grave

Served = tuple[Shop, str]


@pytest.fixture(autouse=True)
def empty(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nobody has been told anything, before and after."""
    names = [name for name in ("shop", "served_shop") if name in request.fixturenames]
    found = request.getfixturevalue(names[0])
    shop: Shop = found if isinstance(found, Shop) else found[0]
    yield
    shop.workspace.database.run(lambda connection: connection.execute(sa.delete(system.notice)))


def tell(shop: Shop, text: str, user: str = ADMIN, record: str = "", at: datetime | None = None) -> None:
    """Tell somebody something about a member."""
    release, users = shop.workspace.current(), [shop.users[user]]
    about = {"entity": "member", "record": record or shop.ids("member")[0]}
    now = at or system_clock()
    shop.workspace.database.run(lambda one: inbox.tell(one, release, users, "rule", text, at=now, **about))


def do(shop: Shop, kind: str, payload: dict[str, object]) -> None:
    """Put a job into the queue and do it."""
    release, now = shop.workspace.current(), system_clock()
    shop.workspace.database.run(lambda one: queue.enqueue(one, release, kind, payload, now=now))
    worker = Worker(shop.workspace, {kind: HANDLERS[kind]})
    while worker.step():
        pass


def lines(shop: Shop, user: str = ADMIN, language: str = "en", query: str = "") -> list[str]:
    """What somebody's inbox says."""
    answer = shop.client(user, language).get(f"/inbox{query}")
    assert answer.status_code == 200
    found = re.findall(r'<span class="note-text">(.*?)</span><small>', answer.text)
    return [html.unescape(re.sub(r"<[^>]+>[^<]*</span>", "", one)) for one in found]


def count(shop: Shop, user: str = ADMIN) -> int:
    """How much somebody has not read."""
    with shop.workspace.database.read() as connection:
        return inbox.unread(connection, [shop.users[user]]).get(shop.users[user], 0)


def test_what_a_rule_wants_told_reaches_each_once_and_nobody_else(shop: Shop) -> None:
    member = shop.ids("member")[0]
    to = [shop.users[ADMIN], shop.users[HEAD_OFFICE], shop.users[ADMIN]]
    do(shop, "notify", {"entity": "member", "record": member, "rule": "r/x", "to": to, "message": "A & B <won>"})
    # Other tests of the shop have been told of other things.
    assert lines(shop).count("A & B <won>") == lines(shop, HEAD_OFFICE).count("A & B <won>") == 1
    assert "A & B <won>" not in lines(shop, CLERK)


def test_opening_one_marks_it_read_and_leads_to_its_record(shop: Shop) -> None:
    member = shop.ids("member")[0]
    tell(shop, "first", record=member)
    tell(shop, "second", record=member)
    client = shop.client(ADMIN)
    address = re.search(r'action="(/inbox/[^"]+)"', client.get("/inbox").text)
    assert address is not None
    assert shop.client(CLERK).post(address[1]).status_code == 404
    assert count(shop) == 2
    assert client.post(address[1]).headers["location"] == f"/records/member/{member}"
    assert count(shop) == 1
    assert lines(shop) == ["second", "first"] and lines(shop, query="?unread=1") == ["first"]
    assert client.post("/inbox").status_code == 303
    assert count(shop) == 0 and lines(shop, query="?unread=1") == []


def test_what_is_due_today_is_told_in_the_readers_words(shop: Shop) -> None:
    today = datetime.now(ZoneInfo(shop.workspace.current().model.app.time_zone)).date()
    owner = shop.users[ADMIN]
    for subject, day in (("Call back", today), ("Later", today + timedelta(days=1))):
        values = {"subject": subject, "owner": owner, "due_on": day.isoformat(), "kind": "task"}
        shop.save(Change("create", "activity", values=values))
    do(shop, "remind", {})
    assert lines(shop) == ["Due today: Call back"]
    assert lines(shop, language="zh-CN") == ["今天到期：Call back"]


def test_who_wanted_a_job_is_told_that_it_has_ended(shop: Shop) -> None:
    release, user = shop.workspace.current(), shop.users[ADMIN]
    with shop.workspace.database.write() as connection:
        for kind in ("import", "retain"):
            inbox.tell_end(connection, release, kind, user, {"actor": user}, system_clock())
    assert lines(shop) == ["Finished: Import"]


def test_what_is_old_goes_and_nobody_has_more_than_the_most(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MOST", 3)
    now = system_clock()
    tell(shop, "old", HEAD_OFFICE, at=now - inbox.KEPT - timedelta(days=1))
    for number in range(5):
        tell(shop, str(number))
    assert shop.workspace.database.run(lambda connection: inbox.forget(connection, now)) == 3
    assert lines(shop) == ["4", "3", "2"] and lines(shop, HEAD_OFFICE) == []


@contextmanager
def listening(shop: Shop, address: str, user: str = ADMIN) -> Iterator[Iterator[int]]:
    """The counts that an open page hears."""
    connection = HTTPConnection(address.removeprefix("http://"), timeout=20)
    connection.request("GET", "/events", headers={"Cookie": f"kith={shop.session(user)[0]}"})
    answer = connection.getresponse()
    assert answer.headers["content-type"].startswith("text/event-stream")
    try:
        yield (int(line.removeprefix(b"data: ")) for line in answer if line.startswith(b"data: "))
    finally:
        connection.close()


def test_pages_hear_at_once_what_another_process_writes_and_hold_no_connection(shop: Shop) -> None:
    other = Workspace.open(shop.workspace.database.url.render_as_string(hide_password=False))
    elsewhere = Shop(other, shop.app, shop.users)
    with serving(shop.app) as address, listening(shop, address) as first, listening(shop, address, CLERK) as second:
        assert (next(first), next(second)) == (0, 0)
        tell(elsewhere, "from elsewhere")
        assert next(first) == 1
        tell(elsewhere, "another", CLERK)
        assert next(second) == 1
        pools = [engine.pool for engine in shop.workspace.database.engines]
        assert sum(pool.checkedout() for pool in pools if isinstance(pool, sa.QueuePool)) == 0
        shop.client(ADMIN).post("/inbox")
        assert next(first) == 0
    other.close()


def test_somebody_who_is_signed_out_hears_nothing_and_need_not_ask_again(shop: Shop) -> None:
    assert shop.client().get("/events").status_code == 204


@pytest.mark.parametrize("look", [Look(), Look("zh-CN", "dark", 360)], ids=str)
def test_what_comes_shows_on_the_bell_and_in_the_open_inbox(chromium: Browser, served_shop: Served, look: Look) -> None:
    shop = served_shop[0]
    with visiting(chromium, served_shop, look, path="/inbox") as page:
        assert grave(page, "empty inbox") == []
        tell(shop, "Somebody won something that has quite a long name, and told everybody about it at once")
        expect(page.locator(".inbox .dot")).to_have_text("1")
        expect(page.locator(".notes")).to_contain_text("Somebody won")
        assert grave(page, "inbox") == []
        assert page.evaluate("document.documentElement.scrollWidth") <= look.width
        page.locator(".notes button").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/records/member/"))
        expect(page.locator(".inbox .dot")).to_be_hidden()


def test_without_script_the_page_tells_and_marks(chromium: Browser, served_shop: Served) -> None:
    tell(served_shop[0], "Read me")
    with visiting(chromium, served_shop, Look(script=False), path="/") as page:
        page.get_by_role("link", name="Inbox").click()
        expect(page.get_by_role("button", name="Read me")).to_be_visible()
        page.get_by_role("button", name="Mark all as read").click()
        expect(page.get_by_role("button", name="Mark all as read")).to_have_count(0)
