"""A conflict of an upgrade: what both sides say, the ways to settle it, and what each does to the company's documents."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import TypeAlias

from kith.metadata.assisting.names import Declared
from kith.metadata.editing import Data
from kith.metadata.layers.why import written
from kith.problems import Problem, Span, Words
from kith.source import Mapping, Node

Path: TypeAlias = tuple[str, ...]
"""Kind and name of a document, and the keys that lead to a place in it."""
MOST_SHOWN = 160
"""Characters of a value that are shown."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Take what the company's layer says at a path out of it."""

    path: Path


@dataclass(frozen=True, slots=True)
class DropUse:
    """Take out the smallest thing that makes sense without what stands at a place."""

    span: Span


@dataclass(frozen=True, slots=True)
class Say:
    """Let the company's layer say this at a path; at one of a document it is the document."""

    path: Path
    value: Data


@dataclass(frozen=True, slots=True)
class Adopt:
    """Lay what the old version had under what the company's layer says at a path."""

    path: Path
    node: Mapping


@dataclass(frozen=True, slots=True)
class Give:
    """Let the company's layer say at a path what whoever settles the conflict gives."""

    path: Path


@dataclass(frozen=True, slots=True)
class Rename:
    """Follow the template in calling something otherwise, wherever the company's layer names it."""

    thing: Declared
    new: str


Action: TypeAlias = Drop | DropUse | Say | Adopt | Give | Rename


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to settle a conflict."""

    does: Words
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the layers says, and where."""

    title: Words
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """What has to be decided before a template can be upgraded under a company's layer; `id` stays the same every time."""

    id: str
    kind: str
    words: Words
    sides: tuple[Side, ...]
    choices: Map[str, Choice] = field(default_factory=dict)
    recommended: str = ""
    path: Path = ()
    problem: Problem | None = None

    def as_data(self, language: str = "en") -> dict[str, object]:
        """The conflict as plain data."""
        return {
            "id": self.id,
            "kind": self.kind,
            "message": self.words.in_(language),
            "values": [{"of": one.title.in_(language), "value": one.text, "place": one.place} for one in self.sides],
            "choices": {name: choice.does.in_(language) for name, choice in self.choices.items()},
            "recommended": self.recommended or None,
        }


ADOPT = Words("copy what the old version had into the company's layer", "将旧版本的内容复制到公司层")
DROP = Words("drop what the company says of it", "删除公司对它的设置")


def side(title: str | Words, node: Node | None, place: Span | None = None) -> Side:
    """What a layer says, shortened."""
    words = title if isinstance(title, Words) else Words(title, title)
    if node is None:
        return Side(words, "–", place.place if place else "")
    text = written(node)
    return Side(words, text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…", (place or node.span).place)


def id_of(path: Path) -> str:
    """A path as `kith why` takes it."""
    return ".".join(step for step in path if step)
