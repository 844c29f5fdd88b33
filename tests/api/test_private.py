"""What is known about one person, erasing it and consents: over the API, and only for those who administer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kith.runtime.privacy import holding
from tests.runtime.privacy.canary import Canary, Clinic, clinic

ONE = Canary.hatched(31)


@pytest.fixture
def house(sqlite_url: str) -> Iterator[tuple[Clinic, str]]:
    """A clinic in a file, and somebody in it."""
    with clinic(sqlite_url) as opened:
        yield opened, opened.live_through(ONE)


def test_a_person_is_told_and_erased_unless_the_law_forbids(house: tuple[Clinic, str]) -> None:
    opened, id_ = house
    desk, path = opened.desk, f"client/{id_}"
    told = desk.get(f"{path}/subject").json()["data"]
    assert (len(told["records"]), told["records"][0]["values"]["email"]) == (6, ONE.email)
    preview = desk.ask("POST", f"{path}/erase", body={"preview": True}).json()["data"]
    assert preview["anonymised"] == {"client": 1, "invoice": 1, "visit": 1}
    with opened.database.write() as connection:
        holding.place(connection, opened.context(), opened.release, "client", id_, "Court")
    refused = desk.ask("POST", f"{path}/erase")
    assert (refused.status_code, refused.json()["code"]) == (409, "held_by_law")
    with opened.database.write() as connection:
        holding.lift(connection, opened.context(), opened.release, "client", id_)
    done = desk.ask("POST", f"{path}/erase", body={})
    assert (done.status_code, done.json()["data"]["actor"]) == (200, desk.users["admin"])
    left = desk.get(f"{path}/subject").json()["data"]
    assert ONE.first not in str(left)
    entry = desk.get(f"{path}/history").json()["data"][0]
    assert (entry["channel"], entry["erased"]) == ("erasure", True)
    again = desk.ask("POST", "client", body=ONE.values(), Idempotency_Key="other")
    assert again.status_code == 201


def test_consents_are_noted_and_told_and_what_is_not_known_is_not(house: tuple[Clinic, str]) -> None:
    opened, id_ = house
    path = f"client/{id_}/consents"
    for wrong in WRONG:
        assert opened.desk.ask("POST", path, body={"purpose": "newsletter", "given": True} | wrong).status_code == 400
    body = {"purpose": "newsletter", "given": True, "how": "paper", "at": "2026-03-01T10:00:00+08:00"}
    noted = opened.desk.ask("POST", path, body=body).json()["data"]
    assert noted["purposes"] == {"newsletter": {"given": True, "outdated": False}}
    (entry,) = opened.desk.get(path).json()["data"]["log"]
    assert (entry["at"], entry["how"], entry["version"]) == ("2026-03-01T02:00:00Z", "paper", "2026-01")


WRONG = (
    {"purpose": "post"},
    {"how": "smoke"},
    {"given": "yes"},
    {"at": "today"},
    {"at": "0001-01-01T00:00:00+14:00"},
    {"x": 1},
)


def test_for_others_there_is_nothing_of_the_kind(house: tuple[Clinic, str]) -> None:
    opened, id_ = house
    for method, part in (("GET", "subject"), ("POST", "erase"), ("GET", "consents"), ("POST", "consents")):
        body = {"purpose": "newsletter", "given": True} if part == "consents" and method == "POST" else None
        assert opened.desk.ask(method, f"client/{id_}/{part}", who="ann", body=body).status_code == 404
    paths = opened.desk.get("openapi.json", who="ann").json()["paths"]
    assert not [path for path in paths if path.endswith(("/erase", "/subject", "/consents"))]
    assert any(path.endswith("/erase") for path in opened.desk.get("openapi.json").json()["paths"])
