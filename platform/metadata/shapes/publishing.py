"""The shapes as plain JSON Schema (draft 2020-12), for editors and for anyone who writes documents by a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kith.metadata import names
from kith.metadata.shapes.kinds import KINDS

DRAFT = "https://json-schema.org/draft/2020-12/schema"
Json = dict[str, Any]

_DROPPED = frozenset({"kith:later", "kith:as", "kith:wanted"})


def published(kind: str) -> Json:
    """The schema of one kind."""
    defs: Json = {}
    schema = _standard(KINDS[kind].schema, defs)
    return {"$schema": DRAFT, "title": KINDS[kind].doc.en, **schema, "$defs": dict(sorted(defs.items()))}


def published_for_any() -> Json:
    """One schema for documents of every kind, told apart by their first key."""
    defs: Json = {}
    branches = []
    for kind in KINDS.values():
        defs[kind.name] = _standard(kind.schema, defs)
        branches.append({"if": _is(kind.name), "then": {"$ref": f"#/$defs/{kind.name}"}})
    known = {"anyOf": [{"required": [kind]} for kind in KINDS]}
    return {
        "$schema": DRAFT,
        "title": "A document of Kith",
        "type": "object",
        **known,
        "allOf": branches,
        "$defs": dict(sorted(defs.items())),
    }


def _is(kind: str) -> Json:
    """The condition that a document is of a kind; some kinds have a key that is called as another kind (a view's segment)."""
    others = [
        {"required": [other.name]}
        for other in KINDS.values()
        if other.name != kind and kind in other.schema["properties"]
    ]
    return {"required": [kind]} | ({"not": {"anyOf": others}} if others else {})


def _standard(schema: Mapping[str, Any], defs: Json) -> Json:
    """A schema in standard keywords; what several places choose among goes into `defs`."""
    found: Json = {}
    rest: list[Json] = []
    for key, value in schema.items():
        if key in _DROPPED:
            continue
        if key == "properties":
            found[key] = {name: _standard(part, defs) for name, part in value.items()}
        elif key in ("items", "additionalProperties") and isinstance(value, Mapping):
            found[key] = _standard(value, defs)
        elif key == "kith:title":
            found["title"] = value.en
        elif key.startswith("kith:") or key == "enum:text":
            rest += _ours(key, value, defs, found)
        else:
            found[key] = value
    return found | ({"allOf": rest} if rest else {})


def _ours(key: str, value: Any, defs: Json, found: Json) -> Iterator[Json]:
    """What one of our keywords is in standard ones: parts of an `allOf`, or entries of the schema itself."""
    match key:
        case "kith:names":
            found["propertyNames"] = _name(value)
        case "kith:name":
            found.update(_name(value))
        case "kith:languages":
            found["propertyNames"] = {"pattern": value}
        case "enum:text":
            yield {"if": {"type": "string"}, "then": {"enum": value}}
        case "kith:one_of":
            yield {"oneOf": [{"required": [name]} for name in value]}
        case "kith:excludes":
            for pair in value:
                yield {"not": {"required": list(pair)}}
        case "kith:goes_with":
            yield from (_company(name, others) for name, others in value.items())
        case "kith:choose":
            yield from _choice(value, defs, found)


def _company(name: str, others: Iterable[str]) -> Json:
    return {"if": {"required": [name]}, "then": {"anyOf": [{"required": [other]} for other in others]}}


def _choice(choose: Mapping[str, Any], defs: Json, found: Json) -> Iterator[Json]:
    by, among = choose["by"], choose["among"]
    what = choose["what"].en.removeprefix("a ").replace(" ", "_")
    found.setdefault("properties", {})[by] = {"enum": list(among), "description": f"The {by}."}
    for name, schema in among.items():
        defs[f"{what}_{name}"] = _standard(schema, defs)
        yield {
            "if": {"properties": {by: {"const": name}}, "required": [by]},
            "then": {"$ref": f"#/$defs/{what}_{name}"},
        }


def _name(what: str) -> Json:
    """The pattern of declared names, without the words that are taken."""
    if what == "option":
        return {"pattern": names.OPTION}
    taken = sorted(
        word for word in names.RESERVED | names.ROUTES | names.INTERNAL | {*names.SYSTEM} if names.taken(word, what)
    )
    return {"pattern": names.PATTERN, "not": {"enum": taken}}
