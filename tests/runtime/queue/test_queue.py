"""The queue: what is taken, by whom, for how long, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kith.runtime import queue
from kith.runtime.database import Database, open_database
from kith.runtime.queue.claiming import LEASE
from kith.runtime.queue.ending import ATTEMPTS, FIRST_WAIT, LONGEST_WAIT, wait
from kith.runtime.queue.looking import KEPT
from kith.runtime.schema.install import install

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    install(opened)
    yield opened
    opened.close()


def put(database: Database, kind: str = "a", **options: Any) -> bool:
    payload = options.pop("payload", {"n": 1})
    with database.write() as connection:
        return queue.enqueue_once(connection, queue.job_row(kind, payload, now=NOW, **options))


def take(
    database: Database, worker: str = "w", now: datetime = NOW, kinds: tuple[str, ...] = ("a",)
) -> queue.Job | None:
    with database.write() as connection:
        return queue.claim(connection, kinds, worker, now)


def taken(database: Database, worker: str = "w", now: datetime = NOW) -> queue.Job:
    job = take(database, worker, now)
    assert job is not None
    return job


def test_a_job_is_taken_by_one_worker_only(database: Database) -> None:
    put(database)
    assert taken(database).payload == {"n": 1}
    assert take(database, "other") is None


def test_workers_ask_for_kinds_that_they_have_handlers_for(database: Database) -> None:
    put(database, "b")
    assert take(database) is None
    assert take(database, kinds=("a", "b")) is not None


def test_a_job_waits_until_it_is_due(database: Database) -> None:
    put(database, due=NOW + SECOND)
    assert take(database) is None
    assert take(database, now=NOW + SECOND) is not None


def test_the_more_urgent_job_goes_first_then_the_older(database: Database) -> None:
    for number, priority, due in ((3, 200, NOW - SECOND), (2, 100, NOW), (1, 100, NOW - SECOND)):
        put(database, payload={"n": number}, priority=priority, due=due)
    assert [taken(database).payload["n"] for _ in range(3)] == [1, 2, 3]


def test_what_has_a_name_is_put_in_only_once(database: Database) -> None:
    assert put(database, once="slot")
    assert not put(database, once="slot")


def test_what_is_rolled_back_was_never_put_in(database: Database) -> None:
    with database.engine.connect() as connection, connection.begin() as transaction:
        assert queue.enqueue_once(connection, queue.job_row("a", {}, now=NOW))
        transaction.rollback()
    assert take(database) is None


def test_a_job_whose_worker_has_died_is_taken_by_another(database: Database) -> None:
    put(database)
    first = taken(database)
    later = NOW + LEASE + SECOND
    assert take(database, "other", NOW + LEASE) is None
    second = taken(database, "other", later)
    assert (second.id, second.attempts) == (first.id, 2)
    with pytest.raises(queue.LostLease), database.write() as connection:
        queue.finish(connection, first, later)


def test_a_sign_of_life_keeps_a_job(database: Database) -> None:
    put(database)
    job = taken(database)
    with database.write() as connection:
        assert queue.extend(connection, job, NOW + LEASE)
    assert take(database, "other", NOW + LEASE + SECOND) is None


def test_a_failed_job_comes_back_and_is_dead_after_its_last_attempt(database: Database) -> None:
    put(database)
    now = NOW
    for attempt in range(1, ATTEMPTS + 1):
        job = taken(database, now=now)
        assert job.attempts == attempt
        with database.write() as connection:
            assert queue.fail(connection, job, now, "no", lambda: 1.0) is (attempt == ATTEMPTS)
        now += wait(attempt, lambda: 1.0)
    assert take(database, now=now + LONGEST_WAIT) is None
    with database.write() as connection:
        assert queue.counts(connection)["dead"] == 1
        assert [one.error for one in queue.jobs(connection, state="dead")] == ["no"]
        assert queue.retry(connection, now) == 1
    assert taken(database, now=now).attempts == 1


def test_waits_grow_and_are_never_the_same_for_all() -> None:
    longest = [wait(attempt, lambda: 1.0) for attempt in range(1, ATTEMPTS)]
    assert longest[0] == FIRST_WAIT
    assert longest == sorted(longest)
    assert longest[-1] == LONGEST_WAIT
    assert wait(3, lambda: 0.0) * 2 == wait(3, lambda: 1.0)


def test_what_is_done_says_what_came_of_it_and_goes_after_a_while(database: Database) -> None:
    put(database)
    job = taken(database)
    with database.write() as connection:
        queue.finish(connection, job, NOW, {"records": 3})
        (listed,) = queue.jobs(connection, state="done", kind="a")
        assert listed.result == {"records": 3}
        assert queue.sweep(connection, NOW + KEPT) == 0
        assert queue.sweep(connection, NOW + KEPT + SECOND) == 1


def test_a_look_says_whether_there_is_anything_to_take(database: Database) -> None:
    put(database, due=NOW + SECOND)
    with database.read() as connection:
        assert not queue.is_any_due(connection, ["a"], NOW)
        assert queue.is_any_due(connection, ["a"], NOW + SECOND)
        assert not queue.is_any_due(connection, ["b"], NOW + SECOND)
