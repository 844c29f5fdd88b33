"""The tables of a model's entities: one real column for each value, one link table for each set."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Entity, Field, Model
from kith.rules.sql.values import Engine
from kith.rules.tree import BASE
from kith.rules.types import DATETIME, INT, Type, ref
from kith.runtime.schema.names import EntityNames, Names, derived, link_table
from kith.runtime.schema.storage import VALUE, column_type, field_type, has_sort_key, is_link, is_stored, parts_of

Column = sa.Column[Any]


@dataclass(frozen=True)
class FieldColumns:
    """The columns of a field.

    `parts` holds the value's columns, by part ("" for a value of one column). `sort` is what lists sort by, `folded` what a
    folded unique key compares, `fresh_until` the instant from which the stored value no longer holds, `as_of` when a copy
    was taken.
    """

    field: Field
    parts: Mapping[str, Column]
    sort: Column | None = None
    folded: Column | None = None
    fresh_until: Column | None = None
    as_of: Column | None = None
    entities: Mapping[str, str] = made(default_factory=dict)
    """Of a reference to any record: by table, what its entity is called. The column names the table, which outlives renames."""

    @cached_property
    def tables(self) -> Mapping[str, str]:
        """The same the other way round: by entity, its table."""
        return {entity: table for table, entity in self.entities.items()}

    @property
    def tie(self) -> Column:
        """The column that holds the id of the record which a reference names."""
        return self.parts["id"] if self.entities else self.value

    @property
    def value(self) -> Column:
        """The one column of the value; raises KeyError where it has parts only."""
        return self.parts[VALUE]

    def all(self) -> Iterator[Column]:
        """Every column of the field."""
        yield from self.parts.values()
        beside = (self.sort, self.folded, self.fresh_until, self.as_of)
        yield from (column for column in beside if column is not None)


@dataclass(frozen=True, slots=True)
class Link:
    """The table of a field that holds a set: one row for each record and value."""

    field: Field
    table: sa.Table

    @property
    def record(self) -> Column:
        """The record whose set it is."""
        return self.table.c.record

    @property
    def value(self) -> Column:
        """A member of the set: an option's key, a tag or the id of a record."""
        return self.table.c.value


@dataclass(frozen=True, slots=True)
class KeyIndex:
    """A unique key among live records and the index that holds it; `fields` are its fields' names."""

    name: str
    fields: tuple[str, ...]
    columns: tuple[Column, ...]
    index: sa.Index


@dataclass(frozen=True)
class EntityTable:
    """Where the records of an entity are."""

    entity: Entity
    table: sa.Table
    columns: Mapping[str, FieldColumns]
    links: Mapping[str, Link]
    keys: Mapping[str, KeyIndex]
    """By name; the key of a field that is unique by itself has the field's name."""

    @property
    def id(self) -> Column:
        """The record's id."""
        return self.table.c.id

    @property
    def stable_name(self) -> str:
        """A name that outlives renames: what history, search rows and counters know the entity by."""
        return self.table.name

    @cached_property
    def live(self) -> sa.ColumnElement[bool]:
        """The condition that holds for records that are not in the recycle bin."""
        return self.table.c.deleted_at.is_(None)


@dataclass(frozen=True)
class Tables:
    """The tables of all entities of a release, in one MetaData of one engine; each is made when it is first asked for."""

    model: Model
    names: Names
    engine: Engine
    _metadata: sa.MetaData = made(default_factory=sa.MetaData, repr=False, compare=False)
    _made: dict[str, EntityTable] = made(default_factory=dict, repr=False, compare=False)
    _making: threading.Lock = made(default_factory=threading.Lock, repr=False, compare=False)

    def __getitem__(self, entity: str) -> EntityTable:
        found = self._made.get(entity)
        return found if found is not None else self._make(entity)

    def _make(self, entity: str) -> EntityTable:
        with self._making:
            if entity not in self._made:
                builder = _Builder(self._metadata, self.engine, self.names)
                self._made[entity] = builder.entity(self.model.entities[entity])
            return self._made[entity]

    @cached_property
    def entities(self) -> Mapping[str, EntityTable]:
        """All of them by entity, in the model's order."""
        return {name: self[name] for name in self.model.entities}

    @cached_property
    def metadata(self) -> sa.MetaData:
        """Where all tables of the release stand."""
        for entity in self.model.entities:
            self[entity]
        return self._metadata


@dataclass(frozen=True, slots=True)
class _Builder:
    metadata: sa.MetaData
    engine: Engine
    names: Names

    def entity(self, entity: Entity) -> EntityTable:
        names = self.names.entities[entity.name]
        fields = [field for field in entity.fields.values() if is_stored(field)]
        columns = {field.name: self.columns(field, names.columns[field.name]) for field in fields if not is_link(field)}
        table = sa.Table(
            names.table,
            self.metadata,
            *self.own_columns(),
            *(column for item in columns.values() for column in item.all()),
            sa.PrimaryKeyConstraint("id", name=derived("pk", names.table, ["id"])),
            *(
                self.foreign_key(names.table, item.value.name, item.field.type.entity)
                for item in columns.values()
                if item.field.type.kind == "ref" and VALUE in item.parts
            ),
        )
        links = {field.name: self.link(field, names) for field in fields if is_link(field)}
        keys = {key.name: key for key in self.keys(entity, table, columns)}
        _add_indexes(entity, table, columns, self.engine)
        return EntityTable(entity, table, columns, links, keys)

    def own_columns(self) -> Iterator[Column]:
        kinds: Mapping[str, tuple[Type, bool]] = {
            "id": (ref(""), False),
            "version": (INT, False),
            "created_at": (DATETIME, False),
            "created_by": (ref(""), True),
            "updated_at": (DATETIME, False),
            "updated_by": (ref(""), True),
            "deleted_at": (DATETIME, True),
            "deletion": (ref(""), True),
            "computed": (INT, False),
        }
        for name, (type_, nullable) in kinds.items():
            default = sa.text("0") if name == "computed" else None
            yield sa.Column(name, column_type(type_, self.engine), nullable=nullable, server_default=default)

    def columns(self, field: Field, base: str) -> FieldColumns:
        text = column_type(Type("text"), self.engine)
        parts = {
            part: sa.Column(f"{base}__{part}" if part else base, field_type(field, type_, self.engine))
            for part, type_ in parts_of(field).items()
        }
        return FieldColumns(
            field,
            parts,
            sort=sa.Column(f"{base}__sort", text) if has_sort_key(field) else None,
            folded=sa.Column(f"{base}__fold", text) if field.unique == "folded" else None,
            fresh_until=sa.Column(f"{base}__fresh", column_type(DATETIME, self.engine))
            if field.storage == "fresh"
            else None,
            as_of=sa.Column(f"{base}__as_of", column_type(DATETIME, self.engine)) if field.is_copy else None,
            entities=self.names.by_table if field.type_name == "any_reference" else {},
        )

    def foreign_key(self, table: str, column: str, entity: str) -> sa.ForeignKeyConstraint:
        # RESTRICT only: what becomes of children is the write path's business, which has history to write. Deferred, so
        # that a save may write its records in any order.
        return sa.ForeignKeyConstraint(
            [column],
            [f"{self.names.entities[entity].table}.id"],
            name=derived("fk", table, [column]),
            ondelete="RESTRICT",
            deferrable=True,
            initially="DEFERRED",
        )

    def link(self, field: Field, names: EntityNames) -> Link:
        name = link_table(names.table, names.columns[field.name])
        item = field.type.item or Type("text")
        table = sa.Table(
            name,
            self.metadata,
            sa.Column("record", column_type(ref(""), self.engine), nullable=False),
            sa.Column("value", column_type(item, self.engine), nullable=False),
            sa.PrimaryKeyConstraint("record", "value", name=derived("pk", name, ["record", "value"])),
            self.foreign_key(name, "record", field.entity),
            *([self.foreign_key(name, "value", item.entity)] if item.kind == "ref" else []),
            sqlite_with_rowid=False,
        )
        sa.Index(derived("ix", name, ["value", "record"]), table.c.value, table.c.record)
        return Link(field, table)

    def keys(self, entity: Entity, table: sa.Table, columns: Mapping[str, FieldColumns]) -> Iterator[KeyIndex]:
        done: dict[str, sa.Index] = {}
        for key in entity.keys.values():
            if all(name in columns for name in key.fields):
                found = tuple(_compared(columns[name]) for name in key.fields)
                yield KeyIndex(key.name, key.fields, found, _unique(table, found, done))
        for field in entity.fields.values():
            if field.unique and field.name in columns and field.name not in entity.keys:
                found = (_compared(columns[field.name]),)
                yield KeyIndex(field.name, (field.name,), found, _unique(table, found, done))


def _compared(item: FieldColumns) -> Column:
    """The column by which a field's values are the same; a field's own `unique: folded` holds in wider keys as well."""
    return item.folded if item.folded is not None else item.value


def _unique(table: sa.Table, columns: tuple[Column, ...], done: dict[str, sa.Index]) -> sa.Index:
    name = derived("uq", table.name, [column.name for column in columns])
    if name not in done:
        # Nulls are distinct in both databases: a record with an empty part is not compared.
        done[name] = sa.Index(name, *columns, unique=True, **_where(table.c.deleted_at.is_(None)))
    return done[name]


def _where(condition: sa.ColumnElement[bool]) -> dict[str, Any]:
    return {"sqlite_where": condition, "postgresql_where": condition}


def _add_indexes(entity: Entity, table: sa.Table, columns: Mapping[str, FieldColumns], engine: Engine) -> None:
    deletion = table.c.deletion
    sa.Index(derived("ix", table.name, ["deletion"]), deletion, **_where(deletion.is_not(None)))
    for item in columns.values():
        if item.field.type.kind == "ref" and VALUE in item.parts:
            # Records are not deleted but put into the bin, so no foreign key ever looks for those that are there.
            _index(table, (item.value,), table.c.deleted_at.is_(None))
        if item.entities:
            _index(table, (item.tie,), table.c.deleted_at.is_(None))
        if item.fresh_until is not None:
            fresh = item.fresh_until
            sa.Index(derived("ix", table.name, [fresh.name]), fresh, **_where(fresh.is_not(None)))
    for names in entity.indexes.values():
        if all(name in columns and columns[name].parts.keys() >= {VALUE} for name in names):
            _add_declared(table, [columns[name] for name in names], engine)


def _add_declared(table: sa.Table, items: list[FieldColumns], engine: Engine) -> None:
    """An index for finding, and where it ends in what lists sort, for sorting in both directions with the id.

    Amounts in their records' own currencies are found and sorted by what they are worth.
    Over live records only: then a count needs nothing but the index.
    """
    live = table.c.deleted_at.is_(None)
    found = tuple(item.parts.get(BASE, item.value) for item in items)
    sort = items[-1].sort
    if sort is not None:
        _index(table, found, live)
        found = (*found[:-1], sort)
    _index(table, (*found, table.c.id), live)
    if engine == "postgresql" and not items[-1].field.required:
        # Nulls come last in both directions, which one index cannot give there.
        name = derived("ix", table.name, [*(column.name for column in found), "desc"])
        last = found[-1].desc().nulls_last()
        if name not in {index.name for index in table.indexes}:
            sa.Index(name, *found[:-1], last, table.c.id.desc(), **_where(live))


def _index(table: sa.Table, columns: tuple[Column, ...], where: sa.ColumnElement[bool] | None = None) -> None:
    name = derived("ix", table.name, [column.name for column in columns])
    if name not in {index.name for index in table.indexes}:
        sa.Index(name, *columns, **({} if where is None else _where(where)))
