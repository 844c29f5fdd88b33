"""Two records side by side, and putting them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from kith.metadata.model import Field
from kith.runtime.likeness.merging import Merge, can_merge, merge, moving_counts
from kith.runtime.read import get_record
from kith.runtime.read.query import RecordView
from kith.runtime.write.change import Refused
from kith.web import addresses
from kith.web.answering import action, page
from kith.web.outline import is_input
from kith.web.pages.record import ONE
from kith.web.pages.signing import expired
from kith.web.refusing import told
from kith.web.requests import Stop, Visit, Web, go, parameter
from kith.web.showing import shower
from kith.web.subject import Subject, record_of
from kith.web.typed import VERSION, whole
from kith.web.view import Cell, Link

OTHER_VERSION = "_other_version"
TAKE = "take."
STATUS = {"invalid": 422, "conflict": 412, "denied": 403, "missing": 404, "taken": 409}
EMPTY = (None, "", ())


def routes(web: Web) -> Sequence[Route]:
    """The routes of putting records together."""
    return (
        Route(ONE + "/merge/{other}", page(web, show), methods=["GET"]),
        Route(ONE + "/merge/{other}", action(web, carry_out, expired), methods=["POST"]),
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """A field in which the two differ: both values, and which of them is chosen."""

    name: str
    label: str
    kept: Cell
    gone: Cell
    takes: bool
    fixed: bool
    """Whether only what the first holds can stay."""


def show(visit: Visit) -> Response:
    """What differs, with a choice for each, and what would move."""
    return _page(*_both(visit))


def _both(visit: Visit) -> tuple[Subject, RecordView]:
    """The record that stays and the one that goes; stops where the reader may not change the one or delete the other."""
    subject = record_of(visit)
    id_ = parameter(visit.request, "other")
    other = get_record(visit.connection, visit.context, visit.release, subject.entity.name, id_)
    if other is None or not can_merge(subject.entity) or other.id == subject.record.id:
        raise Stop(404)
    if not subject.may("update") or "delete" not in other.can:
        raise Stop(403)
    return subject, other


def choices_of(subject: Subject, other: RecordView) -> Iterator[Choice]:
    """The fields in which the two differ, in the order of the form."""
    record = subject.record
    names = dict.fromkeys((*(one.name for one in subject.outline.fields), *subject.entity.fields))
    for name in names:
        declared = subject.entity.fields[name]
        mine, theirs = record.values.get(name), other.values.get(name)
        if not is_input(declared) or name not in record.values or mine == theirs:
            continue
        make = shower(subject.showing, declared.type, declared)
        fixed = not _may_take(declared, record, other)
        takes = not fixed and mine in EMPTY
        label = declared.label.in_(subject.visit.language)
        yield Choice(name, label, make(mine), make(theirs), takes, fixed)


def _may_take(declared: Field, record: RecordView, other: RecordView) -> bool:
    masked = declared.name in record.masked or declared.name in other.masked
    readable = declared.name in other.values and declared.type_name != "autonumber"
    return readable and not masked and declared.name in record.writable


def _page(subject: Subject, other: RecordView, status: int = 200, messages: Sequence[str] = ()) -> Response:
    visit, record, entity = subject.visit, subject.record, subject.entity
    title = visit.texts("alike.merge_title")
    counts = moving_counts(visit.connection, visit.release, entity.name, other.id)
    language = visit.language
    visible = [(one, count) for one, _, count in counts if subject.reader.may_read(one.name)]
    moving = [
        visit.texts("alike.counted", entity=(one.plural if count > 1 else one.label).in_(language), count=count)
        for one, count in visible
    ]
    return visit.page(
        "merge.html",
        status,
        title=title,
        crumbs=(*subject.crumbs, Link(title, visit.here)),
        icon_name=subject.icon,
        kept=record,
        gone=other,
        choices=list(choices_of(subject, other)),
        moving=moving,
        messages=messages,
        action=addresses.merge_of(entity.name, record.id, other.id),
        turned=addresses.merge_of(entity.name, other.id, record.id),
        gone_page=addresses.record_of(entity.name, other.id),
        back=subject.address,
    )


def carry_out(visit: Visit) -> Response:
    """Put them together as was chosen."""
    subject, other = _both(visit)
    offered = {one.name for one in choices_of(subject, other) if not one.fixed}
    take = tuple(name for name in subject.entity.fields if name in offered and visit.sent(TAKE + name) == "gone")
    seen, theirs = whole(visit.form.get(VERSION)), whole(visit.form.get(OTHER_VERSION))
    asked = Merge(subject.entity.name, subject.record.id, other.id, take, seen, theirs)
    verdict, _ = merge(visit.web.doors.workspace.database, visit.context, visit.release, asked)
    if isinstance(verdict, Refused):
        with visit.anew() as fresh:
            again, now = _both(fresh)
            messages = [told(one, visit.texts) for one in verdict.failures] or [visit.texts("alike.changed")]
            return _page(again, now, STATUS[verdict.kind], messages)
    return go(subject.address, "merged")
