"""What waits to be added to sums that are kept `soon`, folded into them: every second, by whichever worker comes first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.runtime.schema import system
from kith.runtime.write.overdue import Records, waking
from kith.runtime.write.shelf import shelf_of

if TYPE_CHECKING:
    from kith.runtime.context import Context
    from kith.runtime.release import Release
    from kith.runtime.schema.tables import EntityTable

MOST = 5_000
"""Rows that are folded in one transaction."""
Sums = dict[str, dict[str, Any]]
"""What is added, by record and column."""
_DELTA = system.delta


def is_any_waiting(connection: sa.Connection) -> bool:
    """Whether there is anything to fold: one look that writes nothing."""
    return connection.execute(sa.select(_DELTA.c.id).limit(1)).first() is not None


def fold(connection: sa.Connection, context: Context, release: Release) -> int:
    """Add what waits to the sums that it waits for, and wake the rules that read them; how many rows those were.

    Columns are known by their own names, so that what was put down under another release finds its way.
    """
    oldest = sa.select(_DELTA.c.id).order_by(_DELTA.c.id).limit(MOST).with_for_update(skip_locked=True)
    gone = sa.delete(_DELTA).where(_DELTA.c.id.in_(oldest)).returning(*_DELTA.c)
    rows = connection.execute(gone).all()
    by_table: dict[str, Sums] = {}
    for row in rows:
        columns = by_table.setdefault(row.entity, {}).setdefault(row.record, {})
        columns[row.field] = columns.get(row.field, 0) + row.amount
    for table in sorted((table for table in release.tables.entities.values()), key=lambda one: one.stable_name):
        if table.stable_name in by_table:
            _fold_into(connection, context, release, table, by_table[table.stable_name])
    return len(rows)


def _fold_into(connection: sa.Connection, context: Context, release: Release, table: EntityTable, sums: Sums) -> None:
    """Fold into the records of an entity, in the order of their ids, so that writers do not deadlock."""
    known = {columns.value.name: name for name, columns in table.columns.items() if columns.parts.keys() == {""}}
    names = frozenset(known[column] for added in sums.values() for column in added if column in known)
    woken = waking(connection, context, release, table.entity.name, {}, names)
    before = _before(connection, release, table, sums) if woken.rules else {}
    for record in sorted(sums):
        values = {table.table.c[column]: amount for column, amount in sums[record].items() if column in known}
        if values:
            moved = {column: sa.func.coalesce(column, 0) + amount for column, amount in values.items()}
            moved[table.table.c.computed] = table.table.c.computed + 1
            connection.execute(sa.update(table.table).where(table.id == record).values(moved))
    if woken.rules:
        waking(connection, context, release, table.entity.name, before, names).wake(sorted(before))


def _before(connection: sa.Connection, release: Release, table: EntityTable, sums: Sums) -> Records:
    """The live records as they were before: without what waits."""
    shelf = shelf_of(release, table.entity.name)
    columns = [table.columns[name].value for name in shelf.soon]
    stored = sa.select(table.id, *columns).where(table.id.in_(sorted(sums)))
    old = {str(row[0]): row[1:] for row in connection.execute(stored)}
    slots = {slot.key: slot for slot in shelf.slots}
    found: dict[str, Mapping[str, Any]] = {}
    for record in shelf.select(connection, sums, lock=True):
        if record["deleted_at"] is None:
            values = zip(shelf.soon, old[record["id"]], strict=True)
            found[record["id"]] = record | {name: _read(slots[name].read, value) for name, value in values}
    return found


def _read(read: Any, value: Any) -> Any:
    return value if value is None or read is None else read(value)
