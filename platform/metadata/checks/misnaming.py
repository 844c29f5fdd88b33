"""Problems of names that are missing, told where a person would mend them: at the declaration, where that is the odd one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kith.metadata.checks.checking import Checking
from kith.metadata.checks.naming import LOWER
from kith.metadata.mistakes import model as mistakes
from kith.metadata.shapes.checking import place
from kith.problems import Problem, Related, Span, Value, Words, nearest
from kith.source import Mapping, Scalar

MOST_PLACES = 5
"""Places that one problem names beside its own."""
FIELDS = frozenset({"D404", "D405", "D435", "E203"})
"""Codes that tell of a name which an entity does not have."""
KINDS = {"D403": "entity", "D406": ""}
"""Codes that tell of a document that is not there, with its kind."""
MOST_ROWS = 2
"""Further rows that are told of a mistake which stands in many."""
_FIELDS = Words("its fields are declared here", "它的字段在这里声明")
_USED = Words("named here", "在这里用到")


@dataclass(frozen=True, slots=True)
class Owner:
    """What a missing name should be part of: an entity, or all documents of a kind (then without an entity)."""

    kind: str
    entity: str = ""


def told_in_place(problems: list[Problem], c: Checking) -> list[Problem]:
    """The problems, those of one missing name put together where its declaration is the odd one."""
    groups: dict[tuple[Owner, str], list[Problem]] = {}
    for problem in problems:
        if owner := _owner(problem, c):
            groups.setdefault((owner, str(problem.values["name"])), []).append(problem)
    gone: dict[int, Problem | None] = {}
    for (owner, name), group in groups.items():
        odd = _odd_name(owner, name, group, c)
        for number, problem in enumerate(group):
            gone[id(problem)] = (odd if number == 0 else None) if odd else _with_declarations(problem, owner, c)
    told = (gone.get(id(problem), problem) for problem in problems)
    return _rows_once([problem for problem in told if problem is not None], c)


def _rows_once(problems: list[Problem], c: Checking) -> list[Problem]:
    """The problems; a field that many rows of a document name is told at the first, with their number and the next places."""
    rows = {source.path for document, _ in c.documents("data") for source in document.sources}
    groups: dict[tuple[str, str, Value], list[Problem]] = {}
    for problem in problems:
        if problem.code in FIELDS and problem.span and problem.span.source.path in rows:
            key = (problem.span.source.path, str(problem.values["entity"]), problem.values["name"])
            groups.setdefault(key, []).append(problem)
    first = {id(group[0]): _with_places(group) for group in groups.values() if len(group) > 1}
    others = {id(problem) for group in groups.values() for problem in group[1:]}
    return [first.get(id(problem), problem) for problem in problems if id(problem) not in others]


def _with_places(group: list[Problem]) -> Problem:
    words = Words(f"one of {len(group)} places; also here", f"共 {len(group)} 处，此处也是")
    also = [Related(problem.span, words) for problem in group[1 : 1 + MOST_ROWS] if problem.span]
    return replace(group[0], related=(*group[0].related, *also))


def _owner(problem: Problem, c: Checking) -> Owner | None:
    entity = problem.values.get("entity")
    if problem.code in FIELDS and isinstance(entity, Words):
        called = [name for name, scope in c.world.items() if scope.label == entity]
        return Owner("", called[0]) if len(called) == 1 else None
    if problem.code in KINDS:
        titles = {document.kind for document in c.context.merged.documents.values()}
        said = problem.values.get("kind")
        kind = KINDS[problem.code] or next((k for k in titles if isinstance(said, Words) and LOWER[k] == said), "")
        return Owner(kind) if kind else None
    return None


def _odd_name(owner: Owner, name: str, group: list[Problem], c: Checking) -> Problem | None:
    """The problem of a declaration that nothing names, while several places name another one like it."""
    declared = dict(_declared(owner, c))
    near = nearest(name, [other for other in declared if _mentions(other, c) == 1])
    stem = next((other for other, span in declared.items() if span.source.path.endswith(f"/{name}.yaml")), "")
    other = stem if owner.kind and stem else near if len({problem.span for problem in group}) > 1 else ""
    other = other or _labelled(owner, name, c)
    if not other or other == name:
        return None
    values: dict[str, Value] = {"name": other, "meant": name, "places": _counted(len(group))}
    hint = Words(f'did you mean "{name}"?', f"是否想写“{name}”？")
    places = tuple(Related(problem.span, _USED) for problem in group[:MOST_PLACES] if problem.span)
    return Problem(mistakes.ODD_NAME, declared[other], values, hint, related=places)


def _labelled(owner: Owner, name: str, c: Checking) -> str:
    """The field whose label is the missing name in words, and which no document about its entity names as it is declared."""
    scope = c.world.get(owner.entity)
    shells = scope.shells if scope else {}
    other = next((other for other, shell in shells.items() if as_name(shell.label.texts.get("en", "")) == name), "")
    return other if other and _mentions(other, c, owner.entity) == 1 else ""


def as_name(words: str) -> str:
    """Words as a name: "Lifetime spend" is `lifetime_spend`."""
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def _counted(places: int) -> Words:
    return Words("1 place names" if places == 1 else f"{places} places name", f"{places} 处")


def _with_declarations(problem: Problem, owner: Owner, c: Checking) -> Problem:
    """The problem, with the place where such names are declared."""
    if not owner.entity:
        return problem
    declared = dict(_declared(owner, c))
    near = nearest(str(problem.values["name"]), declared)
    document = c.context.merged.documents["entity", owner.entity]
    said = [part for part in document.parts if part.node.get("fields")]
    own = min(said, key=lambda part: bool(part.fragment)).node if said else document.node
    span = declared.get(near) or place(own, ["fields"], True)
    if problem.span and span.source is problem.span.source:
        return problem
    words = Words(f'"{near}" is declared here', f"“{near}”在这里声明") if near else _FIELDS
    return replace(problem, related=(Related(span, words),))


def _declared(owner: Owner, c: Checking) -> Iterator[tuple[str, Span]]:
    """The names that there are, each where it is declared."""
    for document in c.context.merged.documents.values():
        if owner.kind == document.kind:
            first = next(iter(document.node.entries.values()))
            yield document.name, first.value.span
        if document.kind != "entity" or not owner.entity:
            continue
        fields = document.node.get("fields")
        for name, entry in fields.entries.items() if isinstance(fields, Mapping) else ():
            if document.name == owner.entity:
                yield name, entry.key.span
            to, inverse = (
                entry.value.get(key) if isinstance(entry.value, Mapping) else None for key in ("to", "inverse")
            )
            if isinstance(to, Scalar) and isinstance(inverse, Scalar) and to.text == owner.entity:
                yield inverse.text, inverse.span


def _mentions(name: str, c: Checking, about: str = "") -> int:
    """How often a word stands in the app's documents, or in those about one entity."""
    sources = {
        source.path: source.text
        for document in c.context.merged.documents.values()
        if not about or about in (document.name, getattr(document.node.get("of"), "text", ""))
        for source in document.sources
    }
    return sum(len(re.findall(rf"\b{re.escape(name)}\b", text)) for text in sources.values() if name in text)
