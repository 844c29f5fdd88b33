"""What is to be done about a record, what has been done and what is noted, as its page shows it; and one's own open work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from kith.metadata.model import Entity
from kith.runtime.read import list_records
from kith.runtime.read.cells import MAY, TITLE
from kith.runtime.read.query import Query, Reference, Sort
from kith.runtime.read.reader import Reader, reader_of
from kith.web import addresses
from kith.web.formats import formatter
from kith.web.markdown import rendered
from kith.web.requests import Visit
from kith.web.shell import may_create
from kith.web.showing import chip_of, label_of
from kith.web.subject import Subject
from kith.web.view import Choice, Link

ACTIVITY, NOTE = "activity", "note"
SHOWN = 5
"""Open activities, past ones and notes on a record's page."""
MINE = 8
"""Open activities on the start page."""
OPEN = 'status == "open"'
ABOUT = "about"
ASKED = ("kind", "subject", "due_on", "status")
"""What the short form asks for, as far as there is such a field."""
TOLD = ("subject", "kind", "about", "owner", "due_on", "happened_at", "outcome", "note")
NOTED = ("text", "author", "created_at", "pinned")


@dataclass(frozen=True, slots=True)
class Item:
    """An activity or a note in a list."""

    title: str
    href: str
    kind: str = ""
    who: str = ""
    when: str = ""
    instant: str = ""
    late: bool = False
    outcome: Choice | None = None
    about: Link | None = None
    done: str = ""
    """Where it is said that it has been done, for who may say so."""
    prose: str = ""
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Some:
    """The first of several items, how many there are, and the way to all of them."""

    items: Sequence[Item] = ()
    count: str = ""
    all: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A short form: where it is sent, what is typed, and why it was refused."""

    action: str
    kinds: Sequence[Choice] = ()
    fields: frozenset[str] = frozenset()
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[str] = ()
    whole: str = ""
    """The full form, for all that the short one does not ask."""


@dataclass(frozen=True, slots=True)
class Work:
    """All of it; None where the record keeps none of that kind, or the reader may not read it."""

    open: Some | None = None
    past: Some | None = None
    notes: Some | None = None
    add: Form | None = None
    note: Form | None = None
    here: str = ""
    """Where its page is, to come back to."""

    @property
    def statements(self) -> int:
        """How many lists it took."""
        return sum(one is not None for one in (self.open, self.past, self.notes))


def links_to(reader: Reader, kept: str, entity: str) -> tuple[str, ...]:
    """The fields by which records of an entity name those of another and that the reader may read, plain references first."""
    found = [
        one
        for one in reader.entity(kept).fields.values()
        if entity in one.refers_to and one.type.kind in ("ref", "record") and not one.is_computed
    ]
    known = [one for one in found if not reader.access(kept, one.name).read.never]
    return tuple(one.name for one in sorted(known, key=lambda one: bool(one.targets)))


def work_of(
    subject: Subject, typed: Mapping[str, str] | None = None, errors: Mapping[str, Sequence[str]] | None = None
) -> Work:
    """What the page of a record shows; `typed` and `errors` are of a short form that was refused, by what it makes."""
    entity, live = subject.entity, not subject.record.deleted
    activities = keeps(subject, ACTIVITY) if entity.activities else ()
    notes = keeps(subject, NOTE) if entity.notes else ()
    told, wrong = typed or {}, errors or {}
    has_status = _may_read(subject.reader, "status")
    return Work(
        open=_listed(subject, activities, OPEN, (Sort("due_on"), Sort("created_at")))
        if activities and has_status
        else None,
        past=_listed(
            subject,
            activities,
            f"not ({OPEN})" if has_status else "",
            (Sort("happened_at", True), Sort("created_at", True)),
        )
        if activities
        else None,
        notes=_noted(subject, notes) if notes else None,
        add=_form(subject, ACTIVITY, activities, told, wrong) if activities and live else None,
        note=_form(subject, NOTE, notes, told, wrong) if notes and live else None,
        here=f"{subject.address}#work",
    )


def keeps(subject: Subject, kept: str) -> tuple[str, ...]:
    """The fields by which what is kept names the record; none where the reader may read none of it."""
    if kept not in subject.visit.model.entities or not subject.reader.may_read(kept):
        return ()
    return links_to(subject.reader, kept, subject.entity.name)


def _may_read(reader: Reader, name: str, entity: str = ACTIVITY) -> bool:
    return name in reader.entity(entity).fields and not reader.access(entity, name).read.never


def _listed(subject: Subject, links: tuple[str, ...], filter_: str, sort: Sequence[Sort]) -> Some:
    visit, reader = subject.visit, subject.reader
    names = [name for name in TOLD if _may_read(reader, name) and name not in (ABOUT, "note")]
    sort = tuple(one for one in sort if one.path == "created_at" or _may_read(reader, one.path))
    query = Query(
        ACTIVITY, (*names, TITLE, f"{MAY}status"), filter=filter_, related_to=(links, subject.record.id), sort=sort, limit=SHOWN,
        count="none",
    )  # fmt: skip
    found = list_records(visit.connection, visit.context, visit.release, query)
    items = [_item(visit, str(row[0]), names, row[2:], is_open=filter_ == OPEN) for row in found.rows]
    return Some(items, _count(len(items), found.next), _all(subject, ACTIVITY, links, filter_) if found.next else "")


def _all(subject: Subject, kept: str, links: Sequence[str], filter_: str) -> str:
    named = " or ".join(f'{name}.id == "{subject.record.id}"' for name in links)
    return addresses.list_of(kept, filter=f"({named}) and {filter_}" if filter_ else named)


def _count(shown: int, more: str | None) -> str:
    return f"{shown}+" if more else str(shown)


def _item(visit: Visit, id_: str, names: Sequence[str], values: Sequence[object], *, is_open: bool) -> Item:
    *cells, title, may = values
    told = dict(zip(names, cells, strict=True))
    fields, language = visit.model.entities[ACTIVITY].fields, visit.language
    kind, outcome = (
        fields[name].options.get(str(told.get(name))) if name in fields else None for name in ("kind", "outcome")
    )
    due, at, about = told.get("due_on"), told.get("happened_at"), told.get("about")
    owner = told.get("owner")
    today = visit.context.now.astimezone(visit.context.zone).date()
    when, instant = _when(visit, due, None if is_open else at)
    return Item(
        title=str(title),
        href=addresses.record_of(ACTIVITY, id_),
        kind=kind.label.in_(language) if kind else "",
        who=label_of(owner, visit.texts) if isinstance(owner, Reference) else "",
        when=when,
        instant=instant,
        late=is_open and isinstance(due, date) and due < today,
        outcome=chip_of(outcome, language) if outcome else None,
        about=Link(about.label, addresses.record_of(about.entity, about.id))
        if isinstance(about, Reference) and about.visible
        else None,
        done=addresses.done_of(id_) if is_open and may is True else "",
    )


def _when(visit: Visit, due: object, at: object) -> tuple[str, str]:
    """When it happened, else when it is due: as people and as machines read it."""
    if isinstance(at, datetime):
        return formatter("instant", visit.language, zone=str(visit.context.reader_zone))(at), at.isoformat()
    if isinstance(due, date):
        return formatter("date", visit.language)(due), due.isoformat()
    return "", ""


def _noted(subject: Subject, links: tuple[str, ...]) -> Some:
    visit, reader = subject.visit, subject.reader
    names = [name for name in NOTED if name == "created_at" or _may_read(reader, name, NOTE)]
    sort = [Sort("pinned", True)] if "pinned" in names else []
    query = Query(
        NOTE,
        (*names,),
        related_to=(links, subject.record.id),
        sort=(*sort, Sort("created_at", True)),
        limit=SHOWN,
        count="none",
    )
    found = list_records(visit.connection, visit.context, visit.release, query)
    items = [_note(visit, str(row[0]), dict(zip(names, row[2:], strict=True))) for row in found.rows]
    return Some(items, _count(len(items), found.next), _all(subject, NOTE, links, "") if found.next else "")


def _note(visit: Visit, id_: str, told: Mapping[str, object]) -> Item:
    author, text = told.get("author"), told.get("text")
    when, instant = _when(visit, None, told["created_at"])
    return Item(
        title=visit.texts("work.note"),
        href=addresses.record_of(NOTE, id_),
        who=label_of(author, visit.texts) if isinstance(author, Reference) else "",
        when=when,
        instant=instant,
        prose=rendered(text) if isinstance(text, str) else "",
        pinned=told.get("pinned") is True,
    )


def _form(
    subject: Subject, kept: str, links: Sequence[str], typed: Mapping[str, str], errors: Mapping[str, Sequence[str]]
) -> Form | None:
    visit, reader = subject.visit, subject.reader
    entity = visit.model.entities[kept]
    may = writable(reader, entity)
    if not may_create(reader, entity) or not links or links[0] not in may:
        return None
    name, id_ = subject.entity.name, subject.record.id
    options = entity.fields["kind"].options.values() if kept == ACTIVITY and "kind" in may else ()
    return Form(
        action=addresses.activities_of(name, id_) if kept == ACTIVITY else addresses.notes_of(name, id_),
        kinds=[chip_of(one, visit.language) for one in options if not one.retired],
        fields=may,
        typed=typed if kept in errors else {},
        errors=errors.get(kept, ()),
        whole=addresses.new_of(kept, **{links[0]: named_as(entity, links[0], name, id_)}),
    )


def writable(reader: Reader, entity: Entity) -> frozenset[str]:
    """The fields that the reader may give a new record."""
    rights = reader.rights[entity.name]
    return frozenset(name for name in entity.fields if not rights.writing(name, "create").never)


def named_as(entity: Entity, field_: str, to: str, id_: str) -> str:
    """A record as the control of a reference to it holds it."""
    return f"{to}/{id_}" if entity.fields[field_].targets else id_


def mine(visit: Visit) -> Some | None:
    """The reader's own open activities, the overdue first; None in an app that keeps none, or for who may read none."""
    reader = reader_of(visit.context, visit.release)
    kept = any(one.activities for one in visit.model.entities.values())
    if not kept or not reader.may_read(ACTIVITY) or not all(_may_read(reader, one) for one in ("owner", "status")):
        return None
    names = [name for name in TOLD if _may_read(reader, name) and name not in ("owner", "note")]
    sort = (*((Sort("due_on"),) if "due_on" in names else ()), Sort("created_at"))
    filter_ = f"owner == me and {OPEN}"
    query = Query(ACTIVITY, (*names, TITLE, f"{MAY}status"), filter=filter_, sort=sort, limit=MINE, count="none")
    found = list_records(visit.connection, visit.context, visit.release, query)
    items = [_item(visit, str(row[0]), names, row[2:], is_open=True) for row in found.rows]
    return Some(items, _count(len(items), found.next), addresses.list_of(ACTIVITY, filter=filter_))
