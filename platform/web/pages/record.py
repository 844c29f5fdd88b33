"""A record's page: what it is, what hangs on it, what happened to it, and why its computed values are what they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response
from starlette.routing import Route

from kith.metadata.model import Field
from kith.runtime.explaining.valuing import explain_value
from kith.runtime.likeness.looking import like_record
from kith.runtime.likeness.merging import can_merge, went_into
from kith.runtime.read.query import Reference
from kith.runtime.write.previewing import Preview, as_it_is
from kith.web import addresses
from kith.web.alike import Similar, similar_of
from kith.web.answering import page
from kith.web.flows import moves_of
from kith.web.markdown import rendered
from kith.web.outline import is_input
from kith.web.pages.access import access_links
from kith.web.pages.private import privacy_links
from kith.web.requests import Stop, Visit, Web, parameter
from kith.web.showing import NOTHING, as_person, label_of, shower
from kith.web.story import timeline, when
from kith.web.subject import Subject, record_of
from kith.web.tables import MOST_LINES, RelatedList, records_table, related_list
from kith.web.templating import wanted
from kith.web.typed import SEVERAL
from kith.web.view import Fact, Link, Table, Why
from kith.web.work import Work, work_of

ONE = "/records/{entity}/{id}"
LATEST = 6
"""Entries of the history beside a record."""
ALL = 200
AT_ONCE = 3
"""Lines and related lists that come with the page; the others follow when they come into sight."""
HISTORY = "history"
SHORT_FORMULA = 160
LONG = 60
"""Characters from which a value takes the whole width."""


def routes(web: Web) -> Sequence[Route]:
    """The routes of a record's page."""
    return (
        Route(ONE, page(web, show), methods=["GET"]),
        Route(ONE + "/related/{relation}", page(web, show_related), methods=["GET"]),
        Route(ONE + "/why/{field}", page(web, show_why), methods=["GET"]),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the record: its heading and what stands in it."""

    label: str
    facts: Sequence[Fact]

    @property
    def blank(self) -> bool:
        """Whether nobody has filled in anything."""
        return all(fact.cell == NOTHING for fact in self.facts)


def show(visit: Visit) -> Response:
    """A record's page, or one of its tabs."""
    return page_of(record_of(visit, deleted=True))


def page_of(subject: Subject, work: Work | None = None, status: int = 200) -> Response:
    """The page; `work` is what it shows of activities and notes where a short form was refused."""
    visit = subject.visit
    tab = _tab(subject)
    first = tab == next(iter(subject.outline.tabs), "")
    seen = _seen(subject)
    events, more = timeline(subject, ALL if tab == HISTORY else LATEST, full=tab == HISTORY)
    is_history = tab == HISTORY
    moves = moves_of(subject)
    on_first = first and not is_history
    if work is None:
        work = work_of(subject) if on_first else Work()
    return visit.page(
        "record.html",
        status,
        title=subject.record.title,
        crumbs=subject.crumbs[:1],
        subject=subject,
        note=_note(subject),
        paths=moves.paths,
        actions=[*moves.actions, *_actions(subject)],
        more=[*moves.more, *access_links(subject), *privacy_links(subject), *_more(subject)],
        restore=addresses.restore_of(subject.entity.name, subject.record.id) if subject.may("restore") else "",
        highlights=_facts(subject, subject.outline.highlights),
        tabs=_tabs(subject, tab),
        tab=tab,
        parts=[] if is_history else _parts(subject, seen, tab),
        grids=_grids(subject) if on_first else [],
        related=_related(subject, work.statements) if on_first else [],
        work=work,
        events=events,
        alike=_alike(subject) if on_first else [],
        merged=_merged(subject),
        past=(Link(visit.texts("past.as_of"), addresses.past_of(subject.entity.name, subject.record.id), "history"),),
        more_events=f"{subject.address}?tab={HISTORY}" if more and not is_history else "",
    )


def _tab(subject: Subject) -> str:
    asked = subject.visit.request.query_params.get("tab", "")
    tabs = subject.outline.tabs
    return asked if asked in tabs or asked == HISTORY else next(iter(tabs), "")


def _tabs(subject: Subject, current: str) -> list[Link]:
    visit = subject.visit
    named = [(name, label.in_(visit.language)) for name, label in subject.outline.tabs.items()]
    if not named:
        named = [("", visit.texts("record.overview"))]
    found = [*named, (HISTORY, visit.texts("record.history"))]
    first = found[0][0]
    return [
        Link(
            label,
            addresses.with_query(subject.address, [("tab", "" if name == first else name)]),
            current=name == current,
        )
        for name, label in found
    ]


def _seen(subject: Subject) -> Preview | None:
    if not subject.outline.conditional or subject.record.deleted:
        return None
    visit = subject.visit
    return as_it_is(visit.connection, visit.context, visit.release, subject.entity.name, subject.record.id)


def _note(subject: Subject) -> str:
    """Who has changed it last, and when."""
    at, by = subject.record.values.get("updated_at"), subject.record.values.get("updated_by")
    if not isinstance(at, datetime):
        return subject.label
    texts = subject.visit.texts
    who = label_of(by, texts) if isinstance(by, Reference) else texts("history.system")
    return texts("record.changed", when=when(subject, at), who=who)


def _actions(subject: Subject) -> list[Link]:
    if not subject.may("update"):
        return []
    edit = addresses.edit_of(subject.entity.name, subject.record.id)
    return [Link(subject.visit.texts("record.edit_record"), edit, "pencil", key="edit")]


def _more(subject: Subject) -> list[Link]:
    if not subject.may("delete"):
        return []
    address = addresses.delete_of(subject.entity.name, subject.record.id)
    return [Link(subject.visit.texts("record.delete"), address, "trash-2", danger=True, dialog=True)]


def _alike(subject: Subject) -> list[Similar]:
    """Others that look like it; with the way to merge them for who may."""
    visit, entity, record = subject.visit, subject.entity, subject.record
    if record.deleted:
        return []
    may = can_merge(entity) and subject.may("update") and not subject.reader.rights[entity.name].right("delete").never
    found = like_record(visit.connection, visit.context, visit.release, entity.name, record.id)
    return [similar_of(one, record.id if may else "") for one in found]


def _merged(subject: Subject) -> tuple[Link, ...]:
    """Where a record in the recycle bin went, if it was merged into another."""
    visit, entity = subject.visit, subject.entity
    if not subject.record.deleted:
        return ()
    into, batch = went_into(visit.connection, visit.release, entity.name, subject.record.id)
    if not into:
        return ()
    undo = Link(visit.texts("alike.merged_undo"), addresses.batch_of(batch), "undo-2")
    return (Link(visit.texts("alike.merged_link"), addresses.record_of(entity.name, into), "arrow-right"), undo)


# ---- what it is ---------------------------------------------------------------------------------------------------


def _parts(subject: Subject, seen: Preview | None, tab: str) -> list[Part]:
    sections = [one for one in subject.outline.shown(seen) if not subject.outline.tabs or one.tab in (tab, "")]
    language = subject.visit.language
    return [Part(one.label.in_(language), _facts(subject, tuple(one.items))) for one in sections]


def _facts(subject: Subject, names: Sequence[str]) -> list[Fact]:
    record, fields = subject.record, subject.entity.fields
    return [fact_of(subject, fields[name], record.values[name]) for name in names if name in record.values]


def fact_of(subject: Subject, declared: Field, value: object) -> Fact:
    """A field and its value, with where it comes from or the way to edit it."""
    cell = shower(subject.showing, declared.type, declared)(value)
    if declared.type.kind == "ref" and declared.type.entity == "user":
        cell = as_person(cell)
    wide = declared.type_name in ("long_text", "markdown", "json", "address") or len(cell.text) > LONG
    label = declared.label.in_(subject.visit.language)
    at = subject.record.as_of.get(declared.name)
    as_of = subject.visit.texts("record.as_of", when=when(subject, at)) if at is not None else ""
    prose = rendered(value) if declared.type_name == "markdown" and isinstance(value, str) else ""
    return Fact(label, cell, _why(subject, declared), _pencil(subject, declared), wide, as_of, prose)


def _pencil(subject: Subject, declared: Field) -> str:
    """Where a field is edited by itself: what several controls make up, or a condition locks, is edited in the form."""
    record = subject.record
    alone = is_input(declared) and declared.type_name not in SEVERAL and declared.locked_when is None
    may = declared.name in record.writable and declared.name not in record.masked and not record.deleted
    return f"{subject.address}/field/{declared.name}" if alone and may else ""


def _why(subject: Subject, declared: Field) -> Why | None:
    """Where a value comes from, if nobody has typed it."""
    if is_input(declared) or declared.value is None or subject.record.deleted:
        return None
    lines = (line.partition("#")[0].strip() for line in declared.value.excerpt.text.splitlines())
    formula = " ".join(line for line in lines if line)
    return Why(
        formula if len(formula) <= SHORT_FORMULA else formula[: SHORT_FORMULA - 1] + "…",
        f"{subject.address}/why/{declared.name}",
    )


# ---- what hangs on it ---------------------------------------------------------------------------------------------


def _grids(subject: Subject) -> list[tuple[str, Table]]:
    found = []
    for related in subject.outline.grids:
        table, _ = records_table(subject, related, MOST_LINES)
        found.append((table.caption, table))
    return found


def _related(subject: Subject, others: int) -> list[RelatedList]:
    """Related lists; fewer of them come at once where `others` do."""
    at_once = AT_ONCE - len(subject.outline.grids) - others
    return [
        related_list(subject, related, lazy=number >= at_once) for number, related in enumerate(subject.outline.related)
    ]


def show_related(visit: Visit) -> Response:
    """One related list: what htmx puts in its place when it comes into sight."""
    subject = record_of(visit, deleted=True)
    relation = parameter(visit.request, "relation")
    related = next((one for one in subject.outline.related if one.relation == relation), None)
    if related is None:
        raise Stop(404)
    return visit.block("record.html", "related_list", item=related_list(subject, related))


# ---- why ----------------------------------------------------------------------------------------------------------


def show_why(visit: Visit) -> Response:
    """Why a computed value is what it is: a page, or what stands in the dialog."""
    subject = record_of(visit)
    declared = subject.entity.fields.get(parameter(visit.request, "field"))
    if declared is None or declared.name not in subject.record.values:
        raise Stop(404)
    id_ = subject.record.id
    found = explain_value(visit.connection, visit.context, visit.release, subject.entity.name, id_, declared.name)
    if found is None:
        raise Stop(404)
    label = declared.label.in_(visit.language)
    context = {
        "title": visit.texts("why.title", label=label),
        "crumbs": (*subject.crumbs, Link(visit.texts("why.title", label=label), visit.here)),
        "fact": fact_of(subject, declared, subject.record.values[declared.name]),
        "found": found,
        "record_address": addresses.record_of,
        "names": _names(subject, found.formula),
        "back": subject.address,
    }
    if wanted(visit.request, "dialog-body"):
        return visit.block("why.html", "content", **context)
    return visit.page("why.html", **context)


def _names(subject: Subject, formula: str) -> list[tuple[str, str]]:
    """What the formula's own names are called, so that nobody has to know them."""
    words = set(re.findall(r"\w+", formula))
    language = subject.visit.language
    fields = [(name, field.label.in_(language)) for name, field in subject.entity.fields.items() if name in words]
    relations = [
        (name, subject.visit.model.entities[one.entity].plural.in_(language))
        for name, one in subject.entity.inverses.items()
        if name in words
    ]
    return [*fields, *relations]
