"""Rules that time wakes: which records a slot is about, and carrying it out for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.rules.sql import condition
from kith.runtime.layout import layout_of
from kith.runtime.read.prepared import Prepared, prepare, values_for
from kith.runtime.write.change import Cause
from kith.runtime.write.draft import Draft
from kith.runtime.write.plans import compiled
from kith.runtime.write.session import Session, Values
from kith.runtime.write.wakening import Wakening

if TYPE_CHECKING:
    from kith.metadata.model import Rule
    from kith.runtime.context import Context
    from kith.runtime.release import Release


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot of a rule: `at` is the time that it was due, which may be long before it is carried out."""

    connection: sa.Connection
    context: Context
    release: Release
    rule: Rule
    at: datetime
    cause: Cause

    @property
    def moment(self) -> Context:
        """When the records are chosen: a due date belongs to its own day, also when that is caught up with later."""
        return replace(self.context, now=self.at) if self.rule.due else self.context


def carry_out_slot(slot: Slot) -> dict[str, Any]:
    """Wake the rule for each record that it is about, in the caller's transaction; what came of it."""
    ids, waking = woken(slot)
    return {"matched": len(ids), **waking.told()}


def woken(slot: Slot) -> tuple[list[str], Wakening]:
    """The records that a slot is about, and what waking the rule for them has done.

    The records are those of the beginning: what the rule does to one makes no other one of them.
    """
    ids = matching(slot)

    def seeds(session: Session, some: Sequence[str]) -> Iterator[Draft]:
        return _seeds(slot, session, some)

    rules = (slot.rule,)
    waking = Wakening(slot.connection, slot.context, slot.release, slot.cause, slot.rule.of, rules, seeds)
    waking.wake(ids)
    return ids, waking


def matching(slot: Slot) -> list[str]:
    """The live records that the rule is about, found by the database."""
    rule, release = slot.rule, slot.release
    if rule.over is None:
        return []
    tree, table = rule.over.tree, release.tables[rule.of]

    def make() -> Prepared:
        layout = layout_of(release.model, release.tables, release.dialect, rule.of)
        wanted = sa.select(table.id).where(table.live, condition(tree, layout, release.dialect)).order_by(table.id)
        return prepare(slot.connection, wanted)

    prepared: Prepared = release.cached(("timed", rule.path), make)
    return [str(row[0]) for row in prepared.run(slot.connection, values_for(prepared, slot.moment, release, {}))]


def _seeds(slot: Slot, session: Session, ids: Sequence[str]) -> Iterator[Draft]:
    """The locked records that the rule is still about, unchanged, with the event that wakes it and nothing else."""
    rule, plan = slot.rule, session.plan(slot.rule.of)
    events = frozenset({f"schedule:{rule.path}"})
    for top, id_ in enumerate(ids):
        record = session.records[rule.of].get(id_)
        if record is not None and is_about(slot, session, record):
            yield Draft(plan, id_, "update", record, record.copy(), top, events=events)


def is_about(slot: Slot, session: Session, record: Values) -> bool:
    """Whether the rule is about a record, as the database has been asked before."""
    if record["deleted_at"] is not None or slot.rule.over is None:
        return False
    env = replace(session.env_of(record), now=slot.moment.now)
    return bool(compiled(slot.release, slot.rule.over)(env))
