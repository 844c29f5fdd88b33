"""Three versions of a document merged by key: what only the others changed is taken over, what both changed is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kith.metadata.editing.changing import FIRST, Change, Move, Path, Put, Remove
from kith.metadata.editing.comparing import moves
from kith.metadata.editing.values import same
from kith.source import Entry, Mapping, Node


@dataclass(frozen=True, slots=True)
class Conflict:
    """A path that both changed, each in his way; None stands for what is not there."""

    path: Path
    base: Node | None
    ours: Node | None
    theirs: Entry | None

    @property
    def taking_theirs(self) -> Change:
        """The change that takes over what the others say."""
        return Put(self.path, self.theirs) if self.theirs else Remove(self.path)


@dataclass(slots=True)
class Merge:
    """The changes of one's own document that bring in what the others changed, and what has to be decided."""

    changes: list[Change] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


def three_way(base: Mapping | None, ours: Mapping, theirs: Mapping) -> Merge:
    """Merge what happened to a document on both sides since it was `base`; without one every difference is a conflict."""
    merge = Merge()
    _walk(base, ours, theirs, (), merge)
    return merge


def _walk(base: Mapping | None, ours: Mapping, theirs: Mapping, path: Path, merge: Merge) -> None:
    merge.changes += _reordered(base, ours, theirs, path)
    last = FIRST
    for name, entry in theirs.entries.items():
        old, own = base.get(name) if base else None, ours.get(name)
        if isinstance(own, Mapping) and isinstance(entry.value, Mapping):
            _walk(old if isinstance(old, Mapping) else None, own, entry.value, (*path, name), merge)
        elif not _same(own, entry.value) and not _same(old, entry.value):
            _decide((*path, name), old, own, entry, last, merge)
        # What we removed is no neighbour for what they add.
        last = name if name in ours.entries or old is None else last
    for name, entry in ours.entries.items():
        old = base.get(name) if base else None
        if name not in theirs.entries and old is not None:
            _decide((*path, name), old, entry.value, None, FIRST, merge)


def _decide(path: Path, old: Node | None, own: Node | None, theirs: Entry | None, last: str, merge: Merge) -> None:
    """Take over what they say where we changed nothing."""
    if not _same(old, own):
        merge.conflicts.append(Conflict(path, old, own, theirs))
    elif theirs is None:
        merge.changes.append(Remove(path))
    else:
        merge.changes.append(Put(path, theirs, last))


def _same(one: Node | None, other: Node | None) -> bool:
    return one is other if one is None or other is None else same(one, other)


def _reordered(base: Mapping | None, ours: Mapping, theirs: Mapping, path: Path) -> Iterator[Change]:
    """Their order of what all three have, where only they changed it."""
    if base is None:
        return
    common = [name for name in ours.entries if name in base.entries and name in theirs.entries]
    wanted = [name for name in theirs.entries if name in set(common)]
    if [name for name in base.entries if name in set(common)] != common:
        return
    moved = moves(common, wanted)
    for before, name in zip((FIRST, *wanted), wanted, strict=False):
        if name in moved:
            yield Move((*path, name), before)
