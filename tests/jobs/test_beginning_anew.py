"""A save that loses against another transaction, at whichever statement, is begun anew and leaves everything once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
import sqlalchemy as sa

from kith.runtime.database import RETRIES
from kith.runtime.publishing import system_context
from kith.runtime.schema.system import history, job, save
from kith.runtime.write.change import Cause, Change
from kith.runtime.write.gate import save as saved
from tests.jobs.club_world import Club


@contextmanager
def losing(club: Club, place: int, times: int = 1) -> Iterator[list[int]]:
    """The transaction loses at a place of its statements, its commit included; how many there were."""
    passed, left = [0], [times]

    def lose(*_: object) -> None:
        passed[0] += 1
        if left[0] and passed[0] > place:
            left[0] -= 1
            passed[0] = 0
            raise sa.exc.OperationalError("", {}, psycopg.errors.SerializationFailure("lost"))

    engine = club.workspace.database.engine
    for event in ("before_cursor_execute", "commit"):
        sa.event.listen(engine, event, lose)
    try:
        yield passed
    finally:
        for event in ("before_cursor_execute", "commit"):
            sa.event.remove(engine, event, lose)


def counts(club: Club) -> tuple[int, ...]:
    """Rows of saves, history and jobs."""
    with club.workspace.database.read() as connection:
        tables = (save, history, job)
        return tuple(int(connection.scalar(sa.select(sa.func.count()).select_from(one)) or 0) for one in tables)


def test_wherever_a_save_loses_it_leaves_its_row_its_history_its_effects_and_its_jobs_once(club: Club) -> None:
    member = club.member("Ann")
    club.save(Change("create", "note", None, {"member": member, "what": "said"}))
    before = counts(club)
    with losing(club, 0, times=0) as statements:
        club.save(Change("update", "member", member, {"name": "Ann 0", "state": "silent"}))
    once = tuple(after - had for after, had in zip(counts(club), before, strict=True))
    assert once[2] == 1
    for place in range(statements[0]):
        club.save(Change("update", "member", member, {"state": "active"}))
        before = counts(club)
        with losing(club, place):
            club.save(Change("update", "member", member, {"name": f"Ann {place + 1}", "state": "silent"}))
        assert tuple(after - had for after, had in zip(counts(club), before, strict=True)) == once, place
    assert club.notes(member).count("now silent") == statements[0] + 1


def test_who_loses_again_and_again_is_told_and_leaves_nothing(club: Club) -> None:
    member, release = club.member("Ann"), club.workspace.current()
    before = counts(club)
    change = Change("update", "member", member, {"name": "Anna"})
    with losing(club, 1, times=RETRIES), pytest.raises(sa.exc.OperationalError):
        saved(club.workspace.database, system_context(release, club.time), release, change, Cause("api"))
    assert counts(club) == before
