"""What a save refers to stays out of the recycle bin until the save is committed: on PostgreSQL by a lock that savers share.

Who deletes a record locks it for himself alone and then asks who refers to it. A save that refers to it and has not been
committed is not found by that; so it locks what it refers to, in the statement of its last writes, and looks once more
whether that is live. SQLite has one writer.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.runtime.database import Overtaken
from kith.runtime.driver import Row, Writing, asking
from kith.runtime.waiting import Write

if TYPE_CHECKING:
    from kith.runtime.write.session import Session
    from kith.runtime.write.shelf import Shelf


def keep_named(session: Session) -> None:
    """Lock, with the next writes, what the save refers to anew; raises Overtaken where some of that is no longer live.

    What it has locked anyway, or adds to in a statement that finds live records only, is left out. This is the last that a
    save locks: savers who share a record never want more of it than they have.
    """
    if session.release.tables.engine != "postgresql":
        return
    by_entity: dict[str, list[str]] = {}
    for entity, id_ in sorted(session.named - session.locked - session.touched):
        by_entity.setdefault(entity, []).append(id_)
    for entity, ids in by_entity.items():
        shelf = session.shelf(entity)
        session.out.add(Write(_keeping(session, shelf), [{"ids": ids}], partial(_all_live, len(ids))))


def _keeping(session: Session, shelf: Shelf) -> Writing:
    def make() -> Writing:
        live = sa.select(shelf.table.id).where(shelf.among(shelf.table.id), shelf.table.live)
        kept = live.order_by(shelf.table.id).with_for_update(read=True, key_share=True).subquery("kept")
        counted = sa.select(sa.func.count()).select_from(kept)
        return asking(session.raw, counted, f"kept {shelf.table.stable_name}")

    return shelf.kept("keep", make)


def _all_live(expected: int, row: Row | None) -> None:
    if row is None or row[0] != expected:
        raise Overtaken


def are_live(session: Session) -> None:
    """Raise Overtaken where what the save refers to and has locked was deleted by somebody else before that."""
    for entity, id_ in session.named & session.locked:
        record = session.records[entity].get(id_)
        if record is not None and record["deleted_at"] is not None and record["deletion"] != session.save:
            raise Overtaken
