"""Publishing what waits in the folder, and going back, on the administrator's pages, without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kith.metadata.layers import layer_of
from kith.metadata.model import Layer
from kith.runtime import queue
from kith.runtime.clock import system_clock
from kith.runtime.commissions import carry_out
from kith.runtime.write.change import Change
from tests.web.corner import CLERK, NAME, VISIT, Corner, on

WAITING = "/releases/waiting"
ADDED = VISIT + "  colour: {type: text, label: Colour}\n"
REMOVED = VISIT.replace("  size: {type: text, label: Size}\n", "")
WRONG = VISIT + "  colour: {type: nothing_such}\n"


@pytest.fixture
def corner(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Corner]:
    with on("sqlite", request, tmp_path) as found:
        yield found


def form_of(client: TestClient, address: str = WAITING) -> dict[str, str]:
    """What the form of a plan would send."""
    text = client.get(address).text
    return dict(re.findall(r'<input type="hidden" name="(shown|nonce)" value="([^"]*)"', text))


def sent(client: TestClient, address: str = WAITING, status: int = 303, **values: str) -> str:
    """Send the form of a plan; where it leads, or what it says."""
    response = client.post(address, data={**form_of(client, address), **values})
    assert response.status_code == status, response.text
    return response.headers["location"] if status == 303 else response.text


def changed(corner: Corner, text: str) -> list[Layer]:
    """The layers of the release with another text of the visits."""
    layers = corner.workspace.current().model.layers
    return [layer if "entities/visit.yaml" not in layer.documents else with_visits(layer, text) for layer in layers]


def with_visits(layer: Layer, text: str) -> Layer:
    return layer_of({**layer.documents, "entities/visit.yaml": text}, layer.root, layer.name)


def test_what_only_the_folder_has_is_planned_and_published_as_a_job(corner: Corner) -> None:
    admin = corner.admin()
    assert "nothing that the current release does not have" in admin.get(WAITING).text
    assert WAITING not in admin.get("/releases").text
    corner.write(ADDED)
    assert WAITING in admin.get("/releases").text
    plan = admin.get(WAITING).text
    assert "field visit.colour (text)" in plan
    assert "<ins>+  colour: {type: text, label: Colour}</ins>" in plan
    assert 'href="#text-1"' in plan
    assert 'id="text-1"' in plan
    progress = sent(admin, note="Colours")
    assert "It waits until a worker takes it up" in admin.get(progress).text
    assert "A release is being published" in admin.get("/releases").text
    assert corner.work()
    assert "Release 2 is live." in admin.get(progress).text
    assert (corner.number, corner.workspace.plan(corner.workspace.current().model).is_empty) == (2, True)
    shown = admin.get("/releases/2").text
    assert "Colours" in shown
    assert "Ada Admin" in shown
    assert WAITING not in admin.get("/releases").text


def test_a_folder_that_was_published_goes_on_from_there(corner: Corner) -> None:
    admin = corner.admin()
    corner.write(ADDED)
    sent(admin)
    corner.work()
    corner.write(ADDED.replace("label: Colour", "label: Tint"))
    assert "field visit.colour: label" in admin.get(WAITING).text
    sent(admin)
    corner.work()
    assert corner.number == 3


def test_a_second_click_and_a_second_administrator_publish_nothing_more(corner: Corner) -> None:
    one, other = corner.admin(), corner.admin()
    corner.write(ADDED)
    form, late = form_of(one), form_of(other)
    first = one.post(WAITING, data=form).headers["location"]
    assert one.post(WAITING, data=form).headers["location"] == first
    assert other.post(WAITING, data=late).headers["location"] == first
    assert corner.work()
    assert not corner.work()
    assert one.post(WAITING, data=form).headers["location"] == first
    assert other.post(WAITING, data={**late, "nonce": "x"}).status_code == 409
    assert corner.number == 2


def test_a_folder_that_has_changed_since_is_shown_again_and_not_published(corner: Corner) -> None:
    admin = corner.admin()
    corner.write(ADDED)
    form = form_of(admin)
    corner.write(ADDED.replace("colour", "tint"))
    response = admin.post(WAITING, data={**form, "note": "Colours"})
    assert response.status_code == 409
    assert "not the one that you saw" in response.text
    assert "field visit.tint (text)" in response.text
    assert 'value="Colours"' in response.text
    assert not corner.work()


def test_what_was_shown_is_published_also_when_the_folder_changes_after_that(corner: Corner) -> None:
    admin = corner.admin()
    corner.write(ADDED)
    sent(admin)
    corner.write(ADDED.replace("colour", "tint"))
    corner.work()
    assert "colour" in corner.workspace.current().model.entities["visit"].fields
    assert "field visit.tint (text)" in admin.get(WAITING).text


def test_what_loses_data_needs_the_name_typed(corner: Corner) -> None:
    admin = corner.admin()
    corner.make(note="A", size="big")
    corner.write(REMOVED)
    assert "loses data" in admin.get(WAITING).text
    for typed in ("", "corne"):
        text = sent(admin, status=422, consent=typed)
        assert "Type corner exactly" in text
    progress = sent(admin, consent=NAME)
    corner.work()
    assert "Release 2 is live." in admin.get(progress).text
    kept = admin.get("/releases/kept").text
    assert "Field visit.size" in kept
    assert "kith purge visit.size" in kept
    assert "/releases/kept" in admin.get("/releases").text


def test_more_that_is_lost_than_was_shown_stops_it(corner: Corner) -> None:
    admin = corner.admin()
    corner.write(REMOVED)
    progress = sent(admin)
    corner.make(note="A", size="big")
    corner.work()
    text = admin.get(progress).text
    assert "meanwhile more would be lost" in text
    assert f'href="{WAITING}"' in text
    assert corner.number == 1


def test_going_back_shows_what_stays_newer_and_is_the_same_job(corner: Corner) -> None:
    admin = corner.admin()
    id_ = corner.make(note="A", size="12")
    corner.write(VISIT.replace("size: {type: text", "size: {type: integer"))
    sent(admin)
    corner.work()
    assert 'href="/releases/1/back"' in admin.get("/releases/2").text
    corner.save(Change("update", "visit", id_, {"size": 13}))
    plan = admin.get("/releases/1/back").text
    assert "stays, it was" in plan
    progress = sent(admin, "/releases/1/back", note="Too early")
    assert "Going back to release 1" in admin.get(progress).text
    corner.work()
    assert "Release 3 is live." in admin.get(progress).text
    assert "rollback of 2: Too early" in admin.get("/releases").text
    assert "撤回发布 2：Too early" in corner.admin("zh-CN").get("/releases").text
    assert admin.get("/releases/3/back").status_code == 404


def test_a_release_that_came_first_stops_it(corner: Corner) -> None:
    admin = corner.admin()
    corner.write(ADDED)
    progress = sent(admin)
    model, _ = corner.workspace.edited({"app.yaml": "app: mine\nversion: 1.0.0\nextends: corner\n"})
    assert model is not None
    corner.workspace.apply(corner.workspace.plan(model))
    corner.work()
    assert "A newer release has been published" in admin.get(progress).text


def test_errors_are_shown_with_line_and_caret_and_cannot_be_published(corner: Corner) -> None:
    admin = corner.admin()
    corner.write(WRONG)
    assert "has errors" not in admin.get("/releases").text
    text = admin.get(WAITING).text
    assert "entities/visit.yaml:7" in text
    assert "<mark>nothing_such</mark>" in text
    assert 'name="shown"' not in text
    assert admin.post(WAITING, data={"shown": "", "nonce": ""}).status_code == 409


def test_a_folder_and_a_database_that_both_changed_are_told_and_not_published(corner: Corner) -> None:
    admin = corner.admin()
    model, _ = corner.workspace.built(changed(corner, VISIT.replace("Note", "Remark")))
    assert model is not None
    corner.workspace.apply(corner.workspace.plan(model))
    corner.write(ADDED)
    assert "must be brought together first" in admin.get("/releases").text
    text = admin.get(WAITING).text
    assert "kith pull" in text
    assert 'name="shown"' not in text


def test_a_folder_that_is_gone_is_told(corner: Corner) -> None:
    corner.folder.rename(corner.folder.with_name("elsewhere"))
    for path in ("/releases", WAITING):
        assert "cannot be read" in corner.admin().get(path).text


def test_what_nobody_begins_in_time_is_dropped(corner: Corner) -> None:
    admin = corner.admin()
    corner.write(ADDED)
    progress = sent(admin)
    job = queue.Job("x", "publish", {}, None, 1, "", system_clock().replace(year=2020), system_clock())
    assert "stopped" in carry_out(corner.workspace, job, system_clock())
    corner.work()
    assert "Release 2 is live." in admin.get(progress).text


def test_where_a_setting_comes_from_is_told_of_releases_and_of_what_waits(corner: Corner) -> None:
    admin = corner.admin()
    corner.write(ADDED)
    origin = "/releases/why?path=entity.visit.fields.colour&of=waiting"
    assert origin.replace("&", "&amp;") in admin.get(WAITING).text
    text = admin.get(origin).text
    assert "entities/visit.yaml:7" in text
    assert "Holds" in text
    missing = admin.get("/releases/why?path=entity.visit.fields.nota").text
    assert "Nothing is set at entity.visit.fields.nota" in missing
    assert "note" in missing
    assert admin.get("/releases/why?path=entity.visit&of=99").status_code == 404
    for path, to in (("", "entity"), ("entity", "entity.visit"), ("entity.visit", "entity.visit.fields"), ("app", "")):
        text = admin.get(f"/releases/why?path={path}").text
        assert f'href="/releases/why?path={to}"' in text or not to
        assert "Nothing is set" not in text
    at = "/releases/1/document?layer=corner&path=entities%2Fvisit.yaml"
    assert f'href="{at.replace("&", "&amp;")}#line-5"' in admin.get("/releases/why?path=entity.visit.fields.note").text
    assert '<span id="line-5">' in admin.get(at).text
    assert admin.get("/releases/1/document?layer=corner&path=nothing.yaml").status_code == 404


def test_others_see_none_of_it(corner: Corner) -> None:
    admin, clerk = corner.admin(), corner.client(CLERK)
    corner.write(ADDED)
    form = form_of(admin)
    for path in (WAITING, "/releases/kept", "/releases/why", "/releases/1/back", "/releases/publishing/x"):
        assert clerk.get(path).status_code == 404
    assert clerk.post(WAITING, data=form).status_code == 404
    assert not corner.work()
    progress = sent(admin)
    assert clerk.get(progress).status_code == 404


@pytest.mark.parametrize(("language", "said"), [("en", "Release 1 → 2"), ("zh-CN", "发布 1 → 2")])
def test_all_of_it_is_there_in_both_languages(corner: Corner, language: str, said: str) -> None:
    admin = corner.admin(language)
    corner.write(ADDED)
    assert said in admin.get(WAITING).text


def test_on_postgresql_it_goes_through_the_four_stages(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with on("postgresql", request, tmp_path) as corner:
        admin = corner.admin()
        corner.make(note="A", size="12")
        corner.write(VISIT.replace("size: {type: text", "size: {type: integer"))
        progress = sent(admin)
        assert all(f"<span>{name}</span>" in admin.get(progress).text for name in ("Expand", "Fill", "Switch", "Tidy"))
        corner.work()
        assert "Release 2 is live." in admin.get(progress).text


@pytest.mark.parametrize("published", [False, True], ids=["before", "after"])
def test_a_worker_that_died_over_it_is_followed_by_one_that_ends_it(corner: Corner, published: bool) -> None:
    admin = corner.admin()
    corner.write(ADDED)
    progress = sent(admin)
    database, long_ago = corner.workspace.database, system_clock() - timedelta(minutes=5)
    job = database.run(lambda connection: queue.claim(connection, ["publish"], "dead", system_clock()))
    assert job is not None
    database.run(lambda connection: queue.extend(connection, job, long_ago))
    if published:
        carry_out(corner.workspace, job, system_clock())
    assert "Release 2 is live." not in admin.get(progress).text
    assert corner.work()
    assert "Release 2 is live." in admin.get(progress).text
    assert corner.number == 2


def test_who_had_to_sign_in_again_sees_the_plan_with_his_note_before_he_publishes(corner: Corner) -> None:
    admin = corner.admin()
    corner.write(ADDED)
    form = form_of(admin)
    text = admin.post(WAITING, data={**form, "note": "Colours", "_resume": "1"}).text
    assert 'value="Colours"' in text
    assert "Publish release 2" in text
    assert not corner.work()
