"""Purge: what was kept aside leaves the database for good, as a release of its own with the same documents."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import sqlalchemy as sa

from kith.problems import Words
from kith.runtime.applying.steps import drop_columns, drop_table
from kith.runtime.files.letting_go import of_columns
from kith.runtime.plan.changes import Change
from kith.runtime.plan.planning import Plan
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.schema.keeping import KeptField, columns_of, points_to
from kith.runtime.schema.names import EntityNames, KeptEntity, Names, link_table


@dataclass(frozen=True, slots=True)
class Purge(Change):
    """A field that is kept aside, or with an empty `field` an entity with all its records; `since` is the first release without.

    `base` is the base name of its columns in the table, empty for the table as a whole.
    """

    entity: str
    field: str
    since: int
    table: str
    base: str = ""
    successor: str = ""
    """The columns in which its values have gone on."""
    words = Words(
        "field {entity}.{field}, kept aside since release {since}", "字段 {entity}.{field}，自发布 {since} 起另行保留"
    )
    mark = "-"

    def said(self) -> Words:
        """As a field or as an entity."""
        whole = Words("entity {entity}, kept aside since release {since}", "实体 {entity}，自发布 {since} 起另行保留")
        return self.words if self.field else whole


def kept_aside(connection: sa.Connection, names: Names) -> list[Purge]:
    """Everything that is kept aside, with how many records or values there are, the longest kept first."""
    there = _There(sa.inspect(connection))
    found = [
        *(_entity(connection, there, item) for item in names.kept.values()),
        *(
            _field(connection, there, entity, names.entities[entity].table, base, item)
            for entity in names.entities
            for base, item in names.entities[entity].kept.items()
        ),
    ]
    return sorted(found, key=lambda one: (one.since, one.entity, one.field, one.base))


@dataclass(frozen=True, slots=True)
class _There:
    """The tables and columns that are there."""

    inspector: sa.Inspector

    def columns(self, table: str, base: str) -> list[str]:
        """The columns of a field that is known by the base name of its columns."""
        if not self.inspector.has_table(table):
            return []
        names = [column["name"] for column in self.inspector.get_columns(table)]
        return columns_of(names, base)

    def links(self, table: str) -> list[str]:
        """The link tables of a table."""
        return [name for name in self.inspector.get_table_names() if name.startswith(f"{table}__")]


def _entity(connection: sa.Connection, there: _There, item: KeptEntity) -> Purge:
    table = item.names.table
    rows = (
        _count(connection, sa.select(sa.text("1")).select_from(sa.table(table)))
        if there.inspector.has_table(table)
        else 0
    )
    return Purge(item.entity, "", item.since, table, effect="loses", rows=rows)


def _field(connection: sa.Connection, there: _There, entity: str, table: str, base: str, item: KeptField) -> Purge:
    link = link_table(table, base)
    rows = 0
    if there.inspector.has_table(link):
        rows = _count(connection, sa.select(sa.column("record")).select_from(sa.table(link)).distinct())
    elif "computed" not in item.stored.split():
        held = [sa.column(name).is_not(None) for name in there.columns(table, base)]
        if held:
            rows = _count(connection, sa.select(sa.text("1")).select_from(sa.table(table)).where(sa.or_(*held)))
    return Purge(
        entity, item.field, item.since, table, base, item.successor, effect="loses" if rows else "safe", rows=rows
    )


def _count(connection: sa.Connection, statement: sa.Select[tuple[object]]) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(statement.subquery())) or 0)


def purge_plan(release: Release, wanted: Collection[Purge], everything: Collection[Purge]) -> Plan:
    """What takes those things away, and with a table the columns that point to it."""
    tables = {one.table for one in wanted if not one.base}
    taken = {(one.table, one.base) for one in wanted}
    changes = tuple(
        one
        for one in everything
        if (one.table, one.base) in taken or (one.base and points_to(_kept(release.names, one).stored) in tables)
    )
    return Plan(release, release.model, without(release.names, changes), changes)


def _kept(names: Names, one: Purge) -> KeptField:
    return names.entities[one.entity].kept[one.base]


def without(names: Names, gone: Collection[Purge]) -> Names:
    """Names that know nothing of what is gone."""
    taken = {(one.table, one.base) for one in gone}

    def kept(of: EntityNames) -> EntityNames:
        return replace(of, kept={base: item for base, item in of.kept.items() if (of.table, base) not in taken})

    return Names(
        {name: kept(of) for name, of in names.entities.items()},
        {table: item for table, item in names.kept.items() if (table, "") not in taken},
    )


def carry_out(connection: sa.Connection, gone: Collection[Purge]) -> None:
    """Drop the columns and tables, and what Kith's own tables know of their records."""
    there = _There(sa.inspect(connection))
    for one in gone:
        if one.base:
            columns = there.columns(one.table, one.base)
            if columns:
                drop_columns(connection, one.table, columns)
            drop_table(connection, link_table(one.table, one.base))
            there.inspector.clear_cache()
    for one in gone:
        if not one.base:
            for name in (*there.links(one.table), one.table):
                drop_table(connection, name)
            for table in (system.search, system.reference, system.delta, system.apart, system.notice):
                connection.execute(table.delete().where(table.c.entity == one.table))
    for one in gone:
        of_columns(connection, one.table, one.base, one.successor)
    names = list(_counters(connection, gone))
    if names:
        connection.execute(system.counter.delete().where(system.counter.c.name.in_(names)))


def _counters(connection: sa.Connection, gone: Collection[Purge]) -> Iterator[str]:
    """The counters of autonumbers that are gone."""
    for name in connection.scalars(sa.select(system.counter.c.name)):
        table, _, column = name.partition(".")
        if any(one.table == table and one.base in ("", column) for one in gone):
            yield name
