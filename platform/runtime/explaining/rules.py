"""Why a rule does nothing: for any rule and record, now or at a given save, what is false."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from kith.metadata.model import Entity, Rule, Trigger
from kith.rules.explaining import reasons
from kith.rules.program import Expression
from kith.rules.reference import holds
from kith.rules.tree import Changed, IsNew, Path, walk
from kith.runtime.context import Context
from kith.runtime.explaining.asking import Asking
from kith.runtime.explaining.saves import explain_save
from kith.runtime.explaining.timed import timing_told
from kith.runtime.release import Release
from kith.runtime.write.authorising import may_see
from kith.runtime.write.change import Cause
from kith.runtime.write.explaining import reader_of
from kith.runtime.write.session import Session


@dataclass(frozen=True, slots=True)
class WhyNot:
    """A rule and a record: when the rule is asked, and what its condition and requirement say; a line each.

    `holds` says whether it would refuse nothing and do something, by the record as it is; None where a given save is told.
    """

    rule: str
    label: str
    lines: tuple[str, ...]
    holds: bool | None = None


def explain_rule(
    connection: sa.Connection, context: Context, release: Release, entity: str, id_: str, rule: str, save: str = ""
) -> WhyNot | None:
    """Explain a rule for a record; None where there is no such rule or record for the asker."""
    declared = release.model.entities[entity]
    found = next((one for one in release.model.rules.get(entity, ()) if rule in (one.path, one.name)), None)
    if found is None:
        return None
    label = found.label.in_(context.language)
    if save:
        return _at_save(connection, context, release, declared, id_, found, save)
    session = Session(connection, context, release, Cause("form", dry_run=True))
    record = session.load(entity, id_)
    if record is None or not may_see(session, entity, record):
        return None
    asking = Asking(connection, context, release, release)
    env = session.env_of(record, old=record)
    lines = asked_on(asking, declared, found)
    lines += timing_told(asking, session, found, env)
    if _is_about_saving(found):
        lines.append(asking.say("nothing_changes"))
    good = found.over is None or holds(found.over.tree, env)
    for slot, kind in ((found.when, "when"), (found.require, "require")):
        if slot is not None:
            verdict = holds(slot.tree, env)
            good = good and verdict
            lines.append(asking.say(f"now.{kind}_{str(verdict).lower()}"))
            lines += reasons(reader_of(session, env, slot.excerpt.text), slot.tree)
    if found.when is None and found.require is None and found.over is None:
        lines.append(asking.say("now.no_condition"))
    return WhyNot(found.path, label, tuple(lines), good)


def _at_save(
    connection: sa.Connection, context: Context, release: Release, entity: Entity, id_: str, rule: Rule, save: str
) -> WhyNot | None:
    explained = explain_save(connection, context, release, entity.name, id_, save)
    if explained is None:
        return None
    asking = Asking(connection, context, release, release)
    told = [one for one in explained.rules if one.rule == rule.path and one.record == id_]
    lines = [line for one in told for line in (one.sentence, *one.why, *one.did)]
    if not told:
        lines = [asking.say("did_not_ask"), *asked_on(asking, entity, rule), asking.say("not_woken")]
    return WhyNot(rule.path, rule.label.in_(context.language), tuple(lines))


def asked_on(asking: Asking, entity: Entity, rule: Rule) -> list[str]:
    """When a rule is asked, as a sentence; a rule that time wakes is not asked by saves."""
    if rule.schedule is not None:
        return [asking.say("timed.only")]
    return [asking.say("asked_on", events=asking.say("comma").join(events(asking, entity, rule.trigger)))]


def events(asking: Asking, entity: Entity, trigger: Trigger) -> Iterator[str]:
    """What wakes a rule, in words."""
    yield from (asking.say(f"event.{one}") for one in trigger.events)
    yield from (asking.say("event.field", name=asking.name_of(entity.name, one)) for one in trigger.fields)
    if trigger.child:
        inverse = entity.inverses.get(trigger.child)
        name = asking.name_of(inverse.entity, "") if inverse is not None else trigger.child
        yield asking.say("event.child", name=name)
    yield from (asking.say("event.transition", name=one) for one in trigger.transitions)
    yield from (asking.say("event.action", name=one) for one in trigger.actions)


def _is_about_saving(rule: Rule) -> bool:
    slots: tuple[Expression | None, ...] = (rule.when, rule.require)
    nodes = (node for slot in slots if slot is not None for node in walk(slot.tree))
    return any(isinstance(node, (Changed, IsNew)) or (isinstance(node, Path) and node.root == "old") for node in nodes)
