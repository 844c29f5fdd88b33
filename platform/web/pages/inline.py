"""One field of a record, edited where it stands; without script the same address leads to it in the form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response
from starlette.routing import Route

from kith.metadata.model import Field
from kith.runtime.read.query import Denied
from kith.runtime.write.change import Saved
from kith.web import addresses
from kith.web.answering import action, page
from kith.web.fields import State
from kith.web.forming import Draft, labels, maker_of, writable
from kith.web.outline import is_input
from kith.web.pages.late import in_words, subject_or_none, typed_in
from kith.web.pages.record import ONE, fact_of
from kith.web.pages.signing import expired
from kith.web.parts import part
from kith.web.requests import Stop, Visit, Web, go, parameter
from kith.web.saving import saved
from kith.web.subject import Subject, record_of
from kith.web.typed import WAS, Typed, raw_of, typed_of

FIELD = ONE + "/field/{field}"


def routes(web: Web) -> Sequence[Route]:
    """The routes of single fields."""
    return (
        Route(FIELD, page(web, show), methods=["GET"]),
        Route(FIELD, part(action(web, keep, expired)), methods=["POST"]),
    )


def _subject(visit: Visit) -> tuple[Subject, Field]:
    subject = record_of(visit)
    declared = subject.entity.fields.get(parameter(visit.request, "field"))
    if declared is None or not is_input(declared) or declared.name not in writable(subject):
        raise Stop(404)
    return subject, declared


def show(visit: Visit) -> Response:
    """The editor of a field; with `shown` its value again."""
    subject, declared = _subject(visit)
    if "hx-request" not in visit.request.headers:
        edit = addresses.edit_of(subject.entity.name, subject.record.id)
        return go(f"{edit}#f-{declared.name}-field")
    if "shown" in visit.request.query_params:
        fact = fact_of(subject, declared, subject.record.values.get(declared.name))
        return visit.block("record.html", "one_fact", fact=fact)
    raw = raw_of(declared, subject.record.values.get(declared.name), visit.context.reader_zone)
    typed = Typed(raw={declared.name: raw}, version=subject.record.version, id=subject.record.id)
    typed.note("", typed.raw)
    return _editor(subject, declared, typed)


def _editor(subject: Subject, declared: Field, typed: Typed, error: str = "") -> Response:
    draft = Draft(subject, typed, None)
    maker = maker_of(draft.subject, labels(draft))
    state = State(required=declared.required, error=error)
    made = maker.input(declared, declared.name, typed.raw.get(declared.name, ""), state)
    return subject.visit.block(
        "record.html",
        "editor",
        f=replace(made, autofocus=True, help=""),
        action=f"{subject.address}/field/{declared.name}",
        back=subject.address,
        typed=typed,
        was_name=WAS,
        was=json.dumps(typed.was),
    )


def keep(visit: Visit) -> Response:
    """Keep what was typed; the page is loaded anew, for rules and formulas may have followed."""
    try:
        subject, declared = _subject(visit)
    except (Stop, Denied):
        return _too_late(visit)
    typed = typed_of(visit.form, [declared], {})
    typed.id = subject.record.id
    change = typed.change("update", subject.entity.name)
    verdict = saved(visit, change)
    if isinstance(verdict, Saved):
        return Response(headers={"hx-refresh": "true"})
    if verdict.kind == "missing":
        return _too_late(visit)
    if verdict.conflicts:
        with visit.anew() as fresh:
            return _told(record_of(fresh), declared, typed)
    return _editor(subject, declared, typed, " ".join(dict.fromkeys(one.message for one in verdict.failures)))


def _told(subject: Subject, declared: Field, typed: Typed) -> Response:
    """The editor with what others have put there; who saves again means it, also where he goes back to what stood there."""
    value = subject.record.values.get(declared.name)
    typed.version = subject.record.version
    typed.note("", {declared.name: raw_of(declared, value, subject.visit.context.reader_zone)})
    shown = fact_of(subject, declared, value).cell.text or subject.visit.texts("record.nothing")
    return _editor(subject, declared, typed, subject.visit.texts("edit.changed", value=shown))


def _too_late(visit: Visit) -> Response:
    """What was typed, where the record is away or the field may not be written any more; nothing where there is nothing to tell."""
    typed = in_words(subject_or_none(visit), typed_in(visit.form))
    return visit.block("record.html", "fact_lost", typed=typed) if typed else Response(status_code=204)
