"""Who changed what since an author read a record: asked only when versions differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.runtime.schema import system
from kith.runtime.schema.pairing import went_on

if TYPE_CHECKING:
    from kith.runtime.write.session import Session

_SINCE = sa.select(system.history.c["values"], system.history.c.version).where(
    system.history.c.entity == sa.bindparam("entity"),
    system.history.c.record == sa.bindparam("record"),
    system.history.c.version > sa.bindparam("version"),
)


def changed_since(session: Session, entity: str, id_: str, version: int) -> frozenset[str] | None:
    """The input fields changed after a version; None where the history cannot tell, so that any may be."""
    asked = {"entity": session.shelf(entity).table.stable_name, "record": id_, "version": version}
    rows = session.connection.execute(_SINCE, asked).all()
    if not rows or any(values is None for values, _ in rows):
        return None
    known = session.release.names.entities[entity]
    names = went_on(known) | {column: name for name, column in known.columns.items()}
    return frozenset(names.get(column, column) for values, _ in rows for column in values)
