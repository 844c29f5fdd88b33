"""Boards, calendars, timelines and grids: what stands where for whom, and moving it, without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from starlette.testclient import TestClient

from kith.runtime.read import beside
from kith.runtime.write.change import Change
from tests.runtime.files.making import png
from tests.support import postgresql
from tests.web.boards import GUEST, WEI, job, workshop
from tests.web.shop import ADMIN, Shop

BOARD, DAYS, STAYS = "/records/job?view=board", "/records/job?view=days", "/records/job?view=stays"


@pytest.fixture(scope="module")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Yield a workshop on SQLite, for what no database decides."""
    with workshop(f"sqlite:///{tmp_path_factory.mktemp('workshop') / 'kith.db'}") as found:
        yield found


@pytest.fixture(scope="module")
def heavy(postgresql_server: str) -> Iterator[Shop]:
    """Yield a workshop on PostgreSQL."""
    with postgresql.fresh_schema(postgresql_server) as url, workshop(url) as found:
        yield found


@pytest.fixture(params=["lite", "heavy"])
def shop(request: pytest.FixtureRequest) -> Shop:
    """Return the workshop on each database."""
    found: Shop = request.getfixturevalue(request.param)
    return found


def lanes(html: str) -> dict[str, list[str]]:
    """What the columns of a board hold."""
    parts = re.split(r'<section class="lane[^"]*" data-lane="([^"]*)"', html)[1:]
    return {value: names(part) for value, part in zip(parts[::2], parts[1::2], strict=True)}


def days(html: str) -> dict[str, list[str]]:
    """What the days of a calendar hold, of those that hold something."""
    parts = re.split(r'data-drop="(\d{4}-\d\d-\d\d)"', html)[1:]
    return {day: found for day, part in zip(parts[::2], parts[1::2], strict=True) if (found := names(part))}


def names(html: str) -> list[str]:
    return [unescape(name) for name in re.findall(r'class="record-link"[^>]*>([^<]*)<', html)]


def movable(html: str) -> set[str]:
    """The cards that have a handle."""
    return {unescape(name) for name in re.findall(r'aria-label="Move ([^"]*)"', html)}


def moved(client: TestClient, shop: Shop, name: str, view: str, to: str, *, script: bool = False) -> tuple[int, str]:
    """Move a job; the status and what is said."""
    headers = {"hx-request": "true"} if script else {}
    answer = client.post(f"/records/job/{job(shop, name)}/move?view={view}", data={"to": to}, headers=headers)
    return answer.status_code, answer.headers.get("x-kith-asks") or answer.headers.get("location") or answer.text


def test_a_board_has_a_column_for_each_option_with_count_and_total(shop: Shop) -> None:
    html = shop.client(ADMIN).get(BOARD).text
    assert lanes(html) == {"todo": ["Chair", "Lamp", "Table"], "doing": ["Shelf"], "done": []}
    heads = re.findall(r'class="badge">([^<]*)</span>(?:<a.*?</a>)?(?:<span class="lane-total">([^<]*)<)?', html)
    assert ("3", "CN¥210.00") in heads
    assert ("1", "CN¥40.50") in heads
    assert 'class="board-card coloured hue-red"' in html


def test_search_and_filter_hold_on_a_board_also_for_its_totals(shop: Shop) -> None:
    html = shop.client(ADMIN).get(BOARD + "&filter=price > 100").text
    assert lanes(html) == {"todo": ["Table"], "doing": [], "done": []}
    assert "CN¥200.00" in html
    assert "CN¥210.00" not in html
    assert lanes(shop.client(ADMIN).get(BOARD + "&q=chair").text)["todo"] == ["Chair"]


def test_a_retired_or_missing_option_has_a_column_only_while_it_holds_something(shop: Shop) -> None:
    assert list(lanes(shop.client(ADMIN).get("/records/job?view=kinds").text)) == ["repair", "build", "-"]
    filtered = shop.client(ADMIN).get("/records/job?view=kinds&filter=kind is set").text
    assert list(lanes(filtered)) == ["repair", "build"]


def test_beyond_the_cap_a_column_says_that_there_are_more_and_adds_nothing_up(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "MOST_TALLIED", 2)
    html = shop.client(ADMIN).get(BOARD + "&filter=id is set").text
    assert 'class="badge">2+</span>' in html
    assert "CN¥210.00" not in html


def test_a_column_goes_on_by_key_with_and_without_script(shop: Shop) -> None:
    client = shop.client(ADMIN)
    html = client.get(BOARD + "&rows=1").text
    assert lanes(html)["todo"] == ["Chair"]
    part, page = re.findall(r'<a class="button small ghost" href="([^"]*)" hx-get="([^"]*)"', html)[0][::-1]
    assert names(client.get(unescape(part)).text) == ["Lamp", "Table"]
    assert lanes(client.get(unescape(page)).text)["todo"] == ["Chair", "Lamp", "Table"]


def test_a_card_that_its_reader_may_not_move_has_no_handle(shop: Shop) -> None:
    assert movable(shop.client(WEI).get(BOARD).text) == {"Chair", "Lamp"}
    assert movable(shop.client(WEI).get(DAYS + "&on=2026-11-26").text) == {"Lamp"}
    assert movable(shop.client(ADMIN).get(BOARD).text) == {"Chair", "Lamp", "Shelf", "Table"}


def test_who_may_not_see_what_a_layout_is_laid_out_by_sees_a_table(lite: Shop) -> None:
    html = lite.client(GUEST).get(BOARD).text
    assert "data-lane" not in html
    assert names(html) == ["Chair", "Lamp", "Shelf", "Table"]
    assert "data-drop" not in lite.client(GUEST).get(DAYS).text


def test_a_move_is_refused_by_rights_guards_and_ways(shop: Shop) -> None:
    admin, wei = shop.client(ADMIN), shop.client(WEI)
    assert moved(wei, shop, "Table", "board", "doing")[0] in (403, 404)
    status, said = moved(admin, shop, "Chair", "board", "doing", script=True)
    assert status == 422
    assert said.startswith('<div class="refusal"')
    assert "Start" in said
    assert "Price" in said
    assert moved(admin, shop, "Shelf", "board", "todo")[0] in (404, 422)
    assert lanes(admin.get(BOARD).text)["todo"] == ["Chair", "Lamp", "Table"]


def test_the_page_of_a_move_tells_where_to_and_why_not(lite: Shop) -> None:
    html = lite.client(ADMIN).get(f"/records/job/{job(lite, 'Chair')}/move?view=board").text
    assert "Move Chair" in html
    assert "It is here now" in html
    assert "Not possible now" in html


def test_a_move_that_needs_more_asks_for_it_and_comes_back_to_the_board(lite: Shop) -> None:
    client = lite.client(ADMIN)
    status, asks = moved(client, lite, "Shelf", "board", "done", script=True)
    assert (status, asks.split("?")[0]) == (200, f"/records/job/{job(lite, 'Shelf')}/do/finish")
    html = client.get(asks).text
    assert 'name="result"' in html
    back = unescape(re.findall(r'name="_back" value="([^"]*)"', html)[0])
    assert back == BOARD


def test_a_move_without_script_is_a_form_that_comes_back(shop: Shop) -> None:
    client = shop.client(ADMIN)
    assert moved(client, shop, "Chair", "kinds", "repair") == (303, "/records/job?view=kinds")
    assert lanes(client.get("/records/job?view=kinds").text)["repair"] == ["Chair", "Lamp"]
    assert moved(client, shop, "Chair", "kinds", "build")[0] == 303
    assert moved(client, shop, "Chair", "kinds", "nonsense")[0] == 422


def test_what_somebody_else_has_moved_meanwhile_is_told(shop: Shop) -> None:
    client, id_ = shop.client(ADMIN), job(shop, "Chair")
    shop.save(Change("update", "job", id_, values={"kind": "repair"}))
    shop.save(Change("update", "job", id_, values={"kind": "build"}))
    answer = client.post(
        f"/records/job/{id_}/move?view=kinds", data={"to": "repair", "_version": "1"}, headers={"hx-request": "true"}
    )
    assert answer.status_code == 422
    assert "changed this record meanwhile" in answer.text


def test_the_pulse_changes_with_every_save(shop: Shop) -> None:
    client = shop.client(ADMIN)
    before = client.get("/records/job/pulse").text
    assert before == client.get("/records/job/pulse").text
    shop.save(Change("update", "job", job(shop, "Chair"), values={"result": before[:8]}))
    assert client.get("/records/job/pulse").text != before


def test_an_instant_is_on_the_day_of_its_reader_and_is_moved_by_days(shop: Shop) -> None:
    client = shop.client(ADMIN)
    # 16:30 in London is half past midnight in Shanghai.
    assert days(client.get(DAYS + "&on=2026-11-10").text) == {"2026-11-26": ["Lamp"], "2026-11-27": ["Shelf"]}
    assert moved(client, shop, "Lamp", "days", "2026-12-02")[0] == 303
    html = client.get(DAYS + "&on=2026-12-01").text
    assert days(html)["2026-12-02"] == ["Lamp"]
    assert "12:30" in html
    assert moved(client, shop, "Lamp", "days", "2026-11-26")[0] == 303
    assert moved(client, shop, "Lamp", "days", "tomorrow")[0] == 400


@pytest.mark.parametrize(
    ("language", "title", "weekday"), [("en", "November 2026", ">Mon<"), ("zh-CN", "2026年11月", ">周一<")]
)
def test_a_month_is_named_in_the_readers_language(lite: Shop, language: str, title: str, weekday: str) -> None:
    html = lite.client(ADMIN, language).get(DAYS + "&on=2026-11-10").text
    assert title in html
    assert weekday in html


def test_a_week_and_an_agenda_show_their_days(lite: Shop) -> None:
    client = lite.client(ADMIN)
    week = client.get(DAYS + "&on=2026-11-27&span=week").text
    assert re.findall(r'data-drop="([^"]*)"', week) == [f"2026-11-{day}" for day in range(23, 30)]
    agenda = client.get(DAYS + "&on=2026-11-27&span=agenda").text
    assert re.findall(r'data-drop="([^"]*)"', agenda) == ["2026-11-27"]


def test_a_day_makes_a_record_of_that_day(lite: Shop) -> None:
    client = lite.client(WEI)
    html = client.get(DAYS + "&on=2026-11-10").text
    assert "/records/job/new?planned=2026-11-10T09%3A00" in html
    assert 'value="2026-11-10T09:00"' in client.get("/records/job/new?planned=2026-11-10T09%3A00").text


def test_a_timeline_has_a_row_for_each_group_and_moves_a_span_as_a_whole(shop: Shop) -> None:
    client = shop.client(ADMIN)
    html = client.get(STAYS + "&on=2026-11-25&span=days").text
    assert names(html) == ["Table", "Chair"]
    # Monday is the first of the days, so that what began on Friday before shows as cut off.
    assert re.findall(r'<td colspan="(\d+)"><div class="bar([^"]*)"', html) == [("7", " before"), ("1", "")]
    assert moved(client, shop, "Table", "stays", "2026-11-23")[0] == 303
    html = client.get(STAYS + "&on=2026-11-25&span=days").text
    assert ("10", "") in re.findall(r'<td colspan="(\d+)"><div class="bar([^"]*)"', html)
    assert moved(client, shop, "Table", "stays", "2026-11-20")[0] == 303


def test_by_weeks_a_record_keeps_its_day_of_the_week(lite: Shop) -> None:
    client, address = lite.client(ADMIN), f"/records/job/{job(lite, 'Chair')}/move?view=stays&span=weeks"
    assert client.post(address, data={"to": "2026-12-07"}).status_code == 303
    html = client.get(address).text
    assert 'value="2026-12-08"' in html
    assert client.post(address, data={"to": "2026-11-23"}).status_code == 303


def test_cards_stand_in_a_grid_with_pages_like_a_list(shop: Shop) -> None:
    html = shop.client(ADMIN).get("/records/job?view=photos").text
    assert names(html) == ["Chair", "Lamp", "Shelf", "Table"]
    assert 'class="card-grid"' in html
    assert "1–4 of 4" in html


def test_every_layout_shows_as_a_table_too(lite: Shop) -> None:
    html = lite.client(ADMIN).get(BOARD + "&as=table").text
    assert "data-lane" not in html
    assert "Show as board" in html
    assert "Show as a table" in lite.client(ADMIN).get(BOARD).text


def test_what_has_no_day_is_one_link_away_from_its_calendar(shop: Shop) -> None:
    client = shop.client(ADMIN)
    html = client.get(DAYS).text
    assert 'id="list-sort"' not in html
    undated = next(link for link in re.findall(r'href="([^"]*)"', html) if "is+not+set" in link)
    assert names(client.get(unescape(undated)).text) == ["Chair", "Table"]


def test_a_card_shows_the_picture_of_its_record(lite: Shop) -> None:
    client = lite.client(ADMIN)
    sent = {"name": "Mirror", "state": "todo", "_id": "01a2195e-7091-7001-af8b-40f113a23401"}
    made = client.post("/records/job/new", data=sent, files=[("photo.upload", ("mirror.png", png(30, 20)))])
    assert made.status_code == 303, made.text
    html = client.get("/records/job?view=photos&q=mirror").text
    assert re.search(r'<img class="card-picture" src="/files/[^"]*/preview" alt=""', html)
    lite.save(Change("delete", "job", job(lite, "Mirror")))


@pytest.mark.parametrize(("address", "most"), [(BOARD, 8), (DAYS, 7), (STAYS, 7), ("/records/job?view=photos", 7)])
def test_a_page_takes_few_statements_whatever_it_holds(shop: Shop, address: str, most: int) -> None:
    client = shop.client(ADMIN)
    client.get(address)
    with shop.statements() as run:
        assert client.get(address).status_code == 200
    assert len(run) <= most, run


def test_an_address_that_says_nonsense_shows_what_there_is(lite: Shop) -> None:
    client = lite.client(ADMIN)
    far = ("&on=9999-12-31", "&on=0001-01-01&span=months")
    for nonsense in (*far, "&on=never&span=aeon", "&column=none&rows=many", "&rows=99999"):
        for address in (BOARD, DAYS, STAYS):
            assert client.get(address + nonsense).status_code == 200
