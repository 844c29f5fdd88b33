"""Writing down what is to be done about a record, what was said, and that something has been done: where one is, at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.write.change import Change, Refused
from kith.web import addresses
from kith.web.answering import action
from kith.web.choices import local
from kith.web.pages.record import ONE, page_of
from kith.web.pages.removal import STATUS
from kith.web.pages.signing import expired
from kith.web.requests import Stop, Visit, Web, go
from kith.web.saving import saved
from kith.web.subject import Subject, record_of
from kith.web.templating import wanted
from kith.web.work import ACTIVITY, ASKED, NOTE, keeps, named_as, work_of, writable

BACK = "back"
PLACE = "work"
"""The part of a page that is renewed where there is script."""


def routes(web: Web) -> Sequence[Route]:
    """The routes of activities and notes."""
    return (
        Route(ONE + "/activities", action(web, add_activity, expired), methods=["POST"]),
        Route(ONE + "/notes", action(web, add_note, expired), methods=["POST"]),
        Route(ONE + "/done", action(web, finish, expired), methods=["POST"]),
    )


def add_activity(visit: Visit) -> Response:
    """Write down an activity about a record."""
    return _add(visit, ACTIVITY, {name: visit.sent(name).strip() for name in ASKED})


def add_note(visit: Visit) -> Response:
    """Write down a note about a record."""
    return _add(visit, NOTE, {"text": visit.sent("text").strip()})


def _add(visit: Visit, kept: str, typed: Mapping[str, str]) -> Response:
    subject = record_of(visit)
    entity = subject.entity
    links = keeps(subject, kept) if (entity.activities if kept == ACTIVITY else entity.notes) else ()
    if not links:
        raise Stop(404)
    declared = visit.model.entities[kept]
    may = writable(subject.reader, declared)
    values = {name: text for name, text in typed.items() if text and name in may}
    named = named_as(declared, links[0], entity.name, subject.record.id)
    verdict = saved(visit, Change("create", kept, None, {**values, links[0]: named}))
    if isinstance(verdict, Refused):
        errors = tuple(dict.fromkeys(one.message for one in verdict.failures)) or (visit.texts("work.refused"),)
        return _shown(subject, typed, {kept: errors}, STATUS[verdict.kind])
    return _renewed(visit, f"{subject.address}#{PLACE}")


def _shown(subject: Subject, typed: Mapping[str, str], errors: Mapping[str, Sequence[str]], status: int) -> Response:
    """The form again with what was typed and what is wrong with it."""
    work = work_of(subject, typed, errors)
    if wanted(subject.visit.request, PLACE):
        return subject.visit.block("record.html", PLACE, work=work)
    return page_of(subject, work, status)


def _renewed(visit: Visit, back: str) -> Response:
    if not wanted(visit.request, PLACE):
        return go(back, "saved")
    with visit.anew() as fresh:
        return fresh.block("record.html", PLACE, work=work_of(record_of(fresh)))


def finish(visit: Visit) -> Response:
    """Say that an activity has been done, just now."""
    activity = record_of(visit)
    if activity.entity.name != ACTIVITY:
        raise Stop(404)
    values: dict[str, object] = {"status": "done"}
    if "happened_at" in activity.record.writable:
        values["happened_at"] = visit.context.now.isoformat()
    verdict = saved(visit, Change("update", ACTIVITY, activity.record.id, values))
    back = local(visit.sent(BACK) or activity.address)
    if isinstance(verdict, Refused):
        return go(addresses.edit_of(ACTIVITY, activity.record.id))
    return go(back, "done")
