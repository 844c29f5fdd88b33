"""All records of an entity that may be the same, for whoever tidies up: searched by a job, merged or kept apart one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.likeness import apart, searching
from kith.runtime.likeness.merging import can_merge
from kith.runtime.read import get_record
from kith.web import addresses
from kith.web.answering import action, page
from kith.web.pages.record import ONE
from kith.web.pages.signing import expired
from kith.web.requests import Stop, Visit, Web, go, parameter
from kith.web.story import when
from kith.web.subject import Subject, entity_of, record_of
from kith.web.templating import wanted
from kith.web.view import Link

MOST = 50
BACK = "_back"


def routes(web: Web) -> Sequence[Route]:
    """The routes of tidying up."""
    return (
        Route("/records/{entity}/duplicates", page(web, show), methods=["GET"]),
        Route("/records/{entity}/duplicates", action(web, search, expired), methods=["POST"]),
        Route(ONE + "/apart/{other}", action(web, keep_apart, expired), methods=["POST"]),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """Two records that may be the same: what they are called, by what, and what can be done."""

    one: Link
    other: Link
    labels: str
    merge: str
    apart: str


def may_tidy(subject: Subject) -> bool:
    """Whether the reader may look at all pairs: who reads all records and may change and delete some."""
    rights = subject.reader.rights[subject.entity.name]
    rules = any(rule.action != "ask" for rule in subject.entity.duplicates.values())
    writes = not any(rights.right(action).never for action in ("update", "delete"))
    reads = rights.right("read").always and all(
        rights.reading(name).read.always for rule in subject.entity.duplicates.values() for name in rule.match
    )
    return rules and writes and reads and can_merge(subject.entity)


def _tidied(visit: Visit) -> Subject:
    subject = entity_of(visit)
    if not may_tidy(subject):
        raise Stop(404)
    return subject


def show(visit: Visit) -> Response:
    """The pairs that the latest search has found and that nobody has dealt with yet."""
    subject = _tidied(visit)
    entity, texts = subject.entity, visit.texts
    found = searching.latest(visit.connection, entity.name)
    pairs = _pairs(subject, found.pairs if found is not None else ())
    title = texts("alike.pairs_title", label=entity.plural.in_(visit.language))
    context = {
        "title": title,
        "crumbs": (*subject.crumbs, Link(title, visit.here)),
        "icon_name": subject.icon,
        "action": addresses.pairs_of(entity.name),
        "here": visit.here,
        "busy": found is not None and found.busy,
        "state": _state(subject, found),
        "searched": found is not None,
        "pairs": pairs[:MOST],
        "more": len(pairs) > MOST,
    }
    if wanted(visit.request, "pairs"):
        return visit.block("pairs.html", "pairs_found", **context)
    return visit.page("pairs.html", **context)


def _state(subject: Subject, found: searching.Found | None) -> str:
    visit = subject.visit
    if found is None:
        return visit.texts("alike.pairs_never")
    if found.failed:
        return visit.texts("alike.pairs_failed")
    if found.busy:
        return visit.texts("alike.pairs_busy", count=found.looked_at)
    return visit.texts("alike.pairs_done", count=found.looked_at, at=when(subject, found.at))


def _pairs(subject: Subject, found: Sequence[tuple[str, str, str]]) -> list[Shown]:
    visit, entity = subject.visit, subject.entity
    titles = searching.titled(visit.connection, visit.context, subject.reader, entity.name, found)
    known = apart.kept_apart(visit.connection, visit.release, entity.name, [(one, other) for one, other, _ in found])
    return [
        Shown(
            Link(titles[one], addresses.record_of(entity.name, one)),
            Link(titles[other], addresses.record_of(entity.name, other)),
            _labels(subject, rule),
            addresses.merge_of(entity.name, one, other),
            addresses.apart_of(entity.name, one, other),
        )
        for one, other, rule in found
        if one in titles and other in titles and apart.pair_of(one, other) not in known
    ]


def _labels(subject: Subject, path: str) -> str:
    rule = subject.entity.duplicates.get(path.rpartition(".")[2])
    fields = subject.entity.fields
    return " + ".join(fields[name].label.in_(subject.visit.language) for name in rule.match) if rule else ""


def search(visit: Visit) -> Response:
    """Have all records looked at, by a job."""
    subject = _tidied(visit)
    name, now = subject.entity.name, visit.context.now
    visit.write(lambda connection: searching.ask(connection, visit.release, name, now))
    return go(addresses.pairs_of(name))


def keep_apart(visit: Visit) -> Response:
    """Two records are not the same: nobody is told of it any more. It takes the right to change one of them."""
    subject = record_of(visit)
    entity, id_ = subject.entity.name, parameter(visit.request, "other")
    other = get_record(visit.connection, visit.context, visit.release, entity, id_)
    if other is None or not (subject.may("update") or "update" in other.can):
        raise Stop(404)
    pair = (subject.record.id, other.id)
    visit.write(lambda connection: apart.keep_apart(connection, visit.context, visit.release, entity, pair))
    back = addresses.pairs_of(entity) if visit.sent(BACK) else subject.address
    return go(back, "kept_apart")
