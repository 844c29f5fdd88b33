"""Statements as the driver takes them: SQLAlchemy keeps connections, transactions and errors, and stays out of the way.

Making its result of a plain statement costs more than SQLite takes to answer it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

Row = tuple[Any, ...]
ALONE = "kith_alone"
"""The option of connections whose statements stand alone, each its own transaction."""
_NAMED = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True, eq=False)
class Writing:
    """A statement that writes rows, made once: its text with parameters by position, and how values become those.

    `table` is where it writes; `adds` says that it only adds rows there, `answers` that it returns what it has written.
    """

    text: str
    order: tuple[str, ...]
    constants: Mapping[str, Any]
    processors: tuple[tuple[str, Callable[[Any], Any]], ...]
    table: str
    adds: bool
    answers: int
    """The columns that come back, 0 where none do."""

    def run(self, connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows."""
        if rows:
            execute(connection, self.text, [self.parameters(row) for row in rows])

    def parameters(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values of a row as the driver takes them."""
        given = {**self.constants, **row}
        for name, process in self.processors:
            given[name] = process(given[name])
        return tuple([given[name] for name in self.order])


def writing(
    connection: sa.Connection, statement: sa.Insert | sa.Update | sa.Delete, columns: Sequence[str] = ()
) -> Writing:
    """Compile a statement for the database of a connection; an insert writes those columns, all where none are named."""
    compiled = statement.compile(dialect=connection.dialect, column_keys=[*columns] or None)
    assert isinstance(compiled, sa.sql.compiler.SQLCompiler)
    found = {name: bind.type.dialect_impl(connection.dialect) for name, bind in compiled.binds.items()}
    processors = {name: type_.bind_processor(connection.dialect) for name, type_ in found.items()}
    text, order = compiled.string, tuple(compiled.positiontup or ())
    if not compiled.positional:
        text, order = _NAMED.sub("%s", text), tuple(_NAMED.findall(text))
    constants = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
    wanted = tuple((name, process) for name, process in processors.items() if process is not None)
    adds = isinstance(statement, sa.Insert) and statement._post_values_clause is None
    answers = len(compiled.effective_returning or ())
    return Writing(text, order, constants, wanted, str(statement.table), adds, answers)


def asking(connection: sa.Connection, statement: sa.Select[Any], name: str) -> Writing:
    """The same of a statement that locks what it finds, and can go along with what is written; `name` stands for its table."""
    compiled = statement.compile(dialect=connection.dialect)
    assert isinstance(compiled, sa.sql.compiler.SQLCompiler)
    text, order = _NAMED.sub("%s", compiled.string), tuple(_NAMED.findall(compiled.string))
    return Writing(text, order, {}, (), name, adds=True, answers=len(statement.selected_columns))


def fetch(connection: sa.Connection, text: str, parameters: Any, *, raw: bool = False) -> list[Row]:
    """The rows of a statement, as the driver gives them; `raw` says that its parameters are written as PostgreSQL does."""
    begin(connection)
    cursor = _sent(connection, text, parameters, raw=raw)
    rows: list[Row] = cursor.fetchall()
    _done(connection, cursor, text, parameters)
    return rows


def execute(connection: sa.Connection, text: str, rows: Sequence[Any]) -> None:
    """Run a statement that returns nothing, for each of several rows of parameters."""
    begin(connection)
    many = len(rows) > 1
    parameters = rows if many else rows[0]
    _done(connection, _sent(connection, text, parameters, many=many), text, parameters, many=many)


def begin(connection: sa.Connection) -> None:
    """Begin the connection's transaction where it has none, as SQLAlchemy does with its own statements."""
    if not connection.in_transaction() and not connection.get_execution_options().get(ALONE):
        connection.begin()


def send(connection: sa.Connection, text: str) -> None:
    """Run a statement without parameters as it is, also while a transaction begins."""
    _sent(connection, text, ()).close()


def _raw_cursor(connection: Any) -> Any:
    from psycopg import RawCursor  # loaded only where PostgreSQL is

    return RawCursor(connection)


def _sent(connection: sa.Connection, text: str, parameters: Any, *, many: bool = False, raw: bool = False) -> Any:
    driver: Any = connection.connection
    cursor: Any = _raw_cursor(driver.driver_connection) if raw else driver.cursor()
    # Who counts or logs statements sees these like any other.
    for listener in cast("Any", connection).dispatch.before_cursor_execute:
        listener(connection, cursor, text, parameters, None, many)
    try:
        (cursor.executemany if many else cursor.execute)(text, parameters)
    except Exception as error:
        base = cast("type[Exception]", connection.dialect.loaded_dbapi.Error)
        is_gone = connection.dialect.is_disconnect(cast("Any", error), driver.driver_connection, cursor)
        cursor.close()
        if not isinstance(error, base):
            raise
        if is_gone:
            _forget(connection, error)
        raise DBAPIError.instance(
            text, parameters, error, base, dialect=connection.dialect, connection_invalidated=is_gone
        ) from error
    return cursor


def _done(connection: sa.Connection, cursor: Any, text: str, parameters: Any, *, many: bool = False) -> None:
    """Let those know who listen to statements that have ended, too."""
    for listener in cast("Any", connection).dispatch.after_cursor_execute:
        listener(connection, cursor, text, parameters, None, many)
    cursor.close()


def _forget(connection: sa.Connection, error: Exception) -> None:
    """Let go of a connection that the database has ended, and of those that lie idle: most likely all of them are."""
    connection.invalidate(error)
    connection.engine.dispose()
