"""Who can see a record and why oneself can: what the reader's own roles say of it, and to those who administer who else sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.accessing import RecordAccess, record_access, who_sees
from kith.runtime.accessing.told import action_name, field_lines, verdict_lines
from kith.runtime.write.messages import texts
from kith.web import addresses
from kith.web.answering import page
from kith.web.requests import Stop, Visit, Web
from kith.web.subject import Subject, record_of
from kith.web.templating import wanted
from kith.web.view import Link


def routes(web: Web) -> Sequence[Route]:
    """The route of a record's access."""
    return (Route("/records/{entity}/{id}/access", page(web, show), methods=["GET"]),)


SHARE = frozenset({"user", "team", "access", "until"})
"""What lines have that share a record: the fields of the platform's fragment `share`."""


def access_links(subject: Subject) -> Iterator[Link]:
    """The ways to sharing a record, and to what may be done with it."""
    relation = shares_of(subject) if subject.may("update") else ""
    if relation:
        edit = addresses.edit_of(subject.entity.name, subject.record.id)
        yield Link(subject.visit.texts("access.share"), f"{edit}#lines-{relation}", "user-plus")
    key = "access.who" if subject.reader.administers else "access.why"
    yield Link(subject.visit.texts(key), f"{subject.address}/access", "eye", dialog=True)


def shares_of(subject: Subject) -> str:
    """The relation of the lines by which the reader may share records of an entity; "" where there is none."""
    for related in subject.outline.grids:
        entity = subject.visit.model.entities[subject.entity.inverses[related.relation].entity]
        may = not subject.reader.rights[entity.name].right("create").never
        if may and entity.fields.keys() >= SHARE and entity.fields["user"].to == "user":
            return related.relation
    return ""


@dataclass(frozen=True, slots=True)
class Told:
    """One action on the page, or one group of people."""

    label: str
    verdict: str
    icon: str
    lines: Sequence[str]
    did: Sequence[str] = ()


def show(visit: Visit) -> Response:
    """What the reader may do with a record and why, and who else sees it."""
    subject = record_of(visit, deleted=True)
    about = visit.connection, visit.context, visit.release, subject.entity.name, subject.record.id
    found = record_access(*about, visit.context.actor)
    if found is None:
        raise Stop(404)
    title = visit.texts("access.title", title=subject.record.title)
    context = {
        "title": title,
        "crumbs": (*subject.crumbs, Link(title, visit.here)),
        "notes": (visit.texts("access.note"),),
        "rules": [*_people(subject), *_own(subject, found)],
        "empty": "",
        "further": None,
        "back": addresses.record_of(subject.entity.name, subject.record.id),
    }
    if wanted(visit.request, "dialog-body"):
        return visit.block("whys.html", "content", **context)
    return visit.page("whys.html", **context)


def _people(subject: Subject) -> Iterator[Told]:
    """Who sees the record, where the reader administers."""
    visit = subject.visit
    if not subject.reader.administers:
        return
    seers, is_all = who_sees(visit.connection, visit.context, visit.release, subject.entity.name, subject.record.id)
    lines = [f"{one.name} – {', '.join(one.roles)}" for one in seers]
    lines += [] if is_all else [visit.texts("access.more")]
    yield Told(visit.texts("access.people"), str(len(seers)), "users-round", lines)


def _own(subject: Subject, found: RecordAccess) -> Iterator[Told]:
    visit = subject.visit
    say = texts(visit.language)
    for one in found.verdicts:
        label = action_name(say, one.action, one.label)
        verdict = visit.texts("access.yes" if one.may else "access.no")
        yield Told(label, verdict, "check" if one.may else "minus", [*verdict_lines(say, one)])
    fields = list(field_lines(say, found.fields))
    if fields:
        yield Told(visit.texts("access.fields"), str(len(fields)), "list", fields)
