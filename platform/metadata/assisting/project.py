"""An app as its author has it before him: the documents of its layers, with unsaved texts laid over those of the app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from kith.metadata.build import Built, build_all
from kith.metadata.layers import load
from kith.metadata.memo import Memo
from kith.metadata.model import Layer
from kith.metadata.shapes.kinds import KINDS
from kith.problems import Problem, Source, in_order
from kith.source import Mapping as MappingNode
from kith.source import Node, read


@dataclass(frozen=True, slots=True)
class State:
    """What the documents say at one moment; `texts` are those of the app's own layer, by their path in its folder."""

    built: Built
    problems: tuple[Problem, ...]
    root: str
    texts: Mapping[str, str]
    layer: str
    memo: Memo
    """What has been read already."""

    def document(self, path: str) -> tuple[str, MappingNode] | None:
        """The kind of a document of the app and its root; None where it cannot be read or is of no kind."""
        text, shown = self.texts.get(path, ""), self.shown(path)
        node, _ = self.memo.once(("read", shown, text), lambda: read(text, shown))
        return _of_kind(node)

    def shown(self, path: str) -> str:
        """A document's path as problems name it."""
        return f"{self.root}/{path}" if self.root else path

    def source(self, path: str) -> Source:
        """The text of a document of the app."""
        return Source(self.shown(path), self.texts.get(path, ""))

    def own_path(self, source: Source) -> str | None:
        """The path within the app's folder; None where another layer's document is meant."""
        path = source.path.removeprefix(f"{self.root}/") if self.root else source.path
        return path if path in self.texts and self.shown(path) == source.path else None


@dataclass
class Project:
    """The layers of an app, built again when something has changed; only the topmost is its author's."""

    layers: tuple[Layer, ...]
    found: tuple[Problem, ...] = ()
    """What was wrong with the folders themselves."""
    unsaved: dict[str, str] = field(default_factory=dict)
    memo: Memo = field(default_factory=Memo)
    _state: State | None = None
    _last: State | None = None

    @classmethod
    def of(cls, folder: Path) -> Project:
        """The app in a folder."""
        layers, problems = load(folder)
        return cls(layers, tuple(problems))

    def write(self, path: str, text: str | None) -> None:
        """Lay an unsaved text over a document; None takes it away again."""
        if text is None:
            self.unsaved.pop(path, None)
        else:
            self.unsaved[path] = text.replace("\r\n", "\n")
        self._state = None

    def take(self, texts: Mapping[str, str]) -> None:
        """Lay exactly these unsaved texts over the documents."""
        texts = {path: text.replace("\r\n", "\n") for path, text in texts.items()}
        if texts != self.unsaved:
            self.unsaved, self._state = texts, None

    def reload(self, folder: Path) -> None:
        """Read the folder anew; unsaved texts stay."""
        layers, problems = load(folder)
        self.layers, self.found, self._state = layers, tuple(problems), None

    def state(self) -> State:
        """What the documents say now."""
        if self._state is None:
            self._state = self._last = self.tried(self.unsaved)
        return self._state

    def latest(self) -> State:
        """The texts as they are now, with what was built last: for answers that cannot wait for a build."""
        if self._last is None:
            return self.state()
        return replace(self._last, texts={**self.layers[-1].documents, **self.unsaved})

    def tried(self, texts: Mapping[str, str]) -> State:
        """What they would say with these texts."""
        *below, top = self.layers
        documents = {**top.documents, **texts}
        built = build_all((*below, replace(top, documents=documents)), self.memo)
        problems = in_order([*self.found, *built.problems])
        return State(built, tuple(problems), top.root, documents, top.name, self.memo)


def document_of(text: str, path: str) -> tuple[str, MappingNode] | None:
    """The same of a text that is not the app's."""
    return _of_kind(read(text, path)[0])


def _of_kind(node: Node | None) -> tuple[str, MappingNode] | None:
    if not isinstance(node, MappingNode) or not node.entries:
        return None
    kind = next(iter(node.entries))
    return (kind, node) if kind in KINDS else None


def errors(problems: Iterable[Problem]) -> frozenset[str]:
    """Errors by what they say, to compare two states."""
    return frozenset(f"{one.code} {one.message()}" for one in problems if one.is_error)
