"""Applies that die: nothing is changed by halves, nothing that was saved is lost, and the next one comes through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from kith.runtime.applying import finishing
from kith.runtime.clock import system_clock
from kith.runtime.doctor import Visit, examine
from kith.runtime.publishing import system_context
from kith.runtime.release import Release
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Op, Saved
from kith.runtime.write.gate import save
from tests.runtime.killed.circle import GROWN, KINDS
from tests.runtime.killed.dying import killed
from tests.runtime.killed_applies import check, fill, kill_applies, settled, sums
from tests.runtime.rolling.world import SECOND, World, ids_of

pytestmark = pytest.mark.filterwarnings("ignore:Cannot correctly sort tables")


@pytest.fixture
def world(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(finishing, "TAKEN_OVER", 0.05)
    (tmp_path / "shop").mkdir()
    made = World(tmp_path / "shop", Workspace.open(database_url))
    yield made
    made.workspace.close()


def test_after_applies_that_are_killed_the_next_start_settles_and_the_apply_comes_through(
    world: World, database_url: str
) -> None:
    told = kill_applies(database_url, world.folder, 3, 7, 3, only=("fill", "switch", "late fill"))
    assert told.died == 3
    assert told.written


def under(
    world: World,
    release: Release,
    op: Op,
    entity: str,
    id_: str | None = None,
    values: Mapping[str, object] | None = None,
) -> str:
    """Save as a process on a release does."""
    change = Change(op, entity, id_, values or {})
    done = save(world.workspace.database, system_context(release, system_clock), release, change, Cause("form"))
    assert isinstance(done, Saved), done
    return done.id


def types_change(world: World, before: Release) -> Callable[[], dict[str, Any]]:
    """Values are saved into columns that nobody reads any more, and an option that is called otherwise by now."""
    ids = ids_of(world, "item")
    under(world, before, "update", "item", ids["Item 0"], {"size": "70", "look": "red"})
    under(world, before, "create", "item", None, {"name": "Rug", "size": "71", "look": "red"})
    under(world, before, "delete", "item", under(world, before, "create", "item", None, {"name": "Gone", "size": "72"}))
    world.workspace.look()
    under(world, world.workspace.current(), "update", "thing", ids["Item 1"], {"size": 73})

    def now() -> dict[str, Any]:
        found = world.records("thing")
        return {name: (found[name]["size"], found[name]["look"]) for name in ("Item 0", "Rug", "Item 1")}

    return now


def fields_are_added(world: World, before: Release) -> Callable[[], dict[str, Any]]:
    """Records come without the new default, and visits come and go without the new roll-up."""
    ids, visits = ids_of(world, "item"), world.records("visit")
    table = before.tables["visit"].table
    with world.workspace.database.read() as connection:
        visit = {str(row.what): str(row.id) for row in connection.execute(table.select())}
    assert visits.keys() == visit.keys()
    rug = under(world, before, "create", "item", None, {"name": "Rug"})
    under(world, before, "update", "visit", visit["Visit 0"], {"item": rug})
    under(world, before, "create", "visit", None, {"what": "Again", "item": ids["Item 1"]})
    under(world, before, "delete", "visit", visit["Visit 2"])

    def now() -> dict[str, Any]:
        found = world.records("item")
        return {name: (found[name]["visited"], found[name]["grade"]) for name in sorted(found)}

    return now


PLAIN = "plain"
CASES: dict[
    str, tuple[str, Mapping[str, str], Callable[[World, Release], Callable[[], dict[str, Any]]], dict[str, Any]]
] = {
    "types change": (
        "types and names change",
        SECOND,
        types_change,
        {"Item 0": (70, "crimson"), "Rug": (71, "crimson"), "Item 1": (73, "blue")},
    ),
    "fields are added": (
        "keys, roll-ups and reference data",
        GROWN,
        fields_are_added,
        {"Item 0": (0, PLAIN), "Item 1": (2, PLAIN), "Item 2": (0, PLAIN), "Rug": (1, PLAIN)},
    ),
}


def start(world: World, documents: Mapping[str, str]) -> None:
    assert settled(world) == "finished"


def repair(world: World, documents: Mapping[str, str]) -> None:
    release = world.workspace.current()
    visit = Visit(world.workspace.database, release, system_context(release, system_clock))
    mended = {check.name: [one.en for one in found.mended] for check, found in examine(visit, repair=True)}
    assert mended["applies"] == ["what was left of the apply was finished"]


NEXT: dict[str, Callable[[World, Mapping[str, str]], object]] = {
    "the next start": start,
    "kith doctor --repair": repair,
    "the same apply": lambda world, documents: world.publish(documents),
    "another apply": lambda world, documents: world.publish(
        {**documents, "entities/new.yaml": KINDS["entities/kind.yaml"].replace("kind", "sort").replace("Kind", "Sort")}
    ),
}
TRIED = [("types change", "the next start"), ("types change", "another apply")]
TRIED += [("fields are added", "kith doctor --repair"), ("fields are added", "the same apply")]


@pytest.mark.parametrize(("case", "following"), TRIED)
def test_what_was_saved_on_the_old_release_around_a_kill_after_the_switch_is_there(
    world: World, database_url: str, case: str, following: str
) -> None:
    way, documents, meanwhile, expected = CASES[case]
    fill(world, 3)
    before = world.workspace.current()
    assert killed(database_url, world.folder, way, "late fill", 0)
    now = meanwhile(world, before)
    world.workspace.look()
    assert world.workspace.current().number == 2
    NEXT[following](world, documents)
    assert now() == expected
    check(world, [sums(world)])
