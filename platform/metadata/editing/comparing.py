"""Two trees compared by key: what differs, and the changes that make one the other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kith.metadata.editing.changing import FIRST, Change, Move, Path, Put, Remove
from kith.metadata.editing.values import same
from kith.source import Mapping, Node


@dataclass(frozen=True, slots=True)
class Difference:
    """A path at which two documents say different things; what one does not say is None. `moved` is a key in another place."""

    path: Path
    before: Node | None
    after: Node | None
    moved: bool = False


def differences(before: Mapping, after: Mapping, path: Path = ()) -> Iterator[Difference]:
    """What differs, as deep as both have maps: what changed and came in the order of `after`, then what went."""
    moved = moves(list(before.entries), list(after.entries))
    for name, entry in after.entries.items():
        old = before.get(name)
        if isinstance(old, Mapping) and isinstance(entry.value, Mapping):
            yield from differences(old, entry.value, (*path, name))
        elif old is None or not same(old, entry.value):
            yield Difference((*path, name), old, entry.value)
        if name in moved:
            yield Difference((*path, name), old, entry.value, moved=True)
    for name, entry in before.entries.items():
        if name not in after.entries:
            yield Difference((*path, name), entry.value, None)


def changes_between(before: Mapping, after: Mapping, path: Path = ()) -> list[Change]:
    """The changes that make one document the other; each is as small as it can be."""
    changes: list[Change] = []
    moved = moves(list(before.entries), list(after.entries))
    last = FIRST
    for name, entry in after.entries.items():
        here, old = (*path, name), before.get(name)
        if name in moved:
            changes.append(Move(here, last))
        if old is None:
            changes.append(Put(here, entry, last))
        elif isinstance(old, Mapping) and isinstance(entry.value, Mapping):
            changes += changes_between(old, entry.value, here)
        elif not same(old, entry.value):
            changes.append(Put(here, entry))
        last = name
    return changes + [Remove((*path, name)) for name in before.entries if name not in after.entries]


def moves(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The fewest of the names in both that have to move, so that all are in the order of `after`."""
    kept = set(before).intersection(after)
    rank = {name: index for index, name in enumerate(before)}
    names = [name for name in after if name in kept]
    return set(names) - set(_longest_rising(names, [rank[name] for name in names]))


def _longest_rising(names: Sequence[str], ranks: Sequence[int]) -> list[str]:
    """The longest choice of names whose ranks rise."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for index, rank in enumerate(ranks):
        place = bisect_left(ends, rank)
        before.append(at[place - 1] if place else -1)
        ends[place : place + 1] = [rank]
        at[place : place + 1] = [index]
    found: list[str] = []
    index = at[-1] if at else -1
    while index >= 0:
        found.append(names[index])
        index = before[index]
    return found
