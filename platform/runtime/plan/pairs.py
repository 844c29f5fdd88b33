"""Which entity and field of the candidate is which of the release before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kith.metadata.model import Entity, Field, Model
from kith.runtime.schema.keeping import stored_as
from kith.runtime.schema.names import Names
from kith.runtime.schema.pairing import BY_NAME, Pairing


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two models side by side; `names` are the physical names of the one before, `then` those of the other."""

    before: Model
    after: Model
    names: Names
    then: Names | None = None
    pairing: Pairing = BY_NAME

    def entity(self, entity: Entity) -> Entity | None:
        """The entity before, or None where it is new."""
        former = self.pairing.entity(entity, self.after, self.names)
        return self.before.entities.get(former) if former else None

    def field(self, field: Field) -> Field | None:
        """The field before, or None where it or its entity is new."""
        entity = self.after.entities[field.entity]
        old = self.entity(entity)
        if old is None:
            return None
        former = self.pairing.field(field, entity, self.names.entities[old.name])
        return old.fields.get(former) if former else None

    def moves(self, field: Field) -> bool:
        """Whether a field that is not new gets other columns."""
        old = self.former_field(field.entity, field.name)
        if self.then is not None:
            columns = self.names.entities[old.entity].columns, self.then.entities[field.entity].columns
            return columns[0][old.name] != columns[1][field.name]
        tables = {name: one.table for name, one in self.names.entities.items()}
        now = {one.name: tables[before.name] for before, one in self.kept()}
        return stored_as(old, tables) != stored_as(field, now)

    def moving(self) -> Iterator[Field]:
        """The fields that get other columns."""
        fields = (field for _, entity in self.kept() for field in entity.fields.values())
        return (field for field in fields if self.field(field) is not None and self.moves(field))

    def former(self, entity: str) -> Entity:
        """The entity before of an entity that is not new."""
        old = self.entity(self.after.entities[entity])
        if old is None:
            raise LookupError(f"{entity} is new")
        return old

    def former_field(self, entity: str, field: str) -> Field:
        """The field before of a field that is not new."""
        old = self.field(self.after.entities[entity].fields[field])
        if old is None:
            raise LookupError(f"{entity}.{field} is new")
        return old

    def kept(self) -> Iterator[tuple[Entity, Entity]]:
        """Entities that both have: before, after."""
        for entity in self.after.entities.values():
            old = self.entity(entity)
            if old is not None:
                yield old, entity

    def renamed(self) -> dict[str, str]:
        """Entities before → their name now."""
        return {old.name: entity.name for old, entity in self.kept()}

    def renamed_fields(self, entity: Entity) -> dict[str, str]:
        """Fields of an entity before → their name now."""
        found = ((self.field(field), field) for field in entity.fields.values())
        return {old.name: field.name for old, field in found if old is not None}


def former_options(old: Field, new: Field, *, back: bool) -> dict[str, str]:
    """Options of a field → what they were called before; `back` says that it is the older one that tells no renames."""
    found: dict[str, str] = {}
    for option in new.options.values():
        if option.key in old.options:
            found[option.key] = option.key
            continue
        former = next((key for key in option.renamed_from if key in old.options and key not in new.options), None)
        if former is None and back:
            later = (one for one in old.options.values() if one.key not in new.options)
            former = next((one.key for one in later if option.key in one.renamed_from), None)
        if former is not None:
            found[option.key] = former
    return found
