"""A small shop whose releases change types, names and options, and what is done with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kith.runtime.clock import system_clock
from kith.runtime.plan.planning import Plan
from kith.runtime.publishing import hooks, system_context
from kith.runtime.schema.drift import find_drift
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from kith.runtime.write.sets import sets_of
from kith.runtime.write.shelf import shelf_of
from tests.support.worlds import app_document, built

APP = app_document("shop", "item")
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

    def carry_out(self, planned: Plan) -> Plan:
        assert not planned.is_refused, planned.as_text()
        self.workspace.apply(planned, hooks=hooks(system_clock), allow_loss=True)
        release = self.workspace.current()
        with self.workspace.database.read() as connection:
            assert find_drift(connection, release.tables, release.names) == ()
        return planned

    def back(self, number: int | None = None) -> Plan:
        return self.carry_out(self.workspace.plan_back(number)[1])

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


def ids_of(world: World, entity: str) -> dict[str, str]:
    """The ids of records by their names."""
    table = world.workspace.current().tables[entity]
    with world.workspace.database.read() as connection:
        return {
            str(name): str(id_) for id_, name in connection.execute(sa.select(table.id, table.columns["name"].value))
        }
