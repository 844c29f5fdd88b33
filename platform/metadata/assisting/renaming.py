"""Giving something another name everywhere in an app: in documents and in expressions, with the data keeping up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kith.metadata import names
from kith.metadata.assisting.finding import Found, found_at, uses
from kith.metadata.assisting.names import Declared, known
from kith.metadata.assisting.project import Project, State, document_of, errors
from kith.metadata.scalars import Edit, applied
from kith.problems import Span, Words
from kith.source import Mapping as MappingNode
from kith.source import Scalar, Sequence

KINDS = frozenset(
    "entity field option relation role view segment form fragment rule action transition state key step tab input".split()
)
"""What can be renamed."""
STORED = frozenset({"entity", "field", "option"})
"""What data is stored under: its old name stays in `renamed_from`, so that `kith plan` sees a new name and no new thing."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something cannot be renamed so."""

    words: Words


def renamable(state: State, path: str, offset: int) -> Found | Refusal:
    """What stands at an offset, if it can be renamed."""
    found = found_at(state, path, offset)
    if found is None or found.declared.kind not in KINDS:
        return Refusal(Words("Nothing that has a name of its own stands here.", "此处没有可重命名的名称。"))
    one = found.declared
    if one.span is None:
        return Refusal(Words(f'Kith itself keeps "{one.name}".', f"“{one.name}”由 Kith 维护，不能重命名。"))
    if state.own_path(one.span.source) is None:
        layer = state.built.documents.layer_of.get(one.span.source.path, one.span.source.path)
        return Refusal(
            Words(
                f'"{one.name}" is declared in {layer}, not in this app.',
                f"“{one.name}”在 {layer} 中声明，不属于此应用。",
            )
        )
    return found


def rename(project: Project, path: str, offset: int, new: str) -> Mapping[str, list[Edit]] | Refusal:
    """The changes of each document; refused where the app would no longer be what it was."""
    state = project.state()
    found = renamable(state, path, offset)
    if isinstance(found, Refusal):
        return found
    one = found.declared
    if refusal := _unfit(state, one, new):
        return refusal
    edits: dict[str, list[Edit]] = {}
    for other in (one, *_twins(state, one)):
        for place, span in uses(state, other):
            edit = Edit(span.start, span.end, new)
            if edit not in edits.setdefault(place, []):
                edits[place].append(edit)
    if one.kind in STORED and one.span is not None:
        edits.setdefault(str(state.own_path(one.span.source)), []).extend(_remembered(one, one.span))
    return _sound(project, state, edits)


def _unfit(state: State, one: Declared, new: str) -> Refusal | None:
    """Why a new name is none, or is taken."""
    what = one.kind if one.kind in ("entity", "field", "option") else "name"
    if not names.is_name(new) or names.taken(new, what):
        return Refusal(
            Words(
                f'"{new}" is no name that can be given: a small letter, then letters, digits and single underscores.',
                f"“{new}”不能作名称：以小写字母开头，由小写字母、数字和单个下划线组成，且不是保留字。",
            )
        )
    if new in known(state, one.kind, one.owner) or (one.kind == "field" and new in known(state, "relation", one.owner)):
        return Refusal(Words(f'"{new}" exists already.', f"“{new}”已存在。"))
    return None


def _twins(state: State, one: Declared) -> Iterator[Declared]:
    """What must keep the same name: the option of a field and the state of its workflow."""
    for document in state.built.documents.of("workflow"):
        entity, field = (_text(document.node, key) for key in ("of", "field"))
        if (
            one.kind == "option"
            and one.owner == f"{entity}.{field}"
            and (twin := known(state, "state", entity).get(one.name))
        ):
            yield twin
        if (
            one.kind == "state"
            and one.owner == entity
            and (twin := known(state, "option", f"{entity}.{field}").get(one.name))
        ):
            yield twin
    for scope in state.built.world.values() if one.kind == "role" else ():
        for shell in scope.shells.values():
            if shell.at.text("options_from") == "roles":
                yield Declared("option", f"{shell.entity}.{shell.name}", one.name, one.label)


def _remembered(one: Declared, span: Span) -> Iterator[Edit]:
    """The old name, added to what is declared."""
    text = span.source.text
    document = document_of(text, span.source.path)
    if document is None:
        return
    kind, root = document
    node, indent = _declaring(one, kind, root)
    if node is None or node.get("renamed_from") is not None:
        had = node.get("renamed_from") if node else None
        if isinstance(had, Sequence) and had.items:
            yield Edit(had.items[0].span.start, had.items[0].span.start, f"{one.name}, ")
        return
    if node.flow:
        end = node.span.end - 1
        yield Edit(end, end, f"{', ' if node.entries else ''}renamed_from: [{one.name}]")
    else:
        end = _line_end(text, span.end)
        yield Edit(end, end, f"\n{indent}renamed_from: [{one.name}]")


def _declaring(one: Declared, kind: str, root: MappingNode) -> tuple[MappingNode | None, str]:
    """The map that declares something, and how its keys are indented."""
    steps = {"entity": (), "field": ("fields", one.name)}.get(one.kind)
    if steps is None:
        steps = ("fields", one.owner.partition(".")[2], "options", one.name)
    node: object = root
    for step in steps:
        node = node.get(step) if isinstance(node, MappingNode) else None
    if not isinstance(node, MappingNode):
        return None, ""
    first = next(iter(node.entries.values()), None)
    column = first.key.span.source.position(first.key.span.start)[1] - 1 if first else 0
    return node, " " * column


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end


def _sound(project: Project, state: State, edits: dict[str, list[Edit]]) -> Mapping[str, list[Edit]] | Refusal:
    """The changes, if they bring no mistake that was not there."""
    texts = {path: applied(state.texts[path], some) for path, some in edits.items()}
    after = project.tried({**project.unsaved, **texts})
    if new := sorted(errors(after.problems) - errors(state.problems)):
        what = new[0].partition(" ")[2]
        return Refusal(Words(f"The new name would break something: {what}", f"新名称会造成错误：{what}"))
    return edits


def _text(node: MappingNode, key: str) -> str:
    found = node.get(key)
    return found.text if isinstance(found, Scalar) else ""
