"""Files in forms: with script and without, refused and kept, changed and taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kith.api.routes import routes as api_routes
from kith.runtime.accounts import CHEAP
from kith.runtime.calling import Calling, Doors
from kith.web.app import routes
from tests.api.world import NOW, Desk
from tests.runtime.files.making import HTML, PDF, png
from tests.runtime.files.world import studio
from tests.support.browser import watched_page
from tests.support.server import serving
from tests.web.test_gallery import grave


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A studio in a file."""
    with studio(f"sqlite:///{tmp_path_factory.mktemp('studio') / 'kith.db'}") as opened:
        yield opened


@pytest.fixture(scope="module")
def app(desk: Desk) -> Iterator[Starlette]:
    """Its pages and its API."""
    calling = Calling(desk.workspace.database)
    doors = Doors(desk.workspace, calling, lambda: NOW)
    yield Starlette(routes=[*api_routes(doors), *routes(doors, CHEAP)])
    calling.close()


def client_of(desk: Desk, app: Starlette, who: str = "ann") -> TestClient:
    """A browser without script."""
    client = TestClient(app, base_url="http://kith.test", follow_redirects=False)
    secret, csrf = desk.session(who)
    client.cookies.set("kith", secret)
    client.headers |= {"x-csrf-token": csrf}
    return client


def fields_of(html: str) -> dict[str, str | list[str]]:
    """What a form would send as it stands: hidden inputs, texts, and ticked boxes."""
    found: dict[str, str | list[str]] = {}
    for tag in re.findall(r"<input [^>]+>", re.sub(r"<template>.*?</template>", "", html, flags=re.DOTALL)):
        attributes = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        kind, name = attributes.get("type"), attributes.get("name", "")
        if name and kind != "file" and not (kind == "checkbox" and " checked" not in tag):
            found.setdefault(name, [])
            found[name] = [*found[name], attributes.get("value", "").replace("&#34;", '"')]
    return found


def test_a_form_without_script_brings_files_along(desk: Desk, app: Starlette) -> None:
    client = client_of(desk, app)
    page = client.get("/records/work/new").text
    assert 'enctype="multipart/form-data"' in page
    sent = fields_of(page) | {"name": "A"}
    files = [
        ("photo.upload", ("me.png", png(30, 20))),
        ("contract.upload", ("", b"")),
        ("papers.upload", ("one.txt", b"one")),
        ("papers.upload", ("two.txt", b"two")),
    ]
    made = client.post("/records/work/new", data=sent, files=files)
    assert made.status_code == 303, made.text
    shown = client.get(made.headers["location"]).text
    assert [name in shown for name in ("me.png", "one.txt", "two.txt")] == [True] * 3
    photo = re.search(r'href="(/files/[^"]+)"', shown)
    assert photo is not None
    assert client.get(photo[1]).content == png(30, 20)
    assert client_of(desk, app, "bob").get(photo[1]).status_code == 404
    # A box without its tick takes the file away; a new one comes in the place of the old.
    edit = client.get(made.headers["location"] + "/edit").text
    sent = fields_of(edit)
    sent["papers"] = [one for one in sent["papers"] if "two.txt" in one]
    changed = client.post(
        made.headers["location"] + "/edit", data=sent, files=[("photo.upload", ("you.png", png(5, 5)))]
    )
    assert changed.status_code == 303, changed.text
    record = desk.get(f"work/{made.headers['location'].rpartition('/')[2]}", "ann").json()["data"]
    assert record["photo"]["name"] == "you.png"
    assert [one["name"] for one in record["papers"]] == ["two.txt"]
    sent = fields_of(client.get(made.headers["location"] + "/edit").text)
    del sent["photo"]
    assert client.post(made.headers["location"] + "/edit", data=sent).status_code == 303
    record = desk.get(f"work/{made.headers['location'].rpartition('/')[2]}", "ann").json()["data"]
    assert record["photo"] is None


def test_a_refused_form_keeps_what_it_brought_along(desk: Desk, app: Starlette) -> None:
    client = client_of(desk, app)
    sent = fields_of(client.get("/records/work/new").text)
    files = [("photo.upload", ("me.png", png())), ("contract.upload", ("x.pdf", HTML))]
    refused = client.post("/records/work/new", data=sent, files=files)
    assert refused.status_code == 422
    assert "Files of this kind are not accepted here." in refused.text
    again = fields_of(refused.text) | {"name": "B"}
    assert "me.png" in str(again["photo"])
    made = client.post("/records/work/new", data=again, files=[("contract.upload", ("x.pdf", PDF))])
    assert made.status_code == 303, made.text


def test_what_a_transition_asks_for_may_be_a_file(desk: Desk, app: Starlette) -> None:
    client, made = client_of(desk, app), desk.make("work", "ann", name="To be signed")["id"]
    asked = client.get(f"/records/work/{made}/do/sign")
    assert 'enctype="multipart/form-data"' in asked.text
    wrong = client.post(
        f"/records/work/{made}/do/sign", data=fields_of(asked.text), files={"contract.upload": ("a", HTML)}
    )
    assert (wrong.status_code, "not accepted here" in wrong.text) == (422, True)
    done = client.post(
        f"/records/work/{made}/do/sign", data=fields_of(asked.text), files={"contract.upload": ("a", PDF)}
    )
    assert done.status_code == 303, done.text
    record = desk.get(f"work/{made}", "ann").json()["data"]
    assert (record["status"], record["contract"]["name"]) == ("signed", "a.pdf")
    assert f"/records/work/{made}/field/photo" not in client.get(f"/records/work/{made}").text


def test_nobody_unknown_has_his_files_received(desk: Desk, app: Starlette) -> None:
    stranger = TestClient(app, base_url="http://kith.test", follow_redirects=False)
    sent = stranger.post("/records/work/new", data={"name": "x"}, files={"photo.upload": ("a.png", png())})
    assert sent.status_code == 400
    # Other forms take none from anybody.
    known = client_of(desk, app).post("/sign-out", data={}, files={"photo.upload": ("a.png", png())})
    assert known.status_code == 400


def test_with_script_files_are_sent_at_once(desk: Desk, app: Starlette, chromium: Browser, tmp_path: Path) -> None:
    for name, data in (("me.png", png(64, 48)), ("合同.pdf", PDF), ("bad.pdf", HTML), ("note.txt", b"x")):
        (tmp_path / name).write_bytes(data)
    with serving(app) as address, watched_page(chromium) as page:
        page.context.add_cookies([{"name": "kith", "value": desk.session("ann")[0], "url": address}])
        page.goto(f"{address}/records/work/new")
        page.fill("[name=name]", "With script")
        page.set_input_files("#f-contract", tmp_path / "bad.pdf")
        expect(page.locator("#f-contract-field [role=alert]")).to_contain_text("Accepted: pdf, txt, docx")
        page.set_input_files("#f-contract", tmp_path / "合同.pdf")
        expect(page.locator("#f-contract-field .file-name")).to_have_text("合同.pdf")
        expect(page.locator("#f-contract-field [role=alert]")).to_be_hidden()
        page.set_input_files("#f-papers", [tmp_path / "note.txt", tmp_path / "me.png"])
        expect(page.locator("#f-papers-field li")).to_have_count(2)
        assert grave(page, "a form with files") == []
        page.locator("[data-save]").click()
        page.wait_for_url(re.compile(r"/records/work/[0-9a-f-]+$"))
        expect(page.locator(".fact .file-name")).to_have_text(["合同.pdf", "note.txt", "me.png"])
        page.wait_for_function("[...document.images].every((one) => one.complete && one.naturalWidth > 0)")
        assert grave(page, "a record with files") == []
