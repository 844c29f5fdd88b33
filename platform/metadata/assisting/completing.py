"""What an author may want to write where the cursor stands: keys, words, names, and in expressions all that has a meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from kith.metadata.assisting.mentions import Seen, mentions
from kith.metadata.assisting.names import Declared, fields_of, inputs, known, led, relations_of
from kith.metadata.assisting.project import State, document_of
from kith.metadata.assisting.spots import Spot, spot_at
from kith.metadata.formatting import STARTS
from kith.metadata.shapes.kinds import KINDS
from kith.metadata.shapes.reading import chosen
from kith.problems import Words
from kith.rules.describing import Described, functions
from kith.rules.lexical import STATEMENTS
from kith.rules.scanning import Start
from kith.source import Scalar

HERE = "qqherehereqq"
"""Stands where the cursor is while a text is read."""
WORDS = ("and", "or", "not", "in", "is set", "is not set", "between", "if", "then", "else", "true", "false", "null")
RECORDS = {
    "this": Words("the record itself", "记录本身"),
    "old": Words("the record before the change", "更改前的记录"),
    "me": Words("the user who acts", "当前用户"),
}
_BEFORE = re.compile(r"[\w-]*$")
_CLOSERS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing to write from `start` to `end` of the document."""

    text: str
    kind: str
    """key, value, entity, field, relation, option, function, statement, word, variable or what else is declared."""
    label: Words
    detail: str
    start: int
    end: int
    help: Words | None = None


def complete(state: State, path: str, offset: int) -> list[Proposal]:
    """The proposals at an offset of a document of the app, the likeliest first."""
    text = state.texts.get(path, "")
    offset = min(offset, len(text))
    start = offset - len(_BEFORE.search(text[:offset]).group().lstrip("-"))  # type: ignore[union-attr]  # it matches ""
    end = offset + len(re.match(r"[\w]*", text[offset:]).group())  # type: ignore[union-attr]
    found = _spot(state, path, start, end)
    if found is None:
        return _kinds(path, start, end) if "\n" not in text[:start].strip() and ":" not in text[:start] else []
    spot, read = found
    begun = text[start:offset].lower()
    proposals = list(_proposals(state, spot, read, start, end))
    return sorted(
        (one for one in proposals if begun in one.text.lower() or begun in one.label.zh.lower()),
        key=lambda one: not one.text.lower().startswith(begun),
    )


def _spot(state: State, path: str, start: int, end: int) -> tuple[Spot, str] | None:
    """Where the cursor stands, found in a text with a word in its place that makes it readable."""
    text = state.texts.get(path, "")
    line = text[text.rfind("\n", 0, start) + 1 : start]
    rest = text[end : (text + "\n").index("\n", end)]
    closing = "".join(_CLOSERS[one] for one in reversed(_open(line)))
    for word in (HERE, f"{HERE}: ~", f"{HERE}{closing}", f"{HERE}: ~{closing}", f'{HERE}"{closing}', f"'{HERE}'"):
        tail = text[end:] if closing not in word or not closing else text[end + len(rest) :]
        candidate = text[:start] + word + tail
        if (document := document_of(candidate, state.shown(path))) is None:
            continue
        spot = spot_at(*document, start + word.index(HERE), partial(led, state))
        if spot is not None and HERE in spot.scalar.text and _is_whole(spot):
            return spot, candidate
    return None


def _is_whole(spot: Spot) -> bool:
    """Whether no value stands where a map is wanted, and no plain one swallowed a key that is only begun."""
    if spot.is_key:
        return True
    wants_map = spot.schema.get("type") == "object" or "kith:choose" in spot.schema
    return not wants_map and ("\n" not in spot.scalar.text or spot.schema.get("format") in STARTS)


def _open(line: str) -> list[str]:
    """The brackets that a line leaves open, but for those in quotes."""
    found: list[str] = []
    for one in re.sub(r"\"[^\"]*\"|'[^']*'", "", line):
        if one in _CLOSERS:
            found.append(one)
        elif one in _CLOSERS.values() and found:
            found.pop()
    return found


def _kinds(path: str, start: int, end: int) -> list[Proposal]:
    """The first word of a document: its kind, which the folder says."""
    folder = path.split("/", 1)[0] if "/" in path else ""
    kinds = [kind for kind in KINDS.values() if kind.folder == folder] or list(KINDS.values())
    return [Proposal(f"{one.name}: ", "key", one.title, "", start, end, one.doc) for one in kinds]


def _proposals(state: State, spot: Spot, read: str, start: int, end: int) -> Iterator[Proposal]:
    language = STARTS.get(spot.schema.get("format"))
    if not spot.is_key and language is not None:
        if "boolean" in spot.schema.get("type", ()):
            yield from (_word(word, "value", start, end) for word in ("true", "false"))
        yield from _in_expression(state, spot, read, language, start, end)
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
        named.setdefault(choose["by"], {"description": f"The {choose['by']}."})
    needed = schema.get("required", ())
    for name in sorted(named, key=lambda one: one not in needed):
        if name not in spot.within.entries:
            doc = str(named[name].get("description", ""))
            yield Proposal(name, "key", Words(doc, doc), "required" if name in needed else "", start, end)


def _values(spot: Spot, start: int, end: int) -> Iterator[Proposal]:
    """The words that a value may be."""
    schema, types = spot.schema, spot.schema.get("type", ())
    words = [*schema.get("enum", ()), *schema.get("enum:text", ())]
    if "const" in schema or spot.path[-1:] == ("type",):
        words += _types(spot)
    if types == "boolean" or "boolean" in types:
        words += ["true", "false"]
    for word in words:
        text = str(word).lower() if isinstance(word, bool) else str(word)
        yield _word(text, "value", start, end)


def _types(spot: Spot) -> list[str]:
    """The types among which the value of `type` chooses."""
    node, schema = spot.root, KINDS[spot.kind].schema
    for step in spot.path[:-1]:
        schema = chosen(node, schema) if "kith:choose" in schema else schema
        schema = schema.get("properties", {}).get(step, schema.get("additionalProperties") or {})
        inner = node.get(step)
        node = inner if inner is not None and not isinstance(inner, Scalar) else node  # type: ignore[assignment]
    return list(schema.get("kith:choose", {}).get("among", ()))


def _word(text: str, kind: str, start: int, end: int) -> Proposal:
    return Proposal(text, kind, Words("", ""), "", start, end)


def _named(state: State, spot: Spot, start: int, end: int) -> Iterator[Proposal]:
    """Names of what is declared elsewhere; options where the value of a choice field stands."""
    to, owner = spot.to, spot.owner
    if not to and spot.field and not spot.is_key:
        to, owner = "option", f"{owner}.{spot.field}"
    if to == "path" and "." in spot.scalar.text.split(HERE)[0]:
        to, owner = "path", _through(state, owner, spot.scalar.text.split(HERE)[0])
    taken = spot.within.entries if spot.is_key else {}
    yield from (_declared(one, start, end) for one in known(state, to, owner, spot).values() if one.name not in taken)


def _through(state: State, entity: str, path: str) -> str:
    """The entity that a path of references ends at."""
    for step in path.lstrip("-").split(".")[:-1]:
        scope = state.built.world.get(entity)
        found = scope.name(step) if scope else None
        entity = found.type.entity if found else ""
    return entity


def _declared(one: Declared, start: int, end: int) -> Proposal:
    return Proposal(one.name, one.kind, one.label, one.detail, start, end, one.help)


def _in_expression(state: State, spot: Spot, read: str, language: Start, start: int, end: int) -> Iterator[Proposal]:
    """What has a meaning at the cursor of an expression."""
    text = spot.scalar.text
    at = text.index(HERE)
    for candidate in _readable(text[:at], text[at + len(HERE) :], language):
        found = [
            (one, seen)
            for one, seen in mentions(candidate, language, state.built.world, spot.owner, inputs(spot, state))
            if HERE in one.name
        ]
        if found:
            mention, seen = found[0]
            if mention.kind in ("option", "entity"):
                yield from (_declared(one, start, end) for one in known(state, mention.kind, mention.owner).values())
            else:
                bare = not text[:at].endswith(".")
                yield from _names(state, mention.owner, seen, bare, start, end)
                if language == "block" and _begins(text[:at]):
                    yield from (_word(word, "statement", start, end) for word in STATEMENTS)
            return
    if language == "block" and _begins(text[:at]):
        yield from (_word(word, "statement", start, end) for word in STATEMENTS)


def _begins(before: str) -> bool:
    """Whether a statement begins here."""
    return before.rpartition("\n")[2].strip() == "" or before.rstrip().endswith(("{", "}"))


def _readable(before: str, after: str, language: Start) -> Iterator[str]:
    """Texts with the word in place that may parse: as it is, and without what follows."""
    closing = "".join(_CLOSERS[one] for one in reversed(_open(before)))
    if language == "block" and _begins(before):
        yield f"{before}set {HERE} = 1{after}"
        yield f"{before}set {HERE} = 1{closing}"
    quote = '"' if before.count('"') % 2 else ""
    for value in (f"{HERE}{quote}", f"{HERE}{quote} == 1", f"{HERE}: 1", f"{HERE} = 1", f"{HERE} {{ }}"):
        yield f"{before}{value}{after.removeprefix(quote)}"
        yield f"{before}{value}{closing}"


def _names(state: State, owner: str, seen: Seen, bare: bool, start: int, end: int) -> Iterator[Proposal]:
    """Fields and relations of an entity; where the name stands alone, also variables, functions and words."""
    scope = state.built.world.get(owner)
    if bare:
        for name in seen.lets:
            yield Proposal(name, "variable", Words("", ""), seen.lets[name], start, end)
    if scope is not None:
        yield from (_declared(one, start, end) for one in fields_of(scope))
        yield from (_declared(one, start, end) for one in relations_of(scope))
    if bare:
        yield from (Proposal(name, "word", label, "", start, end) for name, label in RECORDS.items())
        yield from (_function(one, start, end) for one in functions().values())
        yield from (_word(word, "word", start, end) for word in WORDS)


def _function(one: Described, start: int, end: int) -> Proposal:
    return Proposal(one.name, "function", one.doc, one.form, start, end)
