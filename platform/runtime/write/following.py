"""Copies of values of referenced records follow a save of those by a job, which is put into the queue with the save."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kith.runtime.queue.adding import adding, job_row
from kith.runtime.waiting import Write
from kith.runtime.write.budgets import MAX_WAVES, OverBudget

if TYPE_CHECKING:
    from kith.runtime.write.draft import Draft
    from kith.runtime.write.session import Session

KIND = "copy"
"""The kind of the jobs that follow."""
Way = tuple[str, tuple[str, ...]]
"""An entity, and the references by which its records lead to those that were saved."""
MOST = 500
"""Records whose copies one job brings up to date."""


def have_followed(session: Session, drafts: Sequence[Draft]) -> None:
    """Put into the queue, with the save, what has to follow it; raises OverBudget where jobs set off each other without end."""
    wanted: dict[Way, tuple[dict[str, None], set[str]]] = {}
    for draft in drafts:
        for copied in draft.plan.copies if draft.before is not None else ():
            if any(draft.differs(name) for name in copied.reads):
                if session.cause.depth >= MAX_WAVES:
                    raise OverBudget("waves", MAX_WAVES, (*draft.chain, f"{copied.entity}.{copied.field}"))
                ids, fields = wanted.setdefault((copied.entity, copied.through), ({}, set()))
                ids[draft.id] = None
                fields.add(copied.field)
    rows = [row for way, (ids, fields) in wanted.items() for row in _jobs(session, way, sorted(ids), sorted(fields))]
    if rows:
        session.out.add(Write(adding(session.raw, session.release), rows))


def _jobs(session: Session, way: Way, ids: Sequence[str], fields: Sequence[str]) -> Iterator[dict[str, Any]]:
    entity, through = way
    for start in range(0, len(ids), MOST):
        payload = {
            "entity": entity,
            "fields": list(fields),
            "through": list(through),
            "ids": ids[start : start + MOST],
            "depth": session.cause.depth + 1,
        }
        yield job_row(KIND, payload, now=session.context.now, save=session.save)
