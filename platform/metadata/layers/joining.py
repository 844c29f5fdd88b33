"""Two sides of a layer brought together: whole documents where one side changed them, keys of documents where both did."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from kith.metadata.editing import Change, Conflict, edited, three_way
from kith.metadata.layers.company import in_order
from kith.metadata.layers.why import written
from kith.source import Mapping as MappingNode
from kith.source import Node, read

Side: TypeAlias = Literal["ours", "theirs"]
Documents: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Clash:
    """What both sides changed, each in its way: a key of a document, or where `key` is empty the whole of it."""

    path: str
    key: str
    base: str | None
    ours: str | None
    theirs: str | None
    """What each says, as one line; None where it is not there."""

    @property
    def place(self) -> str:
        """How it is called when somebody decides."""
        return f"{self.path}:{self.key}" if self.key else self.path


Choose: TypeAlias = Callable[[Clash], Side | None]


@dataclass(slots=True)
class Joined:
    """Our documents that change, None for those that go, and what has to be decided before."""

    documents: dict[str, str | None] = field(default_factory=dict)
    clashes: list[Clash] = field(default_factory=list)


def join(base: Documents, ours: Documents, theirs: Documents, choose: Choose) -> Joined:
    """Bring into our documents what they changed since `base`; what both changed goes as `choose` says."""
    joined = Joined()
    for path in in_order({**base, **ours, **theirs}):
        old, own, new = base.get(path), ours.get(path), theirs.get(path)
        if own == new or new == old:
            continue
        if own == old:
            joined.documents[path] = new
        elif own is None or new is None:
            _decide_whole(Clash(path, "", _line(old), _line(own), _line(new)), new, choose, joined)
        else:
            _merge(path, old, own, new, choose, joined)
    return joined


def _merge(path: str, old: str | None, own: str, new: str, choose: Choose, joined: Joined) -> None:
    before, here, there = (_node(text) if text is not None else None for text in (old, own, new))
    if here is None or there is None:
        _decide_whole(Clash(path, "", _line(old), _line(own), _line(new)), new, choose, joined)
        return
    merge = three_way(before, here, there)
    changes: list[Change] = list(merge.changes)
    for clash, conflict in zip(_clashes(path, merge.conflicts), merge.conflicts, strict=True):
        match choose(clash):
            case "theirs":
                changes.append(conflict.taking_theirs)
            case None:
                joined.clashes.append(clash)
    if changes:
        joined.documents[path] = edited(own, changes)


def _clashes(path: str, conflicts: list[Conflict]) -> Iterator[Clash]:
    for one in conflicts:
        theirs = one.theirs.value if one.theirs else None
        yield Clash(path, ".".join(one.path), _said(one.base), _said(one.ours), _said(theirs))


def _decide_whole(clash: Clash, new: str | None, choose: Choose, joined: Joined) -> None:
    match choose(clash):
        case "theirs":
            joined.documents[clash.path] = new
        case None:
            joined.clashes.append(clash)


def _node(text: str) -> MappingNode | None:
    node, problems = read(text, "")
    return node if isinstance(node, MappingNode) and not problems else None


def _said(node: Node | None) -> str | None:
    return None if node is None else written(node)


def _line(text: str | None) -> str | None:
    """A document in short: its kind and name."""
    return None if text is None else next((line for line in text.splitlines() if line and line[0] != "#"), "")
