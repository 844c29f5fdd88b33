"""What is known once a condition is supposed to hold, or not to: all the cases in which that can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from kith.rules.operations import OPERATIONS
from kith.rules.proving import comparing
from kith.rules.proving.domains import Domain
from kith.rules.proving.states import State, set_, unset
from kith.rules.proving.terms import Terms
from kith.rules.tree import Call, Changed, Constant, IsNew, Node, Path, Step
from kith.rules.types import BOOL

MOST_STEPS = 4_000
"""Steps that one expression is worth: some hundredths of a second; conditions within conditions double them at each turn."""
MOST_CASES = 24
"""Cases that are kept apart; of more it is only kept what they have in common."""


@dataclass
class Patience:
    """How many more steps of thought may be taken; without any left, everything is held to be possible."""

    left: int = MOST_STEPS

    def lasts(self) -> bool:
        """Take one step; whether there was one left."""
        self.left -= 1
        return self.left >= 0


@dataclass(frozen=True)
class Proof:
    """One line of thought over conditions of one record at one moment."""

    terms: Terms = field(default_factory=Terms)
    patience: Patience = field(default_factory=Patience)

    def assume(self, node: Node, truth: bool, states: Iterable[State]) -> list[State]:
        """The cases in which a condition is true or, without `truth`, false or null; none where it cannot be."""
        return self._few([found for state in states for found in self._cases(node, truth, state)])

    def _few(self, states: list[State]) -> list[State]:
        return states if len(states) <= MOST_CASES else [State.common(states)]

    def _cases(self, node: Node, truth: bool, state: State) -> Iterator[State]:
        if not self.patience.lasts():
            yield state
            return
        match node:
            case Constant():
                yield from [state] if (node.value is True) == truth else []
            case Changed():
                yield from self._changed(node, truth, state)
            case Call(op=op) if op in OPENED:
                yield from OPENED[op](self, node, truth, state)
            case _:
                yield from self._told(node, truth, state)

    def _not(self, node: Call, truth: bool, state: State) -> Iterator[State]:
        yield from self._cases(node.args[0], not truth, state)

    def _if(self, node: Call, truth: bool, state: State) -> Iterator[State]:
        for given, value in self._branches(node, state):
            yield from self.assume(value, truth, [given])

    def _set(self, node: Call, truth: bool, state: State) -> Iterator[State]:
        wanted = set_ if (node.op == "is_set") == truth else unset
        yield from wanted(self.terms, node.args[0], state)

    def _member(self, node: Call, truth: bool, state: State) -> Iterator[State]:
        yield from comparing.member(self.terms, node, truth == (node.op == "in"), state)

    def _chain(self, node: Call, truth: bool, state: State) -> Iterator[State]:
        """`and` is true where all parts are, and false where one is after others that are true; `or` the other way round."""
        together = (node.op == "and") == truth
        states = [state]
        for arg in node.args:
            if not together:
                yield from self.assume(arg, truth, states)
            states = self.assume(arg, truth if together else not truth, states)
            if not states:
                return
        if together:
            yield from states

    def _first_set(self, node: Call, truth: bool, state: State) -> Iterator[State]:
        for given, value in self._ways(node, state):
            yield from self.assume(value, truth, [given])

    def _ways(self, node: Call, state: State) -> Iterator[tuple[State, Node]]:
        """The first of several values that is set, each with the cases in which it is that."""
        states = [state]
        for arg in node.args[:-1]:
            yield from ((found, arg) for one in states for found in set_(self.terms, arg, one))
            states = [found for one in states for found in unset(self.terms, arg, one)]
        yield from ((one, node.args[-1]) for one in states)

    def _comparison(self, node: Call, truth: bool, state: State) -> Iterator[State]:
        """A comparison of a value that is one of several is one of each, as far as rounding does not change them."""
        for place, arg in enumerate(node.args):
            if isinstance(arg, Call) and arg.op in ("coalesce", "if") and _exact(arg):
                for given, value in self._ways(arg, state) if arg.op == "coalesce" else self._branches(arg, state):
                    args = tuple(value if index == place else other for index, other in enumerate(node.args))
                    yield from self.assume(replace(node, args=args), truth, [given])
                return
        yield from comparing.compare(self.terms, node, truth, state)

    def _branches(self, node: Call, state: State) -> Iterator[tuple[State, Node]]:
        test, then, otherwise = node.args
        yield from ((found, then) for found in self.assume(test, True, [state]))
        yield from ((found, otherwise) for found in self.assume(test, False, [state]))

    def _between(self, node: Call, truth: bool, state: State) -> Iterator[State]:
        value, least, most = node.args
        parts = (
            Call(BOOL, node.start, node.end, "ge", (value, least)),
            Call(BOOL, node.start, node.end, "le", (value, most)),
        )
        yield from self._cases(Call(BOOL, node.start, node.end, "and", parts), truth, state)

    def _changed(self, node: Changed, truth: bool, state: State) -> Iterator[State]:
        plain = replace(node, before=None, after=None)
        states = list(self._told(node, truth, state))
        if truth:
            states = [found for one in states for found in self._told(plain, True, one)]
        if not truth and (node.before is not None or node.after is not None):
            yield from states
            return
        before, after = (
            Path(node.of.or_null(), node.start, node.end, root, (_step(node),)) for root in ("old", "this")
        )
        same = Call(BOOL, node.start, node.end, "eq", (before, after))
        parts = [(path, wanted) for path, wanted in ((before, node.before), (after, node.after)) if wanted is not None]
        if node.of.kind != "set":
            states = self.assume(same, not truth, states)
            for path, wanted in parts:
                states = self.assume(Call(BOOL, node.start, node.end, "eq", (path, wanted)), True, states)
        yield from states

    def _told(self, node: Node, truth: bool, state: State) -> Iterator[State]:
        """Any other condition is a term that is true, or is not."""
        key = self.terms.key(node)
        found = state.domain(self.terms, node)
        found = found.set().only({True}) if truth else found.without({True})
        if found.is_nothing:
            return
        kept = state.with_(key, found)
        if isinstance(node, IsNew) and truth:
            before = state.known.get(self.terms.named("old"), Domain()).unset()
            if before.is_nothing:
                return
            kept = kept.with_(self.terms.named("old"), before)
        states: Iterable[State] = [kept]
        if truth and isinstance(node, Call) and not OPERATIONS[node.op].sees_null:
            for arg in node.args:
                states = [one for before in states for one in set_(self.terms, arg, before)]
        elif truth and isinstance(node, Path):
            states = [one for before in states for one in set_(self.terms, node, before)]
        yield from states


Opened = Callable[[Proof, Call, bool, State], Iterator[State]]
OPENED: dict[str, Opened] = {
    **dict.fromkeys(("and", "or"), Proof._chain),
    "not": Proof._not,
    "if": Proof._if,
    "coalesce": Proof._first_set,
    **dict.fromkeys(("is_set", "is_not_set"), Proof._set),
    **dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne"), Proof._comparison),
    "between": Proof._between,
    **dict.fromkeys(("in", "not_in"), Proof._member),
}
"""Conditions that are more than a term which is true or is not."""


def _exact(node: Call) -> bool:
    """Whether choosing one of several values changes none of them."""
    return not node.type.is_number or all(arg.type.scale <= node.type.scale for arg in node.args if arg.type.is_number)


def _step(node: Changed) -> Step:
    return Step(node.entity, node.field, node.of, node.part)


def can_be(proof: Proof, conditions: Sequence[tuple[Node, bool]], states: Iterable[State] = (State(),)) -> bool:
    """Whether all these conditions can have these truths together."""
    found = list(states)
    for node, truth in conditions:
        found = proof.assume(node, truth, found)
        if not found:
            return False
    return True
