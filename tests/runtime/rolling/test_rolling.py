"""Going back and forth between releases, with and without people at work in between, on both databases."""

from __future__ import annotations

import pytest

from kith.runtime import releases
from kith.runtime.plan.retyping import ChangeType
from kith.runtime.plan.rolling import CannotGoBack
from tests.runtime.rolling.world import FIRST, ITEM, SECOND, World, ids_of


def test_with_no_edits_in_between_every_value_is_as_before_as_often_as_one_goes(world: World) -> None:
    before = world.checksums()
    world.publish(SECOND)
    after = world.checksums()
    things = world.records("thing")
    assert (things["Lamp"]["size"], things["Lamp"]["heft"], things["Lamp"]["look"]) == (12, 2, "crimson")
    assert (things["Lamp"]["tags"], things["Vase"]["size"]) == ("a,b", None)
    for _ in range(2):
        world.back()
        assert world.checksums() == before
        assert world.records("item")["Lamp"]["double"] == 3
        world.back()
        assert world.checksums() == after
    world.back(1)
    assert world.checksums() == before


def test_a_release_that_goes_back_says_so(world: World) -> None:
    world.publish(SECOND)
    world.back()
    with world.workspace.database.read() as connection:
        last, *_ = releases.published(connection)
    assert (last.number, last.version, last.back) == (3, "1.0.0", 1)
    assert (last.said("en"), last.said("zh-CN")) == ("rollback of 2", "撤回发布 2")
    world.publish(SECOND)
    world.back(1)
    with world.workspace.database.read() as connection:
        last, *_ = releases.published(connection)
    assert last.said("en") == "rollback of 2–4"


def test_what_somebody_has_changed_stays_newer_and_is_listed_with_what_it_was(world: World) -> None:
    world.publish(SECOND)
    ids = ids_of(world, "thing")
    world.save("thing", ids["Lamp"], size=13, made_at="2026-02-01", added="new")
    world.save("thing", ids["Vase"], look="green", tags="x; y")
    world.save("thing", name="Rug", size=5, heft=7)
    planned = world.back()
    told = {change.field: list(change.details("en")) for change in planned.changes if isinstance(change, ChangeType)}
    assert told["size"] == [
        "of 1 record the value from before comes back, as nobody has changed it since",
        "of 1 record a newer value stays",
        "  Lamp: “13” stays, it was “12” before",
    ]
    assert told["made_at"][1:] == [
        "of 1 record a newer value stays",
        "  Lamp: “2026-02-01” stays, it was “2026-01-31 12:30” before",
    ]
    assert told["look"] == [
        "of 1 record the value does not fit; what it was stays aside until it is purged",
        "  Vase: “Green” cannot be kept. “Green” is not one of the options: red, blue.",
    ]
    items = world.records("item")
    assert {name: one["size"] for name, one in items.items()} == {"Lamp": "13", "Vase": "large", "Rug": "5"}
    assert {name: str(one["weight"]) for name, one in items.items()} == {"Lamp": "1.50", "Vase": "2.00", "Rug": "7.00"}
    assert {name: one["look"] for name, one in items.items()} == {"Lamp": "red", "Vase": None, "Rug": None}
    assert items["Vase"]["tags"] == frozenset({"x", "y"})
    assert items["Lamp"]["note"] == "Warm"
    assert items["Rug"]["double"] == 14


def test_what_the_later_release_added_goes_aside_and_comes_again(world: World) -> None:
    world.publish(SECOND)
    ids = ids_of(world, "thing")
    world.save("thing", ids["Lamp"], added="new")
    world.save("thing", ids["Vase"], look="green")
    planned = world.back()
    assert planned.needs_consent
    losing = [change.message("en") for change in planned.of("loses")]
    assert any(line.startswith("field item.added: its values go out of sight") for line in losing)
    world.back()
    things = world.records("thing")
    assert (things["Lamp"]["added"], things["Vase"]["look"]) == ("new", "green")


def test_records_of_an_entity_that_was_removed_come_back(world: World) -> None:
    world.publish(SECOND)
    planned = world.back()
    assert [change.message("en") for change in planned.changes if change.kind == "add_entity"] == [
        "entity visit; what was kept aside comes back: 1 record"
    ]
    assert list(world.records("visit")) == ["Bought"]


def test_there_is_no_way_to_the_future_nor_before_the_first_release(world: World) -> None:
    for number in (None, 0, 1, 2):
        with pytest.raises(CannotGoBack):
            world.workspace.plan_back(number)


def test_what_went_through_several_types_comes_back_step_by_step(world: World) -> None:
    whole = ITEM.replace("size: {type: text,", "size: {type: integer,")
    look = "size: {type: choice, options: {small: {label: '5'}, large: {label: '12'}},"
    item = "entities/item.yaml"
    world.save("item", name="Rug", size="1.5")
    world.publish({**FIRST, item: whole})
    world.save("item", ids_of(world, "item")["Rug"], size=77)
    world.save("item", name="Bowl", size=5)
    world.publish({**FIRST, item: ITEM.replace("size: {type: text,", look)})
    assert {name: one["size"] for name, one in world.records("item").items()} == {
        "Lamp": "large", "Vase": None, "Rug": None, "Bowl": "small",
    }  # fmt: skip
    world.back(1)
    sizes = {name: one["size"] for name, one in world.records("item").items()}
    assert sizes == {"Lamp": "12", "Vase": "large", "Rug": "77", "Bowl": "5"}
    world.back(2)
    assert {name: one["size"] for name, one in world.records("item").items()} == {
        "Lamp": 12, "Vase": None, "Rug": 77, "Bowl": 5,
    }  # fmt: skip
