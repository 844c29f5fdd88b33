"""A record's history across changes of a field's type: values as they were, under the name that the field has today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kith.runtime.explaining.past import state_at, versions_of
from kith.runtime.publishing import hooks, system_context
from kith.runtime.read import history
from kith.runtime.read.query import HistoryEntry, Reference
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.conflicts import changed_since
from kith.runtime.write.gate import save
from kith.runtime.write.session import Session
from tests.support.worlds import app_document, built

SHOP = """\
entity: shop
label: Shop
plural: Shops
title: "{name}"
fields:
  name: {type: text, required: true, label: Name}
"""
COLOURS = "options: {red: {label: Red}, blue: {label: Blue}}"
NOON = datetime(2026, 1, 31, 4, tzinfo=UTC)


@dataclass
class World:
    """Shops whose documents change."""

    folder: Path
    workspace: Workspace
    id: str = ""

    def publish(self, *fields: str) -> None:
        documents = {"app.yaml": app_document("corner", "shop"), "entities/shop.yaml": SHOP}
        documents["entities/shop.yaml"] += "".join(f"  {line}\n" for line in fields)
        for path, text in documents.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text, "utf-8")
        plan = self.workspace.plan(built(self.folder))
        self.workspace.apply(plan, hooks=hooks(self.workspace.clock), allow_loss=True)

    def saved(self, **values: object) -> str:
        release = self.workspace.current()
        context = system_context(release, self.workspace.clock)
        change = Change("update" if self.id else "create", "shop", self.id or None, values)
        done = save(self.workspace.database, context, release, change, Cause("system"))
        assert isinstance(done, Saved), done
        return done.id

    def history(self) -> list[HistoryEntry]:
        release = self.workspace.current()
        context = system_context(release, self.workspace.clock)
        with self.workspace.database.read() as connection:
            return history(connection, context, release, "shop", self.id)[::-1]


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    workspace = Workspace.open(database_url)
    yield World(tmp_path / "corner", workspace)
    workspace.close()


# the field, its type before and what was saved, its type after and what is saved then
CASES: dict[str, tuple[str, Any, str, Any]] = {
    "a_text": ("text", "12", "integer", 13),
    "a_word": ("text", "many", "integer", 1),
    "a_number": ("decimal, scale: 2", Decimal("2.50"), "text", "3"),
    "a_share": ("percent", Decimal("0.15"), "decimal, scale: 2", Decimal("1.00")),
    "a_day": ("date", date(2026, 1, 31), "datetime", NOON),
    "an_instant": ("datetime", NOON, "date", date(2026, 2, 1)),
    "a_span": ("duration", timedelta(hours=2), "text", "long"),
    "an_option": (f"choice, {COLOURS}", "red", f"choices, {COLOURS}", ("blue",)),
    "some_days": ("date_range", {"start": date(2026, 1, 1), "end": date(2026, 1, 2)}, "date", date(2026, 2, 1)),
}


def test_the_history_tells_what_fields_were_before_they_changed_their_types(world: World) -> None:
    world.publish(*(f"{name}: {{type: {case[0]}, label: It}}" for name, case in CASES.items()))
    world.id = world.saved(name="A", **{name: case[1] for name, case in CASES.items()})
    world.publish(*(f"{name}: {{type: {case[2]}, label: It}}" for name, case in CASES.items()))
    world.saved(**{name: case[3] for name, case in CASES.items()})
    made, changed = world.history()
    assert {name: made.changes[name][1] for name in CASES} == {name: case[1] for name, case in CASES.items()}
    assert {name: changed.changes[name][1] for name in CASES} == {name: case[3] for name, case in CASES.items()}
    types = {name: case[0].partition(",")[0] for name, case in CASES.items()}
    assert {name: was.type_name for name, was in made.former.items()} == types
    assert not changed.former


def test_a_reference_that_became_a_text_is_still_told_by_its_label(world: World) -> None:
    world.publish("parent: {type: reference, to: shop, inverse: parts, label: Parent}")
    parent = world.saved(name="Top")
    world.id = world.saved(name="A", parent=parent)
    world.publish("above: {type: text, label: Above, renamed_from: [parent]}")
    assert world.history()[0].changes["above"] == (None, Reference(parent, "Top"))


def test_values_through_several_types_and_back_are_all_told(world: World) -> None:
    types = ("text", "integer", "decimal", "text", "integer")
    for number, name in enumerate(types):
        world.publish(f"it: {{type: {name}, label: It}}")
        world.id = world.saved(**{"name": "A"} if not world.id else {}, it=str(number) if name == "text" else number)
    assert [one.changes["it"][1] for one in world.history()] == ["0", 1, Decimal(2), "3", 4]


def test_what_a_value_became_with_another_type_is_unknown_to_explanations_not_empty(world: World) -> None:
    world.publish("it: {type: text, label: It}")
    world.id = world.saved(name="A", it="12")
    world.publish("it: {type: integer, label: It}")
    world.saved(name="B")
    release = world.workspace.current()
    with world.workspace.database.read() as connection:
        versions = versions_of(connection, release, "shop", world.id)
    state = state_at(release, release.model.entities["shop"], world.id, versions, 2)
    assert state is not None
    assert ("it" in state, state["name"]) == (False, "B")


def test_a_change_before_another_type_is_one_of_the_field(world: World) -> None:
    world.publish("it: {type: text, label: It}")
    world.id = world.saved(name="A")
    world.saved(it="12")
    world.publish("it: {type: integer, label: It}")
    release = world.workspace.current()
    context = system_context(release, world.workspace.clock)
    with world.workspace.database.write() as connection:
        session = Session(connection, context, release, Cause("system"))
        assert changed_since(session, "shop", world.id, 1) == frozenset({"it"})
