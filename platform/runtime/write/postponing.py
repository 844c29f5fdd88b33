"""Sums that are kept `soon`: what a save moves them by is put down beside it, and no parent is locked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.rules.sql.values import to_database
from kith.runtime.driver import writing
from kith.runtime.ids import new_id
from kith.runtime.schema import system
from kith.runtime.waiting import Write

if TYPE_CHECKING:
    from kith.runtime.write.draft import Draft
    from kith.runtime.write.plans import Feed
    from kith.runtime.write.session import Session, Values

FEW = 10
"""Rows that are written one by one."""


def contribution(session: Session, feed: Feed, record: Values) -> Any:
    """What one record adds to a sum or count."""
    return feed.contribution(session.row_env(record)) if feed.contribution else 0


def moved(session: Session, feed: Feed, draft: Draft, old: str | None, new: str | None) -> Iterator[tuple[str, Any]]:
    """By what a record moves the sums of the parents that it leaves, joins or stays with."""
    before = contribution(session, feed, draft.before) if old is not None and draft.before is not None else 0
    after = contribution(session, feed, draft.after) if new is not None else 0
    if old is not None and old == new:
        if after != before:  # a sum that stays as it is wakes nobody
            yield old, after - before
        return
    if old is not None:
        yield old, -before
    if new is not None:
        yield new, after


def postpone(session: Session, feed: Feed, moves: Iterable[tuple[str, Any]]) -> None:
    """Collect what is to be added to sums, and let this save see them as they are going to be."""
    for parent, amount in moves:
        key = (feed.parent, feed.rollup.name, parent)
        session.postponed[key] = session.postponed.get(key, 0) + amount
        known = session.records.get(feed.parent, {}).get(parent)
        if known is not None:
            known[feed.rollup.name] = (known[feed.rollup.name] or 0) + amount


def put_off(session: Session) -> None:
    """Write down what is to be added later."""
    rows = []
    for (entity, name, record), amount in session.postponed.items():
        columns = session.shelf(entity).table.columns[name]
        given = to_database(amount, columns.field.type, session.release.tables.engine)
        row = {"id": new_id(), "entity": session.shelf(entity).table.stable_name, "field": columns.value.name}
        if amount:
            rows.append({**row, "record": record, "amount": given})
    session.postponed.clear()
    if rows:
        insert = session.release.cached(
            ("insert", system.delta.name), lambda: writing(session.raw, sa.insert(system.delta))
        )
        # Each by itself, a few go in one statement with what else is added on PostgreSQL.
        few = session.release.tables.engine == "postgresql" and len(rows) <= FEW
        for some in [[row] for row in rows] if few else [rows]:
            session.out.add(Write(insert, some))
