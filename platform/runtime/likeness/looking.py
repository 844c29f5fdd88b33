"""Which records look like a form as it stands, like a record that is there, or like a few values that somebody asks by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.runtime.context import Context
from kith.runtime.ids import new_id
from kith.runtime.likeness.apart import kept_apart, pair_of
from kith.runtime.search import likenesses_of
from kith.runtime.write.change import Alike, Cause, Change
from kith.runtime.write.likeness import MOST_TOLD, Asked, alike_of, asked_of, is_visible, pairs
from kith.runtime.write.preparing import Missing, draft_of, fill_defaults, preload
from kith.runtime.write.session import Session

if TYPE_CHECKING:
    from kith.runtime.release import Release


def like_typed(connection: sa.Connection, context: Context, release: Release, change: Change) -> list[Alike]:
    """The records that the reader may see and that look like what a form would save."""
    session = Session(connection, context, release, Cause("form", dry_run=True))
    try:
        draft = draft_of(session, change, release.model.entities[change.entity], 0)
    except Missing:
        return []
    preload(session, [draft])
    fill_defaults(session, draft)
    return _found(session, asked_of(session, draft), hidden=False)


def like_record(connection: sa.Connection, context: Context, release: Release, entity: str, id_: str) -> list[Alike]:
    """The records that the reader may see and that look like a record of which he may read all that is compared."""
    rules = [one for one in likenesses_of(release, entity) if one.rule.action != "ask"]
    if not rules:
        return []
    session = Session(connection, context, release, Cause("form", dry_run=True))
    record = session.load(entity, id_)
    if record is None or record["deleted_at"] is not None:
        return []
    keys = {one: one.keys(record) for one in rules if is_visible(session, one, record)}
    keys = {one: found for one, found in keys.items() if found}
    found = _found(session, Asked(id_, record, keys) if keys else None, hidden=False)
    known = kept_apart(connection, release, entity, [pair_of(id_, one.id) for one in found])
    return [one for one in found if pair_of(id_, one.id) not in known]


def check(
    connection: sa.Connection, context: Context, release: Release, entity: str, values: Mapping[str, object]
) -> tuple[list[Alike], list[str]]:
    """The records that agree with some values, by every rule of which all fields are given; and what cannot be read of these.

    A record that the reader may not see is told as (hidden), with what the rule tells of it.
    """
    session = Session(connection, context, release, Cause("form", dry_run=True))
    draft = draft_of(session, Change("create", entity, new_id(), values), release.model.entities[entity], 0)
    keys = {
        one: one.keys(draft.after) for one in likenesses_of(release, entity) if draft.unread.isdisjoint(one.rule.match)
    }
    keys = {one: found for one, found in keys.items() if found}
    unread = [one.message for one in draft.failures if one.field in draft.unread]
    return _found(session, Asked(draft.id, draft.after, keys) if keys else None, hidden=True), unread


def _found(session: Session, asked: Asked | None, *, hidden: bool) -> list[Alike]:
    """What was found, each record once."""
    if asked is None:
        return []
    entity = asked.record.entity
    found: dict[str, Alike] = {}
    for _, likeness, other in pairs(session, entity, [asked]):
        if other["id"] not in found and (hidden or is_visible(session, likeness, other)):
            found[other["id"]] = alike_of(session, asked.record, likeness, other)
    return sorted(found.values(), key=lambda one: (not one.id, one.title, one.id))[:MOST_TOLD]
