"""Restoring a backup into an empty database of either engine, in one transaction: all of it is there, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from kith.problems import Words
from kith.runtime import releases
from kith.runtime.applying.steps import AddForeignKey, CheckForeignKey, MakeTable, has_column
from kith.runtime.backup.file import Contents, Member, Reader, damaged
from kith.runtime.backup.keeping import Keeping
from kith.runtime.backup.tables import Table, scales
from kith.runtime.backup.values import amounts, to_sqlite
from kith.runtime.database import Database
from kith.runtime.driver import execute
from kith.runtime.release import Release, make_release
from kith.runtime.schema import install, system
from kith.runtime.schema.views import make_views
from kith.runtime.workspace import Unbuildable, builder

Row = list[Any]
Progress = Callable[[int, int], None]


class NotEmpty(Exception):
    """A database that has tables already."""

    words = Words(
        "This database is not empty: a backup is restored into a new one only.",
        "此数据库不是空的：备份只能恢复到新的数据库中。",
    )


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and how many rows there are now, by table."""

    contents: Contents
    rows: Mapping[str, int]


def restore(source: Path | IO[bytes], database: Database, progress: Progress = lambda done, total: None) -> Restored:
    """Restore a backup; raises Unreadable, Damaged, NotEmpty and Unbuildable, and then has changed nothing."""
    reader = Reader(source)
    try:
        with database.write() as connection:
            rows = _Restoring(connection, database, reader, progress).all()
    finally:
        reader.close()
    database.learn()
    return Restored(reader.contents, rows)


@dataclass
class _Restoring:
    connection: sa.Connection
    database: Database
    reader: Reader
    progress: Progress
    done: int = 0

    def all(self) -> dict[str, int]:
        if sa.inspect(self.connection).get_table_names():
            raise NotEmpty
        install.make(self.connection)
        members = self.reader.contents.members
        ours = system.SYSTEM.tables
        for member in members:
            if member.table.name in ours:
                self.load(member)
        release = self.release()
        made = self.make(release, [member.table for member in members if member.table.name not in ours])
        for member in members:
            if member.table.name not in ours:
                self.load(member)
        if self.database.kind == "postgresql":
            self.add_foreign_keys(made)
        make_views(self.connection, release)
        return {member.table.name: self.counted(member) for member in members}

    def release(self) -> Release:
        """The release that the backup's documents are."""
        stored = releases.load(self.connection, self.reader.contents.release)
        model, problems = builder()(stored.layers)
        if model is None:
            raise Unbuildable(stored.number, problems)
        return make_release(stored.number, model, stored.names, self.database.facts)

    def make(self, release: Release, tables: Sequence[Table]) -> list[sa.Table]:
        """The tables of the release, with what is kept aside."""
        made = [*release.tables.metadata.tables.values()]
        for table in made:
            MakeTable(table).run(self.connection)
        return made + Keeping(self.connection, release, tables).make()

    def add_foreign_keys(self, tables: Sequence[sa.Table]) -> None:
        """Those of PostgreSQL, over what is there now."""
        for table in tables:
            for key in table.foreign_key_constraints:
                column = key.column_keys[0]
                if has_column(self.connection, table.name, column):
                    AddForeignKey(table, column).run(self.connection)
                    CheckForeignKey(table, column).run(self.connection)

    def load(self, member: Member) -> None:
        """Bring the rows of a table; raises Damaged."""
        self.progress(self.done, self.reader.contents.rows)
        if self.database.kind == "postgresql":
            self.copy(member)
        else:
            self.insert(member)
        self.done += member.rows

    def insert(self, member: Member) -> None:
        columns = [*member.table.columns]
        turns = [(index, turn) for index, column in enumerate(columns) if (turn := to_sqlite(column))]
        amount = amounts(columns, self.scales, reading=False)
        quote = self.connection.dialect.identifier_preparer.quote
        names, marks = ", ".join(quote(one.name) for one in columns), ", ".join("?" * len(columns))
        text = f"INSERT INTO {quote(member.table.name)} ({names}) VALUES ({marks})"
        for rows in self.reader.rows(member):
            for row in rows:
                for index, turn in turns:
                    if row[index] is not None:
                        row[index] = turn(row[index])
                if amount is not None:
                    amount(row)
            if rows:
                execute(self.connection, text, rows)

    def copy(self, member: Member) -> None:
        quote = self.connection.dialect.identifier_preparer.quote
        names = ", ".join(quote(one.name) for one in member.table.columns)
        raw: Any = self.connection.connection.driver_connection
        with (
            raw.cursor() as cursor,
            cursor.copy(f"COPY {quote(member.table.name)} ({names}) FROM STDIN") as copy,
        ):
            for row in _each(self.reader.rows(member)):
                copy.write_row(row)

    @property
    def scales(self) -> dict[tuple[str, str], int]:
        return scales([member.table for member in self.reader.contents.members])

    def counted(self, member: Member) -> int:
        table = sa.table(member.table.name)
        count = int(self.connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
        if count != member.rows:
            raise damaged(member.table.name)
        return count


def _each(rows: Iterator[list[Row]]) -> Iterator[Row]:
    return chain.from_iterable(rows)
