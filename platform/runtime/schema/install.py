"""Kith's own tables, made where they are missing: on a new database, and by a newer Kith on an old one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateSchema

from kith.runtime.database import Database
from kith.runtime.schema.system import SEARCH_INDEX, SYSTEM, release

INSTALL_LOCK = 0x6B697468
"""Number of the advisory lock on PostgreSQL under which one process at a time installs."""


def is_installed(connection: sa.Connection) -> bool:
    """Whether the database has Kith's tables."""
    return sa.inspect(connection).has_table(release.name)


def install(database: Database) -> None:
    """Make what is missing; nothing that is there is touched, and nothing is written where nothing is missing."""
    with database.read() as connection:
        if is_installed(connection) and not list(_missing(connection)):
            return
    with database.write() as connection:
        make(connection)


def make(connection: sa.Connection) -> None:
    """Make what is missing, in the caller's transaction."""
    engine = connection.dialect.name
    if engine == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(INSTALL_LOCK)))
        _make_schema(connection)
    SYSTEM.create_all(connection)
    _add_missing(connection)
    for statement in SEARCH_INDEX[engine]:
        connection.exec_driver_sql(statement)


def _add_missing(connection: sa.Connection) -> None:
    # Costs a tenth of a second to import, and is hardly ever needed.
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    operations = Operations(MigrationContext.configure(connection))
    for item in list(_missing(connection)):
        if isinstance(item, sa.Index):
            item.create(connection)
        else:
            # A column that is added later must be nullable or have a default of the server.
            operations.add_column(item.table.name, item._copy())


def _make_schema(connection: sa.Connection) -> None:
    if connection.scalar(sa.select(sa.func.current_schema())) is not None:
        return
    path = str(connection.exec_driver_sql("SHOW search_path").scalar())
    name = path.split(",", maxsplit=1)[0].strip().strip('"')
    connection.execute(CreateSchema(name, if_not_exists=True))


def _missing(connection: sa.Connection) -> Iterator[sa.Column[Any] | sa.Index]:
    """Columns and indexes that tables of an older Kith lack; every column of a table that is not there."""
    inspector, ours = sa.inspect(connection), list(SYSTEM.tables)
    columns = inspector.get_multi_columns(filter_names=ours)
    indexes = inspector.get_multi_indexes(filter_names=ours)
    for table in SYSTEM.tables.values():
        there = {column["name"] for column in columns.get((None, table.name), ())}
        yield from (column for column in table.columns if column.name not in there)
        made = {index["name"] for index in indexes.get((None, table.name), ())}
        yield from (index for index in table.indexes if index.name not in made)
