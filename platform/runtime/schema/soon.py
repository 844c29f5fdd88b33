"""Sums that are kept `soon`: the column, and what waits to be added to it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from kith.runtime.schema import system
from kith.runtime.schema.tables import Column


def whole(source: Any, table: str, column: Column) -> sa.ColumnElement[Any]:
    """A sum as it is: what its column holds, and what waits for the row of `source`, which is of that table."""
    delta = system.delta.alias()
    waiting = (
        sa.select(sa.func.sum(delta.c.amount))
        .where(delta.c.entity == sa.literal(table), delta.c.field == sa.literal(column.name))
        .where(delta.c.record == source.c.id)
        .correlate(source)
        .scalar_subquery()
    )
    stored = source.c[column.name]
    return sa.func.coalesce(stored, 0) + sa.cast(sa.func.coalesce(waiting, 0), column.type)
