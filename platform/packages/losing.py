"""What a template's new version has no more, and where the company's layer names it: in keys, in values, in expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from kith.metadata.assisting import State, uses
from kith.metadata.assisting.names import DOCUMENTS, OF_ENTITIES, Declared, known
from kith.packages.conflicts import ADOPT, Adopt, Choice, Conflict, DropUse, Path, Rename, Side, id_of, side
from kith.packages.stack import Stack, path_at
from kith.problems import Span, Words
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar, Sequence

PARTS = ("field", "key", "action", "relation", "rule", "state", "transition")
"""What belongs to an entity and may be named elsewhere."""
STEPS: Mapping[str, tuple[str, ...]] = {"field": ("fields",), "key": ("keys",), "action": ("actions",)}
"""Where in the document of its entity something stands."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Something that is not there any more: where it stood, and what it is called now, if anything."""

    thing: Declared
    path: Path
    new_name: str = ""


@dataclass(slots=True)
class Losses:
    """All that a new version has no more, found by comparing what two versions declare."""

    old: State
    new: State
    found: list[Lost] = field(default_factory=list)
    entities: dict[str, str] = field(default_factory=dict)
    """The entities that are still there, by what they are called now."""

    def look(self) -> Losses:
        """Compare kind by kind; what belongs to something that is gone goes with it."""
        self._sort("entity", "", "", _renamed(self.new, ("entity",)))
        gone = {one.thing.name: one.new_name for one in self.found}
        for kind in DOCUMENTS:
            self._sort(kind, "", "", {})
        for entity in self.old.built.world:
            now = gone.get(entity, entity)
            if now in self.new.built.world:
                self.entities[entity] = now
                self._parts(entity, now)
        self._sort("rule", "", "", {})
        self._folded()
        return self

    def _parts(self, entity: str, now: str) -> None:
        fields = _renamed(self.new, ("entity", now, "fields"))
        for kind in PARTS:
            self._sort(kind, entity, now, fields if kind == "field" else {})
        for name in known(self.old, "field", entity):
            other = name if name in known(self.new, "field", now) else fields.get(name, "")
            if other:
                options = _renamed(self.new, ("entity", now, "fields", other, "options"))
                self._sort("option", f"{entity}.{name}", f"{now}.{other}", options)

    def _sort(self, kind: str, owner: str, now: str, renamed: Mapping[str, str]) -> None:
        """Compare what is declared of one kind."""
        there = known(self.new, kind, now)
        for name, one in known(self.old, kind, owner).items():
            if name not in there and one.span is not None and (path := self._path(one)):
                self.found.append(Lost(one, path, renamed.get(name, "")))

    def _path(self, one: Declared) -> Path:
        entity, _, name = one.owner.partition(".")
        if one.kind == "entity" or one.kind in DOCUMENTS:
            return (one.kind, one.name)
        if one.kind == "option":
            return ("entity", entity, "fields", name, "options", one.name)
        if one.kind in STEPS:
            return ("entity", entity, *STEPS[one.kind], one.name)
        for (kind, document), whole in self.old.built.documents.documents.items():
            if one.span is not None and one.span.source in whole.sources:
                root = next(part.node for part in whole.parts if one.span.source in part.sources)
                return (kind, document, *path_at(root, one.span)[0])
        return ()

    def _folded(self) -> None:
        """What is gone with the thing that it belongs to is not told by itself; states are renamed as their options are."""
        paths = {one.path for one in self.found if not one.new_name}
        options = {
            (one.thing.owner.partition(".")[0], one.thing.name): one.new_name
            for one in self.found
            if one.thing.kind == "option"
        }
        kept: list[Lost] = []
        for one in self.found:
            if any(one.path[:length] in paths for length in range(2, len(one.path))):
                continue
            if one.thing.kind == "state" and (name := options.get((one.thing.owner, one.thing.name))):
                one = replace(one, new_name=name)
            if all(other.thing.span != one.thing.span for other in kept):
                kept.append(one)
        self.found = kept


def _renamed(state: State, path: Path) -> dict[str, str]:
    """What the entries of a map were called before, by their old names."""
    found: dict[str, str] = {}
    if path == ("entity",):
        nodes = {
            name: whole.node for (kind, name), whole in state.built.documents.documents.items() if kind == "entity"
        }
    else:
        whole = state.built.documents.documents.get((path[0], path[1]))
        node: Node | None = whole.node if whole else None
        for step in path[2:]:
            node = node.get(step) if isinstance(node, MappingNode) else None
        entries = node.entries.items() if isinstance(node, MappingNode) else ()
        nodes = {name: entry.value for name, entry in entries if isinstance(entry.value, MappingNode)}
    for name, node in nodes.items():
        before = node.get("renamed_from")
        for item in before.items if isinstance(before, Sequence) else ():
            if isinstance(item, Scalar) and item.text not in nodes:
                found.setdefault(item.text, name)
    return found


def conflicts_of(stack: Stack, losses: Losses, titles: tuple[str, str, str]) -> Iterator[Conflict]:
    """For each thing that is gone and that the company's layer names: where, and what can be done."""
    world = stack.world(stack.before())
    for one in losses.found:
        twin = known(world, one.thing.kind, one.thing.owner).get(one.thing.name, one.thing)
        places = list(dict.fromkeys(span for _, span in uses(world, twin)))
        if places:
            yield _conflict(one, twin, places, losses.old, titles)


def _conflict(one: Lost, twin: Declared, spans: list[Span], old: State, titles: tuple[str, str, str]) -> Conflict:
    name, count = id_of(one.path), len(spans)
    places = "one place" if count == 1 else f"{count} places"
    node = _node(old, one.path)
    sides = [side(titles[0], node, one.thing.span), Side(Words(titles[1], titles[1]), one.new_name or "–", "")]
    sides += [Side(Words(titles[2], titles[2]), _line(span), span.place) for span in spans]
    choices: dict[str, Choice] = {}
    if one.new_name:
        words = Words(
            f'{name}: it is called "{one.new_name}" now; the company names it in {places}.',
            f"{name}：现已改名为“{one.new_name}”，公司层有 {count} 处使用旧名。",
        )
        follow = Words(f'say "{one.new_name}" at all these places', f"在这些地方改用“{one.new_name}”")
        choices["rename"] = Choice(follow, (Rename(twin, one.new_name),))
    else:
        words = Words(
            f"{name}: the template's new version has it no more; the company names it in {places}.",
            f"{name}：模板新版本中已不存在，公司层有 {count} 处使用。",
        )
        if node is not None and one.thing.kind != "relation":
            choices["adopt"] = Choice(ADOPT, (Adopt(one.path, node),))
    dropped = Words("take out what the company says at all these places", "删除公司层中的这些使用之处")
    choices["drop"] = Choice(dropped, tuple(DropUse(span) for span in spans))
    return Conflict(name, "gone", words, tuple(sides), choices, next(iter(choices)), one.path)


def _node(state: State, path: Path) -> MappingNode | None:
    whole = state.built.documents.documents.get((path[0], path[1]))
    node: Node | None = whole.node if whole else None
    for step in path[2:]:
        node = node.get(step) if isinstance(node, MappingNode) else None
    return node if isinstance(node, MappingNode) else None


def _line(span: Span) -> str:
    line, _ = span.source.position(span.start)
    return span.source.line(line).strip()


assert set(PARTS) <= OF_ENTITIES.keys()
