"""A record as of a day, beside what it is today, and the way back to it: field by field or as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from starlette.responses import Response
from starlette.routing import Route

from kith.metadata.model import Field
from kith.runtime.past.asof import PastRecord, Then, record_as_of
from kith.runtime.past.moments import moment_of
from kith.runtime.past.restoring import cause_of, going_back, lines_differ, returnable
from kith.runtime.write.change import Refused
from kith.web import addresses
from kith.web.answering import action, page
from kith.web.formats import formatter
from kith.web.pages.record import ONE
from kith.web.pages.signing import expired
from kith.web.refusing import told
from kith.web.requests import Stop, Visit, Web, go
from kith.web.saving import saved
from kith.web.showing import shower
from kith.web.subject import Subject, record_of
from kith.web.view import Cell, Column, Link, Notice, Row, Table

LINES = "lines"
EMPTY = ((None, None), ((), ()))
"""What a field holds of which nothing is to be told."""


def routes(web: Web) -> Sequence[Route]:
    """The routes of records as they were."""
    return (
        Route(ONE + "/past", page(web, show, long=True), methods=["GET"]),
        Route(ONE + "/past", action(web, bring_back, expired, long=True), methods=["POST"]),
    )


def show(visit: Visit) -> Response:
    """The record as of the day that the address names, yesterday where it names none."""
    subject = record_of(visit, deleted=True)
    text = visit.request.query_params.get("at", "")
    at = moment_of(text, visit.context.reader_zone) if text else _yesterday(visit)
    if at is None:
        raise Stop(400, visit.texts("past.no_day"))
    return _page(subject, at)


def bring_back(visit: Visit) -> Response:
    """Bring back what was chosen, through the same gate as every other edit."""
    subject = record_of(visit)
    at, version = moment_of(visit.sent("at"), visit.context.reader_zone), visit.sent("version")
    if at is None or not subject.may("update"):
        raise Stop(404)
    past = _past(subject, at)
    chosen = [name for name in visit.form.getlist("select") if isinstance(name, str)]
    lines = bool(visit.sent(LINES))
    if not chosen and not lines:
        return _page(subject, at, [visit.texts("past.none_chosen")])
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None
    verdict = saved(visit, going_back(visit.release, past, chosen, lines=lines, version=seen), cause_of(past))
    if isinstance(verdict, Refused):
        return _page(subject, at, _messages(subject, verdict), chosen)
    return go(subject.address, "brought_back")


def _messages(subject: Subject, refused: Refused) -> list[str]:
    texts, language = subject.visit.texts, subject.visit.language
    found = [told(one, texts) for one in refused.failures]
    fields = subject.entity.fields
    for one in refused.conflicts:
        label = one.label or (fields[one.field].label.in_(language) if one.field in fields else one.field)
        found.append(texts("past.changed", field=label))
    return list(dict.fromkeys(found))


def _past(subject: Subject, at: datetime) -> PastRecord:
    visit = subject.visit
    found = record_as_of(visit.connection, visit.context, visit.release, subject.entity.name, subject.record.id, at)
    if found is None:
        raise Stop(404)
    return found


def _page(
    subject: Subject, at: datetime, messages: Sequence[str] = (), chosen: Sequence[str] | None = None
) -> Response:
    visit, texts = subject.visit, subject.visit.texts
    past = _past(subject, at)
    may = subject.may("update") and not subject.record.deleted
    back = [one for one in returnable(visit.release, past) if may and one.name in subject.record.writable]
    others = [one for one in past.fields if one not in back and (one.erased or (one.value, one.now) not in EMPTY)]
    when = _when(visit, at)
    title = texts("past.title", title=subject.record.title, when=when)
    return visit.page(
        "past.html",
        422 if messages else 200,
        title=title,
        crumbs=(
            *subject.crumbs,
            Link(texts("record.history"), f"{subject.address}?tab=history"),
            Link(when, visit.here),
        ),
        icon_name=subject.icon,
        address=addresses.past_of(subject.entity.name, subject.record.id),
        at=at.isoformat(),
        day=at.astimezone(visit.context.reader_zone).date().isoformat(),
        today=visit.context.now.astimezone(visit.context.reader_zone).date().isoformat(),
        notice=_notice(subject, past),
        messages=messages,
        different=_table(subject, texts("past.different"), back, chosen, selectable=True),
        others=_table(subject, texts("past.others" if back else "past.fields"), others),
        has_lines=may and lines_differ(visit.release, past),
        lines=[_lines(subject, name, some) for name, some in past.lines.items() if any(one.is_there for one in some)],
        version=subject.record.version,
    )


def _notice(subject: Subject, past: PastRecord) -> Notice:
    visit, texts = subject.visit, subject.visit.texts
    if not past.version:
        return Notice(texts("past.not_yet", when=_when(visit, past.made_at)))
    key = "past.in_bin" if past.deleted else "past.under"
    to = Link(texts("releases.one", number=past.release), addresses.release_of(past.release))
    return Notice(texts(key, release=past.release), actions=(to,) if subject.reader.administers else ())


def _table(
    subject: Subject,
    caption: str,
    fields: Sequence[Then],
    chosen: Sequence[str] | None = None,
    *,
    selectable: bool = False,
) -> Table:
    texts = subject.visit.texts
    names = ("field", "then", "now")
    return Table(
        caption=caption,
        columns=[Column(name, texts(f"past.{name}"), phone="title" if name == "field" else "show") for name in names],
        rows=[_row(subject, one, selected=selectable and (chosen is None or one.name in chosen)) for one in fields],
        selectable=selectable,
    )


def _row(subject: Subject, one: Then, *, selected: bool) -> Row:
    texts = subject.visit.texts
    label = _label(subject, one)
    then = Cell(texts("past.erased"), tone="muted") if one.erased else _cell(subject, one.field, one.value)
    now = _cell(subject, one.field, one.now) if one.name else Cell(texts("past.gone"), tone="muted")
    return Row(one.name or one.field.name, (Cell(label), then, now), selected=selected, label=label)


def _label(subject: Subject, one: Then) -> str:
    """What the field is called, today and, where that was otherwise, then."""
    language = subject.visit.language
    then = one.field.label.in_(language)
    declared = subject.entity.fields.get(one.name)
    today = declared.label.in_(language) if declared is not None else then
    return today if today == then else subject.visit.texts("past.called", now=today, then=then)


def _cell(subject: Subject, declared: Field, value: object) -> Cell:
    return shower(subject.showing, declared.type, declared)(value)


def _lines(subject: Subject, relation: str, lines: Sequence[PastRecord]) -> Table:
    """The owned lines that were there, as they were."""
    visit, inverse = subject.visit, subject.entity.inverses[relation]
    entity = visit.model.entities[inverse.entity]
    there = [one for one in lines if one.is_there]
    shown = [one for one in there[0].fields if one.name != inverse.field]
    names = [one.field.name for one in shown]
    rows = []
    for line in there:
        fields = {one.field.name: one for one in line.fields}
        cells = [_cell(subject, fields[name].field, fields[name].value) if name in fields else Cell() for name in names]
        rows.append(Row(line.id, cells, label=cells[0].text if cells else ""))
    return Table(
        caption=entity.plural.in_(visit.language),
        columns=[
            Column(one.field.name, one.field.label.in_(visit.language), phone="title" if number == 0 else "show")
            for number, one in enumerate(shown)
        ],
        rows=rows,
    )


def _yesterday(visit: Visit) -> datetime | None:
    today: date = visit.context.now.astimezone(visit.context.reader_zone).date()
    return moment_of((today - timedelta(days=1)).isoformat(), visit.context.reader_zone)


def _when(visit: Visit, at: datetime) -> str:
    return formatter("instant", visit.language, zone=str(visit.context.reader_zone))(at)
