"""Before the write: owned roll-ups, formulas and before-rules, children first, each in the order of what it reads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kith.rules.evaluators import Function
from kith.rules.operations.texts import MAX_TEXT
from kith.rules.values import DoesNotFit, Env, no_records
from kith.runtime.write.converting import refresh, settle
from kith.runtime.write.draft import Draft
from kith.runtime.write.fitting import fitting
from kith.runtime.write.flows import follow
from kith.runtime.write.messages import failure
from kith.runtime.write.plans import RollUp

if TYPE_CHECKING:
    from kith.metadata.analysis.steps import Step
    from kith.runtime.write.session import Session


def compute(session: Session, draft: Draft) -> None:
    """Bring every computed field of a draft and its children up to date, and run its before-rules."""
    session.rule_time.running = session.rule_time.running or draft.entity
    session.rule_time.look()
    for drafts in draft.children.values():
        for child in drafts:
            compute(session, child)
    if draft.op == "delete":
        return
    refresh(draft)
    follow(session, draft)
    owned_rollups(session, draft)
    for step in draft.plan.steps:
        take(session, draft, step)
    settle(session, draft)


def owned_rollups(session: Session, draft: Draft) -> None:
    """Roll-ups over owned children that travel with this save, from the children as they will be.

    A new record's roll-ups are those over nothing; roll-ups over records that are saved apart follow in their own waves.
    """
    if draft.before is not None and not draft.children:
        return
    env = session.env(draft)
    for name, rollup in draft.plan.rollups.items():
        session.rule_time.running = f"{draft.entity}.{name}"
        travels = not rollup.relations.isdisjoint(draft.children)
        if travels:
            draft.after[name] = worked_out(session, draft, name, rollup.value, env)
        elif draft.before is None:
            draft.after[name] = over_nothing(session, draft, name, rollup, env)
        else:
            continue
        if rollup.field.storage == "fresh":
            draft.after[f"{name}__until"] = session.midnight


def over_nothing(session: Session, draft: Draft, name: str, rollup: RollUp, env: Env) -> object:
    """A roll-up of a record that has no records yet."""

    def value() -> object:
        return worked_out(session, draft, name, rollup.value, replace(env, related=no_records))

    return session.release.cached(("over nothing", draft.entity, name), value) if rollup.alone else value()


def take(session: Session, draft: Draft, step: Step) -> None:
    """Take one step: a formula, or a rule that sets the record's own fields."""
    session.rule_time.running = step.name
    if step.field is not None:
        formula = draft.plan.formulas[step.name]
        draft.after[step.name] = worked_out(session, draft, step.name, formula, session.env(draft))
        if step.field.storage == "fresh":
            draft.after[f"{step.name}__until"] = session.midnight
        if step.field.is_copy and (draft.changed(step.name) or draft.after.get(f"{step.name}__as_of") is None):
            draft.after[f"{step.name}__as_of"] = session.context.now
    elif step.rule is not None and not session.cause.returns and session.wakes(step.rule, draft):
        session.perform(step.rule, draft)
    refresh(draft)


def worked_out(session: Session, draft: Draft, name: str, function: Function, env: Env) -> object:
    """A computed value as its field stores it; one that is too large is a failure of the draft."""
    try:
        return fitting(session, draft, name, function(env))
    except DoesNotFit as error:
        code, label = (
            "too_long_text" if error.type.kind == "text" else "does_not_fit",
            draft.plan.entity.fields[name].label,
        )
        draft.fail(failure(session, code, draft, name, label=label, limit=MAX_TEXT // 1024))
        return None
