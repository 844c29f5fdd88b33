"""Where an effective value comes from: the layer, file and line that set it, and the values that it covers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kith.metadata.layers.documents import Document, Merged, Part
from kith.metadata.layers.merging import REMOVE
from kith.problems import Span
from kith.source import Mapping, Node, Scalar, Sequence


@dataclass(frozen=True, slots=True)
class Origin:
    """What one layer says of a value: its text as YAML, and where."""

    layer: str
    fragment: str
    value: str
    span: Span


def why(merged: Merged, path: str) -> list[Origin]:
    """The origins of a value such as `entity.member.fields.tier.default`: the effective one first, then what it covers.

    Where a layer takes away, clears or replaces what the value stands in, that comes first.
    """
    parts, rest = _parts(merged, path)
    said = [part for whole in parts for part in whole.within or (whole,)]
    if all(_at(part.node, rest) is None for part in said):
        return []
    found = [_origin(part, node) for part in said if (node := _said(part.node, rest)) is not None]
    return found[::-1]


def known_below(merged: Merged, path: str) -> list[str]:
    """The names under the longest known beginning of a path, for a hint."""
    words = path.split(".")
    for end in range(len(words) - 1, 1, -1):
        document, rest = _document(merged, ".".join(words[:end]))
        node = _at(document.node, rest) if document else None
        if isinstance(node, Mapping):
            return list(node.entries)
    return [name for kind, name in merged.documents if kind == words[0]]


def _parts(merged: Merged, path: str) -> tuple[tuple[Part, ...], list[str]]:
    """What all layers say of the document of a path, also of one that is gone, and the rest of the path."""
    document, rest = _document(merged, path)
    if document is not None:
        return document.parts, rest
    kind, _, name = path.partition(".")
    name, _, below = name.partition(".")
    return merged.gone.get((kind, name), ()), below.split(".") if below else []


def _document(merged: Merged, path: str) -> tuple[Document | None, list[str]]:
    kind, _, rest = path.partition(".")
    if kind == "app":
        return merged.documents.get(("app", "")), rest.split(".") if rest else []
    name, _, below = rest.partition(".")
    return merged.documents.get((kind, name)), below.split(".") if below else []


def _said(node: Node, words: list[str]) -> Node | None:
    """What a part says of a path: what stands there, or what stands in its way (removed, cleared, another kind of value)."""
    found = _at(node, words)
    if found is not None:
        return found
    if isinstance(node, Mapping):
        if REMOVE in node.entries:
            return node
        for end in range(len(words) - 1, 0, -1):
            below = node.get(".".join(words[:end]))
            ends = None if below is None else _said(below, words[end:])
            if ends is not None:
                return ends
        return None
    return node


def _at(node: Node, words: list[str]) -> Node | None:
    """What stands at a path; a key may hold points itself (`store.name` of a view's columns)."""
    if not words:
        return node
    if isinstance(node, Mapping):
        for end in range(len(words), 0, -1):
            below = node.get(".".join(words[:end]))
            found = _at(below, words[end:]) if below is not None else None
            if found is not None:
                return found
    if isinstance(node, Sequence) and words[0].isdigit() and 0 < int(words[0]) <= len(node.items):
        return _at(node.items[int(words[0]) - 1], words[1:])
    return None


def _origin(part: Part, node: Node) -> Origin:
    span = node.span
    if isinstance(node, Mapping) and node.entries and not node.flow:
        span = next(iter(node.entries.values())).key.span
    return Origin(part.layer, part.fragment, written(node), span)


def written(node: Node) -> str:
    """A node as one line of YAML."""
    if isinstance(node, Scalar):
        plain = node.text if node.style == "plain" else "'" + node.text.replace("'", "''") + "'"
        return plain.replace("\n", "\\n")
    if isinstance(node, Sequence):
        return "[" + _joined(written(item) for item in node.items) + "]"
    return "{" + _joined(f"{name}: {written(entry.value)}" for name, entry in node.entries.items()) + "}"


def _joined(parts: Iterable[str], most: int = 20) -> str:
    listed = list(parts)
    return ", ".join(listed[:most]) + (", …" if len(listed) > most else "")
