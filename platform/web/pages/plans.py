"""Changes as pages show them: class by class, many of them kind by kind, each with its document and its setting's origin."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import orjson

from kith.metadata.model import Layer
from kith.runtime.applying.progress import candidate_digest
from kith.runtime.plan.changes import EFFECTS
from kith.runtime.plan.planning import Plan
from kith.runtime.plan.settings import setting_of
from kith.runtime.plan.shown import lines_in
from kith.runtime.plan.spoken import kind_of
from kith.runtime.releases import Published
from kith.web import addresses
from kith.web.requests import Visit

if TYPE_CHECKING:  # servers start without what reads documents
    from kith.metadata.layers.textual import Differing, Speaking

MOST = 30
"""Changes of a class that are listed one by one: more are told kind by kind, folded."""
MOST_LINES = 400
"""Lines that are shown of what differs in a document."""
MOST_DOCUMENTS = 200
COUNTED = frozenset({"rows", "seconds", "message", "refusal", "measured", "returning", "people"})
"""What the data says of a change: it may be another a moment later without the change being another."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line: `kind` says what it is of, `document` is the place of what differs, `origin` the page of the setting."""

    sign: str
    text: str
    kind: str
    count: int = 1
    below: Sequence[str] = ()
    document: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of a kind; without a label they are not folded."""

    label: str
    count: int
    lines: Sequence[Said]


@dataclass(frozen=True, slots=True)
class Class:
    """The lines of a class of changes."""

    effect: str
    label: str
    count: int
    groups: Sequence[Group]


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs in a document: lines with what they are (`+`, `-`, `@` or a blank), and how many are left out."""

    id: str
    sign: str
    name: str
    lines: Sequence[tuple[str, str]]
    more: int = 0


def classes_of_plan(visit: Visit, planned: Plan, texts: TextChanges, of: str) -> list[Class]:
    """The changes of a plan; `of` says in which stack a setting's origin is looked for."""
    language = visit.language

    def said(effect: str) -> Iterable[Said]:
        own = [change for change in planned.changes if change.effect == effect]
        for line in lines_in(own, language):
            data = line.changes[0].as_data("en")
            document, origin = texts.place(data), origin_of(data, of)
            kind = kind_of(data).in_(language)
            yield Said(line.sign, line.text, kind, len(line.changes), line.below, document, origin)

    return _classes(language, said)


def classes_of_release(visit: Visit, one: Published, texts: TextChanges) -> list[Class]:
    """The changes that a release was published with."""
    told = list(zip(one.changes, one.told(visit.language), strict=True))

    def said(effect: str) -> Iterable[Said]:
        for change, message in told:
            if change["class"] == effect:
                kind, origin = kind_of(change).in_(visit.language), origin_of(change, str(one.number))
                yield Said(_sign(change), message, kind, document=texts.place(change), origin=origin)

    return _classes(visit.language, said)


def _sign(change: Mapping[str, Any]) -> str:
    """Of a change that is stored without one."""
    how = str(change.get("how") or change.get("kind", ""))
    return "+" if how.startswith("add") else "-" if how.startswith("remove") else "~"


def _classes(language: str, said: Callable[[str], Iterable[Said]]) -> list[Class]:
    found = ((effect, words, list(said(effect))) for effect, words in EFFECTS.items())
    return [
        Class(effect, _heading(words.in_(language)), sum(line.count for line in lines), _groups(lines))
        for effect, words, lines in found
        if lines
    ]


def _heading(text: str) -> str:
    return text[:1].upper() + text[1:]


def _groups(lines: Sequence[Said]) -> list[Group]:
    if len(lines) <= MOST:
        return [Group("", len(lines), lines)]
    order = {kind: place for place, kind in enumerate(dict.fromkeys(line.kind for line in lines))}
    kinds = groupby(sorted(lines, key=lambda line: order[line.kind]), key=lambda line: line.kind)
    return [
        Group(_heading(kind), sum(line.count for line in some), some) for kind, found in kinds if (some := list(found))
    ]


def origin_of(change: Mapping[str, Any], of: str) -> str:
    """The page that says where the setting of a change comes from; "" of one that is gone, or of none."""
    gone = str(change.get("how") or change.get("kind", "")).startswith("remove")
    setting = "" if gone else setting_of(change)
    return addresses.origin_of(setting, of) if setting else ""


class TextChanges:
    """What differs between the documents of two stacks, and where on the page that of a change is."""

    def __init__(self, before: Sequence[Layer], after: Sequence[Layer]) -> None:
        from kith.metadata.layers.textual import Speaking, differing_documents

        found = differing_documents(before, after) if before else []
        self._found: Sequence[Differing] = found[:MOST_DOCUMENTS]
        self.more = len(found) - len(self._found)
        self._speaking: Speaking | None = Speaking(before, after, self._found) if found else None
        self._ids = {(one.layer, one.path): f"text-{number}" for number, one in enumerate(self._found, 1)}

    def place(self, change: Mapping[str, Any]) -> str:
        """The address, within the page, of the text that a change comes from."""
        if self._speaking is None:
            return ""
        setting = setting_of(change)
        found = self._speaking.of(setting) if setting else None
        if change.get("kind") == "change_texts":
            found = (change["layer"], change["paths"][0])
        return f"#{self._ids[found]}" if found in self._ids else ""

    def shown(self) -> list[Difference]:
        """All of it."""
        return [self._shown(one) for one in self._found]

    def _shown(self, one: Differing) -> Difference:
        lines = one.lines
        kept = [("@" if line.startswith("@@") else line[:1], line) for line in lines[:MOST_LINES]]
        name = f"{one.layer}/{one.path}"
        return Difference(self._ids[one.layer, one.path], one.sign, name, kept, len(lines) - len(kept))


def shown_digest(planned: Plan) -> str:
    """What a plan says, but for what is counted on the data: nothing else may be published than what somebody has seen."""
    said = [
        {name: value for name, value in change.as_data("en").items() if name not in COUNTED}
        for change in planned.changes
    ]
    text = orjson.dumps([planned.base_number, planned.back, candidate_digest(planned.model), said], default=str)
    return hashlib.sha256(text).hexdigest()
