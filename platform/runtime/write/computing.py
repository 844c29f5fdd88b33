"""Before the write: owned roll-ups, formulas and before-rules, children first, each in the order of what it reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from kith.rules.values import no_records
from kith.runtime.write.draft import Draft
from kith.runtime.write.plans import Step

if TYPE_CHECKING:
    from kith.runtime.write.session import Session


def compute(session: Session, draft: Draft) -> None:
    """Bring every computed field of a draft and its children up to date, and run its before-rules."""
    for drafts in draft.children.values():
        for child in drafts:
            compute(session, child)
    if draft.op == "delete":
        return
    owned_rollups(session, draft)
    for step in draft.plan.steps:
        take(session, draft, step)


def owned_rollups(session: Session, draft: Draft) -> None:
    """Roll-ups over owned children that travel with this save, from the children as they will be.

    A new record's roll-ups are those over nothing; roll-ups over records that are saved apart follow in their own waves.
    """
    env = session.env(draft)
    alone = replace(env, related=no_records)
    for name, rollup in draft.plan.rollups.items():
        travels = not rollup.relations.isdisjoint(draft.children)
        if draft.before is None or travels:
            draft.after[name] = session.fitting(draft, name, rollup.value(env if travels else alone))
            if rollup.field.storage == "fresh":
                draft.after[f"{name}__until"] = next_midnight(session)


def take(session: Session, draft: Draft, step: Step) -> None:
    """Take one step: a formula, or a rule that sets the record's own fields."""
    if step.formula is not None:
        value = step.formula(session.env(draft))
        draft.after[step.name] = session.fitting(draft, step.name, value)
        if draft.plan.entity.fields[step.name].storage == "fresh":
            draft.after[f"{step.name}__until"] = next_midnight(session)
    elif step.rule is not None and session.wakes(step.rule, draft):
        session.fired(step.rule, draft)
        session.perform(step.rule, draft)


def next_midnight(session: Session) -> datetime:
    """The instant at which today becomes tomorrow in the workspace."""
    zone = session.zone
    tomorrow = session.context.now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=zone).astimezone(UTC)
