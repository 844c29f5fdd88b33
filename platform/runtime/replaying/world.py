"""All records as they were at a moment of the history, in memory: what references, relations and roll-ups are read from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from kith.metadata.model import Entity, Model
from kith.rules.evaluators import Evaluator
from kith.rules.tree import Node
from kith.rules.values import Env, Record
from kith.runtime.explaining.past import NotKept, value_of
from kith.runtime.release import Release
from kith.runtime.replaying.naming import Keys, Naming, former_keys, under_keys
from kith.runtime.schema.pairing import went_on

Key = tuple[str, str]
NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass
class World:
    """Stored input of all records by entity and id, under the names of the current release."""

    release: Release
    records: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    gone: dict[str, set[str]] = field(default_factory=dict)
    named: dict[tuple[str, str, str], dict[str, None]] = field(default_factory=dict)
    """Ids of records by entity, reference field and the record that they name."""
    tables: Mapping[str, str] = field(init=False)
    columns: Mapping[str, Mapping[str, str]] = field(init=False)
    retyped: Mapping[str, Mapping[str, str]] = field(init=False)
    """Columns of fields that are of another type now: what their values became is not in the history."""
    former: Mapping[tuple[str, str], Keys] = field(init=False)
    """Options that had other keys once: the history keeps those."""

    def __post_init__(self) -> None:
        names = self.release.names.entities
        known = self.release.model.entities
        self.tables = {one.table: name for name, one in names.items() if name in known}
        self.former = former_keys(self.release.model)
        self.columns = {name: {column: field for field, column in names[name].columns.items()} for name in known}
        self.retyped = {name: went_on(names[name]) for name in known}

    @cached_property
    def zone(self) -> ZoneInfo:
        """The workspace's time zone."""
        return ZoneInfo(self.release.model.app.time_zone)

    def apply(self, entity: str, id_: str, op: str, version: int, values: Mapping[str, Any] | None) -> None:
        """Take a version of a record over."""
        declared = self.release.model.entities[entity]
        known = self.records.setdefault(entity, {})
        record = known.setdefault(id_, blank(declared, id_) if op == "create" else {"id": id_})
        if values is None:
            record.clear()
            record["id"] = id_
        for column, entry in (values or {}).items():
            record.pop(self.retyped[entity].get(column, ""), None)
            name = self.columns[entity].get(column, "")
            one = declared.fields.get(name)
            if one is None:
                continue
            before, after = record.get(name), value_of(entry.get("new"), one.type)
            if (entity, name) in self.former:
                after = under_keys(after, self.former[entity, name])
            record[name] = after
            if one.type.kind == "ref":
                self.named.get((entity, name, str(before)), {}).pop(id_, None)
                if after is not None:
                    self.named.setdefault((entity, name, str(after)), {})[id_] = None
        record["version"] = version
        (self.gone.setdefault(entity, set()).add if op == "delete" else self.gone.setdefault(entity, set()).discard)(
            id_
        )

    def is_live(self, entity: str, id_: str) -> bool:
        """Whether a record is there and not in the recycle bin."""
        return id_ in self.records.get(entity, {}) and id_ not in self.gone.get(entity, ())


def blank(entity: Entity, id_: str) -> dict[str, Any]:
    """A record of which nothing is known but that it was made: what was not given is empty."""
    found: dict[str, Any] = {one.name: None for one in entity.fields.values() if not one.is_computed}
    found |= {name: frozenset() for name in found if entity.fields[name].type.kind == "set"}
    return found | {"id": id_}


class Living(dict[str, object]):
    """A record that works its computed fields out when they are read; what is not known raises NotKept."""

    __slots__ = ("entity", "view")

    def __init__(self, values: Mapping[str, object], view: View, entity: str) -> None:
        super().__init__(values)
        self.view = view
        self.entity = entity

    def __missing__(self, name: str) -> object:
        declared = self.view.model.entities[self.entity].fields.get(name)
        if declared is None or declared.value is None:
            raise NotKept(name)
        found = self.view.function(declared.value.tree)(self.view.env(self))
        self[name] = found
        return found

    def get(self, name: str, default: object = None) -> object:
        """The value of a field."""
        return self[name]


@dataclass
class View:
    """The world as the documents of one model see it, at one instant."""

    world: World
    model: Model
    naming: Naming
    evaluator: Evaluator
    now: datetime
    me: Record = field(default_factory=dict)
    _functions: dict[int, Callable[[Env], Any]] = field(default_factory=dict)
    _seen: dict[Key, Living] = field(default_factory=dict)

    def at(self, now: datetime) -> None:
        """Look anew, since the world has changed."""
        self.now = now
        self._seen.clear()

    def function(self, node: Node) -> Callable[[Env], Any]:
        """A node as a function, made once."""
        found = self._functions.get(id(node))
        if found is None:
            found = self._functions[id(node)] = self.evaluator.function(node)
        return found

    def evaluate(self, node: Node, env: Env) -> object:
        """The value of a part of a block."""
        return self.function(node)(env)

    def record(self, entity: str, id_: str) -> Living:
        """A record as it is now; raises NotKept where nothing is known of it."""
        key = (entity, id_)
        if key not in self._seen:
            values = self.world.records.get(self.naming.entity(entity), {}).get(id_)
            if values is None or entity not in self.model.entities:
                raise NotKept(entity)
            self._seen[key] = self.living(entity, values)
        return self._seen[key]

    def living(self, entity: str, values: Mapping[str, object]) -> Living:
        """A record of these values, which are under current names."""
        return Living(self.naming.renamed(entity, values), self, entity)

    def load(self, entity: str, id_: object) -> Record | None:
        """What a reference leads to."""
        return None if id_ is None else self.record(entity, str(id_))

    def related(self, entity: str, record: Record, relation: str) -> Iterable[Record]:
        """The live records of a relation."""
        inverse = self.model.entities[entity].inverses[relation]
        target = self.naming.entity(inverse.entity)
        reference = self.naming.field(inverse.entity, inverse.field)
        for id_ in tuple(self.world.named.get((target, reference, str(record["id"])), ())):
            if self.world.is_live(target, id_):
                yield self.record(inverse.entity, id_)

    def env(
        self, record: Record, *, old: Record | None = None, is_new: bool = False, let: Mapping[str, object] = NOTHING
    ) -> Env:
        """What an expression about a record is given."""
        return Env(
            this=record,
            now=self.now,
            zone=self.world.zone,
            old=old,
            is_new=is_new,
            me=self.me,
            load=self.load,
            related=self.related,
            calendar=self.model.calendar,
            let=let,
        )
