"""What the API answers where records look alike."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kith.api.routes import routes
from kith.runtime.accounts.throttling import LIMITS
from kith.runtime.calling import Calling, Doors
from tests.api.world import NOW, Desk, add_user
from tests.runtime.likeness.club_world import Club


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    """The API of an empty club, with a host and a seller."""
    club = Club.open(sqlite_url)
    doors = Doors(club.workspace, Calling(club.workspace.database), lambda: NOW)
    with TestClient(Starlette(routes=routes(doors)), raise_server_exceptions=False) as client:
        found = Desk(club.workspace, client)
        for name in ("host", "seller"):
            add_user(found, name, (name,))
        yield found
    doors.calling.close()
    club.close()


def test_a_save_is_carried_out_and_warns(desk: Desk) -> None:
    first = desk.ask("POST", "guest", "host", {"name": "Ann Smith", "born": "1990-05-01"})
    assert "warnings" not in first.json()
    second = desk.ask("POST", "guest", "host", {"name": "Anne Smith", "born": "1990-05-01"})
    assert second.status_code == 201
    assert second.json()["warnings"] == [
        {
            "code": "may_be_duplicate",
            "rule": "guest.duplicates.same_person",
            "message": "“Ann Smith” may be the same: Name + Born",
            "record": {"id": first.json()["data"]["id"], "label": "Ann Smith"},
            "why": ["Name: Anne Smith ~ Ann Smith"],
            "told": {},
        }
    ]
    items = [{"op": "create", "values": {"name": "Anne Smith", "born": "1990-05-01"}}]
    (outcome,) = desk.ask("POST", "guest/bulk", "host", {"items": items}).json()["data"]
    assert (outcome["status"], len(outcome["warnings"])) == (201, 2)


def test_who_may_not_see_the_other_is_refused_without_its_name_and_has_to_wait_after_a_while(desk: Desk) -> None:
    desk.ask("POST", "guest", "host", {"name": "Ann Smith", "mobile": "13800138000"})
    asked = {"name": "Bo", "mobile": "13800138000", "owner": desk.users["seller"]}
    refused = desk.ask("POST", "guest", "seller", asked)
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["code"], error["field"], error["why"]) == ("duplicate_hidden", "mobile", [])
    assert "Ann" not in refused.text
    answers = [desk.ask("POST", "guest", "seller", asked).status_code for _ in range(LIMITS["key"].tries)]
    assert answers[-1] == 429
