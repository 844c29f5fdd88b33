"""Views that people keep of a list: made, changed, shared, told apart, and of no use to see more with."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from kith.runtime.schema import system
from tests.web.forms import form_of
from tests.web.shop import ADMIN, CLERK, HEAD_OFFICE, Shop
from tests.web.test_lists import filters, heads, names

GOLD = "/records/member?filter=" + quote('tier == "gold"') + "&sort=-name&columns=name,tier"
KEEP, CHANGES, BACK, SETTINGS = "Save as a view…", "Save changes", "Take changes back", "Name and sharing…"


@pytest.fixture
def shop(lone_shop: Shop) -> Shop:
    """Return a shop in which nobody has kept a view."""
    lone_shop.workspace.database.run(lambda connection: connection.execute(sa.delete(system.saved_view)))
    return lone_shop


def offered(html: str) -> list[str]:
    """What is offered to do with the view."""
    found = re.search(r'<div class="keeping".*?</div>', html, re.DOTALL)
    return (
        re.findall(r"<span>([^<]+)</span>|>([^<>]+)</button>", found[0])
        and [unescape(a or b) for a, b in re.findall(r"<span>([^<]+)</span>|<button[^>]*>([^<]+)</button>", found[0])]
        if found
        else []
    )


def tabs(html: str) -> list[str]:
    """The kept views that stand beside those of the app."""
    found = re.search(r'aria-label="Kept views">(.*?)</nav>', html, re.DOTALL)
    return [unescape(one) for one in re.findall(r'class="text">([^<]+)<', found[1])] if found else []


def kept(client: TestClient, name: str, address: str = GOLD, **more: str) -> str:
    """Keep what a list shows; the address of the view."""
    asked = unescape(re.search(r'href="([^"]*/views/new[^"]*)"', client.get(address).text)[1])  # type: ignore[index]
    form = form_of(client.get(asked).text, "kept-view").fill(name=name, **more)
    answer = form.send(client)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_list_as_it_came_offers_nothing_and_a_changed_one_to_keep_it(shop: Shop) -> None:
    client = shop.client(CLERK)
    assert offered(client.get("/records/member").text) == []
    assert offered(client.get("/records/member?q=li").text) == []
    assert offered(client.get(GOLD).text) == [KEEP]


def test_a_view_keeps_filter_order_and_columns(shop: Shop) -> None:
    client = shop.client(ADMIN)
    before = client.get(GOLD).text
    address = kept(client, "Gold, Z first")
    after = client.get(address).text
    assert (names(after), heads(after)) == (names(before), heads(before))
    assert filters(after) == ["Tier: Gold"]
    assert tabs(after) == ["Gold, Z first"]
    assert f'href="{address}" aria-current="page"' in after
    assert offered(after) == [SETTINGS]


def test_what_somebody_changes_in_a_view_is_offered_to_be_kept_or_taken_back(shop: Shop) -> None:
    client = shop.client(ADMIN)
    address = kept(client, "Gold")
    html = client.get(address).text
    turned = unescape(re.search(r'href="([^"]*sort=name[^"]*)"', html)[1])  # type: ignore[index]
    changed = client.get(turned).text
    assert names(changed) == list(reversed(names(html)))
    assert offered(changed) == [CHANGES, KEEP, BACK]
    update = form_of(changed, f"/records/member/views/{address.rpartition('=')[2]}/state")
    assert update.send(client).headers["location"] == address
    assert names(client.get(address).text) == names(changed)


def test_a_filter_that_is_taken_away_from_a_view_stays_away(shop: Shop) -> None:
    client = shop.client(CLERK)
    html = client.get(kept(client, "Gold", "/records/member?filter=" + quote('tier == "gold"'))).text
    without = unescape(re.search(r'class="filter-remove" href="([^"]*)"', html)[1])  # type: ignore[index]
    after = client.get(without).text
    assert filters(after) == []
    assert offered(after) == [CHANGES, KEEP, BACK]


def test_a_search_and_another_page_belong_to_no_view(shop: Shop) -> None:
    client = shop.client(CLERK)
    address = kept(client, "Gold")
    assert offered(client.get(address + "&q=li").text) == [SETTINGS]


@pytest.mark.parametrize(("name", "told"), [("", "Give the view a name."), ("x" * 61, "60"), ("gold", "“gold”")])
def test_a_name_that_does_not_do_is_told_and_nothing_is_lost(shop: Shop, name: str, told: str) -> None:
    client = shop.client(CLERK)
    kept(client, "Gold")
    form = form_of(client.get(GOLD.replace("member?", "member/views/new?")).text, "kept-view").fill(name=name)
    answer = form.send(client)
    assert answer.status_code == 422 and told in answer.text
    again = form_of(answer.text, "kept-view")
    assert (again["name"], again["filter"], again["columns"]) == (name, 'tier == "gold"', "name,tier")


def test_a_view_is_its_owners_alone_until_an_administrator_shares_his(shop: Shop) -> None:
    clerk, admin = shop.client(CLERK), shop.client(ADMIN)
    own = kept(clerk, "Mine", shared="true")
    assert tabs(admin.get("/records/member").text) == []
    assert admin.get(own).status_code == 404
    shared = kept(admin, "For all", shared="true")
    html = clerk.get(shared).text
    assert tabs(html) == ["Mine", "For all"]
    assert offered(html) == []
    id_ = shared.rpartition("=")[2]
    assert clerk.get(f"/records/member/views/{id_}").status_code == 404


def test_a_shared_view_shows_nobody_more_than_he_may_see(shop: Shop) -> None:
    admin, clerk = shop.client(ADMIN), shop.client(CLERK)
    address = kept(admin, "All", "/records/member?sort=-name&columns=name,store", shared="true")
    assert set(names(clerk.get(address).text)) == set(names(clerk.get("/records/member").text))


def test_a_view_that_is_deleted_leaves_what_it_showed(shop: Shop) -> None:
    client = shop.client(CLERK)
    address = kept(client, "Gold")
    page = client.get(f"/records/member/views/{address.rpartition('=')[2]}").text
    left = form_of(page, "kept-view").send(client, ("_delete", "1")).headers["location"]
    assert parse_qs(urlsplit(left).query) == parse_qs(urlsplit(GOLD).query)
    assert offered(client.get(left).text) == [KEEP]
    gone = client.get(address)
    assert gone.status_code == 404 and "not there any more" in gone.text
    assert client.get(address.replace("saved=", "from=")).status_code == 200


def test_who_has_no_right_to_a_list_has_none_to_its_views(shop: Shop) -> None:
    id_ = kept(shop.client(ADMIN), "All", shared="true").rpartition("=")[2]
    client = shop.client(HEAD_OFFICE)
    assert client.get(f"/records/nothing/views/{id_}").status_code == 404
