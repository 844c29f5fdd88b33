"""Reading a merged document by key, without ever failing: what has a wrong shape has been told already, and reads as absent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kith.metadata.shapes.reading import data_of
from kith.problems import Span
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar, Sequence


@dataclass(frozen=True, slots=True)
class At:
    """A map in a document, with the path that leads there and the place that stands for it."""

    node: MappingNode
    path: tuple[str, ...]
    span: Span

    def get(self, key: str) -> Node | None:
        """What stands at a key."""
        return self.node.get(key)

    def scalar(self, key: str) -> Scalar | None:
        """The scalar at a key, if there is one."""
        entry = self.node.entries.get(key)
        if entry is None or not isinstance(node := entry.value, Scalar) or node.is_null:
            return None
        return node

    def text(self, key: str, default: str = "") -> str:
        """The text at a key."""
        # Asked some ten thousand times a build, mostly for what is not there.
        if key not in self.node.entries:
            return default
        node = self.scalar(key)
        return node.text if node else default

    def flag(self, key: str, default: bool = False) -> bool:
        """The truth at a key."""
        node = self.scalar(key)
        return default if node is None or node.text not in ("true", "false") else node.text == "true"

    def whole(self, key: str, default: int = 0) -> int:
        """The whole number at a key."""
        node = self.scalar(key)
        return int(node.text) if node and node.text.lstrip("-").isdecimal() and len(node.text) < 12 else default

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of the list at a key."""
        node = self.node.get(key)
        items = node.items if isinstance(node, Sequence) else ()
        return tuple(item.text for item in items if isinstance(item, Scalar))

    def parts(self, key: str) -> Iterator[tuple[str, At]]:
        """The maps in the map at a key, by name."""
        node = self.node.get(key)
        if isinstance(node, MappingNode):
            for name, entry in node.entries.items():
                if isinstance(entry.value, MappingNode):
                    yield name, At(entry.value, (*self.path, key, name), entry.key.span)

    def part(self, key: str) -> At:
        """The map at a key; an empty one where there is none."""
        entry = self.node.entries.get(key)
        if entry and isinstance(entry.value, MappingNode):
            return At(entry.value, (*self.path, key), entry.key.span)
        return At(MappingNode({}, self.node.span), (*self.path, key), self.span)

    def entries(self, key: str) -> Iterator[tuple[str, Node]]:
        """The names of the map at a key, with whatever stands there."""
        node = self.node.get(key)
        if isinstance(node, MappingNode):
            for name, entry in node.entries.items():
                yield name, entry.value

    def data(self, key: str, schema: Mapping[str, Any]) -> Any:
        """What stands at a key as plain data of a schema; nothing where the key is missing."""
        node = self.node.get(key)
        return None if node is None else data_of(node, schema)

    def map(self, key: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The map at a key as plain data; an empty one where there is none."""
        found = self.data(key, schema)
        return found if isinstance(found, dict) else {}


def fraction(value: object) -> object:
    """A share as a number: `15%` is 0.15."""
    if isinstance(value, str) and value.endswith("%"):
        try:
            return Decimal(value[:-1]) / 100
        except ArithmeticError:
            return value
    return value
