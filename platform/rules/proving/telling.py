"""The parts of an expression that are always or never true where they stand, each told once, at the smallest such part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from kith.rules.program import Action, Amend, Assign, Bind, Branch, Halt, Joining, Loop, Make, Remove
from kith.rules.proving.assuming import Proof, can_be
from kith.rules.proving.states import State
from kith.rules.rewriting import own_nodes, statements
from kith.rules.tree import Aggregate, Call, Constant, Node, children, walk

MOST_NODES = 400
"""Nodes of an expression that is thought about: nobody reads what is longer."""
ASKING = frozenset({"is_set", "is_not_set"})
"""To ask once more whether something is set is harmless, and often the way to please the checker."""
CHANGING = (Assign, Bind, Amend, Remove, Make, Joining)
"""Statements after which the record, or what is related to it, may be another."""
FORMS = frozenset({"and", "or", "not", "if", "coalesce"})


@dataclass(frozen=True, slots=True)
class Told:
    """A part that is always true or never; `beside` is the part before it that makes it so, where one alone does."""

    node: Node
    truth: bool
    beside: Node | None = None


@dataclass(frozen=True)
class Place:
    """Where a part stands: what was supposed before it, and the cases that leaves."""

    states: Sequence[State] = (State(),)
    before: tuple[tuple[Node, bool], ...] = ()


def is_short(trees: Iterable[Node]) -> bool:
    """Whether trees are together short enough to be thought about."""
    return sum(1 for _ in islice((node for tree in trees for node in walk(tree)), MOST_NODES + 1)) <= MOST_NODES


@dataclass(frozen=True)
class Telling:
    """One walk through an expression."""

    proof: Proof = field(default_factory=Proof)

    def all(self, tree: Node) -> list[Told]:
        """Everything that is to be told of an expression."""
        return list(self.parts(tree, Place())) if is_short([tree]) else []

    def block(self, actions: Sequence[Action], place: Place | None = None) -> Iterator[Told]:
        """Everything that is to be told of the statements of a block, each where those before it have left the record."""
        here = place or Place()
        for action in actions:
            if isinstance(action, Branch):
                yield from self.parts(action.condition, here)
                yield from self.block(action.then, self.supposing(here, action.condition, True))
                yield from self.block(action.otherwise, self.supposing(here, action.condition, False))
                here = self._behind(action, here)
            else:
                for node in own_nodes(action):
                    yield from self.parts(node, here)
            if isinstance(action, Loop):
                yield from self.block(action.body)
            if any(isinstance(one, CHANGING) for one in statements([action])):
                # What was known of the record may no longer hold.
                here = Place()

    def _behind(self, action: Branch, place: Place) -> Place:
        """Behind an `if` of which one side stops, the other one's condition holds."""
        for branch, truth in ((action.then, False), (action.otherwise, True)):
            if branch and isinstance(branch[-1], Halt):
                return self.supposing(place, action.condition, truth)
        return place

    def parts(self, node: Node, place: Place) -> Iterator[Told]:
        """What is to be told of a part and of the parts in it."""
        if isinstance(node, Call) and node.op in ("and", "or") and node.type.kind == "bool":
            yield from self._chain(node, place)
        elif isinstance(node, Call) and node.op == "if":
            test, then, otherwise = node.args
            yield from self.parts(test, place)
            yield from self.parts(then, self.supposing(place, test, True))
            yield from self.parts(otherwise, self.supposing(place, test, False))
        elif isinstance(node, Call) and node.op in FORMS:
            for arg in node.args:
                yield from self.parts(arg, place)
        elif isinstance(node, Aggregate):
            yield from self._related(node, place)
        else:
            yield from self._leaf(node, place)

    def _chain(self, node: Call, place: Place) -> Iterator[Told]:
        """Each part where those before it are true (`and`) or false (`or`); behind one that ends it nothing more is told."""
        goes_on = node.op == "and"
        for arg in node.args:
            found = list(self.parts(arg, place))
            after = self.supposing(place, arg, goes_on)
            yield from found
            if not after.states:
                if place.states and not found:
                    yield Told(arg, not goes_on, self._beside(arg, goes_on, place))
                return
            place = after

    def _related(self, node: Aggregate, place: Place) -> Iterator[Told]:
        if node.where is not None:
            yield from self.parts(node.where, place)
            place = self.supposing(place, node.where, True)
        for part in (node.value, node.test, *(order.value for order in node.by)):
            if part is not None:
                yield from self.parts(part, place)

    def _leaf(self, node: Node, place: Place) -> Iterator[Told]:
        for part in children(node):
            yield from self.parts(part, place)
        if node.type.kind != "bool" or not place.states or isinstance(node, Constant):
            return
        asks = isinstance(node, Call) and node.op in ASKING
        if not self.proof.assume(node, True, place.states):
            yield Told(node, False, self._beside(node, True, place))
        elif not asks and not self.proof.assume(node, False, place.states):
            yield Told(node, True, self._beside(node, False, place))

    def supposing(self, place: Place, node: Node, truth: bool) -> Place:
        """The place behind a part that is true, or is not."""
        return Place(self.proof.assume(node, truth, place.states), (*place.before, (node, truth)))

    def _beside(self, node: Node, truth: bool, place: Place) -> Node | None:
        """The part before it that alone keeps this one from being so."""
        if not can_be(self.proof, [(node, truth)]):
            return None
        before = [(one, was) for one, was in place.before if not can_be(self.proof, [(one, was), (node, truth)])]
        return before[-1][0] if before else None
