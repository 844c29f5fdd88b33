"""The baseline says what Kith says: else measuring one against the other would say nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pytest
from starlette.types import ASGIApp

from bench.asking import Answer, Asked, ask
from bench.baseline.application import application as baseline
from bench.world import World, opened
from kith.cli.serving import application as kith

TICKET = {
    "name": "Sample", "stage": "waiting", "amount": "1250.5", "rate": "0.125", "opened_on": "2026-03-04",
    "seen_at": "2026-03-04T05:06:07+08:00", "urgent": True, "score": 3, "phone": "138 0013 8000", "note": "Call back.",
}  # fmt: skip


class Both:
    """Kith and the baseline over one database."""

    def __init__(self, world: World, apps: Mapping[str, ASGIApp]) -> None:
        self.world, self.apps = world, apps

    def ask(self, method: str, target: str, values: Mapping[str, Any] | None = None) -> dict[str, Answer]:
        """What each answers, in one loop."""
        headers = {"authorization": f"Bearer {self.world.tokens['rep']}", "content-type": "application/json"}
        if target.startswith("/records"):
            headers = {"cookie": self.world.cookie("rep")}
        asked = Asked(method, target, headers, orjson.dumps(values) if values is not None else b"")

        async def run() -> dict[str, Answer]:
            return {name: await ask(app, asked) for name, app in self.apps.items()}

        return RUNNER.run(run())


RUNNER = asyncio.Runner()


@pytest.fixture
def both(database_url: str) -> Iterator[Both]:
    """A hundred tickets."""
    with opened(database_url, tickets=100) as world:
        app, store = baseline(database_url, world.release.number)
        yield Both(world, {"kith": kith(world.workspace), "baseline": app})
        RUNNER.run(store.close())


def same(found: Mapping[str, Answer]) -> Any:
    """The one answer of both."""
    kith, baseline = found["kith"], found["baseline"]
    assert baseline.status == kith.status, (kith.body, baseline.body)
    assert orjson.loads(baseline.body) == orjson.loads(kith.body)
    return orjson.loads(kith.body)


def test_lists_and_records_are_the_same_bytes(both: Both) -> None:
    first = both.ask("GET", "/api/v1/ticket?sort=-amount&limit=20")
    page = same(first)
    assert first["kith"].body == first["baseline"].body
    second = same(both.ask("GET", f"/api/v1/ticket?sort=-amount&limit=20&cursor={page['next']}"))
    assert page["count"] == second["count"] > 40
    assert len(second["data"]) == 20
    found = both.ask("GET", f"/api/v1/ticket/{page['data'][0]['id']}")
    same(found)
    # Ids of requests are nobody's answer.
    ours = {name: value for name, value in (found["kith"].headers or {}).items() if name != "x-request-id"}
    assert ours == found["baseline"].headers


def test_who_may_see_nothing_sees_nothing(both: Both) -> None:
    with_none = both.world.tokens["rep"]
    both.world.tokens["rep"] = "kith_nobody"
    assert {answer.status for answer in both.ask("GET", "/api/v1/ticket?sort=-amount").values()} == {401}
    both.world.tokens["rep"] = with_none
    other = both.world.make("ticket", name="Of somebody else", owner=both.world.users["clerk"])
    assert {answer.status for answer in both.ask("GET", f"/api/v1/ticket/{other}").values()} == {404}


def test_saves_leave_the_same_record_and_history(both: Both) -> None:
    values = TICKET | {"owner": both.world.users["rep"], "company": both.world.companies[0]}
    made = both.ask("POST", "/api/v1/ticket", values)
    assert {answer.status for answer in made.values()} == {201}, made
    ids = {name: orjson.loads(answer.body)["data"]["id"] for name, answer in made.items()}
    shown = [without_identity(answer) for answer in made.values()]
    assert shown[0] == shown[1]
    for name, id_ in ids.items():
        change = {"amount": "13", "name": "Renamed", "version": 1}
        assert both.ask("PATCH", f"/api/v1/ticket/{id_}", change)[name].status in (200, 412)
    shown = [without_identity(both.ask("GET", f"/api/v1/ticket/{id_}")["kith"]) for id_ in ids.values()]
    assert shown[0] == shown[1]
    late = {"amount": "14", "name": "Late", "version": 1}
    assert {answer.status for answer in both.ask("PATCH", f"/api/v1/ticket/{ids['kith']}", late).values()} == {412}


def without_identity(answer: Answer) -> Any:
    """A record without what differs from save to save."""
    record = orjson.loads(answer.body)["data"]
    return {name: value for name, value in record.items() if name not in ("id", "created_at", "updated_at")}


@pytest.mark.parametrize("values", [{"name": None}, {"amount": "-1"}, {"stage": "gone"}, {"colour": "red"}])
def test_what_cannot_be_saved_is_refused(both: Both, values: Mapping[str, Any]) -> None:
    sent = {**TICKET, "owner": both.world.users["rep"], **values}
    assert {answer.status for answer in both.ask("POST", "/api/v1/ticket", sent).values()} == {422}


def pages_of(found: Mapping[str, Answer]) -> dict[str, str]:
    """The pages, but for the fingerprints in the names of assets."""
    return {name: re.sub(r"\.[0-9a-f]{10}\.", ".", answer.body.decode()) for name, answer in found.items()}


CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
LINK = re.compile(r'<a[^>]*href="([^"]*)"')
INPUT = re.compile(r'<(?:input|select|textarea|option)[^>]*?(?:name|value)="[^"]*"[^>]*>')


def rows_of(page: str) -> list[tuple[str, list[str]]]:
    """The cells of the table: their texts, and where they lead."""
    table = page[page.index("<tbody") : page.index("</tbody>")]
    return [(TAG.sub("", cell), LINK.findall(cell)) for cell in CELL.findall(table)]


def test_the_list_page_has_the_same_table(both: Both) -> None:
    pages = pages_of(both.ask("GET", "/records/ticket"))
    assert rows_of(pages["baseline"]) == rows_of(pages["kith"]) != []
    assert 0.9 < len(pages["baseline"]) / len(pages["kith"]) < 1.1


def test_the_form_page_has_the_same_fields(both: Both) -> None:
    id_ = same(both.ask("GET", "/api/v1/ticket?sort=-amount&limit=20"))["data"][0]["id"]
    pages = pages_of(both.ask("GET", f"/records/ticket/{id_}/edit"))
    form = re.compile(r'<section class="form-section">.*?</section>', re.DOTALL)
    inputs = {name: [INPUT.findall(part) for part in form.findall(page)] for name, page in pages.items()}
    assert inputs["baseline"] == inputs["kith"]
    assert len(inputs["kith"][0]) > 12
