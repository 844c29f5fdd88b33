"""Choices made: the company's documents with every decision carried out, and every other line as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from kith.metadata.assisting import Project, uses
from kith.metadata.editing import FIRST, Change, Data, Put, Remove, data_of, edited
from kith.metadata.layers.merging import removes
from kith.metadata.memo import Memo
from kith.metadata.model import Layer
from kith.metadata.scalars import Edit, applied
from kith.metadata.shapes.kinds import KINDS
from kith.packages.conflicts import Action, Adopt, Drop, DropUse, Give, Path, Rename, Say
from kith.packages.stack import documents_of, path_at, with_documents
from kith.problems import Problem, Span
from kith.source import Mapping as MappingNode
from kith.source import Node, Sequence

UNITS: Mapping[tuple[str, str], int] = {
    ("rules", "items"): 2,
    ("tests", "cases"): 2,
    ("workflow", "states"): 2,
    ("workflow", "transitions"): 2,
    ("entity", "keys"): 2,
    ("entity", "indexes"): 2,
    ("entity", "duplicates"): 2,
    ("entity", "actions"): 2,
    ("import", "steps"): 4,
    ("form", "sections"): 4,
    ("form", "related"): 2,
    ("view", "columns"): 2,
    ("dashboard", "tiles"): 2,
    ("data", "rows"): 3,
}
"""How deep in a document the smallest thing is that makes sense by itself: a rule without its condition would be another rule."""
ESSENTIAL = frozenset("type value to of inverse".split())
"""Keys of a field without which there is none."""
WHOLE = frozenset("of entity field filter".split())
"""Keys of a document without which it would be about something else, or show more than it was made for."""


@dataclass(slots=True)
class Edition:
    """A layer's documents while they are changed."""

    layer: Layer
    texts: dict[str, str]
    added: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, layer: Layer) -> Edition:
        """The documents of a layer."""
        return cls(layer, dict(layer.documents))

    def made(self) -> Layer:
        """The layer as it is now."""
        return with_documents(self.layer, self.texts)

    def find(self, path: Path) -> tuple[str, MappingNode] | None:
        """The file of a document, and its root."""
        now = replace(self.layer, documents=self.texts)
        return next(((file, root) for key, file, root in documents_of(now) if key == path[:2]), None)

    def drop(self, path: Path) -> None:
        """Take out what stands at a path, and the maps that would be left empty."""
        found = self.find(path)
        if found is None:
            return
        file, root = found
        keys = _emptied(root, path[2:])
        if keys is None:
            return
        if keys:
            self.texts[file] = edited(self.texts[file], [Remove(keys)])
        else:
            del self.texts[file]

    def say(self, path: Path, value: Data) -> None:
        """Let the layer say a value at a path."""
        file, _ = self.find(path) or self._begun(path)
        self.texts[file] = edited(self.texts[file], [Put(path[2:], value)])

    def adopt(self, path: Path, node: MappingNode) -> None:
        """Lay a map under what the layer says at a path: what it says itself, and how it is written, stays."""
        file, root = self.find(path) or self._begun(path)
        own: Node | None = root
        for step in path[2:]:
            own = own.get(step) if isinstance(own, MappingNode) else None
        if isinstance(own, MappingNode):
            self.texts[file] = edited(self.texts[file], _under(own, node, path[2:]))
        else:
            self.texts[file] = edited(self.texts[file], [Put(path[2:], data_of(node))])

    def _begun(self, path: Path) -> tuple[str, MappingNode]:
        """A new document, which says nothing yet."""
        kind, name = path[:2]
        file = f"{KINDS[kind].folder}/{name}.yaml" if KINDS[kind].folder else "app.yaml"
        while file in self.texts:
            file = file.removesuffix(".yaml") + "_company.yaml"
        self.texts[file] = f"{kind}: {name}\n"
        found = self.find(path)
        assert found is not None
        return found


def carried_out(
    layer: Layer, below: Iterable[Layer], actions: Iterable[tuple[Action, Node | None]], memo: Memo
) -> Layer:
    """The layer after all actions; each comes with the value that was given for it. Names are followed last."""
    edition = Edition.of(layer)
    renames: list[Rename] = []
    paths: list[tuple[Path, int | None]] = []
    said: list[tuple[Path, Data]] = []
    adopted: list[Adopt] = []
    for action, given in actions:
        if isinstance(action, Drop):
            paths.append((action.path, None))
        elif isinstance(action, DropUse):
            paths += _unit(edition, action.span)
        elif isinstance(action, Give):
            said += [(action.path, data_of(given))] if given is not None else []
        elif isinstance(action, Say):
            said.append((action.path, action.value))
        elif isinstance(action, Adopt):
            adopted.append(action)
        else:
            renames.append(action)
    _drop_all(edition, paths)
    for path, value in said:
        edition.say(path, value)
    for adopt in adopted:
        edition.adopt(adopt.path, adopt.node)
    if renames:
        _follow(edition, tuple(below), renames, memo)
    return edition.made()


def _under(own: MappingNode, below: MappingNode, keys: Path) -> Iterator[Change]:
    """The changes that add what only the lower map says, each behind what it follows there."""
    last = FIRST
    for name, entry in below.entries.items():
        said = own.get(name)
        if isinstance(said, MappingNode) and removes(said, _silent):
            yield Remove((*keys, name))
            continue
        if isinstance(said, MappingNode) and isinstance(entry.value, MappingNode):
            yield from _under(said, entry.value, (*keys, name))
        elif said is None:
            yield Put((*keys, name), data_of(entry.value), last)
        last = name


def _silent(_: Problem) -> None:
    """What a directive says badly is told by the check of the candidate."""


def _drop_all(edition: Edition, paths: list[tuple[Path, int | None]]) -> None:
    """Items of lists go first, the last of each list before those in front of it."""
    for path, index in sorted(set(paths), key=lambda one: (one[1] is None, -(one[1] or 0))):
        if index is None:
            edition.drop(path)
            continue
        found = edition.find(path)
        node: Node | None = found[1] if found else None
        for step in path[2:]:
            node = node.get(step) if isinstance(node, MappingNode) else None
        if isinstance(node, Sequence) and len(node.items) > 1:
            left = [data_of(item) for at, item in enumerate(node.items) if at != index]
            edition.say(path, left)
        else:
            edition.drop(path)


def _emptied(root: MappingNode, keys: Path) -> Path | None:
    """The highest place that would be empty without what stands at a path; () is the document, None is nowhere."""
    nodes: list[MappingNode] = [root]
    for step in keys:
        node = nodes[-1].entries.get(step)
        if node is None:
            return None
        if isinstance(node.value, MappingNode):
            nodes.append(node.value)
        elif step != keys[-1]:
            return None
    length = len(keys)
    while length > 1 and len(nodes[length - 1].entries) == 1:
        length -= 1
    identity = {next(iter(root.entries)), "of"}
    if length == 1 and keys and "app" not in root.entries and set(root.entries) <= identity | {keys[0]}:
        return ()
    return keys[:length]


def _unit(edition: Edition, span: Span) -> list[tuple[Path, int | None]]:
    """The path of the smallest thing around a place that makes sense by itself."""
    for key, file, root in documents_of(edition.layer):
        if span.source.path == (f"{edition.layer.root}/{file}" if edition.layer.root else file):
            keys, index = path_at(root, span)
            deep = depth(key[0], root, keys)
            return [((*key, *keys[:deep]), index if deep >= len(keys) else None)]
    return []


def depth(kind: str, root: MappingNode, keys: Path) -> int:
    """How many keys lead to the smallest thing around a place that makes sense by itself."""
    if not keys or keys[0] == next(iter(root.entries)) or (len(keys) == 1 and keys[0] in WHOLE):
        return 0
    if kind in ("entity", "fragment") and keys[0] == "fields":
        return 2 if len(keys) < 3 or keys[2] in ESSENTIAL else len(keys)
    if kind == "app" and keys[0] == "navigation":
        return 4 if "items" in keys[2:3] and len(keys) > 3 else 2
    if kind == "form" and keys[0] == "sections" and "items" not in keys[2:3]:
        return len(keys)
    return min(len(keys), UNITS.get((kind, keys[0]), len(keys)))


def _follow(edition: Edition, below: tuple[Layer, ...], renames: Iterable[Rename], memo: Memo) -> None:
    """Use new names wherever the layer names things; what names mean is asked of the layers that still have the old ones."""
    state = Project((*below, edition.made()), memo=memo).state()
    edits: dict[str, set[Edit]] = {}
    for rename in renames:
        for file, span in uses(state, rename.thing):
            edits.setdefault(file, set()).add(Edit(span.start, span.end, rename.new))
    for file, some in edits.items():
        edition.texts[file] = applied(edition.texts[file], some)


def mended(layer: Layer, places: Iterable[tuple[Span, str]]) -> Layer:
    """The layer with other names at places of its documents."""
    edits: dict[str, set[Edit]] = {}
    for span, new in places:
        path = span.source.path.removeprefix(f"{layer.root}/") if layer.root else span.source.path
        edits.setdefault(path, set()).add(Edit(span.start, span.end, new))
    texts = {path: applied(text, edits.get(path, ())) for path, text in layer.documents.items()}
    return with_documents(layer, texts)
