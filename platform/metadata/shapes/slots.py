"""Which scalars of a document are written in the rule language, for tools that format, complete or highlight them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kith.metadata.shapes.kinds import KINDS
from kith.metadata.shapes.parts import SLOTS
from kith.metadata.shapes.reading import chosen
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar, Sequence


@dataclass(frozen=True, slots=True)
class Slotted:
    """A text of the language: how it is read (expression, program, template), and the path of keys that leads to it."""

    scalar: Scalar
    language: str
    path: tuple[str, ...]


def slots(document: Node) -> list[Slotted]:
    """The texts of the language in a document, in its order; of a document of no kind, none."""
    if not isinstance(document, MappingNode) or not document.entries:
        return []
    kind = KINDS.get(next(iter(document.entries)))
    return list(_below(document, kind.schema, ())) if kind else []


def _below(node: Node, schema: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Slotted]:
    if isinstance(node, Scalar):
        language = schema.get("format")
        flag = node.style == "plain" and node.text in ("true", "false")
        if language in SLOTS and node.text and not node.is_null and not (flag and "boolean" in schema["type"]):
            yield Slotted(node, language.removeprefix("kith-"), path)
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _below(item, schema.get("items", {}), (*path, str(index)))
    else:
        inner = chosen(node, schema)
        named, other = inner.get("properties", {}), inner.get("additionalProperties") or {}
        for name, entry in node.entries.items():
            if not name.startswith("~"):
                yield from _below(entry.value, named.get(name, other), (*path, name))
