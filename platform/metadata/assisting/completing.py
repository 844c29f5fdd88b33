"""What an author may want to write where the cursor stands: keys, words, names, and in expressions all that has a meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kith.metadata.assisting.expressing import in_expression
from kith.metadata.assisting.names import known, sought, spots_of
from kith.metadata.assisting.project import State, document_of
from kith.metadata.assisting.proposing import HERE, Proposal, closing, declared, word
from kith.metadata.assisting.spots import Spot, spot_at
from kith.metadata.formatting import STARTS
from kith.metadata.shapes.kinds import KINDS
from kith.metadata.shapes.reading import chosen
from kith.metadata.shapes.wording import meaning
from kith.problems import Words
from kith.source import Scalar

_BEFORE = re.compile(r"[\w-]*\Z")


def complete(state: State, path: str, offset: int) -> list[Proposal]:
    """The proposals at an offset of a document of the app, the likeliest first."""
    text = state.texts.get(path, "")
    offset = min(offset, len(text))
    start = offset - len(_BEFORE.search(text[:offset]).group().lstrip("-"))  # type: ignore[union-attr]  # it matches ""
    end = offset + len(re.match(r"[\w]*", text[offset:]).group())  # type: ignore[union-attr]
    spot = _spot(state, path, start, end)
    if spot is None:
        return _kinds(path, start, end) if "\n" not in text[:start].strip() and ":" not in text[:start] else []
    begun = text[start:offset].lower()
    proposals = list(_proposals(state, spot, start, end))
    return sorted(
        (one for one in proposals if begun in one.text.lower() or begun in one.label.zh.lower()),
        key=lambda one: not one.text.lower().lstrip('"').startswith(begun),
    )


def _spot(state: State, path: str, start: int, end: int) -> Spot | None:
    """Where the cursor stands, found in a text with a word in its place that makes it readable."""
    text = state.texts.get(path, "")
    line = text[text.rfind("\n", 0, start) + 1 : start]
    rest = text[end : (text + "\n").index("\n", end)]
    close = closing(line)
    whole, cut = text[end:], text[end + len(rest) :]
    tried = [(HERE, whole), (f"{HERE}: ~", whole), (f"'{HERE}'", whole)]
    for put, tail in tried + ([(f"{HERE}{close}", cut), (f"{HERE}: ~{close}", cut)] if close else []):
        candidate = text[:start] + put + tail
        if (document := document_of(candidate, state.shown(path))) is None:
            continue
        spot = spot_at(spots_of(state, *document), start + put.index(HERE))
        if spot is not None and HERE in spot.scalar.text and _is_whole(spot):
            return spot
    return None


def _is_whole(spot: Spot) -> bool:
    """Whether no value stands where a map is wanted, and no plain one swallowed a key that is only begun."""
    if spot.is_key:
        return True
    wants_map = spot.schema.get("type") == "object" or "kith:choose" in spot.schema
    span = spot.scalar.span
    return not wants_map and (
        "\n" not in span.source.text[span.start : span.end] or spot.schema.get("format") in STARTS
    )


def _kinds(path: str, start: int, end: int) -> list[Proposal]:
    """The first word of a document: its kind, which the folder says."""
    folder = path.split("/", 1)[0] if "/" in path else ""
    kinds = [kind for kind in KINDS.values() if kind.folder == folder] or list(KINDS.values())
    return [Proposal(f"{one.name}: ", "key", one.title, "", start, end, one.doc) for one in kinds]


def _proposals(state: State, spot: Spot, start: int, end: int) -> Iterator[Proposal]:
    language = STARTS.get(spot.schema.get("format"))
    if not spot.is_key and language is not None:
        if "boolean" in spot.schema.get("type", ()) and spot.scalar.text == HERE:
            yield from (word(one, "value", start, end) for one in ("true", "false"))
        yield from in_expression(state, spot, language, start, end)
    elif spot.is_key:
        yield from _keys(spot, start, end)
        yield from _named(state, spot, start, end)
    else:
        yield from _values(spot, start, end)
        yield from _named(state, spot, start, end)


def _keys(spot: Spot, start: int, end: int) -> Iterator[Proposal]:
    """The keys of a map that it does not have yet, those that it needs first."""
    schema = chosen(spot.within, spot.schema) if "kith:choose" in spot.schema else spot.schema
    named = dict(schema.get("properties", {}))
    if choose := spot.schema.get("kith:choose"):
        named.setdefault(choose["by"], {})
    needed = schema.get("required", ())
    for name in sorted(named, key=lambda one: one not in needed):
        if name not in spot.within.entries:
            doc = meaning(named[name])
            label = Words(f"{doc.en} (required)".lstrip(), f"{doc.zh}（必填）") if name in needed else doc
            yield Proposal(name, "key", label, "", start, end)


def _values(spot: Spot, start: int, end: int) -> Iterator[Proposal]:
    """The words that a value may be."""
    schema, types = spot.schema, spot.schema.get("type", ())
    words = [*schema.get("enum", ()), *schema.get("enum:text", ())]
    if "const" in schema or spot.path[-1:] in (("type",), ("kind",)):
        words += _types(spot)
    if types == "boolean" or "boolean" in types:
        words += ["true", "false"]
    for one in words:
        text = str(one).lower() if isinstance(one, bool) else str(one)
        yield word(text, "value", start, end)


def _types(spot: Spot) -> list[str]:
    """The types or kinds among which the value of the key chooses."""
    node, schema = spot.root, KINDS[spot.kind].schema
    for step in spot.path[:-1]:
        schema = chosen(node, schema) if "kith:choose" in schema else schema
        schema = schema.get("properties", {}).get(step, schema.get("additionalProperties") or {})
        inner = node.get(step)
        node = inner if inner is not None and not isinstance(inner, Scalar) else node  # type: ignore[assignment]
    choose = schema.get("kith:choose", {})
    return list(choose["among"]) if choose.get("by") == spot.path[-1] else []


def _named(state: State, spot: Spot, start: int, end: int) -> Iterator[Proposal]:
    """Names of what is declared elsewhere; options where the value of a choice field stands; addresses of texts."""
    to, owner = sought(state, spot)
    if to == "path" and "." in spot.scalar.text.split(HERE)[0]:
        owner = _through(state, owner, spot.scalar.text.split(HERE)[0])
    if spot.is_key and spot.kind == "strings" and len(spot.path) > 1:
        begun = spot.scalar.text.split(HERE)[0]
        steps = {one.removeprefix(begun).split(".")[0] for one in state.built.addresses if one.startswith(begun)}
        yield from (word(one, "key", start, end) for one in sorted(steps))
    taken = spot.within.entries if spot.is_key else {}
    yield from (declared(one, start, end) for one in known(state, to, owner, spot).values() if one.name not in taken)


def _through(state: State, entity: str, path: str) -> str:
    """The entity that a path of references ends at."""
    for step in path.lstrip("-").split(".")[:-1]:
        scope = state.built.world.get(entity)
        found = scope.name(step) if scope else None
        entity = found.type.entity if found else ""
    return entity
