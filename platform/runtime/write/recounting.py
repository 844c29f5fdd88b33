"""Sums counted anew that something may wait to be added to: what waits is in the count, so it goes in the same statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.metadata.analysis.sums import sum_of
from kith.runtime.layout import layout_of
from kith.runtime.schema import system

if TYPE_CHECKING:
    from kith.runtime.release import Release

_DELTA = system.delta


def recounted(connection: sa.Connection, release: Release, entity: str, names: Sequence[str]) -> list[str]:
    """Which of some fields are counted by `recount`: sums that are kept `soon`, or were until now."""
    table, fields = release.tables[entity], release.model.entities[entity].fields
    added = [name for name in names if sum_of(fields[name]) is not None and fields[name].storage in ("stored", "soon")]
    if not added:
        return []
    waiting = set(connection.scalars(sa.select(_DELTA.c.field).distinct().where(_DELTA.c.entity == table.stable_name)))
    return [name for name in added if fields[name].storage == "soon" or table.columns[name].value.name in waiting]


def recount(connection: sa.Connection, release: Release, entity: str, names: Sequence[str], ids: Sequence[str]) -> None:
    """Count sums of some records anew."""
    table, fields = release.tables[entity], release.model.entities[entity].fields
    layout = layout_of(release.model, release.tables, release.dialect, entity)
    columns = {name: table.columns[name].value for name in names}
    gone = sa.delete(_DELTA).where(
        _DELTA.c.entity == table.stable_name,
        _DELTA.c.field.in_([column.name for column in columns.values()]),
        _DELTA.c.record.in_(ids),
    )
    counted = {column: layout.computed(layout.this, fields[name]) for name, column in columns.items()}
    update = sa.update(table.table).where(table.id.in_(ids)).values(counted)
    if connection.dialect.name == "postgresql":
        connection.execute(update.add_cte(gone.cte("gone")))
    else:
        connection.execute(gone)
        connection.execute(update)
