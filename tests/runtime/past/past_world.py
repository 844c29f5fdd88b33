"""A shop in which batches are saved and taken back, and short words for looking at what its records hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa

from kith.runtime.context import SYSTEM, Actor
from kith.runtime.ids import new_id
from kith.runtime.past.preview import Preview, preview
from kith.runtime.past.undoing import advance
from kith.runtime.write.change import Cause, Change, Channel, Saved, Verdict
from kith.runtime.write.gate import Mode, save_all
from kith.runtime.write.session import Session
from tests.runtime.write.shop_world import Shop

State = Mapping[tuple[str, str], Mapping[str, Any] | None]
"""What every record holds that people and rules have entered; None for what is in the recycle bin."""


@dataclass
class Batches(Shop):
    """A shop with words for batches."""

    made: list[str] = field(default_factory=list)
    """The records of the last batch's changes."""

    def bulk(
        self, changes: Sequence[Change], actor: Actor = SYSTEM, mode: Mode = "all", channel: Channel = "bulk"
    ) -> str:
        """The id of a batch that has saved some changes."""
        batch = new_id()
        cause = Cause(channel, batch)
        verdicts: list[Verdict] = save_all(
            self.workspace.database, self.context(actor), self.release, changes, cause, mode
        )
        self.made = [verdict.id for verdict in verdicts if isinstance(verdict, Saved)]
        return batch

    def undo(self, batch: str, actor: Actor = SYSTEM, steps: int = 1_000_000) -> dict[str, Any]:
        """What is noted of taking a batch back, at the end or after so many steps."""
        noted: dict[str, Any] = {}
        for _ in range(steps):
            step = partial(advance, context=self.context(actor), release=self.release, batch=batch, noted=noted)
            noted, more = self.workspace.database.run(step)
            if not more:
                break
        return noted

    def preview(self, batch: str, actor: Actor = SYSTEM) -> Preview | None:
        """What taking a batch back would do."""
        with self.workspace.database.read() as connection:
            return preview(connection, self.context(actor), self.release, batch)

    def state(self) -> State:
        """What all records hold."""
        found: dict[tuple[str, str], Mapping[str, Any] | None] = {}
        with self.workspace.database.read() as connection:
            session = Session(connection, self.context(), self.release, Cause("system"))
            for entity in self.release.model.entities.values():
                ids = connection.scalars(sa.select(self.release.tables[entity.name].id)).all()
                session.load_many(entity.name, map(str, ids))
                inputs = [one.name for one in entity.fields.values() if not one.is_computed]
                for id_ in map(str, ids):
                    record = session.records[entity.name][id_]
                    live = record["deleted_at"] is None
                    found[entity.name, id_] = {name: record[name] for name in inputs} if live else None
        return found

    def computed(self) -> Mapping[tuple[str, str], Mapping[str, Any]]:
        """What the stored formulas and roll-ups of all live records hold."""
        found: dict[tuple[str, str], Mapping[str, Any]] = {}
        with self.workspace.database.read() as connection:
            session = Session(connection, self.context(), self.release, Cause("system"))
            for (entity, id_), held in self.state().items():
                if held is not None:
                    record = session.load(entity, id_)
                    assert record is not None
                    stored = session.plan(entity).stored
                    found[entity, id_] = {one.name: record[one.name] for one in stored if one.is_computed}
        return found
