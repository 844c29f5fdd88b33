"""A scope and its records out of plain texts and JSON: `{name: type text}`, paths and relations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from kith.problems import Words
from kith.rules.checking.names import ACTOR
from kith.rules.scope import Name, Relation, Scope
from kith.rules.travel import Missing, read
from kith.rules.types import Type, ref
from kith.rules.typetext import parse_type
from kith.rules.values import Env, Record

OWN = "record"
"""The entity of the record that an expression is evaluated on."""
Json = Mapping[str, object]


@dataclass
class DictScope:
    """The names of one entity, held in dictionaries; `world` has the scopes of all entities."""

    entity: str
    world: dict[str, DictScope] = field(default_factory=dict)
    fields: dict[str, Name] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    implied: set[str] = field(default_factory=set)
    """References that no type was given for: paths lead through them."""

    @property
    def label(self) -> Words:
        """The entity's name as its label."""
        text = self.entity.replace("_", " ").capitalize()
        return Words(text, text)

    def name(self, name: str) -> Name | None:
        """The field of that name."""
        return self.fields.get(name)

    def relation(self, name: str) -> Relation | None:
        """The relation of that name."""
        return self.relations.get(name)

    def names(self) -> Iterable[str]:
        """Every field and relation."""
        return [*self.fields, *self.relations]

    def of(self, entity: str) -> Scope | None:
        """The names of another entity."""
        return self.world.get(entity)

    def add(self, name: str, type_: Type, *, writable: bool = True, needed: bool = False, currency: str = "") -> None:
        """Declare a field."""
        label = Words(name, name)
        self.fields[name] = Name(name, type_, label, writable=writable, needed=needed, currency=currency)

    def relate(self, name: str, entity: str) -> None:
        """Declare a relation to the records of an entity."""
        self.relations[name] = Relation(name, entity, self.entity, owned=True, label=Words(name, name))


def scope_of(types: Json, entity: str = OWN) -> DictScope:
    """The scope that such types describe: `{"a": "int?", "b.c": "text", "lines": {"x": "int"}}`."""
    own = DictScope(entity)
    own.world[entity] = own
    # Shorter paths first, so that a declared reference is known before the fields behind it.
    for path, type_ in sorted(types.items(), key=lambda item: item[0].count(".")):
        if path == "me":
            entity_scope(own, ACTOR)
        else:
            declare(own, path.split("."), type_)
    return own


def declare(scope: DictScope, path: list[str], type_: object) -> None:
    """One entry of the types: a field, a relation, or a field behind references."""
    for name in path[:-1]:
        scope = behind(scope, name)
    name = path[-1]
    if isinstance(type_, Mapping):
        lines = entity_scope(scope, f"{name}_of_{scope.entity}")
        for inner, text in sorted(type_.items(), key=lambda item: str(item[0]).count(".")):
            declare(lines, str(inner).split("."), text)
        scope.relate(name, lines.entity)
    else:
        scope.add(name, parse_type(str(type_), f"{scope.entity}.{name}"))


def entity_scope(scope: DictScope, entity: str) -> DictScope:
    """The scope of an entity, made when it is first met."""
    return scope.world.setdefault(entity, DictScope(entity, scope.world))


def behind(scope: DictScope, name: str) -> DictScope:
    """The scope behind a reference, which is declared on the way where nobody has."""
    if name == "me" and scope.entity == OWN:
        return entity_scope(scope, ACTOR)
    found = scope.name(name)
    if found is None:
        scope.add(name, ref(f"{name}_of_{scope.entity}"))
        scope.implied.add(name)
        found = scope.fields[name]
    if found.type.kind != "ref":
        raise ValueError(f"{name!r} is {found.type}, not a reference")
    return entity_scope(scope, found.type.entity)


class Records:
    """The records that JSON values describe, with what they refer to.

    `needed` are the fields, by entity, that must have a value unless their type takes a null: those that are read.
    """

    def __init__(self, scope: DictScope, values: Json, needed: frozenset[tuple[str, str]] = frozenset()) -> None:
        self.needed = needed
        self.loaded: dict[tuple[str, object], Record] = {}
        self.rows: dict[tuple[int, str], list[Record]] = {}
        actor = scope.world.get(ACTOR)
        own = {name: value for name, value in nested(values).items() if name not in {"me", "old"}}
        self.this = self.record(scope, own, OWN)
        old = values.get("old")
        self.old = self.record(scope, nested(old), OWN) if isinstance(old, Mapping) else None
        me = nested(values).get("me") or {}
        me = me if isinstance(me, Mapping) else {"id": me}
        self.me: Record = self.record(actor, me, "me") if actor else {"id": "me"}

    def record(self, scope: DictScope, values: Json, id_: str) -> Record:
        """A record; what is behind its references is loaded by ids made up here."""
        unknown = [name for name in values if name != "id" and name not in scope.names()]
        if unknown:
            raise ValueError(f"no type is given for {unknown[0]!r}")
        record: dict[str, object] = {"id": str(values.get("id", id_))}
        for name, found in scope.fields.items():
            value = record[name] = self.value(scope, found, values.get(name), f"{id_}/{name}")
            if value is None and (scope.entity, name) in self.needed and _takes_no_null(scope, found):
                raise Missing(".".join([*id_.split("/")[1:], name]), found.type)
        for name, relation in scope.relations.items():
            rows, lines = values.get(name) or [], scope.world[relation.entity]
            if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
                raise ValueError(f"{name!r} is a list of objects")
            made = [self.record(lines, nested(row), f"{id_}/{name}/{i:06}") for i, row in enumerate(rows)]
            self.rows[id(record), name] = made
        self.loaded[scope.entity, record["id"]] = record
        return record

    def value(self, scope: DictScope, found: Name, value: object, id_: str) -> object:
        """One field's value; an object is the record behind a reference, or the parts of a value that has several."""
        if found.type.kind == "ref" and isinstance(value, Mapping):
            behind = scope.world.get(found.type.entity)
            return self.record(behind, value, id_)["id"] if behind else None
        if found.type.kind == "record" and isinstance(value, Mapping):
            parts = scope.world[found.type.entity]
            return {
                name: self.value(parts, part, value.get(name), f"{id_}/{name}") for name, part in parts.fields.items()
            }
        return read(value, found.type)

    def env(self, now: datetime, zone: tzinfo) -> Env:
        """The records as an evaluation sees them."""

        def related(_entity: str, record: Record, relation: str) -> Iterable[Record]:
            return self.rows.get((id(record), relation), ())

        def load(entity: str, id_: object) -> Record | None:
            return self.loaded.get((entity, id_))

        return Env(self.this, now, zone, self.old, self.old is None, self.me, load, related)


def _takes_no_null(scope: DictScope, found: Name) -> bool:
    """Whether a field must have a value: an empty set is one, and a path may lead nowhere."""
    return not found.type.nullable and found.type.kind != "set" and found.name not in scope.implied


def nested(values: Json) -> dict[str, object]:
    """Values by path, `{"a.b": 1}`, as objects in objects."""
    found: dict[str, object] = {}
    for path, value in values.items():
        *links, name = path.split(".")
        place = found
        for link in links:
            inner = place.setdefault(link, {})
            if not isinstance(inner, dict):
                inner = place[link] = {"id": inner} if inner is not None else {}
            place = inner
        if isinstance(place.get(name), dict) and not isinstance(value, Mapping):
            place[name] = {**place[name], "id": value} if value is not None else None  # type: ignore[dict-item]
        else:
            place[name] = dict(value) if isinstance(value, Mapping) else value
    return found
