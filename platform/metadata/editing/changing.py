"""Changes of a document by key paths, made as changes of the stretches that they touch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import singledispatch
from typing import Final, TypeAlias

from kith.metadata.editing import blocks, flows
from kith.metadata.editing.places import is_flow
from kith.metadata.editing.values import Data, data_of
from kith.metadata.scalars import Edit, applied
from kith.source import Entry, Mapping, read

Path: TypeAlias = tuple[str, ...]
FIRST: Final = ""
"""Stands for the place before all others."""


@dataclass(frozen=True, slots=True)
class Put:
    """Set what stands at a path, making what is missing on the way; an entry of another document brings its comments.

    What is new comes behind the key that `after` names, at the beginning where it is FIRST, else at the end.
    """

    path: Path
    value: Data | Entry
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a key out with its value and the comments right above it."""

    path: Path


@dataclass(frozen=True, slots=True)
class Move:
    """Put a key behind another of the same map, or before all others where that is FIRST."""

    path: Path
    after: str


Change: TypeAlias = Put | Remove | Move


class Uneditable(Exception):
    """A document that cannot be read, or a path that is not there."""


def edited(text: str, changes: Iterable[Change]) -> str:
    """The text with changes made one after the other; raises Uneditable."""
    ending = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    for change in changes:
        text = applied(text, _edits(change, _root(text)))
    return text.replace("\n", ending)


def _root(text: str) -> Mapping:
    node, problems = read(text, "")
    if not isinstance(node, Mapping) or any(problem.is_error for problem in problems):
        raise Uneditable(problems[0].message() if problems else "no map")
    return node


@singledispatch
def _edits(change: object, root: Mapping) -> list[Edit]:
    raise TypeError(change)


@_edits.register
def _put(change: Put, root: Mapping) -> list[Edit]:
    parent = root
    for depth, step in enumerate(change.path[:-1]):
        entry = parent.entries.get(step)
        if entry is None or not isinstance(entry.value, Mapping):
            # There is nothing to put it into, so it comes along with what is missing.
            value = data_of(change.value.value) if isinstance(change.value, Entry) else change.value
            for missing in reversed(change.path[depth + 1 :]):
                value = {missing: value}
            return (
                _replaced(parent, entry, value)
                if entry
                else _added(parent, _holder(root, change.path, depth), step, value)
            )
        parent = entry.value
    name = change.path[-1]
    if name in parent.entries:
        return _replaced(parent, parent.entries[name], change.value)
    return _added(parent, _holder(root, change.path, len(change.path) - 1), name, change.value, change.after)


@_edits.register
def _remove(change: Remove, root: Mapping) -> list[Edit]:
    parent = _parent(root, change.path)
    entry = parent.entries[change.path[-1]]
    return (
        flows.removed(parent, entry) if is_flow(parent) or len(parent.entries) == 1 else blocks.removed(parent, entry)
    )


@_edits.register
def _move(change: Move, root: Mapping) -> list[Edit]:
    parent, name = _parent(root, change.path), change.path[-1]
    order = list(parent.entries)
    at = order.index(name)
    if change.after == (order[at - 1] if at else FIRST):
        return []
    text = root.span.source.text
    without = applied(text, _edits(Remove(change.path), root))
    put = Put(change.path, parent.entries[name], change.after)
    return [Edit(0, len(text), applied(without, _edits(put, _root(without))))]


def _parent(root: Mapping, path: Path) -> Mapping:
    """The map in which a path's last key stands."""
    node = root
    for step in path[:-1]:
        below = node.get(step)
        if not isinstance(below, Mapping):
            raise Uneditable(".".join(path))
        node = below
    if path[-1] not in node.entries:
        raise Uneditable(".".join(path))
    return node


def _holder(root: Mapping, path: Path, depth: int) -> Entry | None:
    """The entry of a block whose value is the map that many steps down; none for the document itself, or inside brackets."""
    entry: Entry | None = None
    for step in path[:depth]:
        entry = None if is_flow(root) else root.entries[step]
        below = root.entries[step].value
        root = below if isinstance(below, Mapping) else root
    return entry


def _replaced(parent: Mapping, entry: Entry, value: Data | Entry) -> list[Edit]:
    return flows.replaced(entry, value) if is_flow(parent) else blocks.replaced(entry, value)


def _added(
    parent: Mapping, holder: Entry | None, name: str, value: Data | Entry, after: str | None = None
) -> list[Edit]:
    if is_flow(parent):
        if not parent.entries and holder is not None and blocks.stands_alone(holder):
            return blocks.opened(holder, name, value)
        return flows.added(parent, name, value, after)
    return blocks.added(parent, name, value, after)
