"""One case of what may be: by term what it may be, and by two terms what may lie between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kith.rules.operations import OPERATIONS
from kith.rules.proving.domains import Domain
from kith.rules.proving.terms import Key, Terms, usual
from kith.rules.tree import Call, Constant, Convert, Node, Path


@dataclass(frozen=True)
class State:
    """What is known of terms in one case; of a term that is not named, what is always so."""

    known: Mapping[Key, Domain] = field(default_factory=dict)

    def with_(self, key: Key, domain: Domain) -> State:
        """The same with something known of one more term."""
        return State({**self.known, key: domain})

    def domain(self, terms: Terms, node: Node) -> Domain:
        """What a term may be here: null only where a reference on its way, or its whole record, is missing."""
        found = self.known.get(terms.key(node))
        found = usual(node) if found is None else found
        if not node.type.nullable and node.type.kind != "set" and found.null:
            found = found.set()
        if isinstance(node, Path) and self._is_cut_off(terms, node):
            return replace(found.unset(), null=True)
        return found

    def _is_cut_off(self, terms: Terms, path: Path) -> bool:
        links = (self.known.get(terms.prefix(path, length)) for length in range(1, len(path.steps)))
        if any(link is not None and link.is_null for link in links):
            return True
        before = self.known.get(terms.named("old")) if path.root == "old" else None
        return before is not None and before.is_null

    def meeting(self, other: State) -> State | None:
        """What holds where both cases are; none where that cannot be."""
        met = dict(self.known)
        for key, domain in other.known.items():
            met[key] = domain.meeting(met[key]) if key in met else domain
            if met[key].is_nothing:
                return None
        return State(met)

    @staticmethod
    def common(states: Sequence[State]) -> State:
        """What holds in all these cases."""
        first, *rest = states
        keys = set(first.known).intersection(*(state.known for state in rest))
        joined: dict[Key, Domain] = {}
        for key in keys:
            domain = first.known[key]
            for state in rest:
                domain = domain.joining(state.known[key])
            joined[key] = domain
        return State(joined)


def set_(terms: Terms, node: Node, state: State) -> Iterator[State]:
    """The case in which a value is set: so are all references on its way, and what it is computed from."""
    if isinstance(node, Constant):
        if node.value is not None:
            yield state
        return
    found = state.domain(terms, node).set()
    if found.is_nothing:
        return
    kept = state.with_(terms.key(node), found)
    if isinstance(node, Path):
        yield from _linked(terms, node, kept)
        return
    parts: tuple[Node, ...] = ()
    if isinstance(node, Call) and not OPERATIONS[node.op].sees_null:
        parts = node.args
    elif isinstance(node, Convert):
        parts = (node.arg,)
    states = [kept]
    for part in parts:
        states = [one for before in states for one in set_(terms, part, before)]
    yield from states


def _linked(terms: Terms, path: Path, state: State) -> Iterator[State]:
    for length in range(1, len(path.steps)):
        key = terms.prefix(path, length)
        link = state.known.get(key, Domain()).set()
        if link.is_nothing:
            return
        state = state.with_(key, link)
    if path.root == "old":
        before = state.known.get(terms.named("old"), Domain()).set()
        if before.is_nothing:
            return
        state = state.with_(terms.named("old"), before)
    yield state


def unset(terms: Terms, node: Node, state: State) -> Iterator[State]:
    """The case in which a value is null."""
    if isinstance(node, Constant):
        if node.value is None:
            yield state
        return
    found = state.domain(terms, node).unset()
    if not found.is_nothing:
        yield state.with_(terms.key(node), found)
