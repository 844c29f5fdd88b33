"""Physical names: each entity and field gets one when it first appears and keeps it, whatever it is called later."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kith.metadata.model import Entity, Field, Model

LONGEST = 60
"""Characters of a physical name; PostgreSQL cuts at 63 bytes."""
LONGEST_BASE = 46
"""Characters of a column's own name, so that its companions (`name__sort`) fit as well."""
OWN_COLUMNS = (
    "id", "version", "created_at", "created_by", "updated_at", "updated_by", "deleted_at", "deletion", "computed",
)  # fmt: skip
"""The columns that every entity table has besides its fields."""
NOT_FREE = frozenset({*OWN_COLUMNS, "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "rowid", "oid"})
ENGINES_OWN = ("kith_", "pg_", "sqlite_")
"""Names of tables that begin like this belong to us or to the database."""


@dataclass(frozen=True, slots=True)
class EntityNames:
    """The table of an entity and the base name of each of its fields' columns."""

    table: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Names:
    """Logical names → physical names."""

    entities: Mapping[str, EntityNames] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """As plain data, to be kept with a release."""
        return {
            name: {"table": entity.table, "columns": dict(entity.columns)} for name, entity in self.entities.items()
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Names:
        """What `as_data` was made from."""
        return cls({name: EntityNames(entry["table"], dict(entry["columns"])) for name, entry in data.items()})


def former_entity(entity: Entity, model: Model, before: Names) -> str | None:
    """The name under which an entity is known to the release before, or None where it is new."""
    return _former(entity.name, entity.renamed_from, before.entities, model.entities)


def former_field(field_: Field, entity: Entity, before: EntityNames) -> str | None:
    """The name under which a field is known to the release before, or None where it is new."""
    return _former(field_.name, field_.renamed_from, before.columns, entity.fields)


def _former(name: str, renamed_from: Iterable[str], known: Collection[str], kept: Collection[str]) -> str | None:
    if name in known:
        return name
    # `renamed_from` stays in the document, so an old name may have been given to something new since.
    return next((old for old in renamed_from if old in known and old not in kept), None)


def named(model: Model, before: Names) -> Names:
    """The names of a model: those of the release before, and new ones for what is new."""
    taken = {entity.table for entity in before.entities.values()}
    entities: dict[str, EntityNames] = {}
    for entity in model.entities.values():
        former = former_entity(entity, model, before)
        if former is None:
            table = _free(_table_base(entity.name), taken)
            taken.add(table)
            entities[entity.name] = EntityNames(table, _columns(entity, EntityNames(table, {})))
        else:
            known = before.entities[former]
            entities[entity.name] = EntityNames(known.table, _columns(entity, known))
    return Names(entities)


def _columns(entity: Entity, before: EntityNames) -> dict[str, str]:
    taken = NOT_FREE.union(before.columns.values())
    columns: dict[str, str] = {}
    for item in entity.fields.values():
        former = former_field(item, entity, before)
        columns[item.name] = before.columns[former] if former else _free(shortened(item.name, LONGEST_BASE), taken)
        taken |= {columns[item.name]}
    return columns


def _table_base(name: str) -> str:
    return shortened(f"e_{name}" if name.startswith(ENGINES_OWN) else name, LONGEST_BASE)


def _free(base: str, taken: Collection[str]) -> str:
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    return name


def shortened(name: str, limit: int = LONGEST) -> str:
    """A name of at most that many characters; what is cut off lives on in six digits."""
    if len(name) <= limit:
        return name
    return f"{name[: limit - 7]}_{_digest(name)}"


def derived(prefix: str, table: str, columns: Iterable[str]) -> str:
    """The name of an index or constraint: a function of what it is over, so that it needs no map and never clashes."""
    parts = [table, *columns]
    readable = "_".join([prefix, *parts])
    return f"{readable[: LONGEST - 7]}_{_digest('.'.join([prefix, *parts]))}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]
