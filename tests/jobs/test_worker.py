"""Workers: what they do with a job, what becomes of it when that fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from kith.jobs.handlers import Apart, Handler, Within, Work
from kith.jobs.worker import Worker
from kith.runtime import queue
from kith.runtime.database import Connection
from kith.runtime.queue.claiming import LEASE
from kith.runtime.queue.ending import ATTEMPTS, FIRST_WAIT
from kith.runtime.write.change import Cause, Change
from kith.runtime.write.gate import save_within
from tests.jobs.club_world import Club, work

LATER = LEASE + timedelta(seconds=1)


def put(club: Club, kind: str) -> None:
    with club.workspace.database.write() as connection:
        queue.enqueue(connection, club.workspace.current(), kind, {}, now=club.time.now)


def worker_with(club: Club, kind: str, handler: Handler) -> Worker:
    return Worker(club.workspace, {kind: handler})


def note(connection: Connection, work: Work) -> None:
    """Write a note, as part of the job's transaction."""
    change = Change("create", "note", None, {"what": work.job.kind})
    save_within(connection, work.context, work.release, [change], Cause("job"))


def test_what_a_job_writes_and_its_end_are_one_transaction(club: Club) -> None:
    failures = [RuntimeError("no"), RuntimeError("not yet")]

    def do(connection: Connection, work: Work) -> str:
        note(connection, work)
        if failures:
            raise failures.pop()
        return "at last"

    worker = worker_with(club, "try", Within(do))
    put(club, "try")
    for tried in range(3):
        worker.step()
        assert club.notes() == (["try"] if tried == 2 else [])
        club.time.on(minutes=10)
    (job,) = club.jobs("try")
    assert (job.state, job.attempts, job.result, job.error) == ("done", 3, "at last", None)


def test_a_job_that_fails_waits_and_holds_up_no_other(club: Club) -> None:
    done: list[str] = []

    def do(work: Work) -> None:
        if not done:
            done.append(work.job.id)
            raise RuntimeError("no")
        done.append(work.job.id)

    worker = worker_with(club, "try", Apart(do))
    put(club, "try")
    put(club, "try")
    assert [worker.step() for _ in range(3)] == [True, True, False]
    assert len(set(done)) == 2
    waiting = next(one for one in club.jobs("try") if one.state == "waiting")
    assert "RuntimeError: no" in str(waiting.error)
    club.time.now += FIRST_WAIT
    assert worker.step()
    assert done.count(waiting.id) == 2


def test_what_was_done_under_a_lease_that_another_worker_took_over_is_not_kept(club: Club) -> None:
    other: list[Callable[[], bool]] = []

    def do(connection: Connection, work: Work) -> None:
        note(connection, work)

    def slow(work: Work) -> None:
        # So slow that its lease runs out without a sign of life.
        club.time.now += LATER
        assert other[0]()

    other.append(worker_with(club, "try", Within(do)).step)
    put(club, "try")
    assert worker_with(club, "try", Apart(slow)).step()
    assert club.notes() == ["try"]
    (job,) = club.jobs("try")
    assert (job.state, job.attempts) == ("done", 2)


def test_a_job_that_kills_its_workers_is_dead_in_the_end(club: Club) -> None:
    put(club, "try")
    for _ in range(ATTEMPTS):
        with club.workspace.database.write() as connection:
            assert queue.claim(connection, ["try"], "killed", club.time.now)
        club.time.now += LATER
    worker_with(club, "try", Within(note)).step()
    (job,) = club.jobs("try")
    assert (job.state, job.error, club.notes()) == ("dead", "its workers died", [])


def test_a_rule_that_a_newer_release_has_no_more_is_left_alone(club: Club) -> None:
    payload = {"rule": "over_time/gone", "slot": club.time.now.isoformat()}
    with club.workspace.database.write() as connection:
        queue.enqueue(connection, club.workspace.current(), "schedule", payload, now=club.time.now)
    work(club.worker())
    (job,) = club.jobs("schedule")
    assert job.result == {"gone": True}
