"""What the blocks of after-rules want done becomes touches, new records and jobs of the next wave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from kith.rules.actions import MAX_EFFECTS, TooManyEffects, run
from kith.rules.effects import (
    CreateRecord,
    DeleteRecord,
    Effect,
    Fresh,
    Link,
    Refuse,
    Send,
    SetField,
    SetThrough,
    Unlink,
    UpdateRecord,
)
from kith.runtime import queue
from kith.runtime.waiting import Write
from kith.runtime.write.budgets import OverBudget
from kith.runtime.write.change import Change, Failure
from kith.runtime.write.draft import Draft
from kith.runtime.write.explaining import message_of
from kith.runtime.write.fitting import fitting
from kith.runtime.write.holding import hold_ahead, is_outdated
from kith.runtime.write.preparing import fill_defaults, new_draft
from kith.runtime.write.reaching import ahead
from kith.runtime.write.touching import Ask, Touches, touch
from kith.runtime.write.waking import is_triggered

if TYPE_CHECKING:
    from kith.metadata.model import Rule
    from kith.rules.program import Program, Use
    from kith.runtime.write.session import Session

HELD_BACK = frozenset({"email", "notify"})
"""What rules send that a quiet save does not."""


def always(record: Any) -> bool:
    """A record that is given values whatever it has become."""
    return True


def fetch_ahead(session: Session, drafts: Sequence[Draft]) -> None:
    """Have the relations at hand that blocks will read, those of all records of an entity together."""
    wanted: dict[str, list[Draft]] = {}
    for draft in drafts:
        if draft.plan.after:
            wanted.setdefault(draft.entity, []).append(draft)
    for mine in wanted.values():
        for rule in mine[0].plan.after if len(mine) > 1 else ():
            triggered = [draft for draft in mine if is_triggered(rule.trigger, draft)]
            hold_ahead(session, rule, triggered)
            fetch_for(session, rule, triggered)


def fetch_for(session: Session, rule: Rule, drafts: Sequence[Draft]) -> None:
    """The relations that one rule reads."""
    for way in dict.fromkeys(way_of(use) for use in uses_of(rule) if use.root == "this" and use.relation):
        ahead(session, [draft.after for draft in drafts], rule.of, way)


def uses_of(rule: Rule) -> list[Use]:
    """What the condition and the block of a rule read."""
    return [use for part in (rule.when, rule.do) if part is not None for use in part.uses]


def way_of(use: Use) -> tuple[str, ...]:
    """The way from a record to a relation that is read."""
    return (*(step.name for step in use.through), use.relation)


def run_after_rules(session: Session, draft: Draft, touches: Touches) -> list[Draft]:
    """Run the blocks that this record wakes; their effects are collected, not carried out."""
    created: list[Draft] = []
    if not draft.plan.after or session.cause.returns:
        return created
    with session.rule_time.counted():
        for rule in draft.plan.after:
            created += run_rule(session, draft, rule, touches)
    return created


def run_rule(session: Session, draft: Draft, rule: Rule, touches: Touches) -> list[Draft]:
    """Run the block of one rule, if the record wakes it."""
    session.rule_time.running = rule.path
    if not session.wakes(rule, draft):
        return []
    return take_effects(session, draft, rule, touches)


def take_effects(session: Session, draft: Draft, rule: Rule, touches: Touches) -> list[Draft]:
    """The effects of one block on one record as touches, new drafts and jobs."""
    if rule.do is None:
        return []
    taking = Taking(session, draft, rule, touches)
    effects = effects_of(session, draft, rule, rule.do)
    while is_outdated(session, effects):
        if not session.wakes(rule, draft):
            return []
        effects = effects_of(session, draft, rule, rule.do)
    session.fired(rule, draft)
    for effect in effects:
        taking.take(effect)
    return list(taking.made.values())


def effects_of(session: Session, draft: Draft, rule: Rule, block: Program) -> Sequence[Effect]:
    """What a block wants done; raises OverBudget."""
    tell, reached = partial(message_of, session, rule), session.release.evaluator.reached
    try:
        return run(block, session.env(draft), session.evaluate, tell, reached)
    except TooManyEffects as error:
        raise OverBudget("effects", MAX_EFFECTS, (*draft.chain, rule.path)) from error


@dataclass(slots=True)
class Taking:
    """The effects of one block on their way into the next wave."""

    session: Session
    draft: Draft
    rule: Rule
    touches: Touches
    made: dict[Fresh, Draft] = field(default_factory=dict)

    def take(self, effect: Effect) -> None:
        """One effect; what a null link leaves out leaves nothing behind."""
        match effect:
            case Refuse(message, field_name):
                self.refuse(message, field_name)
            case SetField(name, value):
                self.ask(self.draft.entity, self.draft.id, setting({name: self.real(value)}))
            case SetThrough(entity=entity, id=id_, name=name, value=value) if id_ is not None:
                self.ask(entity, id_, setting({name: self.real(value)}))
            case CreateRecord():
                self.create(effect)
            case UpdateRecord(entity=entity, id=id_, values=values, still=still):
                given = {name: self.real(value) for name, value in values.items()}
                self.ask(entity, id_, setting(given, still or always))
            case DeleteRecord(entity=entity, id=id_, still=still):
                touch(self.touches, entity, str(id_), self.draft, self.rule.path).deletions.append(still or always)
            case Link(entity=entity, id=id_, field=name, other=other):
                self.ask(entity, id_, joining(name, self.real(other)))
            case Unlink(entity=entity, id=id_, field=name, other=other):
                self.ask(entity, id_, parting(name, self.real(other)))
            case Send(kind=kind, payload=payload):
                self.send(kind, payload)
            case _:
                pass

    def real(self, value: Any) -> Any:
        """A value in which new records have their ids."""
        if isinstance(value, Mapping):
            return {name: self.real(part) for name, part in value.items()}
        if isinstance(value, (tuple, list)):
            return [self.real(part) for part in value]
        return self.made[value].id if isinstance(value, Fresh) else value

    def ask(self, entity: str, id_: object, ask: Ask) -> None:
        """Want something done to a record; to a new one it is done at once."""
        if isinstance(id_, Fresh):
            ask(self.session, self.made[id_])
        else:
            touch(self.touches, entity, str(id_), self.draft, self.rule.path).asks.append(ask)

    def refuse(self, message: str, field_name: str) -> None:
        """The save is refused."""
        self.draft.fail(Failure("rule", message, field_name, self.rule.path, self.draft.at))

    def create(self, effect: CreateRecord) -> None:
        """The draft of a record that the block creates."""
        session, draft = self.session, self.draft
        values = {name: self.real(value) for name, value in effect.values.items()}
        declared = session.release.model.entities[effect.entity]
        made = new_draft(session, Change("create", effect.entity), declared, draft.top, "")
        made.after.update({name: fitting(session, made, name, value) for name, value in values.items()})
        made.given = frozenset(values)
        made.chain = (*draft.chain, self.rule.path)
        session.place(made)
        fill_defaults(session, made)
        self.made[effect.fresh] = made

    def send(self, kind: str, payload: Mapping[str, object]) -> None:
        """A job for whoever sends such things, of the same transaction."""
        session, draft = self.session, self.draft
        if session.cause.quiet and kind in HELD_BACK:
            return
        whole = {"entity": draft.entity, "record": draft.id, "rule": self.rule.path, **self.real(payload)}
        session.jobs.append(queue.job_row(kind, whole, now=session.context.now, save=session.save))


def setting(values: Mapping[str, Any], still: Callable[[Any], bool] = always) -> Ask:
    """Give fields values, where the record as it was is still what the block is about."""

    def ask(session: Session, draft: Draft) -> None:
        if still(draft.before or draft.after):
            for name, value in values.items():
                draft.after[name] = fitting(session, draft, name, value)

    return ask


def joining(name: str, member: Any) -> Ask:
    """Put a member into a field of several."""

    def ask(session: Session, draft: Draft) -> None:
        draft.after[name] = (draft.after[name] or frozenset()) | {member}

    return ask


def parting(name: str, member: Any) -> Ask:
    """Take a member out of a field of several."""

    def ask(session: Session, draft: Draft) -> None:
        draft.after[name] = (draft.after[name] or frozenset()) - {member}

    return ask


def send_jobs(session: Session) -> None:
    """Write the jobs that the blocks of a wave want done."""
    if session.jobs:
        session.out.add(Write(queue.adding(session.raw, session.release), session.jobs))
        session.jobs = []
