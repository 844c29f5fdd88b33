"""Two who apply at once, in two processes: one wins, the other is told at once, and nothing is done by halves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kith.problems import Words
from kith.runtime.applying import finishing, progress
from kith.runtime.applying.progress import RUNNING, STALE, CannotApply
from kith.runtime.applying.telling import BUSY
from kith.runtime.plan.planning import Plan
from kith.runtime.publishing import hooks
from kith.runtime.workspace import Workspace
from tests.runtime.killed.circle import GROWN
from tests.runtime.killed.dying import TOLD, standing
from tests.runtime.killed_applies import check, fill, sums
from tests.runtime.rolling.world import APP, FIRST, SECOND, World
from tests.support.worlds import built

pytestmark = pytest.mark.filterwarnings("ignore:Cannot correctly sort tables")
TYPES = "types and names change"
SOON = 3
"""Seconds within which the other one is told, also on a busy machine."""


@pytest.fixture
def world(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(finishing, "TAKEN_OVER", 0.05)
    (tmp_path / "shop").mkdir()
    made = World(tmp_path / "shop", Workspace.open(database_url))
    fill(made, 3)
    made.publish({**FIRST, "app.yaml": APP.replace("1.0.0", "1.0.1")})
    yield made
    made.workspace.close()


def forward(world: World) -> Plan:
    folder = world.folder.parent / "other"
    for path, text in GROWN.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return world.workspace.plan(built(folder))


def back(world: World) -> Plan:
    return world.workspace.plan_back()[1]


def told(world: World, planned: Plan) -> Words | None:
    """What somebody is told who applies a plan."""
    try:
        world.workspace.apply(planned, hooks=hooks(world.workspace.clock), allow_loss=True)
    except CannotApply as error:
        return error.words
    return None


@pytest.mark.parametrize(
    ("first", "stage", "second"),
    [
        (TYPES, "fill", forward),
        (TYPES, "late fill", back),
        ("back", "switch", forward),
    ],
    ids=["an apply against an apply", "a rollback against an apply", "an apply against a rollback"],
)
def test_of_two_processes_one_wins_and_the_other_is_told_at_once(
    world: World, database_url: str, first: str, stage: str, second: Callable[[World], Plan]
) -> None:
    old = second(world)
    with standing(database_url, world.folder, first, stage) as process:
        # Who comes after the switch sees its release, and is told all the same.
        planned = second(world)
        began = time.monotonic()
        assert told(world, planned) == RUNNING
        assert time.monotonic() - began < SOON
    assert process.exitcode == 0
    assert told(world, old) == STALE
    world.workspace.look()
    assert world.workspace.current().number == 3
    check(world, [sums(world)])


@pytest.mark.parametrize("same", [True, False], ids=["the same", "another"])
@pytest.mark.parametrize("stage", ["fill", "late fill"])
def test_who_stood_still_for_too_long_is_taken_over_and_writes_nothing_more(
    world: World, database_url: str, monkeypatch: pytest.MonkeyPatch, stage: str, same: bool
) -> None:
    monkeypatch.setattr(progress, "LEASE", timedelta(seconds=0.1))
    late = stage == "late fill"
    with standing(database_url, world.folder, TYPES, stage) as process:
        time.sleep(0.2)
        if world.workspace.database.kind == "sqlite" and not late:
            # It is in its transaction, which nobody can take from it.
            assert told(world, forward(world)) in (BUSY, RUNNING)
        elif same:
            world.publish(SECOND)
        else:
            assert told(world, forward(world)) is None
        now = sums(world)
    kind = world.workspace.database.kind
    assert process.exitcode == (0 if kind == "sqlite" and not late else TOLD[progress.TAKEN])
    world.workspace.look()
    check(world, [sums(world)] if kind == "sqlite" and not late else [now])
