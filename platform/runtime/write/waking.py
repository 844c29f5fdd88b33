"""Which rules a draft wakes, and what their blocks do before the write."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from kith.rules.actions import run
from kith.rules.effects import Refuse, SetField
from kith.runtime.write.change import Failure
from kith.runtime.write.explaining import message_of
from kith.runtime.write.fitting import fitting
from kith.runtime.write.flows import follow
from kith.runtime.write.plans import compiled

if TYPE_CHECKING:
    from kith.metadata.model import Rule, Trigger
    from kith.runtime.write.draft import Draft
    from kith.runtime.write.session import Session


def is_triggered(trigger: Trigger, draft: Draft) -> bool:
    """Whether what happens to a record is what a rule waits for."""
    if draft.op in trigger.events:
        return True
    if trigger.fields and draft.op in ("create", "update") and any(map(draft.differs, trigger.fields)):
        return True
    if draft.events and any(f"transition:{name}" in draft.events for name in trigger.transitions):
        return True
    if draft.events and any(f"action:{name}" in draft.events for name in trigger.actions):
        return True
    if not trigger.child:
        return False
    return f"child:{trigger.child}" in draft.events or has_changed_lines(draft, trigger.child)


def is_its_time(rule: Rule, draft: Draft) -> bool:
    """Whether time wakes a rule: nothing but its schedule does, and that wakes nothing else."""
    return rule.schedule is not None and f"schedule:{rule.path}" in draft.events


def has_changed_lines(draft: Draft, relation: str) -> bool:
    """Whether lines of a relation travel with the draft and change."""
    return any(line.is_dirty for line in draft.children.get(relation, ()))


def wakes(session: Session, rule: Rule, draft: Draft) -> bool:
    """Whether a draft wakes a rule: its trigger, then its condition.

    A `require` that reads a relation is woken by that relation's records as well, so that it always holds; one that is
    asked of an action or a transition alone is not, for there is nothing that it holds at other times.
    """
    if not is_watched(rule, draft) and not is_its_time(rule, draft) and not is_triggered(rule.trigger, draft):
        return False
    if rule.when is None or compiled(session.release, rule.when)(session.env(draft)):
        return True
    session.verdict(rule, draft, "when")
    return False


def is_watched(rule: Rule, draft: Draft) -> bool:
    """Whether records of a relation wake what a rule requires of this one."""
    if rule.require is None or not any(one.startswith("child:") for one in draft.events):
        return False
    trigger = rule.trigger
    of_moves = bool(trigger.actions or trigger.transitions)
    return not of_moves or bool(trigger.events or trigger.fields or trigger.child)


def perform(session: Session, rule: Rule, draft: Draft) -> None:
    """Run a block that comes before the write: it sets the record's own fields, or refuses."""
    if rule.do is None:
        return
    tell, reached = partial(message_of, session, rule), session.release.evaluator.reached
    effects = run(rule.do, session.env(draft), session.evaluate, tell, reached)
    session.fired(rule, draft)
    for effect in effects:
        match effect:
            case SetField(name, value):
                draft.after[name] = fitting(session, draft, name, value)
                if any(flow.field == name for flow in draft.plan.flows):
                    follow(session, draft)
            case Refuse(message, field):
                draft.fail(Failure("rule", message, field, rule.path, draft.at))
