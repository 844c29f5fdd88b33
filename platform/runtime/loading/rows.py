"""Rows of data on their way to records: what a row is known by, and its values as the write gate takes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from kith.metadata.model import DataSet, Entity, Field, Model
from kith.rules.program import Expression
from kith.rules.python import compile_python
from kith.rules.values import Env
from kith.runtime.coerce import Misread, Reading, coerce
from kith.runtime.schema.names import Names
from kith.runtime.write.change import Change
from kith.runtime.write.referring import ANY
from kith.runtime.write.shelf import shelf_of

if TYPE_CHECKING:
    from kith.runtime.release import Release


@dataclass(frozen=True, slots=True)
class Formers:
    """What entities and fields are called in the release where records are looked up."""

    entities: Mapping[str, str]
    fields: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, names: Names, before: Names) -> Formers:
        """Those of names in a release before: the same tables and columns."""
        entities = names.called_in(before)
        fields = {
            (name, field): old
            for name, former in entities.items()
            for old, column in before.entities[former].columns.items()
            for field, one in names.entities[name].columns.items()
            if one == column
        }
        return cls(entities, fields)


@dataclass(slots=True)
class Rows:
    """The rows of a model: the ids that they have or will have, by entity and key.

    Records are looked up in `release`, which at planning is the one before and may know an entity by another name.
    """

    connection: sa.Connection
    model: Model
    names: Names
    release: Release
    now: datetime | None = None
    """The moment of loading; none while it is only planned."""
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    gone: dict[str, set[str]] = field(default_factory=dict)
    """The keys of rows that a person has deleted."""
    formers: Formers = field(init=False)

    def __post_init__(self) -> None:
        self.formers = Formers.of(self.names, self.release.names)

    @property
    def zone(self) -> ZoneInfo:
        """The workspace's time zone."""
        return ZoneInfo(self.model.app.time_zone)

    def known(self, entity: str, key: str) -> str | None:
        """The id of a row, or of a record that has the key in a field that is unique by itself."""
        found = self.ids.get(entity, {}).get(key)
        former = self.formers.entities.get(entity)
        if found is not None or former is None:
            return found
        shelf = shelf_of(self.release, former)
        for single in shelf.table.keys.values():
            if len(single.fields) == 1:
                found = shelf.find(self.connection, single.fields, [(key,)]).get((key,))
                if found is not None:
                    self.ids.setdefault(entity, {})[key] = found
                    return found
        return None

    def values(
        self, entity: Entity, row: Mapping[str, object]
    ) -> tuple[dict[str, object], dict[str, tuple[Change, ...]]]:
        """The values of a row and the owned lines in it, as changes that make them."""
        values: dict[str, object] = {}
        children: dict[str, tuple[Change, ...]] = {}
        for name, value in row.items():
            if is_lines(entity, name, value):
                line = self.model.entities[entity.inverses[name].entity]
                rows: Any = value
                children[name] = tuple(Change("create", line.name, None, self.values(line, one)[0]) for one in rows)
            else:
                values[name] = self.value(entity.fields.get(name), value)
        return values, children

    def value(self, declared: Field | None, raw: object) -> object:
        """One value: rows that it names by their keys become ids, and a day is told as of now."""
        if isinstance(raw, Expression):
            if self.now is None:
                return raw
            env = Env(this={}, now=self.now, zone=self.zone, calendar=self.model.calendar)
            return compile_python(raw.tree)(env)
        if declared is not None and declared.type_name == ANY:
            return self._any_reference(raw)
        return self._reference(declared.to, raw) if declared is not None and declared.to else raw

    def _any_reference(self, value: object) -> object:
        """A row that is named with its entity, such as `account/ACME`."""
        entity, slash, key = str(value).partition("/")
        found = self._reference(entity, key) if slash and entity in self.model.entities else value
        return {"entity": entity, "id": found} if isinstance(found, str) and found != value else found

    def _reference(self, entity: str, value: Any) -> object:
        if isinstance(value, (list, tuple, set, frozenset)):
            return [one for one in (self._reference(entity, one) for one in value) if one is not None]
        if value is None or str(value) in self.gone.get(entity, ()):
            return None
        return self.known(entity, str(value)) or value

    def read(self, declared: Field, raw: object) -> object:
        """One value as its field holds it; None where it is none, or is not known before it is loaded."""
        try:
            return coerce(declared, self.value(declared, raw), Reading(self.zone))
        except Misread:
            return None

    def by_key(self, entity: Entity, names: tuple[str, ...], parts: Mapping[str, tuple[object, ...]]) -> dict[str, str]:
        """The ids of live records by what rows are known by, for those that have a record with their key."""
        former = self.formers.entities.get(entity.name)
        if former is None or not names:
            return {}
        shelf = shelf_of(self.release, former)
        columns = [self.formers.fields.get((entity.name, name), "") for name in names]
        if any(name not in shelf.table.columns for name in columns):
            return {}
        wanted = {
            key: tuple(self.read(entity.fields[name], part) for name, part in zip(names, values, strict=True))
            for key, values in parts.items()
        }
        found = shelf.find(self.connection, columns, list(wanted.values()))
        return {key: found[values] for key, values in wanted.items() if values in found}


def is_lines(entity: Entity, name: str, value: object) -> bool:
    """Whether a part of a row is a list of owned lines."""
    return name not in entity.fields and isinstance(value, list) and name in entity.inverses


def key_fields(data: DataSet, entity: Entity) -> tuple[str, ...]:
    """The fields by which the rows of a data set match records."""
    if data.key in entity.keys:
        return entity.keys[data.key].fields
    return (data.key,) if data.key else ()


def key_parts(data: DataSet, names: tuple[str, ...], name: str) -> tuple[object, ...]:
    """The values of a row's key; of a single field it may be the row's name."""
    row = data.rows[name]
    return tuple(row.get(one, name if len(names) == 1 else None) for one in names)


def known_by(data: DataSet, name: str, parts: tuple[object, ...]) -> str:
    """What a row is known by, as a text: its key, else its place in its document."""
    found = [None if part is None else str(part) for part in parts] if parts else ["", data.name, name]
    return json.dumps(found, ensure_ascii=False)
