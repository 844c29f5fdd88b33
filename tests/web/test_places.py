"""The start page, the search over everything, the recycle bin, and the pages that end a request."""

from __future__ import annotations

import re
import sqlite3
from html import unescape
from urllib.parse import quote

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kith.runtime.database import Database
from kith.runtime.write.change import Change
from kith.web.answering import page
from kith.web.requests import Visit
from tests.web.shop import ADMIN, CLERK, Shop


@pytest.fixture
def shop(lone_shop: Shop) -> Shop:
    """Return a shop in which nobody else adds records, and deletes none."""
    return lone_shop


def test_the_start_page_counts_what_its_reader_may_see(shop: Shop) -> None:
    for user, members in ((ADMIN, len(shop.ids("member"))), (CLERK, None)):
        html = shop.client(user).get("/").text
        tile = re.search(r'href="/records/member">.*?tile-value">(\d+)<', html)
        assert tile
        shown = len(re.findall(r'id="row-', shop.client(user).get("/records/member").text))
        assert int(tile[1]) == (members or shown) == shown


def test_the_start_page_leads_to_ones_own_records(shop: Shop) -> None:
    html = shop.client(CLERK).get("/").text
    assert 'href="/records/member?view=my_members"' in html
    assert 'href="/records/task?view=my_tasks"' in html


def test_the_start_page_shows_what_one_changed_last(shop: Shop) -> None:
    client = shop.client(ADMIN)
    name = f"Recently {shop.workspace.database.kind}"
    answer = client.post("/records/region/new", data={"name": name})
    assert answer.status_code == 303, answer.text
    html = client.get("/").text
    assert name in html.split('id="recent-table"')[1]


@pytest.mark.parametrize("user", [ADMIN, CLERK])
@pytest.mark.parametrize("path", ["/", "/search?q=chen", "/search?q=a", "/bin"])
def test_these_pages_cost_few_statements(shop: Shop, path: str, user: str) -> None:
    client = shop.client(user)
    client.get(path)
    with shop.statements() as run:
        assert client.get(path).status_code == 200
    assert len([text for text in run if not text.startswith(("BEGIN", "SET"))]) <= 12


@pytest.mark.parametrize("typed", ["韩诗", "hanshi", "HSY", "M00000014"])
def test_search_finds_over_all_kinds(shop: Shop, typed: str) -> None:
    html = unescape(shop.client(ADMIN).get(f"/search?q={quote(typed)}").text)
    assert "韩诗雨" in html
    assert f'href="/records/member?q={quote(typed)}"' in html


@pytest.mark.parametrize(
    ("typed", "language", "address"),
    [
        ("gold", "en", "/records/member?view=gold_members"),
        ("金卡", "zh-CN", "/records/member?view=gold_members"),
        ("new mem", "en", "/records/member/new"),
        ("purch", "en", "/records/purchase"),
    ],
)
def test_search_finds_lists_views_and_forms_by_their_names(shop: Shop, typed: str, language: str, address: str) -> None:
    assert f'class="button " href="{address}"' in shop.client(ADMIN, language).get(f"/search?q={quote(typed)}").text


def test_search_shows_nothing_that_its_reader_may_not_see(shop: Shop) -> None:
    mine = shop.client(CLERK).get("/records/member").text
    (other,) = shop.ids("member", 'name == "韩诗雨"')
    assert other not in mine
    assert other not in shop.client(CLERK).get(f"/search?q={quote('韩诗雨')}").text


def test_search_without_words_asks_and_without_hits_says_so(shop: Shop) -> None:
    client = shop.client(ADMIN)
    assert "What are you looking for?" in client.get("/search").text
    assert "Nothing found for “<qxq>”" in unescape(client.get("/search?q=<qxq>").text)
    assert "<qxq>" not in client.get("/search?q=<qxq>").text


def test_the_bin_shows_what_was_deleted_and_the_way_back(shop: Shop) -> None:
    made = shop.save(Change("create", "region", values={"name": f"Gone {shop.workspace.database.kind}"}))
    client = shop.client(ADMIN)
    assert made.id not in client.get("/bin").text
    shop.save(Change("delete", "region", made.id))
    html = client.get("/bin").text
    assert f'href="/records/region/{made.id}"' in html
    assert f'href="/records/region/{made.id}"' in client.get("/bin/region").text
    assert client.get(f"/records/region/{made.id}").status_code == 200
    assert made.id not in client.get("/records/region").text


def test_the_bin_is_closed_to_those_who_may_not_read(shop: Shop) -> None:
    assert shop.client(CLERK).get("/bin/exchange_rate").status_code == 404
    assert shop.client(CLERK).get("/bin/nothing").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("path", ["/nothing", "/records/nothing", "/records/member/nobody", "/bin/nothing"])
def test_what_is_not_there_has_a_page(shop: Shop, path: str, language: str) -> None:
    answer = shop.client(ADMIN, language).get(path)
    assert answer.status_code == 404
    assert f'<html lang="{language}"' in answer.text
    assert '<nav class="sidenav"' in answer.text
    assert answer.text.count("<h1") == 1


def test_our_own_mistakes_are_told_with_a_reference_and_nothing_else(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    from starlette.routing import Route

    from kith.runtime.accounts import CHEAP
    from kith.runtime.calling import Calling, Doors
    from kith.runtime.clock import system_clock
    from kith.web.assets import Assets
    from kith.web.requests import Web
    from kith.web.templating import Templates

    def broken(visit: Visit) -> None:
        raise RuntimeError("a secret of ours")

    web = Web(Doors(shop.workspace, Calling(shop.workspace.database), system_clock), Templates(Assets()), CHEAP)
    app = Starlette(routes=[Route("/broken", page(web, broken))])  # type: ignore[arg-type]
    client = TestClient(app, base_url="http://kith.test")
    client.cookies.set("kith", shop.session(ADMIN)[0])
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert "secret of ours" not in answer.text
    reference = re.search(r"Reference for support: (\w+)", answer.text)
    assert reference
    assert reference[1] in caplog.text


@pytest.mark.parametrize(("language", "said"), [("en", "try again in a few seconds"), ("zh-CN", "请过几秒再试")])
def test_a_busy_database_is_told_with_when_to_try_again(
    shop: Shop, language: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exhausted(self: Database) -> None:
        raise PoolTimeout("QueuePool limit reached")

    client = shop.client(ADMIN)
    monkeypatch.setattr(Database, "read", exhausted)
    answer = client.get("/", headers={"accept-language": language, "cookie": f"language={language}"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert said in answer.text


@pytest.mark.parametrize(("language", "said"), [("en", "disk is full"), ("zh-CN", "磁盘已满")])
def test_a_full_disk_is_told_and_a_form_can_be_sent_again(
    shop: Shop, language: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL

    def full(*_: object) -> None:
        raise OperationalError("", {}, error)

    client = shop.client(ADMIN)
    monkeypatch.setattr(Database, "run", full)
    client.cookies.set("language", language)
    answer = client.post("/records/region/new", data={"name": "Elsewhere"}, headers={"accept-language": language})
    assert (answer.status_code, answer.headers["retry-after"]) == (507, "60")
    assert said in answer.text
    assert "Elsewhere" in answer.text
