"""Publishing and going back over the API: against a release, once, by those who administer."""

from __future__ import annotations

from typing import Any

import pytest

from kith.runtime.applying.progress import claim, let_go
from tests.api.world import Desk

ADDED = {"entities/desk_note.yaml": "entity: desk_note\ntitle: '{text}'\nfields:\n  text: {type: text}\n"}
GONE: dict[str, str | None] = {"entities/desk_note.yaml": None}


def asked(desk: Desk, name: str, status: int = 200, **body: Any) -> dict[str, Any]:
    response = desk.ask("POST", f"meta/{name}", body=body)
    assert response.status_code == status, response.text
    found: dict[str, Any] = response.json()
    return found.get("data") or found


def test_documents_are_planned_and_published_once(desk: Desk) -> None:
    planned = asked(desk, "plan", base=1, documents=ADDED)
    assert planned["problems"] == []
    assert planned["plan"]["safe"]
    assert asked(desk, "apply", base=1, documents=ADDED, note="Notes") == {"release": 2}
    assert asked(desk, "apply", base=1, documents=ADDED, note="Notes") == {"release": 2}
    assert desk.make("desk_note", text="Hello")["text"] == "Hello"
    newest = desk.get("meta/releases").json()["data"][0]
    assert (newest["number"], newest["note"], newest["actor"]) == (2, "Notes", "admin")


def test_what_was_planned_on_another_release_is_a_conflict(desk: Desk) -> None:
    asked(desk, "apply", base=1, documents=ADDED)
    other = {"entities/other.yaml": "entity: other\ntitle: '{text}'\nfields:\n  text: {type: text}\n"}
    for name, base in (("plan", 1), ("apply", 1), ("apply", 3)):
        found = asked(desk, name, 409, base=base, documents=other)
        assert found["code"] == "other_release"
        assert "2" in found["detail"]


def test_going_back_over_what_has_records_needs_consent(desk: Desk) -> None:
    asked(desk, "apply", base=1, documents=ADDED)
    desk.make("desk_note", text="Hello")
    assert asked(desk, "plan", base=2, back=1)["plan"]["needs_consent"]
    assert asked(desk, "rollback", 422, base=2, back=1)["code"] == "not_published"
    assert asked(desk, "rollback", base=2, back=1, allow_loss=True) == {"release": 3}
    assert asked(desk, "rollback", base=2, back=1, allow_loss=True) == {"release": 3}
    assert desk.get("desk_note").status_code == 404
    assert asked(desk, "rollback", 422, base=3, back=3)["code"] == "not_published"


def test_a_key_has_the_same_answer_also_when_others_have_published_since(desk: Desk) -> None:
    body, headers = {"base": 1, "documents": ADDED}, {"Idempotency_Key": "notes"}
    first = desk.ask("POST", "meta/apply", body=body, **headers)
    other = {"entities/other.yaml": "entity: other\ntitle: '{text}'\nfields:\n  text: {type: text}\n"}
    assert asked(desk, "apply", base=2, documents=other) == {"release": 3}
    again = desk.ask("POST", "meta/apply", body=body, **headers)
    assert (again.status_code, again.json(), again.headers["idempotent-replayed"]) == (200, first.json(), "true")
    assert "idempotent-replayed" not in first.headers
    reused = desk.ask("POST", "meta/apply", body={**body, "note": "Another"}, **headers)
    assert (reused.status_code, reused.json()["code"]) == (422, "key_reused")
    back = desk.ask("POST", "meta/rollback", body={"base": 3, "back": 2}, Idempotency_Key="back")
    assert back.json() == {"data": {"release": 4}}


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Another process is applying"), ("zh-CN", "另一个进程正在应用发布")]
)
def test_while_another_process_applies_the_answer_is_a_conflict(desk: Desk, language: str, said: str) -> None:
    workspace = desk.workspace
    model, _ = workspace.edited(ADDED)
    assert model is not None
    run = claim(workspace.database, workspace.plan(model), workspace.clock)
    response = desk.ask("POST", "meta/apply", body={"base": 1, "documents": ADDED}, accept_language=language)
    assert (response.status_code, response.json()["code"]) == (409, "being_applied")
    assert said in response.json()["detail"]
    let_go(workspace.database, run, workspace.clock(), "")
    assert asked(desk, "apply", base=1, documents=ADDED) == {"release": 2}


def test_errors_in_documents_are_told_with_their_places(desk: Desk) -> None:
    wrong = {"entities/desk_note.yaml": "entity: desk_note\ntitle: '{text}'\nfields:\n  text: {type: nothing_such}\n"}
    planned = asked(desk, "plan", base=1, documents=wrong)
    assert planned["plan"] is None
    place = planned["problems"][0]
    assert (place["path"].endswith("entities/desk_note.yaml"), place["line"]) == (True, 4)
    refused = asked(desk, "apply", 422, base=1, documents=wrong)
    assert refused["code"] == "wrong_documents"
    assert refused["errors"][0]["line"] == 4
    assert [one["number"] for one in desk.get("meta/releases").json()["data"]] == [1]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"documents": {}}, "missing_part"),
        ({"base": 1}, "bad_part"),
        ({"base": 1, "documents": {}, "back": 1}, "bad_part"),
        ({"base": True, "documents": {}}, "bad_part"),
        ({"base": 1, "documents": {"../x.yaml": ""}}, "bad_part"),
        ({"base": 1, "documents": {"app.yaml": 1}}, "bad_part"),
        ({"base": 1, "documents": {}, "what": 1}, "unknown_part"),
    ],
)
def test_what_is_not_a_wish_is_refused(desk: Desk, body: dict[str, Any], code: str) -> None:
    assert asked(desk, "plan", 400, **body)["code"] == code


def test_others_cannot_publish(desk: Desk) -> None:
    for name in ("plan", "apply", "rollback"):
        assert desk.ask("POST", f"meta/{name}", "ann", {"base": 1, "documents": {}}).status_code == 404
