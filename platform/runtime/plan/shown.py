"""A plan's changes as lines of text: the gravest class first, what is alike in one line, a first release in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from kith.problems import Words, fill
from kith.runtime.plan.changes import EFFECTS, AddEntity, Change
from kith.runtime.plan.changes_told import PEOPLE, ChangeDocument, ChangeRights, people
from kith.runtime.plan.spoken import spoken

MOST_LISTED = 30
"""Changes of a first release that are listed one by one: of more it is told how many there are of each kind."""
ON = Words("role {role} on {entity} {how}: ", "角色 {role} 对 {entity} {how}：")
ONE = Words("{what} was {before}, becomes {after}", "{what} 由 {before} 变为 {after}")
SEVERAL = Words("{what} were {before}, become {after}", "{what} 由 {before} 变为 {after}")
ENTITY = Words("entity", "实体")
CLASS = Words("{title}:", "{title}：")


@dataclass(frozen=True, slots=True)
class Line:
    """One change, or several that are told of together, in words; `below` is what there is to say beside, line by line."""

    sign: str
    text: str
    changes: tuple[Change, ...]
    below: tuple[str, ...] = ()


def lines_of(changes: Sequence[Change], language: str, *, first: bool = False) -> Iterator[str]:
    """The changes class by class, each class behind an empty line; those of the `first` release may be counted only."""
    if first and len(changes) > MOST_LISTED:
        counted = [change for change in changes if isinstance(change, AddEntity | ChangeDocument)]
        yield ""
        yield from _numbers(counted, language)
        changes = [change for change in changes if change not in counted]
    for effect, title in EFFECTS.items():
        own = [change for change in changes if change.effect == effect]
        if own:
            yield ""
            yield fill(CLASS, {"title": title}, language)
        for line in lines_in(own, language):
            yield f"  {line.sign} {line.text}"
            yield from (f"      {beside}" for beside in line.below)


def lines_in(changes: Sequence[Change], language: str) -> Iterator[Line]:
    """The changes of one class."""
    for _, together in groupby(_documents_together(changes), key=_subject):
        yield from _told(list(together), language)


def _documents_together(changes: Sequence[Change]) -> Iterator[Change]:
    """The same changes, with the documents of one kind to which the same happens one after the other."""
    documents: dict[object, list[Change]] = {}
    for change in changes:
        if isinstance(change, ChangeDocument):
            documents.setdefault(_subject(change), []).append(change)
    for change in changes:
        yield from documents.pop(_subject(change), ()) if isinstance(change, ChangeDocument) else (change,)


def _numbers(changes: Sequence[Change], language: str) -> Iterator[str]:
    kinds = [spoken(change.document) if isinstance(change, ChangeDocument) else ENTITY for change in changes]
    for kind, count in Counter(kind.in_(language) for kind in kinds).items():
        yield f"  + {count:>4}  {kind}"


def _subject(change: Change) -> object:
    """What changes are told of together by: one role's rights on one entity in one direction, documents of one kind."""
    match change:
        case ChangeRights():
            return change.role, change.entity, change.how, change.people
        case ChangeDocument():
            return change.document, change.how
        case _:
            return id(change)


def _told(changes: Sequence[Change], language: str) -> Iterator[Line]:
    rights = [change for change in changes if isinstance(change, ChangeRights)]
    if len(rights) > 1:
        yield Line("~", _rights(rights, language), tuple(rights))
        return
    documents = [change for change in changes if isinstance(change, ChangeDocument)]
    if len(documents) > 1:
        names = ("、" if language == "zh-CN" else ", ").join(one.name for one in documents)
        text = fill(ChangeDocument.words, {**documents[0].values(), "name": names}, language)
        yield Line(documents[0].sign, text, tuple(documents))
        return
    for change in changes:
        refusal = [change.refusal.in_(language)] if change.refusal else []
        yield Line(change.sign, change.message(language), (change,), (*refusal, *change.details(language)))


def _rights(changes: Sequence[ChangeRights], language: str) -> str:
    """Several rights of a role on an entity in one line."""
    ways: dict[tuple[str, str], list[ChangeRights]] = {}
    for change in changes:
        ways.setdefault((change.before, change.after), []).append(change)
    told = []
    for same in ways.values():
        names = [_name(one, language) for one in same]
        what = ("、" if language == "zh-CN" else ", ").join(names)
        told.append(fill(SEVERAL if len(same) > 1 else ONE, {**same[0].values(), "what": what}, language))
    first = changes[0]
    ending = fill(PEOPLE, {"people": people(first.people)}, language) if first.people else ""
    return fill(ON, first.values(), language) + ("；" if language == "zh-CN" else "; ").join(told) + ending


def _name(change: ChangeRights, language: str) -> str:
    what = change.values()["what"]
    return what.in_(language) if isinstance(what, Words) else str(what)
