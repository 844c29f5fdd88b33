"""worker, jobs and doctor, as somebody types them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from kith.cli.main import app
from kith.runtime import queue
from kith.runtime.queue.claiming import Job
from kith.runtime.schema import system
from kith.runtime.sealing import seal
from tests.jobs.club_world import Club


@pytest.fixture
def club(sqlite_url: str) -> Any:
    opened = Club.open(sqlite_url)
    yield opened
    opened.workspace.close()


def run(club: Club, *arguments: str) -> Result:
    url = club.workspace.database.url.render_as_string(hide_password=False)
    return CliRunner().invoke(app, [*arguments, "--db", url])


def dead_job(club: Club) -> str:
    """The id of a job that has failed for good."""
    now = club.time.now
    with club.workspace.database.write() as connection:
        queue.enqueue(connection, club.workspace.current(), "schedule", {"rule": "no/where"}, now=now)
        job = queue.claim(connection, ["schedule"], "w", now)
        assert isinstance(job, Job)
        queue.bury(connection, job, now, "Traceback …\nValueError: no")
    return job.id


def test_dead_jobs_are_listed_with_their_reason_and_tried_again(club: Club) -> None:
    id_ = dead_job(club)
    listed = run(club, "jobs", "list", "--state", "dead")
    assert listed.exit_code == 0
    assert id_ in listed.output
    assert "ValueError: no" in listed.output
    assert run(club, "doctor").exit_code == 1
    again = run(club, "jobs", "retry", id_)
    assert again.output == "Jobs that are tried again: 1.\n"
    data = json.loads(run(club, "jobs", "list", "--json").output)
    assert data["counts"] == {"waiting": 1, "running": 0, "done": 0, "dead": 0}
    assert run(club, "jobs", "retry", id_).exit_code == 1


def test_a_retry_says_what_is_to_be_tried(club: Club) -> None:
    assert run(club, "jobs", "retry").exit_code == 64
    assert run(club, "jobs", "retry", "--all", "--kind", "x").exit_code == 64
    assert run(club, "jobs", "list", "--state", "odd").exit_code == 64
    assert run(club, "jobs", "retry", "7").exit_code == 1


def test_a_worker_does_what_is_to_be_done_and_leaves(club: Club) -> None:
    with club.workspace.database.write() as connection:
        queue.enqueue(connection, club.workspace.current(), "sweep", {}, now=club.time.now)
    done = run(club, "worker", "--once", "--lang", "zh-CN")
    assert done.output == "已完成 1 个任务。\n"
    assert [one.state for one in club.jobs("sweep")] == ["done"]


def test_the_doctor_verifies_the_history(club: Club) -> None:
    club.member()
    with club.workspace.database.write() as connection:
        seal(connection, club.time.now)
    sound = run(club, "doctor")
    told = "✓ History: 1 rows of 1 records; sealed and verified up to 2026-03-02 04:00:00Z, seal "
    (kept,) = (line.removeprefix(told) for line in sound.output.splitlines() if line.startswith(told))
    assert [run(club, "doctor", "--seal", one).exit_code for one in (kept, f"1-{'a' * 24}", "odd")] == [0, 1, 64]
    with club.workspace.database.write() as connection:
        connection.execute(sa.update(system.history).values(at=club.time.now + timedelta(days=1)))
    forged = run(club, "doctor", "--json")
    assert forged.exit_code == 1
    (history,) = (one for one in json.loads(forged.output)["checks"] if one["name"] == "history")
    assert "changed or removed outside of Kith" in history["flaws"][0]
