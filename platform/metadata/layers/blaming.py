"""Which other layer has to do with a mistake: it removes what is missed, or says more about the same thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kith.metadata.layers.documents import Merged, Part
from kith.metadata.layers.merging import REMOVE
from kith.metadata.mistakes.shape import UNKNOWN_KEY
from kith.problems import Problem, Related, Span, Words
from kith.source import Entry, Mapping, Node

DECLARING = frozenset({"entity", "fragment", "rules", "workflow", "data", "tests"})
"""Kinds whose parts other documents name."""
NEAR = 2
"""A thing inside a document stands at least so deep: `fields`, then its name."""


def with_layers(problems: Sequence[Problem], merged: Merged) -> list[Problem]:
    """The same problems; errors that another layer has to do with name it, and the place."""
    if not any(problem.is_error for problem in problems):
        return list(problems)
    removed = list(_removed(merged))
    stacks = {
        source.path: _said(document.parts)
        for document in merged.documents.values()
        if len({part.layer for part in document.parts}) > 1
        for source in document.sources
    }
    return [_with_layers(problem, removed, stacks, merged) for problem in problems]


def _with_layers(
    problem: Problem, removed: list[tuple[str, Span]], stacks: dict[str, tuple[Part, ...]], merged: Merged
) -> Problem:
    span = problem.span
    if span is None or not problem.is_error:
        return problem
    if moved := _typed_above(problem, span, stacks.get(span.source.path, ()), merged):
        return moved
    also = [*_removers(problem, span, removed, merged), *_others(span, stacks.get(span.source.path, ()), merged)]
    return replace(problem, related=(*problem.related, *also)) if also else problem


def _typed_above(problem: Problem, span: Span, parts: tuple[Part, ...], merged: Merged) -> Problem | None:
    """A key that a type of an upper layer does not take is that layer's to clear: the mistake stands at its `type`."""
    own = next((part for part in parts if span.source in part.sources), None)
    *path, key = _path(own.node, span) if own and problem.code == UNKNOWN_KEY.code else [""]
    above = parts[parts.index(own) + 1 :] if own and path else ()
    typed = [node for part in above if (entry := _entry(part.node, path)) and (node := _type(entry))]
    if not typed:
        return None
    place, layer = typed[-1].span, merged.layer_at(span)
    hint = Words(
        f"write `{key}: ~` beside it, to clear what {layer} says", f"请在旁边写 `{key}: ~`，以清除 {layer} 的设置"
    )
    says = Related(span, Words(f'the layer {layer} says "{key}" here', f"图层 {layer} 在此处设置了“{key}”"))
    return replace(problem, span=place, hint=hint, fix=None, related=(*problem.related, says))


def _type(entry: Entry) -> Node | None:
    return entry.value.get("type") if isinstance(entry.value, Mapping) else None


def _removers(problem: Problem, span: Span, removed: list[tuple[str, Span]], merged: Merged) -> Iterator[Related]:
    """Where the name that a problem is about is removed."""
    names = {span.source.text[span.start : span.end].strip("\"'- "), problem.values.get("name")}
    for name, place in removed:
        if name in names and place != span:
            layer = merged.layer_at(place)
            yield Related(place, Words(f'the layer {layer} removes "{name}" here', f"图层 {layer} 在此处删除“{name}”"))


def _removed(merged: Merged) -> Iterator[tuple[str, Span]]:
    """All that upper layers remove, by name: documents, and what stands in documents."""
    for (_, name), parts in merged.gone.items():
        yield name, next(iter(parts[-1].node.entries.values())).value.span
    for document in merged.documents.values():
        for part in document.parts[1:] if document.kind in DECLARING else ():
            yield from ((entry.key.text, entry.key.span) for entry in _removals(part.node))


def _removals(node: Node) -> Iterator[Entry]:
    """The entries below a node that say `~remove: true`."""
    for entry in node.entries.values() if isinstance(node, Mapping) else ():
        value = entry.value
        if isinstance(value, Mapping) and REMOVE in value.entries:
            yield entry
        else:
            yield from _removals(value)


def _said(parts: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(part for whole in parts for part in whole.within or (whole,))


def _others(span: Span, parts: tuple[Part, ...], merged: Merged) -> Iterator[Related]:
    """Where other layers speak of the innermost thing around a place that they speak of at all."""
    own = next((part for part in parts if span.source in part.sources), None)
    path = _path(own.node, span) if own else []
    for depth in range(len(path), NEAR - 1, -1):
        found = [(part, entry) for part in parts if part is not own and (entry := _entry(part.node, path[:depth]))]
        for part, entry in found:
            layer = merged.layer_at(entry.key.span) or part.layer
            if own is not None and layer != own.layer:
                words = Words(f"the layer {layer} speaks of it here, too", f"图层 {layer} 在此处也有设置")
                yield Related(entry.key.span, words)
        if found:
            return


def _path(node: Node, span: Span) -> list[str]:
    """The keys that lead to a place in a document."""
    for name, entry in node.entries.items() if isinstance(node, Mapping) else ():
        if entry.key.span.source is span.source and entry.key.span.start <= span.start < entry.value.span.end:
            return [name, *_path(entry.value, span)]
    return []


def _entry(node: Node, path: Sequence[str]) -> Entry | None:
    """The map that a part has at a path; what it says by a single value or a list, the upper layer alone says."""
    entry: Entry | None = None
    for name in path:
        entry = node.entries.get(name) if isinstance(node, Mapping) else None
        if entry is None:
            return None
        node = entry.value
    return entry if isinstance(node, Mapping) else None
