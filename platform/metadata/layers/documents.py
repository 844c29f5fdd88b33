"""The documents of all layers, read, told apart by kind and name, and put on each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kith.metadata.fields import COMMON, FIELD_TYPES
from kith.metadata.layers.merging import Nulls, merge, removes
from kith.metadata.memo import Memo
from kith.metadata.mistakes import layers as mistakes
from kith.metadata.mistakes import shape
from kith.metadata.model import Layer
from kith.metadata.shapes.checking import first_line
from kith.metadata.shapes.kinds import KINDS, LATER_KINDS, Kind
from kith.problems import Problem, Source, Span, Value, Words, did_you_mean
from kith.source import Entry, Node, Scalar, Sequence, read
from kith.source import Mapping as MappingNode

DATA_KINDS = frozenset({"data", "tests"})
"""Kinds in which `~` may be a value, nothing."""
APP = ("app", "")
_SHAPE_KEYS = frozenset(KINDS["entity"].schema["properties"]) | {
    key for kind in FIELD_TYPES.values() for key in (*kind.keys, *COMMON, "type")
}


@dataclass(frozen=True, slots=True)
class Part:
    """One document of one layer; `fragment` names the fragment that it was included as."""

    layer: str
    path: str
    node: MappingNode
    sources: tuple[Source, ...]
    """The texts that it is made of: several where it is a fragment that more than one layer speaks of."""
    fragment: str = ""
    within: tuple[Part, ...] = ()
    """Of a fragment, what each layer says of it."""


@dataclass(slots=True)
class Document:
    """A document as all layers together say it; `parts` from the lowest layer up."""

    kind: str
    name: str
    node: MappingNode
    parts: tuple[Part, ...]

    @property
    def sources(self) -> tuple[Source, ...]:
        """All texts that it is made of."""
        return tuple(source for part in self.parts for source in part.sources)

    @property
    def layer(self) -> str:
        """The layer that declared it first."""
        return next((part.layer for part in self.parts if not part.fragment), "")


@dataclass(slots=True)
class Merged:
    """All documents, by kind and name; `layer_of` tells for the path of a source which layer it belongs to."""

    documents: dict[tuple[str, str], Document] = field(default_factory=dict)
    layer_of: dict[str, str] = field(default_factory=dict)
    ranks: dict[str, int] = field(default_factory=dict)
    """By layer, how many lie below it."""
    gone: dict[tuple[str, str], tuple[Part, ...]] = field(default_factory=dict)
    """Documents that a layer takes away: what lower layers say, and last the part that does so."""
    lost: set[str] = field(default_factory=set)
    """What documents that could not be read seem to declare: that it is missing elsewhere is no mistake of its own."""

    def of(self, kind: str) -> Iterable[Document]:
        """The documents of one kind, in the order of layers and paths."""
        return [document for document in self.documents.values() if document.kind == kind]

    def layer_at(self, span: Span) -> str:
        """The layer whose file a place is in."""
        return self.layer_of.get(span.source.path, "")


def merged(layers: Iterable[Layer], problems: list[Problem], memo: Memo) -> Merged:
    """Read and merge all documents; what is wrong is noted."""
    result = Merged()
    stacks: dict[tuple[str, str], list[Part]] = {}
    for rank, layer in enumerate(layers):
        result.ranks[layer.name] = rank
        own: dict[tuple[str, str], Part] = {}
        for path, text in layer.documents.items():
            shown = f"{layer.root}/{path}" if layer.root else path
            result.layer_of[shown] = layer.name
            node, found = _read(memo, shown, text)
            problems += found
            if node is None:
                result.lost |= _declared(text)
            if node is None or (key := _identity(node, path, problems)) is None:
                continue
            part = Part(layer.name, path, node, (node.span.source,))  # type: ignore[arg-type]  # what has an identity is a map
            if key in own:
                _twice(key, own[key], part, problems)
            else:
                own[key] = part
        for key, part in own.items():
            if removes(part.node, problems.append):
                _remove(key, part, stacks, result, problems)
            else:
                result.gone.pop(key, None)
                stacks.setdefault(key, []).append(part)
    _merge_all(stacks, result, problems, memo)
    return result


def _read(memo: Memo, path: str, text: str) -> tuple[Node | None, list[Problem]]:
    return memo.once(("read", path, text), lambda: read(text, path))


def _declared(text: str) -> set[str]:
    """The names that an unreadable document seems to declare: its own, and where it has fields, those with their relations."""
    start = re.search(r"^([a-z]+):[ ]*([\w-]+)", text, re.MULTILINE)
    if start is None:
        return set()
    if start.group(1) not in ("entity", "fragment"):
        return {start.group(2)}
    keys = set(re.findall(r"([a-z_][a-z0-9_]*):", text)) - _SHAPE_KEYS
    return {start.group(2), *keys, *re.findall(r"\binverse: ?([a-z_][a-z0-9_]*)", text)}


def _identity(node: Node, path: str, problems: list[Problem]) -> tuple[str, str] | None:
    """The kind and name that a document starts with; none where it has no good ones."""
    if not isinstance(node, MappingNode) or not node.entries:
        problems.append(Problem(shape.NOT_A_MAP, first_line(node)))
        return None
    entry = next(iter(node.entries.values()))
    kind = KINDS.get(entry.key.text)
    if kind is None:
        problems.append(_no_kind(entry, node, path))
        return None
    if not isinstance(entry.value, Scalar) or not entry.value.text:
        odd = {"wanted": Words("a name", "名称"), "found": Words("something else", "其他内容")}
        problems.append(Problem(shape.WRONG_TYPE, entry.key.span, odd))
        return None
    if not _belongs(kind, path):
        values: dict[str, Value] = {
            "kind": kind.name,
            "folder": Words(f"{kind.folder}/", f"{kind.folder}/") if kind.folder else "app.yaml",
        }
        problems.append(Problem(shape.WRONG_FOLDER, entry.key.span, values))
    return APP if kind.name == "app" else (kind.name, entry.value.text)


def _no_kind(entry: Entry, node: MappingNode, path: str) -> Problem:
    """Why a document is of no kind."""
    name = entry.key.text
    if name in LATER_KINDS:
        return Problem(shape.NOT_YET, entry.key.span, {"name": name})
    wanted = next((kind for kind in KINDS.values() if kind.folder and path.startswith(kind.folder + "/")), KINDS["app"])
    later = next((key for key in node.entries if key in KINDS), "")
    hint = did_you_mean(name, KINDS)
    if later:
        hint = Words(f'move "{later}" to the first line', f"请把“{later}”移到第一行")
    elif hint is None:
        hint = Words(
            f"in this folder it starts with {wanted.name}: NAME", f"此文件夹中的文档以 {wanted.name}: 名称 开头"
        )
    return Problem(shape.UNKNOWN_KIND, entry.key.span, {"name": name}, hint)


def _belongs(kind: Kind, path: str) -> bool:
    return path.startswith(kind.folder + "/") if kind.folder else path == "app.yaml"


def _twice(key: tuple[str, str], first: Part, second: Part, problems: list[Problem]) -> None:
    entry = next(iter(second.node.entries.values()))
    place = next(iter(first.node.entries.values())).value.span.place
    title = Words(KINDS[key[0]].title.en.lower(), KINDS[key[0]].title.zh)
    problems.append(Problem(mistakes.DECLARED_TWICE, entry.value.span, {"kind": title, "name": key[1], "place": place}))


def _remove(
    key: tuple[str, str],
    part: Part,
    stacks: dict[tuple[str, str], list[Part]],
    result: Merged,
    problems: list[Problem],
) -> None:
    below = stacks.pop(key, None)
    if below is not None:
        result.gone[key] = (*below, part)
    else:
        entry = next(iter(part.node.entries.values()))
        known = [name for kind, name in stacks if kind == key[0]]
        problems.append(
            Problem(mistakes.REMOVES_NOTHING, entry.value.span, {"name": key[1]}, did_you_mean(key[1], known))
        )


def _merge_all(
    stacks: Mapping[tuple[str, str], list[Part]], result: Merged, problems: list[Problem], memo: Memo
) -> None:
    """Merge each stack; fragments first, since they lie below the entities that include them."""
    for (kind, name), parts in sorted(stacks.items(), key=lambda item: item[0][0] != "fragment"):
        below = _included(parts, result, problems) if kind == "entity" else []
        document = Document(kind, name, parts[0].node, (*below, *parts))
        document.node, found = _whole(document, memo)
        problems += found
        result.documents[kind, name] = document


def _whole(document: Document, memo: Memo) -> tuple[MappingNode, list[Problem]]:
    """A document's parts put on each other, with what is wrong with that."""

    def make() -> tuple[MappingNode, list[Problem]]:
        found: list[Problem] = []
        node: MappingNode | None = None
        nulls = Nulls.MAY_CLEAR if document.kind in DATA_KINDS else Nulls.CLEARS
        for part in document.parts:
            node = merge(node, part.node, found.append, nulls)
        return node or document.node, found

    return memo.once(("whole", document.kind, document.sources), make)


def _included(parts: list[Part], result: Merged, problems: list[Problem]) -> list[Part]:
    """The fragments that an entity includes, as parts below it: what the topmost layer that speaks of it says."""
    said = next((part.node.get("include") for part in reversed(parts) if part.node.get("include")), None)
    found = []
    for item in said.items if isinstance(said, Sequence) else ():
        fragment = result.documents.get(("fragment", item.text)) if isinstance(item, Scalar) else None
        if fragment:
            first = fragment.parts[0]
            node = _without_name(fragment.node)
            within = tuple(
                Part(part.layer, part.path, _without_name(part.node), part.sources, fragment.name)
                for part in fragment.parts
            )
            found.append(Part(first.layer, first.path, node, fragment.sources, fragment.name, within))
        elif isinstance(item, Scalar):
            known = [name for kind, name in result.documents if kind == "fragment"]
            problems.append(
                Problem(mistakes.NO_FRAGMENT, item.span, {"name": item.text}, did_you_mean(item.text, known))
            )
    return found


def _without_name(node: MappingNode) -> MappingNode:
    """A fragment as an entity includes it."""
    return MappingNode({key: entry for key, entry in node.entries.items() if key != "fragment"}, node.span, node.flow)
