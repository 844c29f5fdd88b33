"""Statements as the driver takes them: SQLAlchemy keeps connections, transactions and errors, and stays out of the way.

Making its result of a plain statement costs more than SQLite takes to answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError


@dataclass(frozen=True, slots=True)
class Writing:
    """A statement that writes rows, made once: its text, and how values become what the driver takes.

    `order` is the order of parameters where the driver wants them by position.
    """

    text: str
    order: tuple[str, ...] | None
    constants: Mapping[str, Any]
    processors: tuple[tuple[str, Callable[[Any], Any]], ...]

    def run(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows."""
        if rows:
            execute(connection, self.text, [self._parameters(row) for row in rows])

    def fetch(self, connection: sa.Connection, row: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Write one row; what the statement returns."""
        return fetch(connection, self.text, self._parameters(row))

    def _parameters(self, row: Mapping[str, Any]) -> Any:
        given = {**self.constants, **row}
        for name, process in self.processors:
            given[name] = process(given[name])
        return given if self.order is None else tuple([given[name] for name in self.order])


def writing(connection: sa.Connection, statement: sa.Insert | sa.Update, columns: Sequence[str] = ()) -> Writing:
    """Compile a statement for the database of a connection; an insert writes those columns, all where none are named."""
    compiled = statement.compile(dialect=connection.dialect, column_keys=[*columns] or None)
    assert isinstance(compiled, sa.sql.compiler.SQLCompiler)
    found = {name: bind.type.dialect_impl(connection.dialect) for name, bind in compiled.binds.items()}
    processors = {name: type_.bind_processor(connection.dialect) for name, type_ in found.items()}
    order = tuple(compiled.positiontup or ()) if compiled.positional else None
    constants = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
    wanted = ((name, process) for name, process in processors.items() if process is not None)
    return Writing(compiled.string, order, constants, tuple(wanted))


def fetch(connection: sa.Connection, text: str, parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement, as the driver gives them."""
    begin(connection)
    cursor = _sent(connection, text, parameters, many=False)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    cursor.close()
    return rows


def execute(connection: sa.Connection, text: str, rows: Sequence[Any]) -> None:
    """Run a statement that returns nothing, for each of several rows of parameters."""
    begin(connection)
    many = len(rows) > 1
    _sent(connection, text, rows if many else rows[0], many=many).close()


def begin(connection: sa.Connection) -> None:
    """Begin the connection's transaction where it has none, as SQLAlchemy does with its own statements."""
    if not connection.in_transaction():
        connection.begin()


def send(connection: sa.Connection, text: str) -> None:
    """Run a statement without parameters as it is, also while a transaction begins."""
    _sent(connection, text, (), many=False).close()


def _sent(connection: sa.Connection, text: str, parameters: Any, *, many: bool) -> Any:
    cursor: Any = connection.connection.cursor()
    # Who counts or logs statements sees these like any other.
    for listener in cast("Any", connection).dispatch.before_cursor_execute:
        listener(connection, cursor, text, parameters, None, many)
    try:
        (cursor.executemany if many else cursor.execute)(text, parameters)
    except Exception as error:
        cursor.close()
        base = cast("type[Exception]", connection.dialect.loaded_dbapi.Error)
        if not isinstance(error, base):
            raise
        raise DBAPIError.instance(text, parameters, error, base, dialect=connection.dialect) from error
    return cursor
