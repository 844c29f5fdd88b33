"""The records that a case starts from, made as they stand: no rule runs for them, and names find them again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.metadata.model import Entity, Field
from kith.rules.program import Expression
from kith.rules.python import compile_python
from kith.rules.values import Env
from kith.runtime.context import SYSTEM, Context
from kith.runtime.ids import new_id
from kith.runtime.write.change import Cause, Change, Refused
from kith.runtime.write.gate import RolledBack, save_within
from kith.runtime.write.referring import ANY
from kith.runtime.write.shelf import shelf_of

if TYPE_CHECKING:
    from kith.runtime.release import Release

ME = "me"
GIVEN = Cause("import", detail="given")
"""Values of documents are texts, as those of files are."""
Children = dict[str, tuple[Change, ...]]


class Ungiven(Exception):
    """What is given cannot be: a name that nothing has, or values that no record may have."""


@dataclass(frozen=True, slots=True)
class Known:
    """A reference to a record that is there."""

    id: str


@dataclass(slots=True)
class World:
    """The given records of one case, by entity and id, with the raw values they were given."""

    connection: sa.Connection
    context: Context
    bare: Release
    me: str = ""
    records: dict[str, dict[str, Mapping[str, Any]]] = field(default_factory=dict)

    def make(self, entity: str, values: Mapping[str, object], id_: str = "") -> str:
        """The id of a record that is given with the records around it."""
        declared = self.bare.model.entities[entity]
        own, children, later = self.parts(declared, values)
        known = "" if id_ else self._shipped(declared, own)
        id_ = known or id_ or new_id()
        self.records.setdefault(entity, {})[id_] = values
        self._save(Change("update" if known else "create", entity, id_, own, children))
        for name, item in later:
            inverse = declared.inverses[name]
            self.make(inverse.entity, {**item, inverse.field: Known(id_)})
        return id_

    def parts(
        self, entity: Entity, values: Mapping[str, object]
    ) -> tuple[dict[str, object], Children, list[tuple[str, Mapping[str, object]]]]:
        """The values of a record, its lines, and the records of other relations, which have to wait for it."""
        own: dict[str, object] = {}
        children: Children = {}
        later: list[tuple[str, Mapping[str, object]]] = []
        for name, value in values.items():
            inverse = None if name in entity.fields else entity.inverses.get(name)
            if inverse is None:
                own[name] = self.value(entity.fields.get(name), value)
            elif inverse.owned:
                children[name] = tuple(self._line(inverse.entity, item) for item in _listed(value))
            else:
                later += [(name, item) for item in _listed(value)]
        return own, children, later

    def value(self, declared: Field | None, value: object) -> object:
        """A value as the write gate takes it: references as ids, what is told relative to the day worked out."""
        if isinstance(value, Expression):
            calendar = self.bare.model.calendar
            env = Env(this={}, now=self.context.now, zone=self.context.zone, calendar=calendar)
            return compile_python(value.tree)(env)
        if declared is not None and declared.type_name == ANY and value is not None:
            return self.any_reference(value)
        if declared is None or not declared.to or value is None:
            return value
        if isinstance(value, (list, tuple)):
            return [self.reference(declared.to, one) for one in value]
        return self.reference(declared.to, value)

    def any_reference(self, value: object) -> object:
        """The record of some entity that a value means: `account/ACME`, or a map of its own for one; raises Ungiven."""
        entity, _, name = str(value).partition("/")
        named: object = name
        if isinstance(value, Mapping) and len(value) == 1:
            entity, named = next(iter(value.items()))
        if entity not in self.bare.model.entities:
            raise Ungiven(str(value))
        return {"entity": entity, "id": self.reference(entity, named)}

    def reference(self, entity: str, value: object) -> str:
        """The id of the record that a value means: `me`, a map of its own, or a name; raises Ungiven."""
        if isinstance(value, Known):
            return value.id
        if isinstance(value, Mapping):
            same = next((id_ for id_, known in self.records.get(entity, {}).items() if _covers(known, value)), None)
            return same or self.make(entity, value)
        if value == ME and entity == "user":
            return self.me
        found = self._named(entity, str(value))
        if found is None:
            raise Ungiven(f"{entity} {value}")
        return found

    def _named(self, entity: str, name: str) -> str | None:
        declared = self.bare.model.entities[entity]
        singles = _single_keys(declared)
        for fields in (singles, tuple(declared.fields)):
            for id_, values in self.records.get(entity, {}).items():
                if any(isinstance(values.get(one), str) and values[one] == name for one in fields):
                    return id_
        return self._shipped(declared, dict.fromkeys(singles, name)) or None

    def _shipped(self, entity: Entity, values: Mapping[str, object]) -> str:
        """The record of the app's reference data with one of these keys, or ""."""
        given = self.records.get(entity.name, {})
        shelf = shelf_of(self.bare, entity.name)
        for one in _single_keys(entity):
            value = values.get(one)
            found = shelf.find(self.connection, [one], [(value,)]).get((value,)) if isinstance(value, str) else None
            if found is not None and found not in given:
                return found
        return ""

    def _line(self, entity: str, values: Mapping[str, object]) -> Change:
        declared = self.bare.model.entities[entity]
        own, children, later = self.parts(declared, values)
        if later:
            raise Ungiven(f"{entity}.{later[0][0]}")
        id_ = new_id()
        self.records.setdefault(entity, {})[id_] = values
        return Change("create", entity, id_, own, children)

    def _save(self, change: Change) -> None:
        try:
            (verdict,) = save_within(self.connection, self.context.as_(SYSTEM), self.bare, [change], GIVEN)
        except RolledBack as refused:
            (verdict,) = refused.verdicts
        if isinstance(verdict, Refused):
            raise Ungiven("; ".join(f"{change.entity}.{one.field}: {one.message}" for one in verdict.failures))


def _listed(value: object) -> Iterator[Mapping[str, object]]:
    items = value if isinstance(value, (list, tuple)) else [value]
    return (item for item in items if isinstance(item, Mapping))


def _covers(known: Mapping[str, Any], wanted: Mapping[str, object]) -> bool:
    """Whether a map tells nothing of a given record that is not so: the same record is meant."""
    return bool(wanted) and all(name in known and known[name] == value for name, value in wanted.items())


def _single_keys(entity: Entity) -> tuple[str, ...]:
    keyed = {key.fields[0] for key in entity.keys.values() if len(key.fields) == 1}
    return tuple(name for name, one in entity.fields.items() if name in keyed or one.unique)
