"""Dashboards: every number leads to the list that it is made of, under the rights of whoever looks, and no tile harms another."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from urllib.parse import urlsplit

import pytest
from starlette.datastructures import QueryParams

from kith.metadata.model_dashboards import Dashboard, Tile
from kith.rules.printing import print_syntax
from kith.runtime.accounts import session_of
from kith.runtime.clock import system_clock
from kith.runtime.context import Context, context_of
from kith.runtime.dashboards import limiting
from kith.runtime.dashboards.answers import Asking, Mark, answer
from kith.runtime.dashboards.asking import Chosen
from kith.runtime.dashboards.seeing import own
from kith.runtime.database import Connection
from kith.runtime.read import aggregate, list_records
from kith.runtime.read.query import AggregateQuery, BadQuery, Denied
from kith.runtime.read.reader import Reader as AccessReader
from kith.runtime.read.reader import reader_of
from kith.web import dashing, filters
from kith.web.listed_tiles import listed
from kith.web.listing import Asked, query_of, views_of
from kith.web.measured import Behind, Measured
from kith.web.showing import Reader
from kith.web.templating import Templates
from kith.web.tiles import Shown
from tests.web.shop import ADMIN, CLERK, HEAD_OFFICE, Shop, opened

MARKETING = "marc.dubois@lanting.example"
MANAGER = "zhou.yun@lanting.example"
PEOPLE = {
    "retail_crm": (MANAGER, CLERK, MARKETING),
    "b2b_crm": (ADMIN, "jiang.yifei@corvane.example"),
}
CHOSEN = (Chosen("all"), Chosen("last_90_days", owner="me"))


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Yield the other app."""
    with opened(f"sqlite:///{tmp_path_factory.mktemp('sales') / 'kith.db'}", "b2b_crm") as found:
        yield found


# ---- the numbers --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Looker:
    """Somebody who looks at tiles."""

    connection: Connection
    context: Context
    shop: Shop

    def asking(self, dashboard: Dashboard, tile: Tile, chosen: Chosen) -> Asking:
        return Asking(self.connection, self.context, self.shop.workspace.current(), dashboard, tile, chosen)

    def listed(self, href: str) -> tuple[int, str]:
        """How many records the list of an address has, and everything that holds for them."""
        parts = urlsplit(href)
        entity, release = parts.path.rpartition("/")[2], self.shop.workspace.current()
        asked = Asked.of(entity, QueryParams(parts.query))
        view = views_of(reader_of(self.context, release), self.context, entity).named(asked.view)
        assert view is not None or not asked.view, "the list must open"
        found = list_records(self.connection, self.context, release, query_of(asked, view, (), ()))
        assert not found.capped
        declared = release.model.segments.get(view.segment) if view is not None else None
        texts = [one.filter.excerpt.text for one in (view, declared) if one is not None and one.filter is not None]
        return found.count or 0, filters.joined([f"({text}\n)" for text in (*texts, asked.filter) if text])


def looker(shop: Shop, connection: Connection, user: str) -> Looker:
    release, now = shop.workspace.current(), system_clock()
    account = session_of(connection, release, shop.session(user)[0], now)
    assert account is not None
    zone = release.model.app.time_zone
    return Looker(connection, context_of(account.actor, now, language="en", time_zone=zone), shop)


def disagreements(looker: Looker, templates: Templates) -> Iterator[str]:
    """The marks of all tiles that say something else than their lists."""
    release = looker.shop.workspace.current()
    reader = reader_of(looker.context, release)
    showing = Reader(release.model, templates.texts["en"], "Asia/Shanghai")
    for dashboard in _looked_at(looker, reader):
        for tile in dashboard.tiles.values():
            for chosen in CHOSEN if reader.may_read(tile.of) else ():
                asking = looker.asking(dashboard, tile, chosen)
                try:
                    found = list(_marks(asking, showing))
                except (Denied, BadQuery):
                    continue
                for mark, href in found:
                    count, filter_ = looker.listed(href)
                    if count != mark.count or not _same(mark, _measured(looker, tile, filter_)):
                        yield f"{dashboard.name}/{tile.name} {chosen} {mark}: {count} in {href}"


def _looked_at(looker: Looker, reader: AccessReader) -> list[Dashboard]:
    """The dashboards of somebody's roles; of who reads only parts of records also those of others."""
    every = list(reader.release.model.dashboards.values())
    return every if "marketing" in looker.context.actor.roles else own(reader, looker.context.actor.roles)


def _marks(asking: Asking, showing: Reader) -> Iterator[tuple[Mark, str]]:
    tile = asking.tile
    if tile.is_list:
        shown = listed(Shown(name="t", kind=tile.kind, label="", href="", fetch=""), asking, showing)
        label = re.search(r"\d+", shown.all.label if shown.all is not None else "0")
        assert label is not None
        yield Mark(None, None, int(label[0])), Behind(asking, asking.conditions(asking.span)).list_of()
        return
    measured = Measured(asking, showing, answer(asking))
    for mark in measured.answer.marks:
        yield mark, measured.behind.list_of(mark.condition)
    if measured.answer.before is not None:
        earlier = asking.conditions(measured.answer.before_span)
        yield measured.answer.before, Behind(asking, earlier).list_of()


def _measured(looker: Looker, tile: Tile, filter_: str) -> object:
    if tile.measure is None or tile.measure.value is None:
        return None
    text = f"{tile.measure.function}({print_syntax(tile.measure.value.syntax)})"
    query = AggregateQuery(tile.of, (), {"value": text}, filter_)
    return aggregate(looker.connection, looker.context, looker.shop.workspace.current(), query)[0]["value"]


def _same(mark: Mark, measured: object) -> bool:
    return measured is None or measured == (mark.value or (Decimal(0) if mark.count == 0 else mark.value))


@pytest.mark.parametrize("user", PEOPLE["retail_crm"])
def test_every_mark_of_the_shop_says_what_its_list_says(shop: Shop, templates: Templates, user: str) -> None:
    with shop.workspace.database.read() as connection:
        assert list(disagreements(looker(shop, connection, user), templates)) == []


@pytest.mark.parametrize("user", PEOPLE["b2b_crm"])
def test_every_mark_of_the_other_app_says_what_its_list_says(sales: Shop, templates: Templates, user: str) -> None:
    with sales.workspace.database.read() as connection:
        assert list(disagreements(looker(sales, connection, user), templates)) == []


@pytest.mark.parametrize("app", PEOPLE)
def test_every_role_of_an_app_has_a_dashboard(app: str, request: pytest.FixtureRequest) -> None:
    found: Shop = request.getfixturevalue("sqlite_shop" if app == "retail_crm" else "sales")
    model = found.workspace.current().model
    served = {role for dashboard in model.dashboards.values() for role in dashboard.roles}
    assert served == {role for role in model.roles if model.roles[role].layer == app}


# ---- pages --------------------------------------------------------------------------------------------------------


def states(html: str) -> dict[str, str]:
    """How each tile stands, by its name."""
    found = re.findall(r'<section class="dash-tile [^"]* (\w+)" id="tile-(\w+)"', html)
    return {name: state for state, name in found}


@pytest.mark.parametrize(("user", "name"), [(HEAD_OFFICE, "business"), (MANAGER, "store"), (MARKETING, "marketing")])
def test_a_dashboard_costs_few_statements_and_is_light(shop: Shop, user: str, name: str) -> None:
    client = shop.client(user)
    client.get(f"/dashboards/{name}")
    with shop.statements() as run:
        html = client.get(f"/dashboards/{name}").text
    assert len([one for one in run if one != "BEGIN"]) <= 12, run
    assert len(gzip.compress(html.encode())) <= 40_000
    assert html.count("<") / 2 <= 1_500
    assert set(states(html).values()) <= {"ready", "empty", "later"}


def test_what_is_not_made_at_once_is_fetched_and_can_be_reached_without_script(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashing, "STATEMENTS", 0)
    html = shop.client(MANAGER).get("/dashboards/store?period=this_year").text
    assert set(states(html).values()) == {"later"}
    fetches = re.findall(r'hx-get="([^"]+)" hx-trigger="load"', html)
    assert len(fetches) == len(states(html))
    for address in map(unescape, fetches):
        assert f'href="{address.replace("&", "&amp;")}"' in html and "period=this_year" in address
        tile = address.partition("?")[0].rpartition("/")[2]
        part = shop.client(MANAGER).get(address, headers={"hx-request": "true", "hx-target": f"tile-{tile}"}).text
        assert part.lstrip().startswith("<section") and states(part)[tile] in ("ready", "empty")


def test_a_slow_tile_says_so_and_the_page_comes_without_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(asking: Asking) -> None:
        raise limiting.TooSlow

    monkeypatch.setattr(dashing, "answer", slow)
    client = shop.client(MANAGER)
    page = client.get("/dashboards/store")
    assert page.status_code == 200 and set(states(page.text).values()) == {"later"}
    part = client.get("/dashboards/store/sales", headers={"hx-request": "true", "hx-target": "tile-sales"}).text
    assert states(part) == {"sales": "slow"} and "Try again" in part


def test_a_tile_that_fails_leaves_the_others_alone(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(asking: Asking) -> object:
        if asking.tile.name == "profit":
            raise ZeroDivisionError
        return answer(asking)

    monkeypatch.setattr(dashing, "answer", failing)
    found = states(shop.client(MANAGER).get("/dashboards/store").text)
    assert found["profit"] == "failed" and found["sales"] == "ready"


def test_a_tile_that_one_may_not_read_shows_no_number(shop: Shop) -> None:
    for user, tile in ((MARKETING, "store/profit"), (CLERK, "store/profit"), (CLERK, "marketing/types")):
        html = shop.client(user).get(f"/dashboards/{tile}?period=all").text
        if tile == "store/profit":
            assert "You may not see" in html and "figure-value" not in html
            assert shop.client(user).get(f"/dashboards/{tile}.csv").status_code in (403, 404)


def test_a_tile_that_goes_by_nobody_says_so_where_somebody_is_chosen(shop: Shop) -> None:
    client = shop.client(MANAGER)
    for tile, told in (("sales", "This month · Everybody"), ("cases", "")):
        html = client.get(f"/dashboards/store/{tile}?owner=me").text
        assert re.findall(r'<span class="tile-note">([^<]*)<', html) == ([told] if told else [])


def test_a_dashboard_of_which_one_may_read_nothing_is_not_there(sales: Shop) -> None:
    client = sales.client("lai.peishan@corvane.example")
    assert client.get("/dashboards/renewals").status_code == 200
    assert client.get("/dashboards/nothing").status_code == 404
    assert client.get("/dashboards/renewals/nothing").status_code == 404
    html = client.get("/dashboards/renewals").text
    assert states(html)["in_force"] == "denied"


def test_whoever_may_not_take_records_out_gets_no_file(shop: Shop) -> None:
    address = "/dashboards/business/by_store.csv?period=all"
    answered = shop.client(HEAD_OFFICE).get(address)
    lines = answered.text.removeprefix("\ufeff").splitlines()
    assert lines[0] == "Group,Records,Value" and len(lines) > 3
    assert answered.headers["content-disposition"] == 'attachment; filename="business-by_store.csv"'
    assert shop.client(MARKETING).get(address).status_code == 404
    assert "by_store.csv" not in shop.client(MARKETING).get("/dashboards/business/by_store?period=all").text


def test_the_start_page_leads_to_the_dashboards_of_ones_role(shop: Shop) -> None:
    html = shop.client(MANAGER).get("/").text
    assert 'hx-get="/dashboards/store"' in html and 'href="/dashboards/store/profit"' in html
    assert shop.client(MANAGER).get("/dashboards").headers["location"] == "/dashboards/store"
    tiles = shop.client(MANAGER).get("/dashboards/store", headers={"hx-request": "true", "hx-target": "tiles"}).text
    assert "<html" not in tiles and states(tiles)["profit"] == "ready"


def test_what_makes_no_sense_in_an_address_chooses_nothing(shop: Shop) -> None:
    address = '/dashboards/store?period=ages&owner=" or true&team=x'
    html = shop.client(MANAGER).get(address).text
    assert 'value="this_month" selected' in html and "or true" not in html.split("<main")[1].replace("&#34;", '"')
