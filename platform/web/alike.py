"""Records that may be the same, as pages tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kith.metadata.model import Entity
from kith.runtime.read.reader import Reader
from kith.runtime.write.change import Alike, Refused
from kith.web import addresses
from kith.web.requests import Visit
from kith.web.subject import Subject

SEEN = "_alike"
"""The input by which a form says which of them it has shown; HIDDEN stands for those that the reader may not see."""
HIDDEN = "-"
WARNING = "may_be_duplicate"


@dataclass(frozen=True, slots=True)
class Similar:
    """One of them: what it is called and where it is, what was compared, and where both are put together."""

    title: str
    address: str = ""
    labels: str = ""
    why: tuple[str, ...] = ()
    told: tuple[tuple[str, str], ...] = ()
    merge: str = ""
    apart: str = ""


def similar_of(one: Alike, beside: str = "") -> Similar:
    """What a page says of one; `beside` is the record that it may be put together with."""
    address = addresses.record_of(one.entity, one.id) if one.id else ""
    merge = addresses.merge_of(one.entity, beside, one.id) if beside and one.id else ""
    apart = addresses.apart_of(one.entity, beside, one.id) if beside and one.id else ""
    return Similar(one.title, address, one.labels, one.why, one.told, merge, apart)


def is_looked_at(subject: Subject) -> bool:
    """Whether the form looks for records that may be the same."""
    return any(rule.action != "ask" for rule in subject.entity.duplicates.values())


def asked_by(reader: Reader, entity: Entity) -> list[str]:
    """The fields by which the reader may ask whether there is such a record: those of rules that he could write a new one by."""
    rights = reader.rights[entity.name]
    if entity.owner_of_lines or rights.right("create").never:
        return []
    usable = [
        rule.match
        for rule in entity.duplicates.values()
        if not any(rights.writing(name, "create").never for name in rule.match)
    ]
    return list(dict.fromkeys(name for match in usable for name in match))


def seen_by(visit: Visit) -> frozenset[str]:
    """The records that the form has shown already."""
    return frozenset("" if one == HIDDEN else one for one in visit.sent(SEEN).split())


def found_while_typing(subject: Subject, found: Sequence[Alike]) -> str:
    """What stands above the fields while one types."""
    return _banner(subject, found, stopped=False) if found else ""


def stopped_by(subject: Subject, refused: Refused) -> str:
    """The same where they kept the form from being saved, or have kept it before."""
    return _banner(subject, refused.alike, stopped=True) if refused.alike else ""


def _banner(subject: Subject, found: Sequence[Alike], *, stopped: bool) -> str:
    visit = subject.visit
    seen = " ".join(one.id or HIDDEN for one in found if not one.refuses)
    only_warned = not any(one.refuses for one in found)
    similar = [similar_of(one) for one in found]
    html: str = visit.web.templates.ui(visit.language).alike_banner(
        similar, seen, stopped and only_warned, not only_warned
    )
    return html


def without_warning(refused: Refused) -> Refused:
    """The refusal without what the banner says already."""
    return replace(refused, failures=tuple(one for one in refused.failures if one.code != WARNING))
