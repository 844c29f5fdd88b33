"""What a candidate calls that which the current release has: physical names never change, so that a rename is no difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kith.runtime.schema.names import Names


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

    @classmethod
    def of(cls, names: Names, current: Names) -> Naming:
        """The naming of a model with these physical names."""
        tables = {one.table: name for name, one in current.entities.items()}
        entities = {name: tables[one.table] for name, one in names.entities.items() if one.table in tables}
        fields: dict[str, dict[str, str]] = {}
        for name, now in entities.items():
            columns = {column: field for field, column in current.entities[now].columns.items()}
            own = names.entities[name].columns
            fields[name] = {field: columns[column] for field, column in own.items() if column in columns}
        renamed = {name: {now: own for own, now in some.items() if own != now} for name, some in fields.items()}
        return cls(entities, fields, {now: own for own, now in entities.items()}, renamed)

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
        return {renamed.get(name, name): value for name, value in values.items()} if renamed else dict(values)
