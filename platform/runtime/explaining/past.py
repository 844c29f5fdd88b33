"""Records as they were: from the history and from what a save noted besides. What is no longer kept says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import sqlalchemy as sa

from kith.metadata.model import Entity
from kith.rules.types import Type
from kith.rules.values import Record
from kith.runtime.read.histories import restored
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.schema.pairing import went_on
from kith.runtime.write.noting import OLD, found_by

Noted = Mapping[str, Mapping[str, Any]]
"""What a save noted: `entity/id` (of a later wave `entity/id@wave`) → field → value."""


class NotKept(Exception):
    """A value that neither the history nor the save holds: erased, or never noted."""


class Past(dict[str, object]):
    """A record as it was; reading what is not known of it raises NotKept."""

    def get(self, name: str, default: object = None) -> object:
        """The value of a field."""
        try:
            return self[name]
        except KeyError:
            raise NotKept(name) from None


@dataclass(frozen=True, slots=True)
class Version:
    """One row of a record's history."""

    number: int
    op: str
    save: str
    values: Mapping[str, Mapping[str, Any]] | None
    """By column; None where they have been erased."""


def versions_of(connection: sa.Connection, release: Release, entity: str, id_: str) -> list[Version]:
    """The history of a record, oldest first, whoever asks."""
    rows = system.history.c
    chosen = sa.select(rows.version, rows.op, rows.save, rows["values"]).where(
        rows.entity == release.tables[entity].stable_name, rows.record == id_
    )
    return [
        Version(int(version), op, str(save), orjson.loads(values) if isinstance(values, str) else values)
        for version, op, save, values in connection.execute(chosen.order_by(rows.version))
    ]


def state_at(then: Release, entity: Entity, id_: str, versions: Iterable[Version], number: int) -> Past | None:
    """The stored input of a record at a version; None before its first."""
    names = then.names.entities[entity.name]
    columns, before = {column: name for name, column in names.columns.items()}, went_on(names)
    inputs = [one for one in entity.fields.values() if not one.is_computed]
    state: Past | None = None
    for version in versions:
        if version.number > number:
            break
        if state is None:
            state = Past({one.name: frozenset() if one.type.kind == "set" else None for one in inputs})
        if version.values is None:
            # What has been erased is unknown until it is given again.
            state.clear()
        for column, entry in (version.values or {}).items():
            # What it became with another type is not in the history.
            state.pop(before.get(column, ""), None)
            name = columns.get(column, "")
            if name in entity.fields:
                state[name] = value_of(entry.get("new"), entity.fields[name].type)
        state |= {"id": id_, "version": version.number}
    return state


def value_of(raw: Any, type_: Type) -> object:
    """A value of the history's JSON as expressions have it."""
    if type_.kind == "set":
        return frozenset(value_of(one, type_.item or type_) for one in raw or ())
    if raw is not None and (type_.kind == "ref" or type_.entity == ":any_reference"):
        return dict(raw) if isinstance(raw, Mapping) else str(raw)
    return restored(raw, type_)


@dataclass(frozen=True)
class Memory:
    """What a save noted, as expressions of a wave read it."""

    then: Release
    noted: Noted
    wave: int
    made: dict[tuple[str, str], Past] = field(default_factory=dict)

    def own(self, entity: Entity, id_: str) -> tuple[Past, Past]:
        """What was noted of the record itself, as it became and as it was before."""
        found = self._values(entity, id_)
        before = {name.removeprefix(OLD): value for name, value in found.items() if name.startswith(OLD)}
        after = {name: value for name, value in found.items() if not name.startswith(OLD)}
        return self._typed(entity, after), self._typed(entity, before)

    def found(self, entity: Entity, id_: str, rule: str) -> Past:
        """What a rule before the write found in fields that such rules set."""
        key = found_by(self.then.names.entities[entity.name].table, id_, rule, self.wave)
        return self._typed(entity, self.noted.get(key, {}))

    def load(self, entity: str, id_: object) -> Record | None:
        """Another record, as far as it was read."""
        declared = self.then.model.entities.get(entity)
        if id_ is None or declared is None:
            return None
        key = (entity, str(id_))
        if key not in self.made:
            found = self._values(declared, str(id_))
            if not found:
                raise NotKept(entity)
            values = {name: value for name, value in found.items() if not name.startswith(OLD)}
            self.made[key] = Past({"id": str(id_), **self._typed(declared, values)})
        return self.made[key]

    def related(self, entity: str, record: Record, relation: str) -> Iterable[Record]:
        """The related records that were read."""
        declared = self.then.model.entities[entity]
        ids = self._values(declared, str(record.get("id"))).get(relation)
        if ids is None:
            raise NotKept(relation)
        target = declared.inverses[relation].entity
        return [row for row in (self._row(target, id_) for id_ in ids) if row is not None]

    def _row(self, entity: str, id_: str) -> Record | None:
        # Of a record that was only counted nothing but its being there is known.
        declared = self.then.model.entities[entity]
        return self.load(entity, id_) if self._values(declared, id_) else Past({"id": id_})

    def _values(self, entity: Entity, id_: str) -> dict[str, Any]:
        key = f"{self.then.names.entities[entity.name].table}/{id_}"
        found = dict(self.noted.get(key, {}))
        for wave in range(1, self.wave + 1):
            found |= self.noted.get(f"{key}@{wave}", {})
        return found

    def _typed(self, entity: Entity, values: Mapping[str, Any]) -> Past:
        fields = entity.fields
        return Past({name: value_of(raw, fields[name].type) for name, raw in values.items() if name in fields})
