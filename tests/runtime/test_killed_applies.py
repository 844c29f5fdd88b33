"""Applies that die or find no room: nothing is changed by halves, and the next one comes through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from kith.runtime.applying import finishing
from kith.runtime.applying.progress import CannotApply
from kith.runtime.workspace import Workspace
from tests.runtime.killed_applies import GROWN, START, check, kill_applies, sums
from tests.runtime.rolling.world import World


@pytest.mark.filterwarnings("ignore:Cannot correctly sort tables")
def test_after_applies_that_are_killed_the_next_start_settles_and_the_apply_comes_through(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finishing, "TAKEN_OVER", finishing.TAKEN_OVER)
    (tmp_path / "shop").mkdir()
    beside = database_url.startswith("postgresql")
    told = kill_applies(database_url, tmp_path / "shop", 3, 7, 12, beside=beside)
    assert told.kills >= 3
    assert bool(told.written) == beside


def test_an_sqlite_file_that_may_not_grow_is_told_in_a_sentence_and_stays_as_it_was(
    sqlite_url: str, tmp_path: Path
) -> None:
    workspace = Workspace.open(sqlite_url)
    world = World(tmp_path, workspace)
    world.publish(START)
    for number in range(300):
        world.save("item", name=f"Item {number}", note="n" * 200)
    before = sums(world)
    with _room(workspace, 2), pytest.raises(CannotApply, match="disk of the database is full"):
        world.publish(GROWN)
    assert (workspace.current().number, sums(world)) == (1, before)
    world.publish(GROWN)
    assert check(world, [sums(world)]) == ""
    workspace.close()


@contextmanager
def _room(workspace: Workspace, pages: int) -> Iterator[None]:
    """The file may grow by so many pages."""

    def limit(connection: sa.Connection) -> None:
        raw = connection.connection.driver_connection
        assert raw is not None
        now = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count = {now + pages}")

    sa.event.listen(workspace.database.engine, "engine_connect", limit)
    yield
    sa.event.remove(workspace.database.engine, "engine_connect", limit)
    workspace.database.engine.dispose()
