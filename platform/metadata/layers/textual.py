"""The documents whose text differs between two stacks of layers, line by line, and which of them speak of a setting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff

from kith.metadata.layers.documents import Document, Merged, Part, merged
from kith.metadata.layers.why import why
from kith.metadata.memo import Memo
from kith.metadata.model import Layer

AROUND = 3
"""Lines that are shown around what differs."""


@dataclass(frozen=True, slots=True)
class Differing:
    """A document that differs; `lines` are those of a unified difference, without its head."""

    layer: str
    path: str
    before: str | None
    after: str | None

    @property
    def sign(self) -> str:
        """`+` for a new document, `-` for one that goes, `~` for one that changes."""
        return "+" if self.before is None else "-" if self.after is None else "~"

    @property
    def lines(self) -> list[str]:
        """What differs, each line with its sign in front."""
        before, after = ((text or "").splitlines() for text in (self.before, self.after))
        return list(unified_diff(before, after, lineterm="", n=AROUND))[2:]


def differing_documents(before: Sequence[Layer], after: Sequence[Layer]) -> list[Differing]:
    """The documents that differ, layer by layer, in the order of their paths."""
    old, new = ({layer.name: layer.documents for layer in layers} for layers in (before, after))
    return [
        Differing(name, path, was, becomes)
        for name in dict.fromkeys((*new, *old))
        for path in sorted({*old.get(name, ()), *new.get(name, ())}, key=lambda path: path.split("/"))
        if (was := old.get(name, {}).get(path)) != (becomes := new.get(name, {}).get(path))
    ]


class Speaking:
    """Knows which of the documents that differ between two stacks speak of a setting."""

    def __init__(self, before: Sequence[Layer], after: Sequence[Layer], differing: Sequence[Differing]) -> None:
        memo = Memo()
        self._known = {(one.layer, one.path) for one in differing}
        self._sides = [merged([self._kept(layer) for layer in layers], [], memo) for layers in (after, before)]

    def _kept(self, layer: Layer) -> Layer:
        """A layer with what has to be read of it: what differs, and the entities that may include a fragment that does."""
        wanted = {path for name, path in self._known if name == layer.name}
        fragments = any(path.startswith("fragments/") for _, path in self._known)
        documents = {
            path: text
            for path, text in layer.documents.items()
            if path in wanted or (fragments and path.startswith("entities/"))
        }
        return replace(named(layer), documents=documents)

    def of(self, setting: str) -> tuple[str, str] | None:
        """The layer and path of the document that says something else of a setting than before, None where none does.

        A document that speaks of the setting itself comes before one that speaks of what it stands in.
        """
        words = setting.split(".")
        for end in range(len(words), 0, -1):
            for whole in self._sides:
                for found in _documents(whole, ".".join(words[:end])):
                    if found in self._known:
                        return found
        return None


def named(layer: Layer) -> Layer:
    """A layer whose places are told by its name, wherever it was read: what two stacks share is read once."""
    return replace(layer, root=layer.name)


def _documents(whole: Merged, setting: str) -> Iterator[tuple[str, str]]:
    for origin in why(whole, setting):
        yield origin.layer, origin.span.source.path.removeprefix(f"{origin.layer}/")
    kind, _, name = setting.partition(".")
    document = whole.documents.get((kind, name))
    for part in _parts(document) if document else whole.gone.get((kind, name), ()):
        yield part.layer, part.path


def _parts(document: Document) -> Iterator[Part]:
    for part in document.parts:
        yield from part.within or (part,)
