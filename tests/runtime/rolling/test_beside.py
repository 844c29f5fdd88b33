"""Changes of type while processes on the release before go on saving, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from kith.runtime.applying import finishing
from kith.runtime.clock import system_clock
from kith.runtime.publishing import system_context
from kith.runtime.release import Release
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from tests.runtime.rolling.world import FIRST, ITEM, World, ids_of

NUMBERS = {**FIRST, "entities/item.yaml": ITEM.replace("size: {type: text,", "size: {type: integer,")}


def save_under(world: World, release: Release, id_: str | None, **values: object) -> None:
    change = Change("update" if id_ else "create", "item", id_, values)
    done = save(world.workspace.database, system_context(release, system_clock), release, change, Cause("form"))
    assert isinstance(done, Saved), done


def meanwhile(monkeypatch: pytest.MonkeyPatch, work: Callable[[], None]) -> None:
    """Have something done between the switch and what is caught up with after it."""

    def sleep(seconds: float) -> None:
        if seconds == finishing.TAKEN_OVER:
            work()

    monkeypatch.setattr(finishing, "time", SimpleNamespace(sleep=sleep))


def test_what_the_release_before_saves_after_the_switch_is_converted_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, ids = world.workspace.current(), ids_of(world, "item")

    def work() -> None:
        save_under(world, before, ids["Lamp"], size="13")
        save_under(world, before, None, name="Rug", size="5")
        save_under(world, before, ids["Vase"], note="seen")
        world.workspace.look()
        save_under(world, world.workspace.current(), ids["Vase"], size=7)

    meanwhile(monkeypatch, work)
    world.publish(NUMBERS)
    assert {name: one["size"] for name, one in world.records("item").items()} == {"Lamp": 13, "Rug": 5, "Vase": 7}


def test_going_back_takes_over_what_the_later_release_still_saves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.publish(NUMBERS)
    later, ids = world.workspace.current(), ids_of(world, "item")

    def work() -> None:
        save_under(world, later, ids["Lamp"], size=14)
        save_under(world, later, ids["Vase"], note="seen")
        save_under(world, later, None, name="Rug", size=5)

    meanwhile(monkeypatch, work)
    world.back()
    sizes = {name: one["size"] for name, one in world.records("item").items()}
    assert sizes == {"Lamp": "14", "Rug": "5", "Vase": "large"}
