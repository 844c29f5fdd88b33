"""A disk that is full while a plan is applied: it is told in a sentence, and with room the same apply comes through."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from kith.runtime.applying import finishing, progress
from kith.runtime.applying.progress import CannotApply
from kith.runtime.applying.telling import FULL, FULL_LATE
from kith.runtime.database import is_full
from kith.runtime.workspace import Workspace
from tests.runtime.killed.circle import CIRCLE, GROWN, START
from tests.runtime.killed.dying import counted, listen, stage_now
from tests.runtime.killed_applies import check, fill, settled, sums
from tests.runtime.rolling.world import World

pytestmark = pytest.mark.filterwarnings("ignore:Cannot correctly sort tables")
LONG = bool(os.environ.get("KITH_LONG"))
READING = ("SELECT", "SHOW", "PRAGMA", "BEGIN", "SET", "SAVEPOINT", "RELEASE", "ROLLBACK", "EXPLAIN")


@pytest.fixture
def world(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(finishing, "TAKEN_OVER", 0.02)
    monkeypatch.setattr(progress, "BEAT", 0.02)
    (tmp_path / "shop").mkdir()
    made = World(tmp_path / "shop", Workspace.open(database_url))
    yield made
    made.workspace.close()


def no_room(kind: str) -> sa.exc.OperationalError:
    """What the driver raises."""
    if kind == "postgresql":
        return sa.exc.OperationalError("", {}, psycopg.errors.DiskFull("No space left on device"))
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return sa.exc.OperationalError("", {}, error)


@contextmanager
def full_from(world: World, stage: str, place: int) -> Iterator[None]:
    """From a place in a stage on there is no room for anything that is written, by whichever thread."""
    left, full = place, threading.Event()

    def write(*arguments: object) -> None:
        nonlocal left
        if not full.is_set() and stage_now() == stage:
            left -= 1
            if left < 0:
                full.set()
        statement = str(arguments[2]).lstrip().upper() if len(arguments) > 2 else ""
        if full.is_set() and statement and not statement.startswith(READING):
            raise no_room(world.workspace.database.kind)

    listen(world.workspace, write)
    try:
        yield
    finally:
        listen(world.workspace, write, no_more=True)


def tried(world: World, way: str, stage: str, place: int) -> None:
    """Apply without room: either nothing has changed, or the release is live as a whole."""
    before, sides = world.workspace.current().number, sums(world)
    told = None
    with full_from(world, stage, place):
        try:
            CIRCLE[way](world)
        except CannotApply as error:
            told = error.words
    world.workspace.look()
    live = world.workspace.current().number > before
    # It may also be that nothing was written any more from there on.
    assert told == (FULL_LATE if live else FULL) or (live and told is None), (way, stage, place)
    assert live or sums(world) == sides


def test_with_a_disk_that_is_full_from_any_statement_on_nothing_is_changed_by_halves_and_room_is_all_it_takes(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    died: list[object] = []
    monkeypatch.setattr(threading, "excepthook", died.append)
    fill(world, 3)
    expected, lengths = [sums(world)], []
    for way in CIRCLE:
        lengths.append(counted(world, way))
        expected.append(sums(world))
    turn = 0
    for number, way in [*enumerate(CIRCLE)] * (40 if LONG else 1):
        before = world.workspace.current().number
        stages = [*lengths[number]]
        for stage in (stages[turn % len(stages)], stages[(turn + 2) % len(stages)]):
            if world.workspace.current().number == before:
                tried(world, way, stage, (turn * 7) % lengths[number][stage])
            turn += 1
        if world.workspace.current().number == before:
            CIRCLE[way](world)
        else:
            settled(world)
        check(world, expected[number + 1 : number + 2])
    assert died == []
    assert not [one for one in caplog.records if one.levelno >= logging.WARNING and one.exc_info]


@pytest.mark.parametrize("pages", [0, 3, *(range(1, 14) if LONG else ())])
def test_an_sqlite_file_that_may_not_grow_stays_as_it_was_until_it_may(
    sqlite_url: str, tmp_path: Path, pages: int
) -> None:
    workspace = Workspace.open(sqlite_url)
    world = World(tmp_path, workspace)
    world.publish(START)
    for number in range(200):
        world.save("item", name=f"Item {number}", note="n" * 200)
    before = sums(world)
    with _room(workspace, pages), pytest.raises(CannotApply) as told:
        world.publish(GROWN)
    assert told.value.words == FULL
    assert told.value.__cause__ is not None
    assert is_full(told.value.__cause__)
    assert (workspace.current().number, sums(world)) == (1, before)
    world.publish(GROWN)
    check(world, [sums(world)])
    workspace.close()


@contextmanager
def _room(workspace: Workspace, pages: int) -> Iterator[None]:
    """The file may grow by so many pages."""
    with workspace.database.read() as connection:
        now = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def limit(connection: sa.Connection) -> None:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute(f"PRAGMA max_page_count = {now + pages}")

    sa.event.listen(workspace.database.engine, "engine_connect", limit)
    yield
    sa.event.remove(workspace.database.engine, "engine_connect", limit)
    workspace.database.engine.dispose()
