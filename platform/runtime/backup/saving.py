"""Taking a backup: one view of everything, while others go on reading and writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from itertools import islice
from typing import IO, Any

import sqlalchemy as sa

from kith.problems import Words
from kith.runtime import releases
from kith.runtime.backup.file import Contents, Writer
from kith.runtime.backup.tables import Table, data_tables, scales, system_tables
from kith.runtime.backup.values import JSON, amounts, from_postgresql, from_sqlite
from kith.runtime.database import Database
from kith.runtime.release import Release
from kith.runtime.schema import system
from kith.runtime.workspace import Workspace

Rows = Iterator[list[Any]]
Progress = Callable[[int, int], None]


class BeingApplied(Exception):
    """A release is on its way in: the tables are those of neither."""

    words = Words(
        "A release is being applied, or an apply was stopped on its way: try again when it is finished (`kith doctor` tells).",
        "正在应用一个发布，或某次应用中途停止：请在其完成后重试（可用 `kith doctor` 查看）。",
    )


def back_up(
    workspace: Workspace, out: IO[bytes], now: datetime, progress: Progress = lambda done, total: None
) -> Contents:
    """Write everything that the workspace is, as of one moment; raises NoRelease and BeingApplied."""
    workspace.look()
    release, database = workspace.current(), workspace.database
    with _one_view(database, release) as connection:
        if releases.current_number(connection) != release.number or _is_applying(connection):
            raise BeingApplied
        tables = [*system_tables(), *data_tables(connection, release)]
        writer, read = Writer(out), _reading(database, scales(tables))
        for number, table in enumerate(tables):
            progress(number, len(tables))
            writer.write(table, _some(read(connection, table), table.at_once))
    progress(len(tables), len(tables))
    at = now.isoformat(timespec="seconds")
    app = release.model.app.name
    contents = Contents(version("kith-crm"), database.kind, at, app, release.number, writer.members)
    return replace(contents, hash=writer.close(contents))


@contextmanager
def _one_view(database: Database, release: Release) -> Iterator[sa.Connection]:
    """A connection that sees everything as it is now, whatever others commit meanwhile.

    On PostgreSQL the tables are held as a reader does: who would change them waits.
    """
    with database.engine.connect() as connection:
        if database.kind == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            quote = connection.dialect.identifier_preparer.quote
            names = [*system.SYSTEM.tables, *release.tables.metadata.tables]
            connection.exec_driver_sql(f"LOCK TABLE {', '.join(map(quote, names))} IN ACCESS SHARE MODE")
        yield connection


def _is_applying(connection: sa.Connection) -> bool:
    running = sa.select(system.progress.c.id).where(system.progress.c.state == "running")
    return connection.execute(running).first() is not None


def _reading(database: Database, places: dict[tuple[str, str], int]) -> Callable[[sa.Connection, Table], Rows]:
    if database.kind == "postgresql":
        return _from_postgresql
    return lambda connection, table: _from_sqlite(connection, table, places)


def _from_sqlite(connection: sa.Connection, table: Table, places: dict[tuple[str, str], int]) -> Rows:
    turns = [(index, turn) for index, column in enumerate(table.columns) if (turn := from_sqlite(column))]
    amount = amounts([*table.columns], places, reading=True)
    raw = connection.connection.driver_connection
    assert raw is not None
    for row in raw.execute(str(_select(connection, table))):
        values = list(row)
        for index, turn in turns:
            if values[index] is not None:
                values[index] = turn(values[index])
        if amount is not None:
            amount(values)
        yield values


def _from_postgresql(connection: sa.Connection, table: Table) -> Rows:
    turns = [(index, turn) for index, column in enumerate(table.columns) if (turn := from_postgresql(column))]
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY ({_select(connection, table)}) TO STDOUT") as copy:
        for row in copy.rows():
            values = list(row)
            for index, turn in turns:
                if values[index] is not None:
                    values[index] = turn(values[index])
            yield values


def _select(connection: sa.Connection, table: Table) -> str:
    """Every row, in no order; JSON as its text."""
    columns: list[sa.ColumnElement[Any]] = [sa.column(column.name) for column in table.columns]
    if connection.dialect.name == "postgresql":
        pairs = zip(columns, table.columns, strict=True)
        columns = [sa.cast(one, sa.Text) if column.kind == JSON else one for one, column in pairs]
    return str(sa.select(*columns).select_from(sa.table(table.name)).compile(dialect=connection.dialect))


def _some(rows: Rows, at_once: int) -> Iterator[Sequence[list[Any]]]:
    while some := list(islice(rows, at_once)):
        yield some
