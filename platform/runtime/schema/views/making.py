"""Views in the database: made anew where a release changes them, and out of the way of whoever changes tables."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from kith.runtime.database import is_busy, is_full
from kith.runtime.schema.views.writing import MARK, View, view_names, view_of

if TYPE_CHECKING:
    from kith.metadata.model import Model
    from kith.runtime.release import Release

NO_LOCK = "55P03"
PATIENCE = 100
"""Milliseconds that somebody who reads a view is waited for."""
SOUND = ("sound views",)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """What a view says of itself: a digest, and the tables that it is made of."""

    digest: str
    tables: frozenset[str]


def make_views(connection: sa.Connection, release: Release, sound: Collection[str] = ()) -> int:
    """Bring the views to a release; how many were made. Those that are right already are not touched.

    A table or view of the same name that somebody else has made is left alone. Of `sound` views that are there it is known
    that they are right.
    """
    entities, there = view_names(release), _ours(connection)
    right = [name for name in there if name in entities and (name in sound or _is_right(release, name, there[name]))]
    for name in there.keys() - {*right}:
        _drop(connection, name)
    lacking = entities.keys() - {*right}
    if not lacking:
        return 0
    inspector = sa.inspect(connection)
    taken = {*inspector.get_table_names(), *inspector.get_view_names()}
    return sum(_make(connection, name, _wanted(release, name)) for name in entities if name in lacking - taken)


def _is_right(release: Release, name: str, there: Told) -> bool:
    return _wanted(release, name).digest == there.digest


def renew_views(connection: sa.Connection, release: Release) -> bool:
    """The same within a larger transaction, which never waits for somebody who reads a view; whether it is done.

    Where it is not, the views of the release before stay: they still can be read.
    """
    if connection.dialect.name == "sqlite":
        make_views(connection, release, _sound(release))
        return True
    before = connection.exec_driver_sql("SHOW lock_timeout").scalar()
    savepoint = connection.begin_nested()
    try:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}ms'")
        make_views(connection, release, _sound(release))
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{before}'")
        savepoint.commit()
    except DBAPIError as error:
        savepoint.rollback()
        if getattr(error.orig, "sqlstate", None) != NO_LOCK:
            raise
        _doubt(connection, release)
        return False
    return True


def _doubt(connection: sa.Connection, release: Release) -> None:
    """Let views that are not of this release say nothing of their tables: later ones shall look at them again."""
    for name, told in _ours(connection).items():
        if name not in _sound(release):
            _say(connection, name, (told.digest,))


def missing_views(connection: sa.Connection, release: Release) -> list[str]:
    """The views that are not as the release says."""
    there = _ours(connection)
    return [name for name in view_names(release) if name not in there or not _is_right(release, name, there[name])]


def drop_views(connection: sa.Connection) -> None:
    """Take all views away, before something that they would stand in the way of."""
    for name in _ours(connection):
        _drop(connection, name)


def prepare_views(
    connection: sa.Connection, release: Release, before: Release | None, touched: Collection[str]
) -> None:
    """Write the queries of a release's views, before a transaction that others wait for.

    Where the entities that it `touched` are not in a view of the release before, nothing is written: that is sound.
    """
    there = _ours(connection) if before is not None and _reads_alike(before.model, release.model) else {}
    changed = {of.table for name, of in release.names.entities.items() if _differs(name, release, before, touched)}
    sound = release.cached(
        SOUND,
        lambda: frozenset(name for name, told in there.items() if told.tables and changed.isdisjoint(told.tables)),
    )
    for name in view_names(release):
        if name not in sound:
            _wanted(release, name)


def _reads_alike(before: Model, after: Model) -> bool:
    """Whether expressions say the same in both, where what they read is the same."""
    one, other = ((of.app.time_zone, of.app.currency, of.calendar) for of in (before, after))
    return one == other


def _differs(name: str, release: Release, before: Release | None, touched: Collection[str]) -> bool:
    names = before.names.entities.get(name) if before is not None else None
    return name in touched or names is None or names.columns != release.names.entities[name].columns


def _sound(release: Release) -> Collection[str]:
    """The views of the release before that are right in this one, as far as that has been found out."""
    return release.cached(SOUND, frozenset)


def _wanted(release: Release, name: str) -> View:
    """A view as it should be."""
    entity = release.model.entities[view_names(release)[name]]
    return release.cached(("view", name), lambda: view_of(release, entity))


def _make(connection: sa.Connection, name: str, view: View) -> bool:
    """Make a view; what a database cannot say, such as a query that is too deep for it, stands in no release's way."""
    savepoint = connection.begin_nested()
    try:
        _create(connection, name, view)
    except DBAPIError as error:
        savepoint.rollback()
        # A lock that is not to be had is busy as well.
        if is_busy(error) or is_full(error):
            raise
        log.warning("the view %s cannot be made: %s", name, error.orig)
        return False
    savepoint.commit()
    return True


def _create(connection: sa.Connection, name: str, view: View) -> None:
    quoted = connection.dialect.identifier_preparer.quote(name)
    # Nothing in it is a parameter, and a `%` is one to no driver that is told so.
    plain, told = connection.execution_options(no_parameters=True), (view.digest, *view.tables)
    plain.exec_driver_sql(f"CREATE VIEW {quoted} AS /* {MARK} {' '.join(told)} */ {view.query}")
    if connection.dialect.name == "postgresql":
        _say(connection, name, told)


def _say(connection: sa.Connection, name: str, told: Sequence[str]) -> None:
    quoted = connection.dialect.identifier_preparer.quote(name)
    connection.exec_driver_sql(f"COMMENT ON VIEW {quoted} IS '{MARK} {' '.join(told)}'")


def _drop(connection: sa.Connection, name: str) -> None:
    connection.exec_driver_sql(f"DROP VIEW IF EXISTS {connection.dialect.identifier_preparer.quote(name)}")


def _ours(connection: sa.Connection) -> dict[str, Told]:
    """The views that Kith has made."""
    if connection.dialect.name == "sqlite":
        asked = "SELECT name, sql FROM sqlite_master WHERE type = 'view'"
    else:
        asked = (
            "SELECT c.relname, obj_description(c.oid, 'pg_class') FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'v' AND n.nspname = current_schema()"
        )
    found = {}
    for name, told in connection.exec_driver_sql(asked):
        _, mark, rest = (told or "").partition(f"{MARK} ")
        if mark:
            digest, *tables = rest.partition(" */")[0].split()
            found[str(name)] = Told(digest, frozenset(tables))
    return found
