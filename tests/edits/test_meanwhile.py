"""What somebody typed while others went on: never lost, never over what he has not seen, whatever became of the record."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from kith.runtime.accounts import CHEAP, open_session, set_password
from kith.runtime.clock import system_clock
from kith.runtime.publishing import hooks
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Change
from tests.edits.person import controls
from tests.edits.world import FOLDER, Crowd, opened, saved, served, values
from tests.support.worlds import built
from tests.web.forms import Form, form_of, post


@dataclass
class Site:
    """A crowd's pages, and a clerk who looks at its first matter."""

    workspace: Workspace
    crowd: Crowd
    client: TestClient
    user: str

    @property
    def matter(self) -> str:
        """The record that all tests are about."""
        return self.crowd.matters[0]

    @property
    def line(self) -> str:
        """The first of its lines."""
        return self.crowd.lines[self.matter][0]

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/records/matter/{self.matter}"

    def form(self) -> Form:
        """Its form, as it is now."""
        return form_of(self.client.get(f"{self.path}/edit").text)

    def send(self, form: Form, *pressed: tuple[str, str]) -> Response:
        """What the page answers to a form."""
        return form.send(self.client, *pressed)

    def change(self, lines: Mapping[str, Any] | None = None, **given: object) -> None:
        """Somebody else edits it; of lines None takes one away."""
        parts = tuple(
            Change("delete", "", id_) if what is None else Change("update", "", id_, what)
            for id_, what in (lines or {}).items()
        )
        saved(self.workspace, Change("update", "matter", self.matter, given, {"lines": parts} if parts else {}))

    def do(self, op: Any) -> None:
        """Somebody else deletes or restores it."""
        saved(self.workspace, Change(op, "matter", self.matter))

    def now(self, *names: str) -> list[Any]:
        """The values of its fields."""
        return [*values(self.workspace, "matter", self.matter, names).values()]

    def role(self, name: str) -> None:
        """Give the clerk another role."""
        saved(self.workspace, Change("update", "user", self.user, {"roles": [name]}))

    def publish(self, folder: Path, old: str, new: str) -> None:
        """A release in which the entity's document reads otherwise."""
        shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
        document = folder / "entities" / "matter.yaml"
        text = document.read_text("utf-8")
        assert old in text
        document.write_text(text.replace(old, new), "utf-8")
        workspace = self.workspace
        workspace.apply(workspace.plan(built(folder)), hooks=hooks(workspace.clock), allow_loss=True)


@pytest.fixture
def site(sqlite_url: str) -> Iterator[Site]:
    """Yield an open site."""
    with open_site(sqlite_url) as found:
        yield found


@pytest.fixture
def both(database_url: str) -> Iterator[Site]:
    """Yield one on each database."""
    with open_site(database_url) as found:
        yield found


@contextmanager
def open_site(url: str) -> Iterator[Site]:
    """An empty crowd and its clerk."""
    workspace, crowd = opened(url)
    app, calling = served(workspace)
    user = saved(
        workspace, Change("create", "user", None, {"name": "Cleo", "email": "cleo@example.com", "roles": ["clerk"]})
    ).id
    with workspace.database.write() as connection:
        set_password(connection, user, CHEAP.hash("correct horse"), system_clock(), must_change=False)
        cookie, csrf = open_session(connection, user, system_clock())
    client = TestClient(app, base_url="http://kith.test", follow_redirects=False)
    client.headers |= {"cookie": f"kith={cookie}; language=en", "x-csrf-token": csrf}
    yield Site(workspace, crowd, client, user)
    calling.close()
    workspace.close()


def text_of(answer: Response) -> str:
    """The words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


# ---- others have changed the same -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("keep", "holds"), [("yours", "mine"), ("theirs", "other")])
def test_a_line_that_two_people_changed_shows_both_and_one_chooses(site: Site, keep: str, holds: str) -> None:
    name = f"lines.{site.line}.what"
    form = site.form().fill(**{name: "mine", "note": "typed as well"})
    site.change({site.line: {"what": "other", "amount": 7}})
    answer = site.send(form)
    assert answer.status_code == 412
    assert "Yours mine" in text_of(answer)
    assert "Theirs other" in text_of(answer)
    again = form_of(answer.text)
    assert (again[name], again[f"lines.{site.line}.amount"], again["note"]) == ("mine", "7", "typed as well")
    assert site.send(again.fill(**{f"_keep.{name}": keep})).status_code == 303
    assert values(site.workspace, "line", site.line, ("what", "amount")) == {"what": holds, "amount": 7}
    assert site.now("note", "total") == ["typed as well", 12]


def test_different_lines_and_fields_do_not_stand_in_each_others_way(site: Site) -> None:
    _, second, _ = site.crowd.lines[site.matter]
    form = site.form().fill(**{f"lines.{site.line}.what": "mine", "note": "mine"})
    site.change({second: {"what": "other"}}, place="other")
    assert site.send(form).status_code == 303
    assert site.now("note", "place") == ["mine", "other"]
    assert [values(site.workspace, "line", one, ("what",))["what"] for one in (site.line, second)] == ["mine", "other"]


def test_a_line_that_was_removed_while_one_typed_into_it_becomes_a_new_one(site: Site) -> None:
    form = site.form().fill(**{f"lines.{site.line}.what": "mine"})
    site.change({site.line: None}, note="other")
    answer = site.send(form)
    assert answer.status_code == 412
    assert "removed a line that you typed into" in text_of(answer)
    again = form_of(answer.text)
    assert again["lines.n1.what"] == "mine"
    assert site.send(again).status_code == 303
    assert site.now("note", "total") == ["other", 6]


def test_lines_missing_do_not_hide_that_a_field_was_changed_as_well(site: Site) -> None:
    form = site.form().fill(**{f"lines.{site.line}.what": "mine", "note": "mine"})
    site.change({site.line: None}, note="other")
    again = site.send(form_of(site.send(form).text))
    assert again.status_code == 412
    assert "Theirs other" in text_of(again)


@pytest.mark.parametrize(("keep", "left"), [("yours", 5), ("theirs", 14)])
def test_a_line_that_others_changed_is_taken_away_only_knowingly(site: Site, keep: str, left: int) -> None:
    form = site.form()
    pressed = form_of(site.send(form, ("_remove", f"lines.{site.line}")).text)
    site.change({site.line: {"amount": 9}})
    answer = site.send(pressed)
    assert answer.status_code == 412
    assert "Yours removed" in text_of(answer)
    assert "Amount: 9" in text_of(answer)
    again = form_of(answer.text).fill(**{f"_keep.lines.{site.line}": keep})
    assert site.send(again).status_code == 303
    assert site.now("total") == [left]


def test_what_one_has_chosen_holds_also_where_something_else_is_refused(site: Site) -> None:
    form = site.form().fill(note="mine", name="")
    site.change(note="other")
    again = form_of(site.send(form).text).fill(**{"_keep.note": "theirs"})
    refused = site.send(again)
    assert refused.status_code == 422
    assert form_of(refused.text)["note"] == "other"
    assert site.send(form_of(refused.text).fill(name="One")).status_code == 303
    assert site.now("note") == ["other"]


def test_a_line_without_a_version_is_compared_by_that_of_its_record(both: Site) -> None:
    headers = {"authorization": f"Bearer {both.crowd.token}"}
    address = f"/api/v1/matter/{both.matter}"
    seen = both.client.get(address, headers=headers).json()["data"]["version"]
    both.change({both.line: {"what": "other"}})
    body = {"version": seen, "lines": [{"id": both.line, "what": "mine"}]}
    answer = both.client.patch(address, json=body, headers=headers)
    told = [(one["field"], one["yours"], one["theirs"]) for one in answer.json()["errors"]]
    assert (answer.status_code, told) == (412, [("lines.0.what", "mine", "other")])
    gone = {"version": seen, "lines": [{"id": both.line, "_delete": True}]}
    assert both.client.patch(address, json=gone, headers=headers).status_code == 412
    assert both.client.patch(address, json=body | {"version": seen + 1}, headers=headers).status_code == 200


# ---- one field where it stands --------------------------------------------------------------------------------------


def inline(site: Site, fields: Mapping[str, str]) -> Response:
    answer: Response = post(site.client, f"{site.path}/field/note", fields.items())
    return answer


def editor(site: Site) -> dict[str, str]:
    return controls(site.client.get(f"{site.path}/field/note", headers={"hx-request": "true"}).text)


def test_going_back_to_what_stood_there_means_it_once_one_was_told(site: Site) -> None:
    fields = editor(site)
    site.change(note="other")
    told = inline(site, fields | {"note": "mine"})
    assert "changed this to “other”" in unescape(told.text)
    assert inline(site, controls(told.text) | {"note": "first"}).headers["hx-refresh"] == "true"
    assert site.now("note") == ["first"]


def test_a_field_of_a_record_that_is_away_keeps_what_was_typed(site: Site) -> None:
    fields = editor(site)
    site.do("delete")
    told = inline(site, fields | {"note": "typed for long"})
    assert told.status_code == 200
    assert "typed for long" in text_of(told)
    assert "not there any more" in text_of(told)


# ---- the record is away, or not one's own any more ----------------------------------------------------------------


def test_a_record_deleted_meanwhile_can_be_restored_with_what_was_typed(site: Site) -> None:
    form = site.form().fill(note="typed for long", **{f"lines.{site.line}.what": "mine"})
    site.do("delete")
    answer = site.send(form)
    assert answer.status_code == 404
    assert "deleted meanwhile" in text_of(answer)
    assert "Note typed for long" in text_of(answer)
    assert "What mine" in text_of(answer)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text)
    sent = [(unescape(name), unescape(value)) for name, value in hidden]
    back = post(site.client, f"{site.path}/edit", [*sent, ("_restore", "1")])
    assert back.status_code == 200
    again = form_of(back.text)
    assert (again["note"], again[f"lines.{site.line}.what"]) == ("typed for long", "mine")
    assert site.send(again).status_code == 303
    assert site.now("note") == ["typed for long"]


def test_a_record_deleted_and_restored_meanwhile_is_saved_as_if_nothing_had_been(site: Site) -> None:
    form = site.form().fill(note="mine")
    site.do("delete")
    site.do("restore")
    assert site.send(form).status_code == 303


@pytest.mark.parametrize(("role", "status"), [("reader", 403), ("checker", 409)])
def test_rights_lost_meanwhile_save_nothing_and_show_what_was_typed(site: Site, role: str, status: int) -> None:
    form = site.form().fill(note="typed for long", place="there")
    site.role(role)
    answer = site.send(form)
    assert answer.status_code == status
    assert "Place there" in text_of(answer)
    assert site.now("note", "place") == ["first", None]
    if role == "checker":
        assert form_of(answer.text)["note"] == "typed for long"
        assert site.send(form_of(answer.text)).status_code == 303
        assert site.now("note", "place") == ["typed for long", None]


def test_what_others_changed_is_told_before_a_record_is_deleted(site: Site) -> None:
    asked = controls(site.client.get(f"{site.path}/delete").text)
    site.change(place="other")
    told = post(site.client, f"{site.path}/delete", asked.items())
    assert told.status_code == 412
    assert "since you looked: Place." in text_of(told)
    assert post(site.client, f"{site.path}/delete", controls(told.text).items()).status_code == 303


def test_a_step_that_others_have_taken_is_not_possible_any_more(site: Site) -> None:
    assert site.client.get(f"{site.path}/do/go").status_code == 200
    site.change(stage="there")
    told = post(site.client, f"{site.path}/do/go", [("_version", "4")])
    assert told.status_code == 409
    assert "“Go” is not possible any more" in text_of(told)
    assert post(site.client, f"{site.path}/do/nothing", []).status_code == 404


def test_a_step_with_a_value_that_others_changed_tells_both(site: Site) -> None:
    site.change(note="other")
    told = post(site.client, f"{site.path}/do/go", [("_version", "4"), ("note", "mine")])
    assert told.status_code == 422
    assert "Note: yours is “mine”, theirs “other”." in text_of(told)
    assert post(site.client, f"{site.path}/do/go", controls(told.text).items()).status_code == 303
    assert site.now("note", "stage") == ["mine", "there"]


# ---- the app has changed --------------------------------------------------------------------------------------------

NOTE = "note: {type: text, label: {en: Note, zh-CN: 备注}}"


def test_a_field_that_is_gone_is_told_and_the_rest_can_be_saved(site: Site, tmp_path: Path) -> None:
    form = site.form().fill(note="typed for long", place="there")
    site.publish(tmp_path, NOTE, "hint: {type: text, label: {en: Hint, zh-CN: 提示}}")
    answer = site.send(form)
    assert answer.status_code == 409
    assert "note typed for long" in text_of(answer)
    assert "note" not in form_of(answer.text)
    assert site.send(form_of(answer.text)).status_code == 303
    assert site.now("place") == ["there"]


def test_a_field_that_is_gone_is_carried_along_until_it_has_been_told(site: Site, tmp_path: Path) -> None:
    form = site.form().fill(note="typed for long")
    site.publish(tmp_path, NOTE, "hint: {type: text, label: {en: Hint, zh-CN: 提示}}")
    pressed = site.send(form, ("_add", "lines"))
    assert site.send(form_of(pressed.text)).status_code == 409


def test_a_field_that_was_renamed_is_saved_under_its_name_of_now(site: Site, tmp_path: Path) -> None:
    form = site.form().fill(note="typed for long")
    renamed = NOTE.replace("note: {", "hint: {renamed_from: [note], ")
    site.publish(tmp_path, NOTE, renamed)
    assert site.send(form).status_code == 303
    assert site.now("hint") == ["typed for long"]


def test_a_field_of_another_type_says_what_it_cannot_read(site: Site, tmp_path: Path) -> None:
    form = site.form().fill(colour="many", place="there")
    colour = "colour: {type: text, label: {en: Colour, zh-CN: 颜色}}"
    site.publish(tmp_path, colour, colour.replace("text", "integer"))
    answer = site.send(form)
    assert answer.status_code == 422
    assert (form_of(answer.text)["colour"], form_of(answer.text)["place"]) == ("many", "there")
    assert site.send(form_of(answer.text).fill(colour="3")).status_code == 303
    assert site.now("colour", "place") == [3, "there"]
