"""Computed values worked out anew for records that are there already: after a change of the metadata, or as time passes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.runtime.context import SYSTEM, Context
from kith.runtime.search import index_records
from kith.runtime.write.change import Cause
from kith.runtime.write.computing import take
from kith.runtime.write.converting import convert_first
from kith.runtime.write.draft import Draft
from kith.runtime.write.lookups import look_up
from kith.runtime.write.numbering import number_field
from kith.runtime.write.recounting import recount, recounted
from kith.runtime.write.session import Session

if TYPE_CHECKING:
    from kith.runtime.release import Release


def renew(
    connection: sa.Connection,
    context: Context,
    release: Release,
    entity: str,
    fields: Sequence[str],
    ids: Sequence[str],
) -> None:
    """Compute fields of some records anew, with the formulas that follow them, and their search rows.

    Only computed values change, so there is no history and no new version.
    """
    session = Session(connection, context.as_(SYSTEM), release, Cause("system", detail="renew"), tops=max(1, len(ids)))
    plan = session.plan(entity)
    rollups = [name for name in plan.rollups if name in fields]
    counted = recounted(connection, release, entity, rollups)
    if counted and ids:
        recount(connection, release, entity, counted, ids)
    session.load_many(entity, ids, lock=True)
    found = look_up(session, entity, ids, [name for name in rollups if name not in counted])
    drafts = []
    for id_ in ids:
        record = session.records[entity].get(id_)
        if record is not None:
            draft = Draft(plan, id_, "update", record, record.copy(), 0)
            draft.after.update(found.get(id_, {}))
            session.place(draft)
            drafts.append(draft)
    fill(session, drafts, fields)
    for draft in drafts:
        convert_first(draft)
        for step in plan.steps:
            if step.field is not None:
                take(session, draft, step)
        draft.after["computed"] = (draft.after["computed"] or 0) + 1
    session.shelf(entity).changing(connection, [draft.after for draft in drafts]).run(connection)
    index_records(connection, release, [(entity, draft.after) for draft in drafts])


def fill(session: Session, drafts: Sequence[Draft], fields: Sequence[str]) -> None:
    """Give numbers and defaults that are expressions to records that have none yet."""
    if not drafts:
        return
    plan = drafts[0].plan
    for name in fields:
        declared = plan.entity.fields[name]
        empty = [draft for draft in drafts if draft.after.get(name) is None]
        if declared.type_name == "autonumber":
            number_field(session, declared, empty)
        elif name in plan.defaults:
            for draft in empty:
                draft.after[name] = plan.defaults[name](session.env(draft))
        elif declared.storage == "fresh":
            for draft in drafts:
                draft.after[f"{name}__until"] = session.midnight
