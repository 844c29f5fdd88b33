"""Background jobs over the API: for those who administer, in words of the reader's language, and tried again."""

from __future__ import annotations

from typing import Any

import pytest

from kith.runtime import queue
from kith.runtime.queue.telling import DIED
from tests.api.world import NOW, Desk


def put(desk: Desk, kind: str, payload: dict[str, Any], error: str = "", result: Any = None) -> str:
    """A job that has been done, or that has failed for good with an error."""
    with desk.workspace.database.write() as connection:
        id_ = queue.enqueue(connection, desk.workspace.current(), kind, payload, now=NOW)
        taken = queue.claim(connection, [kind], "me", NOW)
        assert taken is not None
        if error:
            queue.bury(connection, taken, NOW, error)
        else:
            queue.finish(connection, taken, NOW, result)
    return id_


COPY = {"entity": "deal", "fields": ["name"], "through": ["account"], "ids": [], "depth": 1}


def test_the_latest_jobs_are_listed_with_how_many_there_are(desk: Desk) -> None:
    first = put(desk, "sweep", {}, result={"jobs": 2, "answers": 0})
    second = put(desk, "copy", COPY, error="Traceback\nKeyError: 'x'")
    found = desk.get("jobs").json()
    assert [one["id"] for one in found["data"]] == [second, first]
    assert found["states"] == {"waiting": 0, "running": 0, "done": 1, "dead": 1}
    page = desk.get("jobs?limit=1").json()
    assert [one["id"] for one in page["data"]] == [second]
    rest = desk.get(f"jobs?limit=1&cursor={page['next']}").json()
    assert ([one["id"] for one in rest["data"]], rest["next"]) == ([first], None)


@pytest.mark.parametrize(("query", "count"), [("state=dead", 1), ("kind=sweep", 1), ("state=dead&kind=sweep", 0)])
def test_jobs_are_found_by_state_and_kind(desk: Desk, query: str, count: int) -> None:
    put(desk, "sweep", {}, result={})
    put(desk, "copy", COPY, error="KeyError")
    assert len(desk.get(f"jobs?{query}").json()["data"]) == count


@pytest.mark.parametrize("query", ["state=lost", "cursor=there", "limit=0", "colour=red"])
def test_what_makes_no_sense_is_refused(desk: Desk, query: str) -> None:
    assert desk.get(f"jobs?{query}").status_code == 400


SAID = [
    ("en", "KeyError: 'x'", "Something unforeseen went wrong: KeyError: 'x'"),
    ("zh", "KeyError: 'x'", "发生了意外错误：KeyError: 'x'"),
    ("en", "sqlalchemy.exc.OperationalError: (x) gone", "The database was busy or away."),
    ("zh", DIED, "每个接手此任务的工作进程都中断了。"),
]


@pytest.mark.parametrize(("language", "error", "said"), SAID)
def test_why_a_job_failed_is_told_in_words(desk: Desk, language: str, error: str, said: str) -> None:
    id_ = put(desk, "copy", COPY, error=f"Traceback (most recent call last):\n  File x\n{error}\n")
    found = desk.get(f"jobs/{id_}", accept_language=language).json()["data"]
    assert found["failed"] == said
    assert "Traceback" not in str(found)


def test_what_came_of_a_job_is_told_in_words(desk: Desk) -> None:
    refusals = [{"record": "r", "code": "rule", "rule": "a/b", "message": "No."}]
    came = {"looked_at": 2, "fired": 0, "refused": 1, "refusals": refusals}
    found = desk.get(f"jobs/{put(desk, 'copy', COPY, result=came)}").json()["data"]
    assert found["about"] == "Deal: Name"
    assert found["told"] == ["2 records were looked at.", "1 record was refused and stayed as it was."]
    assert found["refusals"] == [{"record": "r", "message": "No."}]


def test_a_job_that_has_failed_is_tried_again_once(desk: Desk) -> None:
    id_ = put(desk, "copy", COPY, error="KeyError")
    again = desk.ask("POST", f"jobs/{id_}/retry")
    assert (again.status_code, again.json()["data"]["state"], again.json()["data"]["attempts"]) == (200, "waiting", 0)
    refused = desk.ask("POST", f"jobs/{id_}/retry", accept_language="zh")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_failed")
    assert desk.ask("POST", f"jobs/{id_}/retry", body={"when": "now"}).status_code == 400


@pytest.mark.parametrize("who", ["ann", "nobody"])
def test_to_others_there_are_none(desk: Desk, who: str) -> None:
    id_ = put(desk, "copy", COPY, error="KeyError")
    asked = [("GET", "jobs"), ("GET", f"jobs/{id_}"), ("POST", f"jobs/{id_}/retry")]
    assert [desk.ask(method, path, who).status_code for method, path in asked] == [404, 404, 404]
    assert "/api/v1/jobs" not in desk.get("openapi.json", who).json()["paths"]
    assert "/api/v1/jobs" in desk.get("openapi.json").json()["paths"]


def test_a_job_that_is_not_there_is_not_found(desk: Desk) -> None:
    for path in ("jobs/nonsense", "jobs/00000000-0000-7000-8000-000000000000"):
        assert desk.get(path).status_code == 404
        assert desk.ask("POST", f"{path}/retry").status_code == 404
