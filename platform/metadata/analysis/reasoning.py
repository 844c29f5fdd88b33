"""When rules run and refuse, as far as what they say tells it: never, only together with another, or perhaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from kith.metadata.analysis.order import watched
from kith.metadata.model import Entity, Field, Model, Rule, Trigger, Workflow
from kith.rules.proving.assuming import Proof
from kith.rules.proving.states import State
from kith.rules.rewriting import with_parts
from kith.rules.tree import Aggregate, Call, Changed, Constant, IsNew, Node, Path, Step, walk
from kith.rules.types import BOOL

MOST_FORMULAS = 3
"""Formulas of formulas that are put in the place of their fields."""


@dataclass
class Reasoning:
    """Thoughts about the rules of one entity; what is found out of a rule is kept."""

    model: Model
    entity: Entity
    proof: Proof = field(default_factory=Proof)
    starts: dict[str, list[State]] = field(default_factory=dict)

    def starting(self, rule: Rule) -> list[State]:
        """The cases in which a rule is asked at all, by what it waits for."""
        found = self.starts.get(rule.path)
        if found is None:
            found = [State()]
            told = () if self._wakes_with_others(rule) else awaited(rule, self.entity, self.model.workflows_of(rule.of))
            for node in told:
                found = self.proof.assume(node, True, found)
            self.starts[rule.path] = found
        return found

    def _wakes_with_others(self, rule: Rule) -> bool:
        """Whether a change of related records may ask a `require`, whatever it waits for itself."""
        rules = self.model.rules.get(rule.of, ())
        return rule.require is not None and any(map(watched, rules))

    def running(self, rule: Rule) -> list[State]:
        """The cases in which it runs; none where it never does."""
        found = self.starting(rule)
        return found if rule.when is None else self.proof.assume(self.whole(rule.when.tree), True, found)

    def refusing(self, rule: Rule) -> list[State]:
        """The cases in which a `require` refuses."""
        found = self.running(rule)
        return self.proof.assume(self.whole(rule.require.tree), False, found) if rule.require is not None else found

    def refuses_in_all(self, rule: Rule, states: Iterable[State]) -> bool:
        """Whether a `require` refuses in all these cases."""
        kept = list(states)
        if rule.when is not None and self.proof.assume(self.whole(rule.when.tree), False, kept):
            return False
        return rule.require is not None and not self.proof.assume(self.whole(rule.require.tree), True, kept)

    def whole(self, node: Node, deep: int = MOST_FORMULAS) -> Node:
        """A condition with the formulas of the record in the place of the fields that have them."""
        if isinstance(node, Path) and len(node.steps) == 1 and node.root in ("this", "old") and deep:
            formula = self._formula(node)
            return node if formula is None else self.whole(formula, deep - 1)
        if isinstance(node, Path | Constant | Changed):
            return node
        return with_parts(node, lambda part: self.whole(part, deep))

    def _formula(self, node: Path) -> Node | None:
        one = self.entity.fields.get(node.steps[0].name) if node.steps[0].entity == self.entity.name else None
        if one is None or one.value is None or node.steps[0].part or not _is_plain(one):
            return None
        return one.value.tree if node.root == "this" else _before(one.value.tree)


def _is_plain(one: Field) -> bool:
    """Whether a formula says of its own record alone what it is, at any time."""
    value = one.value
    if value is None or value.volatile or one.type.kind not in ("bool", "choice"):
        return False
    return not any(isinstance(node, Aggregate) or _goes_away(node) for node in walk(value.tree))


def _goes_away(node: Node) -> bool:
    return isinstance(node, Path) and (node.root != "this" or len(node.steps) != 1)


def _before(node: Node) -> Node:
    """The same of the record before the save, of which nothing is required."""
    if isinstance(node, Path):
        return replace(node, root="old", type=node.type.or_null())
    changed = with_parts(node, _before)
    return replace(changed, type=changed.type.or_null()) if changed.type.kind != "bool" else changed


def awaited(rule: Rule, entity: Entity, flows: Sequence[Workflow]) -> Iterator[Node]:
    """What is so whenever a rule is asked."""
    trigger = rule.trigger
    if rule.schedule is not None:
        if rule.over is not None:
            yield rule.over.tree
        return
    others = trigger.fields or trigger.child or trigger.transitions or trigger.actions
    if set(trigger.events) == {"create"} and not others:
        yield IsNew(BOOL, 0, 0)
    elif "create" not in trigger.events and not (trigger.fields or trigger.child or trigger.transitions):
        yield Call(BOOL, 0, 0, "not", (IsNew(BOOL, 0, 0),))
    if trigger.events or trigger.child or trigger.actions:
        return
    fields = [entity.fields[name] for name in trigger.fields if name in entity.fields]
    changes = [_changed(one) for one in fields if not one.currency_field]
    moves = [_moved(entity, flow, name) for name in trigger.transitions for flow in flows if name in flow.transitions]
    parts = [*changes, *(move for move in moves if move is not None)]
    if len(parts) == len(trigger.fields) + len(trigger.transitions) and parts:
        yield parts[0] if len(parts) == 1 else Call(BOOL, 0, 0, "or", tuple(parts))


def _changed(one: Field) -> Node:
    return Changed(BOOL, 0, 0, one.name, None, None, one.entity, one.type)


def _moved(entity: Entity, flow: Workflow, name: str) -> Node | None:
    """The state in which a transition has ended."""
    one, move = entity.fields.get(flow.field), flow.transitions[name]
    if one is None or move.to not in one.options or one.type.kind != "choice":
        return None
    path = Path(one.type, 0, 0, "this", (Step(entity.name, one.name, one.type),))
    return Call(BOOL, 0, 0, "eq", (path, Constant(one.type.or_null(False), 0, 0, move.to)))


def can_meet(one: Rule, other: Rule) -> bool:
    """Whether one save can wake both rules."""
    if one.schedule is not None or other.schedule is not None or not one.trigger.meets(other.trigger):
        return False
    mine, theirs = one.trigger, other.trigger
    only = [not (t.events or t.fields or t.child) for t in (mine, theirs)]
    if not all(only):
        return True
    # A save carries out one action; several fields may move on, but each by one transition.
    return not {*mine.actions}.isdisjoint(theirs.actions) or not {*mine.transitions}.isdisjoint(theirs.transitions)


def covers(one: Rule, other: Rule) -> bool:
    """Whether whatever wakes the other rule wakes this one."""
    if one.schedule is not None or other.schedule is not None:
        return False
    mine, theirs = one.trigger, other.trigger
    if not watched(other) <= watched(one):
        return False
    if {"create", "update"} <= {*mine.events}:
        return {*theirs.events} <= {*mine.events}
    return _parts(theirs) <= _parts(mine)


def _parts(trigger: Trigger) -> frozenset[tuple[str, str]]:
    named = (
        ("events", trigger.events),
        ("fields", trigger.fields),
        ("transitions", trigger.transitions),
        ("actions", trigger.actions),
        ("child", (trigger.child,) if trigger.child else ()),
    )
    return frozenset((kind, name) for kind, names in named for name in names)


def read_by(rule: Rule) -> frozenset[tuple[str, str, str]]:
    """What the conditions of a rule read."""
    expressions = [one for one in (rule.when, rule.require) if one is not None]
    return frozenset((use.root, use.entity, use.field) for one in expressions for use in one.uses)
