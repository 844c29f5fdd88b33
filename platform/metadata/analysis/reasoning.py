"""When rules run and refuse, as far as what they say tells it: never, only together with another, or perhaps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

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
    """Thoughts about the rules of one entity; what is found out is kept."""

    model: Model
    entity: Entity
    proof: Proof = field(default_factory=Proof)
    cases: dict[tuple[str, str], list[State]] = field(default_factory=dict)
    wholes: dict[int, tuple[Node, Node]] = field(default_factory=dict)
    """By the identity of a node, which is kept, lest another take it."""

    def starting(self, rule: Rule) -> list[State]:
        """The cases in which a rule is asked at all, by what it waits for."""
        return self._kept("starting", rule, lambda: self._supposing([State()], self._told_by_trigger(rule)))

    def _told_by_trigger(self, rule: Rule) -> Iterator[tuple[Node, bool]]:
        # A change of related records may ask a `require`, whatever it waits for itself.
        if rule.require is None or not any(self.watched.values()):
            yield from ((node, True) for node in awaited(rule, self.entity, self.model.workflows_of(rule.of)))

    @cached_property
    def watched(self) -> dict[str, frozenset[str]]:
        """By rule of the entity, the relations whose records wake it."""
        return {rule.path: watched(rule) for rule in self.model.rules.get(self.entity.name, ())}

    @cached_property
    def read(self) -> dict[str, frozenset[tuple[str, str, str]]]:
        """By rule of the entity, what its conditions read."""
        return {rule.path: read_by(rule) for rule in self.model.rules.get(self.entity.name, ())}

    @cached_property
    def moving(self) -> frozenset[str]:
        """The fields that may change in a save though nobody writes them: computed ones, and those that rules set."""
        computed = {one.name for one in self.entity.fields.values() if one.is_computed}
        blocks = (rule.do for rule in self.model.rules.get(self.entity.name, ()) if rule.before)
        return frozenset(computed.union(*(block.sets for block in blocks if block is not None)))

    def covers(self, one: Rule, other: Rule) -> bool:
        """Whether whatever wakes the other rule wakes this one."""
        return self.watched[other.path] <= self.watched[one.path] and covers(one.trigger, other.trigger)

    def running(self, rule: Rule) -> list[State]:
        """The cases in which it runs; none where it never does."""
        when = [] if rule.when is None else [(self.whole(rule.when.tree), True)]
        return self._kept("running", rule, lambda: self._supposing(self.starting(rule), when))

    def refusing(self, rule: Rule) -> list[State]:
        """The cases in which a `require` refuses."""
        holds = [] if rule.require is None else [(self.whole(rule.require.tree), False)]
        return self._kept("refusing", rule, lambda: self._supposing(self.running(rule), holds))

    def refuses_in_all(self, rule: Rule, states: Sequence[State]) -> bool:
        """Whether a `require` refuses in all these cases."""
        if rule.when is not None and self.proof.assume(self.whole(rule.when.tree), False, states):
            return False
        return rule.require is not None and not self.proof.assume(self.whole(rule.require.tree), True, states)

    def _supposing(self, states: list[State], conditions: Iterable[tuple[Node, bool]]) -> list[State]:
        for node, truth in conditions:
            states = self.proof.assume(node, truth, states)
        return states

    def _kept(self, what: str, rule: Rule, find: Callable[[], list[State]]) -> list[State]:
        found = self.cases.get((what, rule.path))
        if found is None:
            found = self.cases[what, rule.path] = find()
        return found

    def whole(self, node: Node) -> Node:
        """A condition with the formulas of the record in the place of the fields that have them."""
        if not self.formulas:
            return node
        found = self.wholes.get(id(node))
        if found is None:
            found = self.wholes[id(node)] = (node, self._whole(node, MOST_FORMULAS))
        return found[1]

    def _whole(self, node: Node, deep: int) -> Node:
        if isinstance(node, Path) and len(node.steps) == 1 and node.root in ("this", "old") and deep:
            formula = self._formula(node)
            return node if formula is None else self._whole(formula, deep - 1)
        if isinstance(node, Path | Constant | Changed):
            return node
        return with_parts(node, lambda part: self._whole(part, deep))

    def _formula(self, node: Path) -> Node | None:
        step = node.steps[0]
        tree = self.formulas.get(step.name) if step.entity == self.entity.name and not step.part else None
        return _before(tree) if tree is not None and node.root == "old" else tree

    @cached_property
    def formulas(self) -> dict[str, Node]:
        """The trees of the formulas that may stand in the place of their fields."""
        found = ((one.name, one.value) for one in self.entity.fields.values() if _is_plain(one))
        return {name: value.tree for name, value in found if value is not None}


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


def can_meet(one: Rule, other: Rule, moving: frozenset[str]) -> bool:
    """Whether one save can wake both rules; `moving` are the fields that may change though nobody writes them."""
    if one.schedule is not None or other.schedule is not None or not one.trigger.meets(other.trigger):
        return False
    mine, theirs = one.trigger, other.trigger
    if _waits_for_moves(mine) and _waits_for_moves(theirs):
        # A save carries out one action; several fields may move on, but each by one transition.
        return not {*mine.actions}.isdisjoint(theirs.actions) or not {*mine.transitions}.isdisjoint(theirs.transitions)
    return not any(_is_apart(*pair, moving) for pair in ((mine, theirs), (theirs, mine)))


def _waits_for_moves(trigger: Trigger) -> bool:
    return not (trigger.events or trigger.fields or trigger.child)


def _is_apart(mine: Trigger, theirs: Trigger, moving: frozenset[str]) -> bool:
    """Whether one waits for an action, which writes no field by itself, and the other for fields that no rule sets."""
    if not _waits_for_moves(mine) or mine.transitions:
        return False
    return not (theirs.events or theirs.transitions or theirs.actions) and moving.isdisjoint(theirs.fields)


def covers(mine: Trigger, theirs: Trigger) -> bool:
    """Whether whatever sets off one trigger sets off the other."""
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
