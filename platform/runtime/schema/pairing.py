"""Which entity and field of a model is which of the release before, and which columns are theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from kith.metadata.model import Entity, Field, Model

if TYPE_CHECKING:
    from kith.runtime.schema.names import EntityNames, Names

Moving = frozenset[tuple[str, str]]
"""Entities and fields that get columns of their own although they are stored as before: what is in these does not fit."""


class Pairing(Protocol):
    """How a model is laid beside the names of the release before."""

    @property
    def is_back(self) -> bool:
        """Whether the model is older than the release: it may lack what records have meanwhile, and knows no renames."""

    def moving_apart(self, fields: Moving) -> Pairing:
        """The same, with those fields in columns of their own."""

    def entity(self, entity: Entity, model: Model, before: Names) -> str | None:
        """The name under which an entity is known to the release before, or None where it is new."""

    def field(self, field: Field, entity: Entity, before: EntityNames) -> str | None:
        """The name under which a field is known to the release before, or None where it is new."""

    def table(self, entity: Entity, before: Names) -> str | None:
        """The table that is kept aside for an entity which is new."""

    def column(self, field: Field, before: EntityNames, former: str | None, stored: str, was: str) -> str | None:
        """The base name of a field's columns, where there are any for it: `stored` and `was` say how its values stand."""


@dataclass(frozen=True, slots=True)
class ByName:
    """By the names in the documents: the same, or one that it was renamed from."""

    moving: Moving = frozenset()
    is_back: bool = False

    def moving_apart(self, fields: Moving) -> Pairing:
        """The same, with those fields in columns of their own."""
        return ByName(fields)

    def entity(self, entity: Entity, model: Model, before: Names) -> str | None:
        """As a document says."""
        return former_entity(entity, model, before)

    def field(self, field: Field, entity: Entity, before: EntityNames) -> str | None:
        """As a document says."""
        return former_field(field, entity, before)

    def table(self, entity: Entity, before: Names) -> str | None:
        """The one that left last under its name."""
        return kept_table(entity.name, before)

    def column(self, field: Field, before: EntityNames, former: str | None, stored: str, was: str) -> str | None:
        """What it has, or what is kept aside under its name or of its values, where that is stored in the same way."""
        if former is None:
            return kept_column(field.name, stored, before)
        present = before.columns[former]
        if stored == (was or stored) and (field.entity, field.name) not in self.moving:
            return present
        return kept_line(present, stored, before) if stored != was else None


@dataclass(frozen=True, slots=True)
class ByPlace:
    """By the tables and columns that the model had in a release of its own: what going back is paired by."""

    then: Names
    moving: Moving = frozenset()
    is_back: bool = True

    def moving_apart(self, fields: Moving) -> Pairing:
        """The same, with those fields in columns of their own."""
        return ByPlace(self.then, fields)

    def entity(self, entity: Entity, model: Model, before: Names) -> str | None:
        """The one of the same table."""
        table = self.then.entities[entity.name].table
        return next((name for name, names in before.entities.items() if names.table == table), None)

    def field(self, field: Field, entity: Entity, before: EntityNames) -> str | None:
        """The one of the same columns, or of those in which its values went on."""
        columns = self.then.entities[entity.name].columns
        names = {base: name for name, base in before.columns.items()}
        own = columns[field.name]
        if own in names:
            return names[own]
        others = set(columns.values())
        return next((names[base] for base in line(own, before) if base in names and base not in others), None)

    def table(self, entity: Entity, before: Names) -> str | None:
        """The same, unless it was purged."""
        table = self.then.entities[entity.name].table
        return table if table in before.kept else None

    def column(self, field: Field, before: EntityNames, former: str | None, stored: str, was: str) -> str | None:
        """The same, unless they were purged."""
        own = self.then.entities[field.entity].columns[field.name]
        if (field.entity, field.name) in self.moving:
            return None
        return own if own in before.kept or own in before.columns.values() else None


BY_NAME = ByName()


def former_entity(entity: Entity, model: Model, before: Names) -> str | None:
    """The name under which an entity is known to the release before, or None where it is new."""
    return _former(entity.name, entity.renamed_from, before.entities, model.entities)


def former_field(field: Field, entity: Entity, before: EntityNames) -> str | None:
    """The name under which a field is known to the release before, or None where it is new."""
    return _former(field.name, field.renamed_from, before.columns, entity.fields)


def _former(name: str, renamed_from: Iterable[str], known: Collection[str], kept: Collection[str]) -> str | None:
    if name in known:
        return name
    # `renamed_from` stays in the document, so an old name may have been given to something new since.
    return next((old for old in renamed_from if old in known and old not in kept), None)


def kept_table(entity: str, names: Names) -> str | None:
    """The table that is kept aside under the name of an entity: the one that left last."""
    found = [(item.since, table) for table, item in names.kept.items() if item.entity == entity]
    return max(found)[1] if found else None


def kept_column(name: str, stored: str, known: EntityNames) -> str | None:
    """The base name of a field's columns that are kept aside and hold what such a field holds: those that left last.

    Columns whose values went on in others hold older ones, and are for going back only.
    """
    found = [(item.since, base) for base, item in known.kept.items() if item.field == name and not item.successor]
    return next((base for _, base in sorted(found, reverse=True) if known.kept[base].stored == stored), None)


def kept_line(present: str, stored: str, known: EntityNames) -> str | None:
    """The columns kept aside whose values went on in the present ones, and which hold what such a field holds."""
    found = [(item.since, base) for base, item in known.kept.items() if item.stored == stored]
    return next((base for _, base in sorted(found, reverse=True) if present in line(base, known)), None)


def went_on(known: EntityNames) -> dict[str, str]:
    """The columns kept aside whose values went on in those of a field of today, and that field."""
    today = {base: name for name, base in known.columns.items()}
    ends = {base: next((today[one] for one in line(base, known) if one in today), "") for base in known.kept}
    return {base: name for base, name in ends.items() if name}


def line(base: str, known: EntityNames) -> Iterator[str]:
    """The columns in which the values of some that are kept aside went on, one after the other."""
    seen = {base}
    while base in known.kept and known.kept[base].successor not in ("", *seen):
        base = known.kept[base].successor
        seen.add(base)
        yield base
