"""Where a field's values stand, and the condition that there is none."""

from __future__ import annotations

import sqlalchemy as sa

from kith.runtime.schema.tables import Column, EntityTable


def empties(table: EntityTable, name: str) -> sa.ColumnElement[bool]:
    """The condition that a record has no value in a field."""
    if name in table.links:
        link = table.links[name]
        return ~sa.exists().where(link.record == table.id)
    return sa.and_(*(column.is_(None) for column in table.columns[name].parts.values()))


def choice_column(table: EntityTable, name: str) -> Column:
    """Where a choice's or a set's options stand."""
    return table.links[name].value if name in table.links else table.columns[name].value
