"""What an upgrade is about: the layers below, the template before and after, and the company's layer above."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from kith.metadata.assisting import Project, State
from kith.metadata.build import Built
from kith.metadata.layers import layer_of
from kith.metadata.layers.company import in_order
from kith.metadata.layers.documents import APP
from kith.metadata.memo import Memo
from kith.metadata.model import Layer
from kith.metadata.shapes.kinds import KINDS
from kith.problems import Span
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar, read

Key = tuple[str, str]
"""Kind and name of a document."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The layers of an upgrade; `above` are those on the template, of which the last is the company's."""

    below: tuple[Layer, ...]
    old: Layer
    new: Layer
    company: Layer
    between: tuple[Layer, ...] = ()
    """Templates on the one that is upgraded."""
    memo: Memo = field(default_factory=Memo)

    def before(self) -> tuple[Layer, ...]:
        """All layers as they are now."""
        return (*self.below, self.old, *self.between, self.company)

    def after(self, company: Layer | None = None) -> tuple[Layer, ...]:
        """All layers as they would be."""
        return (*self.below, self.new, *self.between, company or self.company)

    def world(self, layers: tuple[Layer, ...]) -> State:
        """What layers say, with the topmost as the one that is worked on."""
        return Project(layers, memo=self.memo).state()

    def old_world(self) -> State:
        """What the template says now, without the company."""
        return self.world((*self.below, self.old, *self.between))

    def new_world(self) -> State:
        """What it would say."""
        return self.world((*self.below, self.new, *self.between))


def documents_of(layer: Layer) -> Iterator[tuple[Key, str, MappingNode]]:
    """The documents of a layer that can be read without a mistake, each with its path."""
    for path, text in layer.documents.items():
        node, problems = read(text, f"{layer.root}/{path}" if layer.root else path)
        sound = not any(problem.is_error for problem in problems)
        if sound and isinstance(node, MappingNode) and (key := key_of(node)) is not None:
            yield key, path, node


def key_of(node: MappingNode) -> Key | None:
    """The kind and name of a document."""
    first = next(iter(node.entries.values()), None)
    if first is None or first.key.text not in KINDS or not isinstance(first.value, Scalar):
        return None
    return APP if first.key.text == "app" else (first.key.text, first.value.text)


def with_documents(layer: Layer, documents: Mapping[str, str]) -> Layer:
    """A layer with other documents."""
    made = layer_of(in_order(documents), layer.root, layer.name)
    return replace(made, version=made.version or layer.version)


def place_of(built: Built, span: Span) -> tuple[tuple[str, ...], int | None, Node | None] | None:
    """What stands at a place of any layer: its path, which item of a list, and the value at the path."""
    for (kind, name), whole in built.documents.documents.items():
        for part in whole.parts:
            if part.node.span.source.path == span.source.path and not part.fragment:
                keys, item = path_at(part.node, span)
                node: Node | None = part.node
                for step in keys:
                    node = node.get(step) if isinstance(node, MappingNode) else None
                return (kind, name, *keys), item, node
    return None


def is_in(layer: Layer, span: Span) -> bool:
    """Whether a place is in a layer's documents."""
    path = span.source.path
    return (path.removeprefix(f"{layer.root}/") if layer.root else path) in layer.documents and path.startswith(
        layer.root
    )


def path_at(root: MappingNode, span: Span) -> tuple[tuple[str, ...], int | None]:
    """The keys that lead to a place in a document; where it is an item of a list, also which one."""
    path: tuple[str, ...] = ()
    node: object = root
    while isinstance(node, MappingNode):
        for name, entry in node.entries.items():
            if entry.key.span.start <= span.start < max(entry.value.span.end, entry.key.span.end):
                path, node = (*path, name), entry.value
                if span.start < entry.key.span.end:
                    return path, None
                break
        else:
            return path, None
    items = getattr(node, "items", ())
    for index, item in enumerate(items):
        if item.span.start <= span.start < item.span.end:
            return path, index
    return path, None
