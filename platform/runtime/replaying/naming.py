"""What a candidate calls that which the current release has: physical names never change, so that a rename is no difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kith.metadata.model import Field, Model
from kith.runtime.release import Release

Keys = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Naming:
    """The names of one model beside those of the current release, under which the world is kept."""

    entities: Mapping[str, str]
    """Own name → current name; what is new is missing."""
    fields: Mapping[str, Mapping[str, str]]
    """Own entity → own field → current field."""
    own: Mapping[str, str]
    """Current entity → own entity."""
    own_fields: Mapping[str, Mapping[str, str]]
    """Own entity → current field → own field, where these are two names."""
    keys: Mapping[tuple[str, str], Keys]
    """By own entity and field: current keys of options → their own, where these are two."""

    @classmethod
    def of(cls, own: Release, current: Release) -> Naming:
        """The naming of a release's model."""
        entities = own.names.called_in(current.names)
        fields: dict[str, dict[str, str]] = {}
        for name, now in entities.items():
            columns = {column: field for field, column in current.names.entities[now].columns.items()}
            mine = own.names.entities[name].columns
            fields[name] = {field: columns[column] for field, column in mine.items() if column in columns}
        renamed = {name: {now: mine for mine, now in some.items() if mine != now} for name, some in fields.items()}
        keys: dict[tuple[str, str], Keys] = {}
        for (entity, name), former in former_keys(own.model).items():
            declared = current.model.entities.get(entities.get(entity, ""))
            known = declared.fields.get(fields[entity].get(name, "")) if declared is not None else None
            if known is not None:
                keys[entity, name] = {old: key for old, key in former.items() if old in known.options}
        return cls(entities, fields, {now: mine for mine, now in entities.items()}, renamed, keys)

    def entity(self, name: str) -> str:
        """The current name of an entity; its own where it is new."""
        return self.entities.get(name, name)

    def field(self, entity: str, name: str) -> str:
        """The current name of a field of an entity; its own where it is new."""
        return self.fields.get(entity, {}).get(name, name)

    def own_field(self, entity: str, name: str) -> str:
        """What the model calls a field of an entity (by its own name) that the current release calls so."""
        return self.own_fields.get(entity, {}).get(name, name)

    def renamed(self, entity: str, values: Mapping[str, object]) -> dict[str, object]:
        """A record's values under the model's own names."""
        renamed = self.own_fields.get(entity)
        found = {renamed.get(name, name): value for name, value in values.items()} if renamed else dict(values)
        for of, name in self.keys:
            if of == entity and name in found:
                found[name] = under_keys(found[name], self.keys[of, name])
        return found

    def value(self, entity: str, name: str, value: object) -> object:
        """A value of a field under current keys of its options, so that two models can be compared."""
        keys = self.keys.get((entity, name))
        return under_keys(value, {own: former for former, own in keys.items()}) if keys else value


def former_keys(model: Model) -> dict[tuple[str, str], Keys]:
    """By entity and field what options were called, where they have other keys now."""
    fields = [one for entity in model.entities.values() for one in entity.fields.values() if one.options]
    found = {(one.entity, one.name): _former(one) for one in fields}
    return {place: keys for place, keys in found.items() if keys}


def _former(field: Field) -> Keys:
    options = field.options.values()
    return {old: one.key for one in options for old in one.renamed_from if old not in field.options}


def under_keys(value: object, keys: Keys) -> object:
    """A value, or each of a set, under other keys where it has one."""
    if isinstance(value, frozenset):
        return frozenset(keys.get(one, one) for one in value)
    return keys.get(value, value) if isinstance(value, str) else value
