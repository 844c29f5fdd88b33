"""What is kept aside, made anew as the last release had it that used it: with its indexes and foreign keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import sqlalchemy as sa

from kith.runtime import releases
from kith.runtime.applying.steps import AddColumn, MakeTable
from kith.runtime.backup.tables import Table
from kith.runtime.release import Release
from kith.runtime.schema.tables import Tables
from kith.runtime.workspace import builder


@dataclass
class Keeping:
    """Makes the columns and tables of a backup that its release does not have."""

    connection: sa.Connection
    release: Release
    wanted: Sequence[Table]

    def make(self) -> list[sa.Table]:
        """Make them; the tables as the release has them that used them last."""
        found: dict[str, sa.Table] = {}
        for one in self.wanted:
            if one.name not in self.release.tables.metadata.tables:
                table = found[one.name] = self.table(one)
                MakeTable(table).run(self.connection)
        now = self.release.tables.metadata.tables
        for one in self.wanted:
            there = found[one.name] if one.name in found else now[one.name]
            for column in one.columns:
                if column.name not in there.columns:
                    found[one.name] = table = self.table(one, column.name)
                    AddColumn(table, column.name).run(self.connection)
        return [*found.values()]

    def table(self, one: Table, column: str = "") -> sa.Table:
        """A table as the newest release had it that had it, or that column of it."""
        for tables in self.known:
            table = tables.metadata.tables.get(one.name)
            if table is not None and (not column or column in table.columns) and self.is_whole(table):
                return table
        return self.plain(one)

    def is_whole(self, table: sa.Table) -> bool:
        """Whether what it refers to is there: it may have been purged."""
        there = {one.name for one in self.wanted}
        return all(
            next(iter(key.elements)).target_fullname.partition(".")[0] in there for key in table.foreign_key_constraints
        )

    @cached_property
    def known(self) -> list[Tables]:
        """The tables of the release, and of those that used last what is kept aside, the newest first."""
        names = self.release.names
        since = {kept.since for kept in names.kept.values()}
        for of in (*names.entities.values(), *(kept.names for kept in names.kept.values())):
            since |= {kept.since for kept in of.kept.values()}
        return [self.release.tables, *self._older(sorted((number - 1 for number in since), reverse=True))]

    def _older(self, numbers: Sequence[int]) -> Iterator[Tables]:
        build = builder()
        for number in numbers:
            stored = releases.load(self.connection, number)
            model, _ = build(stored.layers)
            if model is not None:
                yield Tables(model, stored.names, self.release.tables.engine)

    def plain(self, one: Table) -> sa.Table:
        """A table of which this Kith cannot read the release any more: its values, without indexes."""
        key = {"id"} if any(column.name == "id" for column in one.columns) else {"record", "value"}
        engine = self.release.tables.engine
        made = [
            sa.Column(column.name, column.sql_type(engine), primary_key=column.name in key, autoincrement=False)
            for column in one.columns
        ]
        return sa.Table(one.name, sa.MetaData(), *made)
