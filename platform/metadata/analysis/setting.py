"""Which own fields the block of a rule sets, to what, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kith.metadata.analysis.reasoning import Reasoning
from kith.metadata.model import Rule
from kith.rules.program import Action, Assign, Branch, Halt
from kith.rules.rewriting import statements, with_parts
from kith.rules.tree import Call, Changed, Node, Path, walk

Condition = tuple[Node, bool]


@dataclass(frozen=True, slots=True)
class Setting:
    """`set field = value`, and what is known to hold where it is taken."""

    rule: Rule
    field: str
    value: Node
    conditions: tuple[Condition, ...]

    @property
    def fills(self) -> bool:
        """Whether it only gives a value to a field that has none: what another rule says goes first, or over it."""
        return any(_asks_whether_empty(node, truth, self.field) for node, truth in self.conditions)

    @property
    def adds(self) -> bool:
        """Whether the new value is made of the old one, so that two such rules do not undo each other."""
        return any(
            isinstance(node, Path) and node.root == "this" and [step.name for step in node.steps] == [self.field]
            for node in walk(self.value)
        )

    def differs(self, other: Setting, thought: Reasoning) -> bool:
        """Whether the two may set different values, and neither gives way."""
        if self.fills or other.fills or self.adds or other.adds:
            return False
        return thought.proof.terms.key(self.value) != thought.proof.terms.key(other.value)

    def can_meet(self, other: Setting, thought: Reasoning) -> bool:
        """Whether both may be taken in one save, in which the other one's rule comes later.

        Rules after the write are all asked of the record as it was written; what one before the write sets, later ones see.
        """
        later = [(thought.whole(node), truth) for node, truth in other.conditions]
        kept = [*((thought.whole(node), truth) for node, truth in self.conditions), *_seen_after(self.rule, later)]
        states = thought.starting(self.rule)
        for start in thought.starting(other.rule):
            met = [state for state in (one.meeting(start) for one in states) if state is not None]
            for node, truth in kept:
                met = thought.proof.assume(node, truth, met)
            if met:
                return True
        return False


def settings_of(thought: Reasoning, rule: Rule) -> tuple[Setting, ...]:
    """Every `set` of an own field in a block; one within a `for` stands under what is known around it."""
    when: tuple[Condition, ...] = ((rule.when.tree, True),) if rule.when is not None else ()
    return tuple(_taken(rule, rule.do.actions if rule.do is not None else (), when))


def _taken(rule: Rule, actions: Iterable[Action], known: tuple[Condition, ...]) -> Iterator[Setting]:
    changed: set[str] = set()
    for action in actions:
        if isinstance(action, Assign) and len(action.target) == 1 and action.root == "this":
            yield Setting(rule, action.target[0].name, action.value, known)
            changed.add(action.target[0].name)
        elif isinstance(action, Branch):
            # What is asked of a variable, or of what the block itself has set, says nothing of the record as it was.
            asked = () if _has_let(action.condition) or changed & _reads(action.condition) else (action.condition,)
            yield from _taken(rule, action.then, (*known, *((node, True) for node in asked)))
            yield from _taken(rule, action.otherwise, (*known, *((node, False) for node in asked)))
            if _stops(action.then):
                known = (*known, *((node, False) for node in asked))
            elif _stops(action.otherwise):
                known = (*known, *((node, True) for node in asked))
            changed |= {one.target[0].name for one in statements([action]) if isinstance(one, Assign)}


def _seen_after(rule: Rule, conditions: Iterable[Condition]) -> Iterator[Condition]:
    """What is left of conditions that are asked once a rule has set fields: those it sets for certain have their new values."""
    if rule.do is None or not rule.before:
        yield from conditions
        return
    changed = set(rule.do.sets)
    given = {
        name: value for name, value in _certain(rule.do.actions) if not changed & _reads(value) and not _has_let(value)
    }
    for node, truth in (part for one in conditions for part in _parts(*one)):
        seen = _exchanged(node, given)
        if not changed & _reads(seen):
            yield seen, truth


def _certain(actions: Sequence[Action]) -> Iterator[tuple[str, Node]]:
    """The own fields that a block sets whenever it runs, with what it sets them to at last."""
    once = [
        action for action in actions if isinstance(action, Assign) and len(action.target) == 1 and action.root == "this"
    ]
    if any(isinstance(action, Halt) for action in statements(actions)):
        return
    within = {
        one.target[0].name
        for action in actions
        if action not in once
        for one in statements([action])
        if isinstance(one, Assign)
    }
    yield from ((one.target[0].name, one.value) for one in once if one.target[0].name not in within)


def _parts(node: Node, truth: bool) -> Iterator[Condition]:
    """What holds all together where a condition is true, or is not."""
    if isinstance(node, Call) and node.op == ("and" if truth else "or"):
        for part in node.args:
            yield from _parts(part, truth)
    elif isinstance(node, Call) and node.op == "not":
        yield from _parts(node.args[0], not truth)
    else:
        yield node, truth


def _exchanged(node: Node, given: Mapping[str, Node]) -> Node:
    """A condition in which fields have the values that were set."""
    if isinstance(node, Path):
        own = node.root == "this" and len(node.steps) == 1 and not node.steps[0].part
        return given.get(node.steps[0].name, node) if own else node
    return with_parts(node, lambda part: _exchanged(part, given))


def _stops(actions: Sequence[Action]) -> bool:
    return bool(actions) and isinstance(actions[-1], Halt)


def _has_let(node: Node) -> bool:
    """Whether a condition reads a variable, which means another thing in another block."""
    return any(isinstance(part, Path) and part.root == "let" for part in walk(node))


def _reads(node: Node) -> set[str]:
    """The own fields that a condition asks for, or whose change."""
    paths = {part.steps[0].name for part in walk(node) if isinstance(part, Path) and part.root == "this" and part.steps}
    return paths | {part.field for part in walk(node) if isinstance(part, Changed)}


def _asks_whether_empty(node: Node, truth: bool, field: str) -> bool:
    """Whether a condition says, perhaps among others, that a field is empty."""
    if isinstance(node, Call) and node.op == ("and" if truth else "or"):
        return any(_asks_whether_empty(part, truth, field) for part in node.args)
    if isinstance(node, Call) and node.op == "not":
        return _asks_whether_empty(node.args[0], not truth, field)
    asks = isinstance(node, Call) and node.op == ("is_not_set" if truth else "is_set")
    of = node.args[0] if asks and isinstance(node, Call) else None
    return isinstance(of, Path) and of.root == "this" and [step.name for step in of.steps] == [field]
