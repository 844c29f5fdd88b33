"""What a rule says of one record of a save, and how two versions of it differ."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from kith.metadata.analysis.order import watched
from kith.metadata.model import Rule, Trigger
from kith.rules.actions import TooManyEffects, run
from kith.rules.effects import (
    CreateRecord,
    DeleteRecord,
    Link,
    Refuse,
    Send,
    SetField,
    SetThrough,
    Skip,
    Stop,
    Unlink,
    UpdateRecord,
)
from kith.rules.values import DoesNotFit
from kith.runtime.explaining.past import NotKept
from kith.runtime.replaying.world import Living, View

Kind = Literal["newly_refused", "no_longer_refused", "other_values", "other_records"]
KINDS: tuple[Kind, ...] = ("newly_refused", "no_longer_refused", "other_values", "other_records")


@dataclass(frozen=True, slots=True)
class Moved:
    """What a save did to one record, or among its related records."""

    entity: str
    id: str
    op: str
    old: Living | None
    changed: Collection[str] = ()
    children: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says: asleep (not woken), when, held, refused or fired; and what it would do, told as texts."""

    verdict: str
    sets: tuple[str, ...] = ()
    does: tuple[str, ...] = ()


ASLEEP = Said("asleep")


@dataclass(frozen=True, slots=True)
class Difference:
    """A record of a save for which the candidate's rule says otherwise."""

    kind: Kind
    rule: str
    save: str
    entity: str
    record: str
    before: tuple[str, ...] = field(default=())
    after: tuple[str, ...] = field(default=())


def judge(view: View, rule: Rule, moved: Moved, found: Living | None = None) -> Said:
    """What a rule says of a record, or of it as the rule `found` it; raises NotKept where the history does not tell."""
    if not is_woken(view, rule, moved):
        return ASLEEP
    this = found if found is not None else view.record(moved.entity, moved.id)
    env = view.env(this, old=moved.old, is_new=moved.op == "create")
    try:
        if rule.when is not None and view.evaluate(rule.when.tree, env) is not True:
            return Said("when")
        if rule.require is not None:
            return Said("held" if view.evaluate(rule.require.tree, env) is True else "refused")
        effects = run(rule.do, env, view.evaluate) if rule.do is not None else ()
    except (DoesNotFit, TooManyEffects):
        return Said("refused")
    if any(isinstance(effect, Refuse) for effect in effects):
        return Said("refused")
    sets = tuple(told(effect) for effect in effects if isinstance(effect, (SetField, SetThrough)))
    does = tuple(told(effect) for effect in effects if not isinstance(effect, (SetField, SetThrough, Stop)))
    return Said("fired", sets, does)


def is_woken(view: View, rule: Rule, moved: Moved) -> bool:
    """Whether what happened to a record wakes a rule; raises NotKept where only its people know."""
    trigger = rule.trigger
    if rule.require is not None and moved.op == "delete" and "delete" not in trigger.events:
        return False
    if moved.op in trigger.events:
        return True
    if moved.op in ("create", "update") and not set(trigger.fields).isdisjoint(moved.changed):
        return True
    if trigger.child in moved.children and trigger.child:
        return True
    if rule.require is not None and not watched(rule).isdisjoint(moved.children):
        return True
    if trigger.actions:
        # That a named action was carried out stands in no history.
        raise NotKept("action")
    return bool(trigger.transitions) and has_moved_on(view, trigger, moved)


def has_moved_on(view: View, trigger: Trigger, moved: Moved) -> bool:
    """Whether a save took a record through one of the transitions."""
    if moved.old is None:
        return False
    record = view.record(moved.entity, moved.id)
    return any(
        name in trigger.transitions and moved.old[flow.field] in way.origins and record[flow.field] == way.to
        for flow in view.model.workflows_of(moved.entity)
        if flow.field in moved.changed
        for name, way in flow.transitions.items()
    )


def told(effect: object) -> str:
    """An effect as a text that tells it apart from others."""
    match effect:
        case SetField(name, value):
            return f"{name} = {shown(value)}"
        case SetThrough(entity=entity, id=id_, name=name, value=value):
            return f"{entity}/{id_}.{name} = {shown(value)}" if id_ is not None else f"{entity}.{name}: –"
        case CreateRecord(entity=entity, values=values):
            return f"+ {entity} {listed(values)}"
        case UpdateRecord(entity=entity, id=id_, values=values):
            return f"{entity}/{id_} {listed(values)}"
        case DeleteRecord(entity=entity, id=id_):
            return f"- {entity}/{id_}"
        case Link(entity=entity, id=id_, field=name, other=other):
            return f"{entity}/{id_}.{name} + {shown(other)}"
        case Unlink(entity=entity, id=id_, field=name, other=other):
            return f"{entity}/{id_}.{name} - {shown(other)}"
        case Send(kind=kind, payload=payload):
            return f"{kind} {listed(payload)}"
        case Skip(word=word):
            return f"{word}: –"
    return repr(effect)


def listed(values: Mapping[str, object]) -> str:
    """Values with their names."""
    return f"{{{', '.join(f'{name}: {shown(value)}' for name, value in values.items())}}}"


def shown(value: object) -> str:
    """A value as a text."""
    if value is None:
        return "null"
    if isinstance(value, (set, frozenset)):
        return f"[{', '.join(sorted(map(str, value)))}]"
    return str(value)


def differences(rule: str, save: str, moved: Moved, now: Said, then: Said) -> list[Difference]:
    """How what the candidate says differs from what the current rules say."""
    if now == then:
        return []
    about = (rule, save, moved.entity, moved.id)
    if (now.verdict == "refused") != (then.verdict == "refused"):
        kind: Kind = "newly_refused" if then.verdict == "refused" else "no_longer_refused"
        return [Difference(kind, *about)]
    found = []
    if now.sets != then.sets:
        found.append(Difference("other_values", *about, now.sets, then.sets))
    if now.does != then.does:
        found.append(Difference("other_records", *about, now.does, then.does))
    return found
