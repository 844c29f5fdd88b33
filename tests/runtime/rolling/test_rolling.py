"""Going back and forth between releases, with and without people at work in between, on both databases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kith.runtime import releases
from kith.runtime.clock import system_clock
from kith.runtime.plan import applying
from kith.runtime.plan.drift import find_drift
from kith.runtime.plan.planning import Plan
from kith.runtime.plan.retyping import ChangeType
from kith.runtime.plan.rolling import CannotGoBack, note_of
from kith.runtime.publishing import hooks, system_context
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from kith.runtime.write.sets import sets_of
from kith.runtime.write.shelf import shelf_of
from tests.support.worlds import built

APP = """\
app: shop
version: 1.0.0
title: Shop
languages: [en]
time_zone: Asia/Shanghai
currency: CNY
navigation: {items: {entity: item}}
"""
ITEM = """\
entity: item
label: Item
plural: Items
title: "{name}"
fields:
  name: {type: text, required: true, search: true, label: Name}
  size: {type: text, label: Size}
  weight: {type: decimal, scale: 2, label: Weight}
  made_at: {type: datetime, label: Made at}
  look: {type: choice, label: Look, options: {red: {label: Red}, blue: {label: Blue}}}
  note: {type: text, label: Note}
  tags: {type: tags, label: Tags}
  double: {type: formula, result: {type: decimal, precision: 16, scale: 2}, value: weight * 2, label: Double}
"""
VISIT = """\
entity: visit
label: Visit
plural: Visits
title: "{what}"
fields:
  what: {type: text, required: true, label: What}
  item: {type: reference, to: item, inverse: visits, label: Item}
"""
LATER = """\
entity: thing
renamed_from: [item]
label: Thing
plural: Things
title: "{name}"
fields:
  name: {type: text, required: true, search: true, label: Name}
  size: {type: integer, label: Size}
  heft: {type: integer, renamed_from: [weight], label: Heft}
  made_at: {type: date, label: Made at}
  look:
    type: choice
    label: Look
    options: {crimson: {label: Crimson, renamed_from: [red]}, blue: {label: Blue}, green: {label: Green}}
  tags: {type: text, label: Tags}
  added: {type: text, label: Added}
"""
LATER_APP = APP.replace("entity: item", "entity: thing").replace("1.0.0", "2.0.0")
FIRST = {"app.yaml": APP, "entities/item.yaml": ITEM, "entities/visit.yaml": VISIT}
SECOND = {"app.yaml": LATER_APP, "entities/thing.yaml": LATER}


@dataclass
class World:
    """A workspace and the folder that is published into it."""

    folder: Path
    workspace: Workspace

    def publish(self, documents: Mapping[str, str]) -> Plan:
        for old in self.folder.rglob("*.yaml"):
            old.unlink()
        for path, text in documents.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text, "utf-8")
        return self.carry_out(self.workspace.plan(built(self.folder)))

    def carry_out(self, planned: Plan, note: str = "") -> Plan:
        assert not planned.is_refused, planned.as_text()
        self.workspace.apply(planned, hooks=hooks(system_clock), note=note, allow_loss=True)
        release = self.workspace.current()
        with self.workspace.database.read() as connection:
            assert find_drift(connection, release.tables, release.names) == ()
        return planned

    def back(self, number: int | None = None) -> Plan:
        wanted, planned = self.workspace.plan_back(number)
        return self.carry_out(planned, note_of(wanted, planned.base_number))

    def save(self, entity: str, id_: str | None = None, **values: object) -> str:
        release = self.workspace.current()
        change = Change("update" if id_ else "create", entity, id_, values)
        done = save(self.workspace.database, system_context(release, system_clock), release, change, Cause("form"))
        assert isinstance(done, Saved), done
        return done.id

    def records(self, entity: str) -> dict[str, dict[str, Any]]:
        """The declared values of all records, by name."""
        release = self.workspace.current()
        shelf, fields = shelf_of(release, entity), release.model.entities[entity].fields
        with self.workspace.database.read() as connection:
            ids = [str(id_) for id_ in connection.scalars(sa.select(shelf.table.id))]
            found = {
                one["id"]: one | sets_of(connection, shelf, ids)[one["id"]]
                for one in shelf.select(connection, ids, lock=False)
            }
        title = next(iter(fields))
        return {str(one[title]): {name: one[name] for name in fields if name in one} for one in found.values()}

    def checksums(self) -> dict[str, str]:
        """A checksum of the declared values of each entity."""
        entities = self.workspace.current().model.entities
        rows = {
            name: sorted(map(repr, map(_plain, self.records(name).values()))) for name in entities if name != "user"
        }
        return {name: hashlib.sha256("\n".join(lines).encode()).hexdigest() for name, lines in rows.items()}


def _plain(record: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, str(sorted(value)) if isinstance(value, frozenset) else str(value)) for name, value in record.items()
    ]


@pytest.fixture
def world(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(applying, "TAKEN_OVER", 0.1)
    workspace = Workspace.open(database_url)
    (tmp_path / "shop").mkdir()
    made = World(tmp_path / "shop", workspace)
    made.publish(FIRST)
    lamp = made.save(
        "item",
        name="Lamp",
        size=" 12",
        weight="1.50",
        made_at="2026-01-31T12:30",
        look="red",
        note="Warm",
        tags=["a", "b"],
    )
    made.save("item", name="Vase", size="large", weight="2", made_at="2026-01-31T00:00", look="blue")
    made.save("visit", what="Bought", item=lamp)
    yield made
    workspace.close()


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
    assert (last.number, last.version, last.note) == (3, "1.0.0", "rollback of 2")
    world.publish(SECOND)
    world.back(1)
    with world.workspace.database.read() as connection:
        last, *_ = releases.published(connection)
    assert last.note == "rollback of 2–4"


def test_what_somebody_has_changed_stays_newer_and_is_listed_with_what_it_was(world: World) -> None:
    world.publish(SECOND)
    ids = {name: one["id"] for name, one in _with_ids(world, "thing").items()}
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
    ids = {name: one["id"] for name, one in _with_ids(world, "thing").items()}
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


def _with_ids(world: World, entity: str) -> dict[str, dict[str, Any]]:
    release = world.workspace.current()
    table = release.tables[entity]
    with world.workspace.database.read() as connection:
        rows = connection.execute(sa.select(table.id, table.columns["name"].value))
        return {str(name): {"id": str(id_)} for id_, name in rows}
