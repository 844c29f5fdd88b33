"""Views in the database: made anew where a release changes them, and out of the way of whoever changes tables."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from kith.runtime.schema.views.writing import MARK, view_queries

if TYPE_CHECKING:
    from kith.runtime.release import Release

NO_LOCK = "55P03"
PATIENCE = 100
"""Milliseconds that somebody who reads a view is waited for."""
log = logging.getLogger(__name__)


def make_views(connection: sa.Connection, release: Release) -> int:
    """Bring the views to a release; how many were made. Those that are right already are not touched.

    A table or view of the same name that somebody else has made is left alone.
    """
    wanted, there = _wanted(release), _ours(connection)
    for name in there.keys() - {name for name, digest in there.items() if wanted.get(name, ("", ""))[1] == digest}:
        _drop(connection, name)
        del there[name]
    inspector = sa.inspect(connection)
    taken = {*inspector.get_table_names(), *inspector.get_view_names()}
    return sum(_make(connection, name, *wanted[name]) for name in wanted if name not in taken)


def renew_views(connection: sa.Connection, release: Release) -> bool:
    """The same within a larger transaction, which never waits for somebody who reads a view; whether it is done.

    Where it is not, the views of the release before stay: they still can be read.
    """
    if connection.dialect.name == "sqlite":
        make_views(connection, release)
        return True
    before = connection.exec_driver_sql("SHOW lock_timeout").scalar()
    savepoint = connection.begin_nested()
    try:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}ms'")
        make_views(connection, release)
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{before}'")
        savepoint.commit()
    except DBAPIError as error:
        savepoint.rollback()
        if getattr(error.orig, "sqlstate", None) != NO_LOCK:
            raise
        return False
    return True


def missing_views(connection: sa.Connection, release: Release) -> list[str]:
    """The views that are not as the release says."""
    there = _ours(connection)
    return [name for name, (_, digest) in _wanted(release).items() if there.get(name) != digest]


def drop_views(connection: sa.Connection) -> None:
    """Take all views away, before something that they would stand in the way of."""
    for name in _ours(connection):
        _drop(connection, name)


def prepare_views(release: Release) -> None:
    """Write the queries of a release's views, before a transaction that others wait for."""
    _wanted(release)


def _wanted(release: Release) -> Mapping[str, tuple[str, str]]:
    """The query of each view with its digest."""
    return release.cached(
        ("views",),
        lambda: {
            name: (query, hashlib.sha256(query.encode()).hexdigest()[:16])
            for name, query in view_queries(release).items()
        },
    )


def _make(connection: sa.Connection, name: str, query: str, digest: str) -> bool:
    """Make a view; what a database cannot say, such as a query that is too deep for it, stands in no release's way."""
    savepoint = connection.begin_nested()
    try:
        _create(connection, name, query, digest)
    except DBAPIError as error:
        savepoint.rollback()
        if getattr(error.orig, "sqlstate", None) == NO_LOCK:
            raise
        log.warning("the view %s cannot be made: %s", name, error.orig)
        return False
    savepoint.commit()
    return True


def _create(connection: sa.Connection, name: str, query: str, digest: str) -> None:
    quoted = connection.dialect.identifier_preparer.quote(name)
    # Nothing in it is a parameter, and a `%` is one to no driver that is told so.
    plain = connection.execution_options(no_parameters=True)
    plain.exec_driver_sql(f"CREATE VIEW {quoted} AS /* {MARK} {digest} */ {query}")
    if connection.dialect.name == "postgresql":
        plain.exec_driver_sql(f"COMMENT ON VIEW {quoted} IS '{MARK} {digest}'")


def _drop(connection: sa.Connection, name: str) -> None:
    connection.exec_driver_sql(f"DROP VIEW IF EXISTS {connection.dialect.identifier_preparer.quote(name)}")


def _ours(connection: sa.Connection) -> dict[str, str]:
    """The views that Kith has made, with the digests of their queries."""
    if connection.dialect.name == "sqlite":
        asked = "SELECT name, sql FROM sqlite_master WHERE type = 'view'"
    else:
        asked = (
            "SELECT c.relname, obj_description(c.oid, 'pg_class') FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v' AND n.nspname = current_schema()"
        )
    found = {}
    for name, told in connection.exec_driver_sql(asked):
        _, mark, digest = (told or "").partition(f"{MARK} ")
        if mark:
            found[str(name)] = digest[:16]
    return found
