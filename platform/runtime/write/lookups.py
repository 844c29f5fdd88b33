"""Roll-ups that do not move by deltas, looked up again for the records of a wave in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.rules.sql.values import from_database, to_database
from kith.rules.types import DATE, DATETIME
from kith.runtime.layout import layout_of

if TYPE_CHECKING:
    from kith.runtime.write.session import Session


def look_up(session: Session, entity: str, ids: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The values of roll-ups by record and field, from the database as the save has left it so far."""
    if not names or not ids:
        return {}
    release, key = session.release, ("look-up", entity, tuple(names))
    statement, takes = release.cached(key, lambda: _statement(session, entity, names))
    now, day = session.context.now, session.context.now.astimezone(session.zone).date()
    engine = release.tables.engine
    clock = {"now": to_database(now, DATETIME, engine), "today": to_database(day, DATE, engine)}
    parameters = {"ids": list(ids), **{name: value for name, value in clock.items() if name in takes}}
    rows = session.connection.execute(statement, parameters)
    return {str(row[0]): _values(session, entity, names, row[1:]) for row in rows}


def _statement(session: Session, entity: str, names: Sequence[str]) -> tuple[sa.Select[Any], frozenset[str]]:
    release = session.release
    layout = layout_of(release.model, release.tables, release.dialect, entity)
    fields = release.model.entities[entity].fields
    table = release.tables[entity]
    columns = [layout.computed(layout.this, fields[name]).label(f"r{index}") for index, name in enumerate(names)]
    statement = sa.select(table.id, *columns).where(table.id.in_(sa.bindparam("ids", expanding=True)))
    return statement, frozenset(statement.compile().params)


def _values(session: Session, entity: str, names: Sequence[str], found: Sequence[Any]) -> dict[str, Any]:
    fields = session.release.model.entities[entity].fields
    engine = session.release.tables.engine
    values: dict[str, Any] = {}
    for name, value in zip(names, found, strict=True):
        tree = fields[name].value
        values[name] = from_database(value, tree.type if tree else fields[name].type, engine)
        if fields[name].storage == "fresh":
            values[f"{name}__until"] = session.midnight
    return values
