"""A table made anew on PostgreSQL with what it has: columns, keys, indexes, grants; readers go on until it takes the place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kith.runtime.applying.steps import Step, drop_columns
from kith.runtime.schema.keeping import columns_of
from kith.runtime.schema.views import drop_views

SWAP = 900
"""Milliseconds that readers are waited for when the table takes its place: less than what people notice."""
NAME = r'(?:"(?:[^"]|"")+"|[^\s".]+)'
INDEX = re.compile(rf"^CREATE ((?:UNIQUE )?)INDEX {NAME} ON (?:ONLY )?(?:{NAME}\.)?{NAME} ")
SPARE = "kith_anew"
"""What the table and, with a number, its indexes are called while they are made."""


@dataclass(frozen=True, slots=True)
class Rebuild(Step):
    """The table anew, without some columns (their base names); `views` makes the views again that stood in the way."""

    without: tuple[str, ...]
    ever: int
    views: Callable[[sa.Connection], object]

    def run(self, connection: sa.Connection) -> bool:
        """Do it, where that has not been done."""
        name = self.table.name
        there = [column["name"] for column in sa.inspect(connection).get_columns(name)]
        gone = [column for base in self.without for column in columns_of(there, base)]
        if connection.dialect.name == "sqlite":
            if gone:
                drop_views(connection)
                drop_columns(connection, name, gone)
                self.views(connection)
            return False
        if _ever(connection, name) >= self.ever:
            drop_views(connection)
            _make(connection, name, [column for column in there if column not in gone])
            self.views(connection)
        return False


@dataclass(frozen=True, slots=True)
class CheckKeys(Step):
    """The foreign keys of and to a table over what was there before them; PostgreSQL blocks nobody for that."""

    def run(self, connection: sa.Connection) -> bool:
        """Validate them."""
        quote = connection.dialect.identifier_preparer.quote
        if connection.dialect.name == "postgresql":
            for table, key, _ in _foreign_keys(connection, self.table.name, only_new=True):
                connection.exec_driver_sql(f"ALTER TABLE {quote(table)} VALIDATE CONSTRAINT {quote(key)}")
            connection.exec_driver_sql(f"ANALYZE {quote(self.table.name)}")
        return False


def _ever(connection: sa.Connection, table: str) -> int:
    asked = "SELECT max(attnum) FROM pg_attribute WHERE attrelid = to_regclass(:name)"
    quoted = connection.dialect.identifier_preparer.quote(table)
    return int(connection.scalar(sa.text(asked), {"name": quoted}) or 0)


def _make(connection: sa.Connection, table: str, columns: Sequence[str]) -> None:
    quote = connection.dialect.identifier_preparer.quote

    def run(statement: str) -> None:
        connection.execution_options(no_parameters=True).exec_driver_sql(statement)

    run(f"LOCK TABLE {quote(table)} IN SHARE ROW EXCLUSIVE MODE")
    run(f"CREATE TABLE {SPARE} AS SELECT {', '.join(map(quote, columns))} FROM {quote(table)}")
    for statement in _settings(connection, table, columns):
        run(f"ALTER TABLE {SPARE} {statement}")
    key, indexes = _indexes(connection, table)
    for number, (_, text) in enumerate(indexes):
        run(INDEX.sub(rf"CREATE \g<1>INDEX {SPARE}_{number} ON {SPARE} ", text))
    foreign = list(_foreign_keys(connection, table))
    grants = list(_grants(connection, table))
    run(f"SET LOCAL lock_timeout = '{SWAP}ms'")
    run(f"LOCK TABLE {quote(table)} IN ACCESS EXCLUSIVE MODE")
    for of, name, _ in foreign:
        run(f"ALTER TABLE {quote(of)} DROP CONSTRAINT {quote(name)}")
    run(f"DROP TABLE {quote(table)}")
    run(f"ALTER TABLE {SPARE} RENAME TO {quote(table)}")
    for number, (name, _) in enumerate(indexes):
        run(f"ALTER INDEX {SPARE}_{number} RENAME TO {quote(name)}")
    if key:
        run(f"ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(key)} PRIMARY KEY USING INDEX {quote(key)}")
    for of, name, text in foreign:
        run(f"ALTER TABLE {quote(of)} ADD CONSTRAINT {quote(name)} {text} NOT VALID")
    for privileges, who in grants:
        run(f"GRANT {privileges} ON {quote(table)} TO {who}")


def _settings(connection: sa.Connection, table: str, columns: Sequence[str]) -> Iterator[str]:
    """What `CREATE TABLE AS` leaves out of columns."""
    quote = connection.dialect.identifier_preparer.quote
    for column in sa.inspect(connection).get_columns(table):
        if column["name"] in columns:
            if column["default"] is not None:
                yield f"ALTER {quote(column['name'])} SET DEFAULT {column['default']}"
            if not column["nullable"]:
                yield f"ALTER {quote(column['name'])} SET NOT NULL"


def _indexes(connection: sa.Connection, table: str) -> tuple[str, list[tuple[str, str]]]:
    """The name of the primary key, and each index with its definition, that of the key among them."""
    rows = connection.execute(
        sa.text(
            "SELECT c.relname, pg_get_indexdef(i.indexrelid), i.indisprimary FROM pg_index i"
            " JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = to_regclass(:name) AND i.indisvalid"
            " ORDER BY c.relname"
        ),
        {"name": connection.dialect.identifier_preparer.quote(table)},
    ).all()
    return next((name for name, _, primary in rows if primary), ""), [(name, text) for name, text, _ in rows]


def _foreign_keys(connection: sa.Connection, table: str, *, only_new: bool = False) -> Iterator[tuple[str, str, str]]:
    """The foreign keys of a table and those that point to it: their tables, names and definitions."""
    rows = connection.execute(
        sa.text(
            "SELECT t.relname, c.conname, pg_get_constraintdef(c.oid), c.convalidated FROM pg_constraint c"
            " JOIN pg_class t ON t.oid = c.conrelid WHERE c.contype = 'f'"
            " AND to_regclass(:name) IN (c.conrelid, c.confrelid) ORDER BY c.conname"
        ),
        {"name": connection.dialect.identifier_preparer.quote(table)},
    ).all()
    for of, name, text, valid in rows:
        if not (only_new and valid):
            yield of, name, text.removesuffix(" NOT VALID")


def _grants(connection: sa.Connection, table: str) -> Iterator[tuple[str, str]]:
    """What others than the owner may do with a table."""
    rows = connection.execute(
        sa.text(
            "SELECT string_agg(a.privilege_type, ', '), CASE a.grantee WHEN 0 THEN 'PUBLIC'"
            " ELSE quote_ident(pg_get_userbyid(a.grantee)) END FROM pg_class c, aclexplode(c.relacl) a"
            " WHERE c.oid = to_regclass(:name) AND a.grantee <> c.relowner GROUP BY a.grantee"
        ),
        {"name": connection.dialect.identifier_preparer.quote(table)},
    )
    yield from ((privileges, who) for privileges, who in rows)
