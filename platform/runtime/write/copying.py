"""Copies of values of referenced records brought up to date, a batch at a time: what the job does that follows a save."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.runtime.write.barring import wait_for_readers
from kith.runtime.write.change import Cause
from kith.runtime.write.draft import Draft
from kith.runtime.write.preparing import preload
from kith.runtime.write.reaching import stored_number
from kith.runtime.write.wakening import Wakening, added

if TYPE_CHECKING:
    from kith.metadata.model import Field
    from kith.runtime.context import Context
    from kith.runtime.release import Release
    from kith.runtime.write.session import Session

STEP = 250
"""Records that are looked at in one transaction."""


def follow(
    connection: sa.Connection,
    context: Context,
    release: Release,
    payload: Mapping[str, Any],
    cause: Cause,
    so_far: Mapping[str, Any],
) -> tuple[dict[str, Any], bool]:
    """Bring the next copies of a job up to date: what has come of it so far, and whether there may be more.

    Each batch reads what is copied anew, so that of two changes in a row the last one stays.
    """
    entity = release.model.entities.get(payload["entity"])
    named = [entity.fields[name] for name in payload["fields"] if name in entity.fields] if entity else []
    copies = [declared for declared in named if declared.is_copy]
    if entity is None or not copies:
        return {"gone": True}, False
    if not so_far:
        wait_for_readers(connection, payload["ids"])
        return {"looked_at": 0, "fired": 0, "refused": 0, "refusals": [], "after": ""}, True
    ids = _next(connection, release, entity.name, payload, so_far["after"])
    if not ids:
        return dict(so_far), False
    cause = replace(cause, depth=int(payload["depth"]))
    waking = Wakening(connection, context, release, cause, entity.name, (), partial(_seeds, copies), saves=True)
    waking.wake(ids)
    return {**added(so_far, {"looked_at": len(ids), **waking.told()}), "after": ids[-1]}, len(ids) == STEP


def _next(
    connection: sa.Connection, release: Release, entity: str, payload: Mapping[str, Any], after: str
) -> list[str]:
    """The next live records that lead to what was saved, in the order of their ids."""
    table = release.tables[entity]
    leading = reaching(release, entity, payload["through"], payload["ids"])
    wanted = sa.select(table.id).where(table.live, leading)
    if after:
        wanted = wanted.where(table.id > after)
    return [str(id_) for id_ in connection.scalars(wanted.order_by(table.id).limit(STEP))]


def _seeds(copies: Sequence[Field], session: Session, ids: Sequence[str]) -> Iterator[Draft]:
    """The records of which a copy is behind, as edits that change nothing by themselves: copies are worked out with all else."""
    entity = copies[0].entity
    chain = (f"{entity}.{copies[0].name}",)
    known = session.records[entity]
    records = {top: known[id_] for top, id_ in enumerate(ids) if id_ in known}
    drafts = [
        Draft(session.plan(entity), record["id"], "update", record, record.copy(), top, chain=chain)
        for top, record in records.items()
        if record["deleted_at"] is None
    ]
    # Only now that the records are locked: what they copy must not be older than that.
    preload(session, drafts)
    for draft in drafts:
        if any(_is_behind(session, draft, declared) for declared in copies):
            session.place(draft)
            yield draft


def _is_behind(session: Session, draft: Draft, declared: Field) -> bool:
    """Whether a copy is another than what it is a copy of."""
    found: Any = draft.plan.formulas[declared.name](session.env(draft))
    if declared.type.is_number and found is not None:
        found = stored_number(found, declared.type)
    return bool((None if found == "" else found) != draft.after[declared.name])


def reaching(release: Release, entity: str, through: Sequence[str], ids: Sequence[str]) -> sa.ColumnElement[bool]:
    """Which records of an entity lead to one of these through references."""
    column = release.tables[entity].columns[through[0]].value
    if len(through) == 1:
        return column == ids[0] if len(ids) == 1 else column.in_(ids)
    target = release.model.entities[entity].fields[through[0]].to
    inner = reaching(release, target, through[1:], ids)
    return column.in_(sa.select(release.tables[target].id).where(inner))
