"""Physical names: each entity and field gets one when it first appears and keeps it, whatever it is called later."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kith.metadata.model import Entity, Model
from kith.runtime.schema.keeping import KeptField, stored_as
from kith.runtime.schema.pairing import BY_NAME, Pairing

LONGEST = 60
"""Characters of a physical name; PostgreSQL cuts at 63 bytes."""
LONGEST_BASE = 46
"""Characters of a column's own name, so that its companions (`name__sort`) fit as well."""
OWN_COLUMNS = (
    "id", "version", "created_at", "created_by", "updated_at", "updated_by", "deleted_at", "deletion", "computed",
)  # fmt: skip
"""The columns that every entity table has besides its fields."""
NOT_FREE = frozenset({*OWN_COLUMNS, "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "rowid", "oid"})
ENGINES_OWN = ("kith_", "v_", "pg_", "sqlite_")
"""Names of tables that begin like this belong to us or to the database; views of today's names begin with `v_`."""
KEPT = "__kept"
"""Where stored names tell the tables that are kept aside; no entity is called so."""


@dataclass(frozen=True, slots=True)
class EntityNames:
    """The table of an entity, the base name of each of its fields' columns, and what is kept aside, by base name."""

    table: str
    columns: Mapping[str, str]
    kept: Mapping[str, KeptField] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """As plain data; what keeps nothing aside says nothing of it."""
        kept = {base: item.as_data() for base, item in self.kept.items()}
        return {"table": self.table, "columns": dict(self.columns)} | ({"kept": kept} if kept else {})

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> EntityNames:
        """What `as_data` was made from."""
        kept = {base: KeptField(**item) for base, item in data.get("kept", {}).items()}
        return cls(data["table"], dict(data["columns"]), kept)


@dataclass(frozen=True, slots=True)
class KeptEntity:
    """A table that is kept aside: how the entity was called, the first release without it, and its columns, all kept."""

    entity: str
    since: int
    names: EntityNames


@dataclass(frozen=True, slots=True)
class Names:
    """Logical names → physical names, and the tables that are kept aside, by their names."""

    entities: Mapping[str, EntityNames] = field(default_factory=dict)
    kept: Mapping[str, KeptEntity] = field(default_factory=dict)

    @property
    def by_table(self) -> dict[str, str]:
        """The entities by their tables."""
        return {names.table: name for name, names in self.entities.items()}

    def called_in(self, other: Names) -> dict[str, str]:
        """What entities are called in another release, by their names here: those of the same table are the same."""
        there = other.by_table
        return {name: there[names.table] for name, names in self.entities.items() if names.table in there}

    def as_data(self) -> dict[str, Any]:
        """As plain data, to be kept with a release."""
        data: dict[str, Any] = {name: entity.as_data() for name, entity in self.entities.items()}
        kept = {
            table: {"entity": item.entity, "since": item.since, **item.names.as_data()}
            for table, item in self.kept.items()
        }
        return data | ({KEPT: kept} if kept else {})

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Names:
        """What `as_data` was made from."""
        return cls(
            {name: EntityNames.from_data(entry) for name, entry in data.items() if name != KEPT},
            {
                table: KeptEntity(item["entity"], item["since"], EntityNames.from_data(item))
                for table, item in data.get(KEPT, {}).items()
            },
        )


def named(
    model: Model, before: Names, base: Model | None = None, release: int = 0, pairing: Pairing = BY_NAME
) -> Names:
    """The names of a model: those of the release before, and new ones for what is new.

    What `base`, the model before, has and this one lacks is kept aside as left by the release of that number; what is new
    takes back what was kept under its name, where that is stored in the same way. What is stored otherwise than in `base`
    gets columns of its own, and those it had are kept aside as well.
    """
    taken = {*(entity.table for entity in before.entities.values()), *before.kept}
    left = _Leaving(before, base, release, pairing)
    found: dict[str, str] = {}
    tables: dict[str, str] = {}
    for entity in model.entities.values():
        former = pairing.entity(entity, model, before)
        if former is not None:
            found[entity.name] = former
            tables[entity.name] = before.entities[former].table
        else:
            table = pairing.table(entity, before) or _free(_table_base(entity.name), taken)
            taken.add(table)
            tables[entity.name] = table
    entities: dict[str, EntityNames] = {}
    for entity in model.entities.values():
        known = left.known(found.get(entity.name), tables[entity.name])
        entities[entity.name] = _fields_named(entity, known, tables, left)
    used = set(tables.values())
    kept = {table: item for table, item in before.kept.items() if table not in used}
    return Names(entities, kept | left.tables(set(found.values())))


@dataclass(frozen=True, slots=True)
class _Leaving:
    """What leaves the model with a release."""

    before: Names
    base: Model | None
    release: int
    pairing: Pairing

    def known(self, former: str | None, table: str) -> EntityNames:
        """What is known of the table of an entity: one before, one that was kept aside, or a new one."""
        if former is not None:
            return self.before.entities[former]
        kept = self.before.kept.get(table)
        return kept.names if kept else EntityNames(table, {})

    def stored(self, names: EntityNames) -> dict[str, str]:
        """How the values of each field of a table were stored."""
        if self.base is None:
            return {}
        tables = {name: entity.table for name, entity in self.before.entities.items()}
        of = next((name for name, table in tables.items() if table == names.table), "")
        fields = self.base.entities[of].fields if of in self.base.entities else {}
        return {name: stored_as(one, tables) for name, one in fields.items()}

    def fields(
        self, names: EntityNames, but: Collection[str], moved: Mapping[str, str] | None = None
    ) -> dict[str, KeptField]:
        """The fields of a table that are not among those bases any more; `moved` says where their values went on."""
        stored = self.stored(names)
        return {
            base: KeptField(name, stored[name], self.release, (moved or {}).get(base, ""))
            for name, base in names.columns.items()
            if base not in but and name in stored
        }

    def tables(self, but: Collection[str]) -> dict[str, KeptEntity]:
        """The tables of the entities before that have none of these names."""
        if self.base is None:
            return {}
        gone = {name: names for name, names in self.before.entities.items() if name not in but}
        return {
            names.table: KeptEntity(
                name, self.release, EntityNames(names.table, {}, {**names.kept, **self.fields(names, ())})
            )
            for name, names in gone.items()
        }


def _fields_named(entity: Entity, before: EntityNames, tables: Mapping[str, str], left: _Leaving) -> EntityNames:
    taken = NOT_FREE.union(before.columns.values(), before.kept)
    columns: dict[str, str] = {}
    moved: dict[str, str] = {}
    stored = left.stored(before)
    for item in entity.fields.values():
        former = left.pairing.field(item, entity, before)
        base = left.pairing.column(item, before, former, stored_as(item, tables), stored.get(former or "", ""))
        columns[item.name] = base or _free(shortened(item.name, LONGEST_BASE), taken)
        taken |= {columns[item.name]}
        if former is not None and before.columns[former] != columns[item.name]:
            moved[before.columns[former]] = columns[item.name]
    used = set(columns.values())
    kept = {base: item for base, item in before.kept.items() if base not in used}
    return EntityNames(before.table, columns, kept | left.fields(before, used, moved))


def link_table(table: str, base: str) -> str:
    """The table of a field that holds a set."""
    return shortened(f"{table}__{base}")


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
