"""What stands at a place and where it is declared, and every place that names it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kith.metadata.assisting.expressing import RECORDS
from kith.metadata.assisting.mentions import Mention, mentions
from kith.metadata.assisting.names import Declared, inputs, known, same, sought, spots_of
from kith.metadata.assisting.project import State
from kith.metadata.assisting.spots import Spot, spot_at
from kith.metadata.formatting import STARTS
from kith.problems import Span, Words
from kith.rules.describing import functions
from kith.source import Scalar

_FIELDS = {"fields": "field", "fields options": "option", "keys": "key"}
PARTS: Mapping[str, Mapping[str, str]] = {
    "entity": {**_FIELDS, "actions": "action", "actions inputs": "input"},
    "fragment": _FIELDS,
    "workflow": {"states": "state", "transitions": "transition"},
    "rules": {"items": "rule"},
    "form": {"tabs": "tab"},
    "import": {"steps": "step"},
}
"""What the keys of a document declare, by its kind and the maps that they stand in."""


@dataclass(frozen=True, slots=True)
class Found:
    """A name at a place, and what it leads to; the place is that of the name alone."""

    span: Span
    declared: Declared


def spot_in(state: State, path: str, offset: int) -> Spot | None:
    """The key or value that an offset of a document stands in."""
    document = state.document(path)
    return spot_at(spots_of(state, *document), offset) if document else None


def found_at(state: State, path: str, offset: int) -> Found | None:
    """What the name at an offset of a document leads to."""
    spot = spot_in(state, path, offset)
    if spot is None:
        return None
    inside = (one for one in found_in(state, spot) if one.span.start <= offset <= one.span.end)
    return min(inside, key=lambda one: one.span.end - one.span.start, default=None)


def found_in(state: State, spot: Spot) -> Iterator[Found]:
    """The names in a key or value, each with what it leads to."""
    language = None if spot.is_key else STARTS.get(spot.schema.get("format"))
    if language is not None:
        excerpt = spot.scalar.excerpt()
        for mention, _ in mentions(excerpt, language, state.built.world, spot.owner, inputs(spot, state)):
            declared = _meant(state, spot, mention)
            if declared is not None:
                yield Found(excerpt.span(mention.start, mention.end), declared)
    elif spot.kind == "strings":
        yield from _address(state, spot)
    elif spot.to == "refusal":
        yield from _refusal(state, spot)
    elif spot.to in ("path", "key") or "." in spot.scalar.text:
        yield from _path(state, spot)
    elif declared := _named(state, spot):
        yield Found(inner(spot.scalar), declared)


def inner(scalar: Scalar) -> Span:
    """The place of a scalar's text, without its quotes."""
    quoted = int(scalar.style in ("single", "double"))
    span = scalar.span
    return Span(span.source, span.start + quoted, span.end - quoted)


def declaration(spot: Spot) -> tuple[str, str, str] | None:
    """What a spot declares: its kind, whose it is, and its name; None where it declares nothing that is asked about."""
    path, text = spot.path, spot.path[-1] if spot.is_key and spot.path else spot.scalar.text
    if not spot.is_key:
        if path[2:] == ("inverse",) and path[0] == "fields":
            to = spot.within.get("to")
            return "relation", to.text if isinstance(to, Scalar) else "", text
        return (spot.kind, "", text) if path == (spot.kind,) else None
    sort = PARTS.get(spot.kind, {}).get(" ".join(path[::2])) if len(path) % 2 == 0 else None
    owner = f"{spot.owner}.{path[1]}" if sort == "option" else spot.owner
    return (sort, owner, text) if sort else None


def _named(state: State, spot: Spot) -> Declared | None:
    """What a whole key or value names, or declares."""
    if (said := declaration(spot)) is not None:
        kind, owner, name = said
        return known(state, kind, owner, spot).get(name)
    to, owner = sought(state, spot)
    return known(state, to, owner, spot).get(spot.scalar.text) if to else None


def _refusal(state: State, spot: Spot) -> Iterator[Found]:
    """What refuses: a rule, alone or behind the name of its document, or whatever else has that name."""
    place = inner(spot.scalar)
    name = spot.scalar.text.rpartition(".")[2]
    if (declared := known(state, "refusal", spot.owner).get(name)) is not None:
        yield Found(Span(place.source, place.end - len(name), place.end), declared)


def _address(state: State, spot: Spot) -> Iterator[Found]:
    """The names in the address of a text, such as `entity.store.fields.name.label`."""
    kind, *steps = spot.scalar.text.split(".") if spot.is_key else [""]
    document = state.built.documents.documents.get((kind, steps[0])) if steps else None
    if document is None:
        return
    place, at = inner(spot.scalar), inner(spot.scalar).start + len(kind) + 1
    of = document.node.get("of")
    owner = of.text if isinstance(of, Scalar) else steps[0]
    for number, step in enumerate(steps):
        there = replace(spot, kind=kind, root=document.node, owner=owner, path=tuple(steps[1 : number + 1]))
        said = declaration(there) if number else (kind, owner, step)
        if said and (declared := known(state, said[0], said[1], there).get(step)):
            yield Found(Span(place.source, at, at + len(step)), declared)
        at += len(step) + 1


def _path(state: State, spot: Spot) -> Iterator[Found]:
    """The fields of a path such as `-account.name`, one after the other."""
    place, entity = inner(spot.scalar), spot.owner
    at = place.start + (spot.scalar.text.startswith("-"))
    steps = spot.scalar.text.removeprefix("-").split(".")
    for step in steps:
        declared = known(state, "field" if len(steps) > 1 else spot.to, entity).get(step)
        if declared is None:
            return
        yield Found(Span(place.source, at, at + len(step)), declared)
        scope = state.built.world.get(entity)
        name = scope.name(step) if scope else None
        entity, at = (name.type.entity if name else ""), at + len(step) + 1


def _meant(state: State, spot: Spot, mention: Mention) -> Declared | None:
    """What a name in an expression leads to."""
    if mention.kind == "function":
        one = functions().get(mention.name)
        return (
            Declared("function", "", mention.name, Words(one.form, one.form), "function", None, one.doc)
            if one
            else None
        )
    if mention.kind == "variable" and mention.name in inputs(spot, state):
        return known(state, "input", spot.owner).get(mention.name)
    if mention.kind == "variable":
        return Declared("variable", "", mention.name, RECORDS.get(mention.name, Words("", "")), "variable")
    return known(state, mention.kind, mention.owner).get(mention.name) if mention.kind else None


def uses(state: State, declared: Declared) -> Iterator[tuple[str, Span]]:
    """Every place in the app's own documents that names something, its declaration included: path and span."""
    wanted = {(one.kind, one.owner, one.name) for one in same(state, declared)}
    for path, text in state.texts.items():
        if declared.name not in text or (document := state.document(path)) is None:
            continue
        for spot in spots_of(state, *document):
            if declared.name in spot.scalar.text:
                for one in found_in(state, spot):
                    if (one.declared.kind, one.declared.owner, one.declared.name) in wanted:
                        yield path, one.span
