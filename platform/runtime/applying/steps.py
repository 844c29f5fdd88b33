"""What applying does to the tables: the steps between two sets of tables, each short and safe to begin again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.runtime.schema.drift import is_ours
from kith.runtime.schema.tables import Column, Tables

Given = Mapping[tuple[str, str], object]
"""Values by table and column."""

if TYPE_CHECKING:
    from alembic.operations import Operations


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of work on a table; `concurrent` ones run outside of a transaction on PostgreSQL.

    Each looks first whether its work is there already.
    """

    table: sa.Table

    @property
    def key(self) -> str:
        """What progress knows it by."""
        return f"{type(self).__name__} {self.table.name}"

    @property
    def concurrent(self) -> bool:
        """Whether PostgreSQL does it beside running writers, which it can only outside of a transaction."""
        return False

    def run(self, connection: sa.Connection) -> bool:
        """Do it; whether it added anything."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class MakeTable(Step):
    """A table with its indexes; on PostgreSQL without its foreign keys, which may name a table that comes later."""

    def run(self, connection: sa.Connection) -> bool:
        """Create it."""
        if sa.inspect(connection).has_table(self.table.name):
            return False
        from alembic.operations.ops import CreateTableOp

        operations = _operations(connection)
        operation = CreateTableOp.from_table(self.table)
        if connection.dialect.name == "postgresql":
            operation.columns = [item for item in operation.columns if not isinstance(item, sa.ForeignKeyConstraint)]
        operations.invoke(operation)
        for index in sorted(self.table.indexes, key=lambda index: str(index.name)):
            index.create(connection)
        return True


@dataclass(frozen=True, slots=True)
class _OfTable(Step):
    name: str

    @property
    def key(self) -> str:
        """What progress knows it by."""
        return f"{type(self).__name__} {self.table.name}.{self.name}"


@dataclass(frozen=True, slots=True)
class AddColumn(_OfTable):
    """A nullable column; on SQLite with its foreign key, which cannot be added later there.

    With a `value` PostgreSQL gives it to all records that are there, at once, since it keeps it beside the table.
    """

    value: object = None

    @property
    def column(self) -> Column:
        """The column."""
        return self.table.c[self.name]

    def run(self, connection: sa.Connection) -> bool:
        """Add it."""
        if has_column(connection, self.table.name, self.name):
            return False
        column = self.column._copy()
        if connection.dialect.name == "sqlite":
            for key in _foreign_keys_of(self.table, self.name):
                target = next(iter(key.elements)).target_fullname
                column.append_foreign_key(
                    sa.ForeignKey(target, ondelete=key.ondelete, deferrable=key.deferrable, initially=key.initially)
                )
        given = connection.dialect.name == "postgresql" and self.value is not None
        if given:
            column.server_default = sa.DefaultClause(sa.literal(self.value, column.type))
        operations = _operations(connection)
        operations.add_column(self.table.name, column, inline_references=True)
        if given:
            # Who writes records gives their values; a default of the database's own would hide that he did not.
            operations.alter_column(self.table.name, self.name, server_default=None)
        return True


@dataclass(frozen=True, slots=True)
class AddForeignKey(_OfTable):
    """A foreign key of PostgreSQL; what is there already is checked by the next step, which blocks nobody."""

    def run(self, connection: sa.Connection) -> bool:
        """Add it for what is written from now on."""
        there = {key["name"] for key in sa.inspect(connection).get_foreign_keys(self.table.name)}
        for key in _foreign_keys_of(self.table, self.name):
            if key.name in there:
                continue
            target = next(iter(key.elements)).target_fullname.partition(".")
            _operations(connection).create_foreign_key(
                str(key.name),
                self.table.name,
                target[0],
                [self.name],
                [target[2]],
                ondelete=key.ondelete,
                deferrable=key.deferrable,
                initially=key.initially,
                postgresql_not_valid=True,
            )
        return False


@dataclass(frozen=True, slots=True)
class CheckForeignKey(_OfTable):
    """The check of a foreign key over what was there before it."""

    def run(self, connection: sa.Connection) -> bool:
        """Validate it."""
        quote = connection.dialect.identifier_preparer.quote
        for key in _foreign_keys_of(self.table, self.name):
            table, name = quote(self.table.name), quote(str(key.name))
            connection.exec_driver_sql(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
        return False


@dataclass(frozen=True, slots=True)
class MakeIndex(_OfTable):
    """An index on a table that has records already."""

    @property
    def concurrent(self) -> bool:
        """It is built beside running writers."""
        return True

    @property
    def index(self) -> sa.Index:
        """The index."""
        return next(index for index in self.table.indexes if index.name == self.name)

    def run(self, connection: sa.Connection) -> bool:
        """Build it; one that a killed build has left behind is built anew."""
        if self.name in {index["name"] for index in sa.inspect(connection).get_indexes(self.table.name)}:
            if connection.dialect.name == "sqlite" or _is_valid(connection, self.name):
                return False
            drop_index(connection, self.table.name, self.name)
        index = self.index
        options: dict[str, Any] = {
            f"{dialect}_where": index.dialect_options[dialect]["where"] for dialect in ("sqlite", "postgresql")
        }
        if connection.dialect.name == "postgresql":
            options["postgresql_concurrently"] = True
        _operations(connection).create_index(
            self.name,
            self.table.name,
            list(index.expressions),
            unique=index.unique,
            **options,
        )
        return True


@dataclass(frozen=True, slots=True)
class DropIndex(_OfTable):
    """An index that the candidate no longer wants."""

    @property
    def concurrent(self) -> bool:
        """It waits for nobody."""
        return True

    def run(self, connection: sa.Connection) -> bool:
        """Drop it."""
        drop_index(connection, self.table.name, self.name)
        return False


def drop_index(connection: sa.Connection, table: str, name: str, *, beside: bool = True) -> None:
    """Drop an index where it is there; `beside` others PostgreSQL can do so only outside of transactions."""
    concurrently = beside and connection.dialect.name == "postgresql"
    options: dict[str, Any] = {"postgresql_concurrently": True} if concurrently else {}
    _operations(connection).drop_index(name, table, if_exists=True, **options)


def drop_table(connection: sa.Connection, name: str) -> None:
    """Drop a table where it is there, on PostgreSQL with the foreign keys that point to it."""
    quoted = connection.dialect.identifier_preparer.quote(name)
    cascade = " CASCADE" if connection.dialect.name == "postgresql" else ""
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {quoted}{cascade}")


FEW = 3


def drop_columns(connection: sa.Connection, table: str, names: list[str]) -> None:
    """Drop columns with all that is over them. SQLite must be in a transaction that may rebuild tables."""
    operations = _operations(connection)
    if connection.dialect.name == "sqlite":
        inspector = sa.inspect(connection)
        for index in inspector.get_indexes(table):
            if not set(names).isdisjoint(index["column_names"]):
                drop_index(connection, table, str(index["name"]))
        keys = {column for key in inspector.get_foreign_keys(table) for column in key["constrained_columns"]}
        if len(names) > FEW or not keys.isdisjoint(names):
            # What a foreign key of the table names cannot be dropped there, only left out of a new one; and that is done
            # once for all, where each column that is dropped has every record written.
            with operations.batch_alter_table(table, recreate="always") as batch:
                for name in names:
                    batch.drop_column(name)
            return
    for name in names:
        operations.drop_column(table, name)


def drop_column(connection: sa.Connection, table: str, name: str) -> None:
    """Drop a column where it is there, with its indexes and foreign keys; on PostgreSQL."""
    if sa.inspect(connection).has_table(table) and has_column(connection, table, name):
        _operations(connection).drop_column(table, name)


def has_column(connection: sa.Connection, table: str, name: str) -> bool:
    """Whether a table has a column."""
    return name in {column["name"] for column in sa.inspect(connection).get_columns(table)}


def undo(connection: sa.Connection, made: str) -> None:
    """Take back what a step added, by its key, before anything uses it; on PostgreSQL."""
    kind, _, where = made.partition(" ")
    table, _, name = where.partition(".")
    match kind:
        case "MakeTable":
            drop_table(connection, table)
        case "AddColumn":
            drop_column(connection, table, name)
        case "MakeIndex":
            drop_index(connection, table, name, beside=False)


def _operations(connection: sa.Connection) -> Operations:
    # Alembic takes its time to load, and most plans are empty.
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    return Operations(MigrationContext.configure(connection))


def _foreign_keys_of(table: sa.Table, column: str) -> list[sa.ForeignKeyConstraint]:
    return [key for key in table.foreign_key_constraints if key.column_keys == [column]]


def _is_valid(connection: sa.Connection, index: str) -> bool:
    statement = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)"
    quoted = connection.dialect.identifier_preparer.quote(index)
    return bool(connection.scalar(sa.text(statement), {"name": quoted}))


def expanding(before: Tables | None, after: Tables, given: Given | None = None) -> Iterator[Step]:
    """What must be there before anything is filled: tables, columns, foreign keys, indexes that are not unique.

    `given` are the values that records get in new columns.
    """
    values = given or {}
    known = _known(before)
    new = [table for name, table in after.metadata.tables.items() if name not in known]
    grown = [table for name, table in after.metadata.tables.items() if name in known]
    yield from map(MakeTable, new)
    for table in grown:
        new_columns = _new_columns(table, known[table.name])
        yield from (AddColumn(table, name, values.get((table.name, name))) for name in new_columns)
    if after.engine == "postgresql":
        for table in new:
            yield from (AddForeignKey(table, key.column_keys[0]) for key in _in_order(table))
        for table in grown:
            added = set(_new_columns(table, known[table.name]))
            for key in _in_order(table):
                if key.column_keys[0] in added:
                    yield AddForeignKey(table, key.column_keys[0])
                    yield CheckForeignKey(table, key.column_keys[0])
    yield from (MakeIndex(table, name) for table, name in _new_indexes(before, after, unique=False))


def constraining(before: Tables | None, after: Tables) -> Iterator[Step]:
    """What must hold over what was filled: unique keys."""
    yield from (MakeIndex(table, name) for table, name in _new_indexes(before, after, unique=True))


def tidying(connection: sa.Connection, after: Tables) -> list[Step]:
    """What is in the way afterwards: indexes of ours that the release does not want, whoever left them behind.

    Columns stay, for what is in them.
    """
    inspector = sa.inspect(connection)
    found: list[Step] = []
    for table in after.metadata.tables.values():
        wanted = {str(index.name) for index in table.indexes}
        there = {str(index["name"]) for index in inspector.get_indexes(table.name)}
        found += [DropIndex(table, name) for name in sorted(there - wanted) if is_ours(name, table.name)]
    return found


@dataclass(frozen=True, slots=True)
class _There:
    """Names of columns and indexes that a table has for sure; of one that was kept aside each step looks for itself."""

    columns: frozenset[str] = frozenset()
    indexes: frozenset[str] = frozenset()


def _known(before: Tables | None) -> dict[str, _There]:
    """The tables that are there, those that are kept aside among them."""
    if before is None:
        return {}
    return dict.fromkeys(before.names.kept, _There()) | {
        name: _There(
            frozenset(column.name for column in table.columns), frozenset(str(index.name) for index in table.indexes)
        )
        for name, table in before.metadata.tables.items()
    }


def _new_columns(table: sa.Table, old: _There) -> list[str]:
    return [column.name for column in table.columns if column.name not in old.columns]


def _in_order(table: sa.Table) -> list[sa.ForeignKeyConstraint]:
    return sorted(table.foreign_key_constraints, key=lambda key: str(key.name))


def _new_indexes(before: Tables | None, after: Tables, *, unique: bool) -> Iterator[tuple[sa.Table, str]]:
    known = _known(before)
    for table in after.metadata.tables.values():
        if table.name in known:
            old = known[table.name].indexes
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                if str(index.name) not in old and bool(index.unique) == unique:
                    yield table, str(index.name)
