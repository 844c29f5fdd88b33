"""Sums that are kept `soon`: no parent is locked by those who save its records, and every reader sees the whole sum."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kith.jobs import worker as worker_module
from kith.jobs.worker import Worker
from kith.runtime.explaining.valuing import explain_value
from kith.runtime.publishing import system_context
from kith.runtime.read.lists import list_records
from kith.runtime.read.query import Query, Sort
from kith.runtime.schema import system
from kith.runtime.write.change import Cause, Change
from kith.runtime.write.gate import save_within
from tests.jobs.club_world import Club, club_model, work
from tests.jobs.test_keeping import changed, publish


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "FOLD", 0.0)


def note(club: Club, member: str, points: str = "1.50", **values: object) -> str:
    return club.save(Change("create", "note", None, {"member": member, "what": "here", "points": points, **values}))


def waiting(club: Club) -> int:
    with club.workspace.database.read() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(system.delta)) or 0)


def sums(club: Club, member: str) -> tuple[Any, ...]:
    found = club.look(member, "points_noted", "written")
    return found["points_noted"], found["written"]


def listed(club: Club, filter_: str = "", sort: str = "") -> list[str]:
    """The names of members that a list has."""
    release = club.workspace.current()
    order = (Sort(sort.lstrip("-"), sort.startswith("-")),) if sort else (Sort("name"),)
    query = Query("member", ("name",), filter=filter_, sort=order)
    with club.workspace.database.read() as connection:
        rows = list_records(connection, system_context(release, club.time), release, query).rows
    return [str(row[2]) for row in rows]


def test_the_sum_is_whole_before_and_after_it_is_folded(club: Club) -> None:
    ann = club.member("Ann")
    for _ in range(3):
        note(club, ann)
    assert (sums(club, ann), club.stored(ann, "written"), waiting(club)) == ((Decimal("4.50"), 3), 0, 6)
    work(club.worker())
    assert (sums(club, ann), club.stored(ann, "written"), waiting(club)) == ((Decimal("4.50"), 3), 3, 0)


def test_lists_filter_and_sort_by_the_whole_sum(club: Club) -> None:
    ann, bob, _ = club.member("Ann"), club.member("Bob"), club.member("Cid")
    note(club, bob, "2")
    work(club.worker())
    note(club, ann, "3.25")
    note(club, bob, "1")
    for _ in range(2):
        assert listed(club, "points_noted > 2") == ["Ann", "Bob"]
        assert listed(club, "points_noted == 3.25") == ["Ann"]
        assert listed(club, sort="-points_noted") == ["Ann", "Bob", "Cid"]
        work(club.worker())


def test_what_moves_leaves_changes_and_returns_is_counted_where_it_is(club: Club) -> None:
    ann, bob = club.member("Ann"), club.member("Bob")
    mine = note(club, ann)
    work(club.worker())
    club.save(Change("update", "note", mine, {"points": "4"}))
    assert sums(club, ann) == (Decimal(4), 1)
    club.save(Change("update", "note", mine, {"member": bob}))
    assert (sums(club, ann), sums(club, bob)) == ((0, 0), (Decimal(4), 1))
    club.save(Change("delete", "note", mine))
    assert sums(club, bob) == (0, 0)
    club.save(Change("restore", "note", mine))
    work(club.worker())
    assert (sums(club, ann), sums(club, bob)) == ((0, 0), (Decimal(4), 1))


def test_a_record_that_is_written_while_something_waits_loses_nothing(club: Club) -> None:
    ann = club.member("Ann")
    note(club, ann)
    club.save(Change("update", "member", ann, {"name": "Anna"}))
    assert (sums(club, ann), waiting(club)) == ((Decimal("1.50"), 1), 2)
    work(club.worker())
    assert sums(club, ann) == (Decimal("1.50"), 1)


def test_a_record_in_the_bin_goes_on_counting(club: Club) -> None:
    ann = club.member("Ann")
    note(club, ann)
    club.save(Change("delete", "member", ann))
    work(club.worker())
    club.save(Change("restore", "member", ann))
    assert sums(club, ann) == (Decimal("1.50"), 1)
    work(club.worker())
    assert sums(club, ann) == (Decimal("1.50"), 1)


def test_rules_that_read_the_sum_are_woken_once_it_is_folded(club: Club) -> None:
    ann = club.member("Ann")
    note(club, ann, "60")
    note(club, ann, "60")
    assert "many points" not in club.notes(ann)
    work(club.worker())
    assert club.notes(ann).count("many points") == 1


def test_a_save_that_is_rolled_back_leaves_nothing_to_fold(club: Club) -> None:
    ann = club.member("Ann")
    release = club.workspace.current()
    change = Change("create", "note", None, {"member": ann, "what": "here", "points": "1"})
    with club.workspace.database.write() as connection:
        save_within(connection, system_context(release, club.time), release, [change], Cause("api"))
        connection.rollback()
    assert (sums(club, ann), waiting(club)) == ((0, 0), 0)


def test_those_who_save_do_not_wait_for_one_another(club: Club) -> None:
    if club.workspace.database.kind == "sqlite":
        return  # it has one writer
    ann = club.member("Ann")
    release, database = club.workspace.current(), club.workspace.database
    context = system_context(release, club.time)
    change = Change("create", "visit", None, {"member": ann, "spent": "1"})
    with ThreadPoolExecutor() as pool, database.write() as connection:
        save_within(connection, context, release, [change], Cause("api"))
        pool.submit(club.save, change).result(10)
    assert club.look(ann, "spent") == {"spent": 2}


def test_several_workers_fold_each_row_once(club: Club) -> None:
    ann = club.member("Ann")
    for _ in range(20):
        note(club, ann, "1")
    workers = [Worker(club.workspace) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Worker.turn, workers))
    work(club.worker())
    assert (club.stored(ann, "written"), sums(club, ann), waiting(club)) == (20, (20, 20), 0)


NOW, SOON = "value: sum(notes.points), label", "value: sum(notes.points), keep: soon, label"


def test_how_a_sum_is_kept_may_change(club: Club, tmp_path: Path) -> None:
    ann = club.member("Ann")
    note(club, ann)
    at_once = changed(tmp_path / "club", "entities/member.yaml", SOON, NOW)
    publish(club, at_once)
    assert club.workspace.plan(at_once).is_empty
    note(club, ann)
    for _ in range(2):
        assert (sums(club, ann), club.stored(ann, "written")) == ((3, 2), club.stored(ann, "written"))
        work(club.worker())
    publish(club, club_model())
    note(club, ann)
    for _ in range(2):
        assert sums(club, ann) == (Decimal("4.50"), 3)
        work(club.worker())


def test_why_a_sum_is_what_it_is_counts_what_waits(club: Club) -> None:
    ann = club.member("Ann")
    note(club, ann)
    work(club.worker())
    note(club, ann, "2.25")
    release = club.workspace.current()
    with club.workspace.database.read() as connection:
        context = system_context(release, club.time)
        found = explain_value(connection, context, release, "member", ann, "points_noted")
    assert found is not None
    assert found.value == "3.75"
