"""Records as of a day through the API, going back to that, and batches taken back by a job."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from kith.jobs.worker import Worker
from kith.runtime.schema import system
from tests.api.world import NOW, Desk

YESTERDAY = "2026-11-21"


def a_day_later(desk: Desk) -> None:
    """All that has been saved was saved a day ago."""
    history = system.history.c
    with desk.workspace.database.write() as connection:
        for id_, at in connection.execute(sa.select(history.id, history.at)).all():
            connection.execute(sa.update(system.history).where(history.id == id_).values(at=at - timedelta(days=1)))
        connection.execute(sa.update(system.release).values(at=NOW - timedelta(days=2)))


def made(desk: Desk) -> dict[str, Any]:
    """An account of yesterday that was changed today."""
    account = desk.make("account", name="Before", opened_on="2026-01-31")
    a_day_later(desk)
    assert desk.ask("PATCH", f"account/{account['id']}", body={"name": "After", "opened_on": None}).status_code == 200
    return account


def test_a_record_is_answered_as_it_was_with_the_release_of_that_day(desk: Desk) -> None:
    account = made(desk)
    answer = desk.get(f"account/{account['id']}?as_of={YESTERDAY}").json()
    assert (answer["data"]["name"], answer["data"]["opened_on"], answer["data"]["version"]) == (
        "Before",
        "2026-01-31",
        1,
    )
    assert answer["as_of"] == {
        "at": "2026-11-21T15:59:59.999999Z", "release": 1, "deleted": False, "names": {}, "gone": {}, "erased": [],
    }  # fmt: skip
    assert desk.get(f"account/{account['id']}?as_of=2026-11-22").json()["data"]["name"] == "After"


def test_what_was_not_there_yet_or_is_no_day_is_told(desk: Desk) -> None:
    account = made(desk)
    early = desk.get(f"account/{account['id']}?as_of=2026-11-01")
    assert (early.status_code, early.json()["code"]) == (404, "not_yet")
    assert desk.get(f"account/{account['id']}?as_of=soon").json()["code"] == "bad_parameter"
    assert desk.get(f"account/{account['id']}?as_of={YESTERDAY}", "nobody").status_code == 404
    assert desk.get(f"account/{account['id']}?as_of={YESTERDAY}&deleted=true").json()["code"] == "unknown_parameter"


def test_a_record_goes_back_field_by_field_or_as_a_whole(desk: Desk) -> None:
    path = f"account/{made(desk)['id']}/revert"
    assert desk.ask("POST", path, body={"as_of": YESTERDAY, "fields": ["name"], "version": 1}).status_code == 412
    one = desk.ask("POST", path, body={"as_of": YESTERDAY, "fields": ["name"]})
    assert (one.json()["data"]["name"], one.json()["data"]["opened_on"]) == ("Before", None)
    whole = desk.ask("POST", path, body={"as_of": YESTERDAY}, if_match=one.headers["etag"])
    assert whole.json()["data"]["opened_on"] == "2026-01-31"
    history = desk.get(path.replace("revert", "history")).json()["data"]
    assert [entry["channel"] for entry in history] == ["revert", "revert", "api", "api"]


def test_a_wrong_request_to_go_back_says_what_is_wrong(desk: Desk) -> None:
    path = f"account/{made(desk)['id']}/revert"
    for body, code in (
        ({}, "missing_part"),
        ({"as_of": YESTERDAY, "fields": "name"}, "bad_part"),
        ({"as_of": YESTERDAY, "fields": ["none"]}, "bad_part"),
        ({"as_of": YESTERDAY, "lines": 1}, "bad_part"),
        ({"as_of": YESTERDAY, "other": 1}, "unknown_part"),
        ({"as_of": "soon"}, "bad_parameter"),
    ):
        answer = desk.ask("POST", path, body=body)
        assert (answer.status_code, answer.json()["code"]) == (400, code), body


def bulk(desk: Desk, account: str, who: str = "admin") -> str:
    items = [{"op": "update", "id": account, "values": {"name": "Bulk"}}]
    answer = desk.ask("POST", "account/bulk", who, {"items": items})
    assert answer.status_code == 200, answer.text
    batch: str = answer.json()["batch"]
    return batch


def test_a_batch_is_looked_at_and_taken_back_by_a_job(desk: Desk) -> None:
    account = desk.make("account", name="Before")
    batch = bulk(desk, account["id"])
    before = desk.get(f"meta/batches/{batch}").json()["data"]
    assert before["counts"] == [{"entity": "account", "op": "update", "records": 1}]
    assert (before["channel"], before["stays"], before["undo"]) == ("bulk", [], None)
    asked = desk.ask("POST", f"meta/batches/{batch}/undo")
    assert (asked.status_code, asked.json()["data"]["undo"]["state"]) == (202, "waiting")
    again = desk.ask("POST", f"meta/batches/{batch}/undo")
    assert again.json()["data"]["undo"]["id"] == asked.json()["data"]["undo"]["id"]
    worker = Worker(desk.workspace)
    while worker.step():
        pass
    after = desk.get(f"meta/batches/{batch}").json()["data"]
    assert (after["undo"]["state"], after["undo"]["returned"], after["undo"]["refused"]) == ("done", 1, 0)
    assert desk.get(f"account/{account['id']}").json()["data"]["name"] == "Before"


def test_a_batch_of_somebody_else_is_not_there(desk: Desk) -> None:
    account = desk.make("account", "ann", name="Before", owner=desk.users["ann"])
    batch = bulk(desk, account["id"], "ann")
    assert desk.get(f"meta/batches/{batch}", "ann").status_code == 200
    for who in ("bob", "nobody"):
        assert desk.get(f"meta/batches/{batch}", who).json()["code"] == "no_such_batch"
        assert desk.ask("POST", f"meta/batches/{batch}/undo", who).status_code == 404
    assert desk.get("meta/batches/none").status_code == 404


def test_the_release_of_a_day_is_answered(desk: Desk) -> None:
    def numbers(at: str) -> list[int]:
        return [one["number"] for one in desk.get(f"meta/releases?at={at}").json()["data"]]

    assert (numbers("2099-01-01"), numbers("2000-01-01")) == ([1], [])
    assert desk.get("meta/releases?at=soon").json()["code"] == "bad_parameter"


def test_what_is_hidden_or_masked_neither_shows_nor_returns(desk: Desk) -> None:
    values: dict[str, Any] = {"owner": desk.users["ann"], "secret": "CANARY", "phone": "13800138000", "vip": True}
    account = desk.make("account", name="Before", **values)["id"]
    a_day_later(desk)
    changed = {"name": "After", "secret": None, "phone": None, "vip": False}
    assert desk.ask("PATCH", f"account/{account}", body=changed).status_code == 200
    seen = desk.get(f"account/{account}?as_of={YESTERDAY}", "ann")
    assert "CANARY" not in seen.text and "13800138000" not in seen.text and "secret" not in seen.json()["data"]
    back = desk.ask("POST", f"account/{account}/revert", "ann", {"as_of": YESTERDAY})
    assert (back.status_code, back.json()["data"]["name"], back.json()["data"]["vip"]) == (200, "Before", True)
    now = desk.get(f"account/{account}").json()["data"]
    assert (now["secret"], now["phone"]) == (None, None)
