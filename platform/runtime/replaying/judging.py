"""What a rule says of one record of a save, and how two versions of it differ."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from kith.metadata.analysis.order import watched
from kith.metadata.model import Rule, Trigger
from kith.rules.actions import TooManyEffects, run
from kith.rules.effects import Refuse
from kith.rules.values import DoesNotFit, Env
from kith.runtime.replaying.effects import KINDS, Kind, in_short, kind_of
from kith.runtime.replaying.world import Living, View


@dataclass(frozen=True, slots=True)
class Moved:
    """What a save did to one record, or among its related records; under the names of one model."""

    entity: str
    id: str
    op: str
    old: Living | None
    changed: Collection[str] = ()
    children: Collection[str] = ()
    actions: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """The named actions that were carried out, with what came along."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says: asleep (not woken), when, held, refused or fired; and what it would do, told as texts."""

    verdict: str
    does: tuple[tuple[Kind, str], ...] = ()

    def of(self, kind: Kind) -> list[str]:
        """What it would do of a kind."""
        return [text for one, text in self.does if one == kind]


ASLEEP = Said("asleep")


def env_of(view: View, rule: Rule, moved: Moved, found: Living | None = None) -> Env:
    """What the expressions of a rule are given of a record, or of it as the rule `found` it; raises NotKept."""
    this = found if found is not None else view.record(moved.entity, moved.id)
    let: dict[str, object] = {
        name: None for action in view.model.entities[moved.entity].actions.values() for name in action.inputs
    }
    for name in rule.trigger.actions:
        let |= moved.actions.get(name, {})
    return view.env(this, old=moved.old, is_new=moved.op == "create", let=let)


def judge(view: View, rule: Rule, moved: Moved, found: Living | None = None) -> Said:
    """What a rule says of a record, or of it as the rule `found` it; raises NotKept where the history does not tell."""
    if not is_woken(view, rule, moved):
        return ASLEEP
    env = env_of(view, rule, moved, found)
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
    kinds = ((kind_of(effect), effect) for effect in effects)
    does = tuple((kind, in_short(view.naming, moved.entity, effect)) for kind, effect in kinds if kind is not None)
    return Said("fired", does)


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
    if not moved.actions.keys().isdisjoint(trigger.actions):
        return True
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


def differing(now: Said, then: Said) -> list[Kind]:
    """In which ways what the candidate says differs from what the current rules say."""
    if now == then:
        return []
    if (now.verdict == "refused") != (then.verdict == "refused"):
        return ["newly_refused" if then.verdict == "refused" else "no_longer_refused"]
    return [kind for kind in KINDS if now.of(kind) != then.of(kind)]
