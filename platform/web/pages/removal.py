"""Into the recycle bin and back: the question before, and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.read import history
from kith.runtime.write.change import Cause, Change, Op, Refused
from kith.runtime.write.gate import save
from kith.web import addresses
from kith.web.answering import action, page
from kith.web.pages.record import ONE
from kith.web.pages.signing import expired
from kith.web.requests import Stop, Visit, Web, go
from kith.web.subject import Subject, record_of
from kith.web.templating import wanted
from kith.web.typed import VERSION, whole
from kith.web.view import Link

STATUS = {"invalid": 422, "conflict": 412, "denied": 403, "missing": 404, "taken": 409}


def routes(web: Web) -> Sequence[Route]:
    """The routes of deleting and restoring."""
    return (
        Route(ONE + "/delete", page(web, ask), methods=["GET"]),
        Route(ONE + "/delete", action(web, delete, expired), methods=["POST"]),
        Route(ONE + "/restore", action(web, restore, expired), methods=["POST"]),
    )


def ask(visit: Visit) -> Response:
    """Whether the record shall really go."""
    subject = record_of(visit)
    if not subject.may("delete"):
        raise Stop(403)
    texts = visit.texts
    return _question(subject, texts("record.delete_title", title=subject.record.title), texts("record.delete_text"))


def _question(subject: Subject, title: str, text: str, status: int = 200) -> Response:
    visit, texts = subject.visit, subject.visit.texts
    context = {
        "title": title,
        "text": text,
        "hidden": {VERSION: subject.record.version},
        "crumbs": (*subject.crumbs, Link(texts("record.delete"), visit.here)),
        "action": addresses.delete_of(subject.entity.name, subject.record.id),
        "label": texts("record.delete"),
        "cancel": subject.address,
    }
    if wanted(visit.request, "dialog-body"):
        return visit.block("confirm.html", "content", **context)
    return visit.page("confirm.html", status, **context)


def delete(visit: Visit) -> Response:
    """Put the record into the recycle bin."""
    subject = record_of(visit)
    seen = whole(visit.form.get(VERSION))
    refused = _do(subject, "delete", seen)
    if refused is not None and refused.kind == "conflict":
        with visit.anew() as fresh:
            return _changed(record_of(fresh), seen or 0)
    if refused is not None:
        return _refusal(subject, refused, "record.delete_refused")
    return go(addresses.list_of(subject.entity.name), "deleted")


def restore(visit: Visit) -> Response:
    """Bring the record back from the recycle bin."""
    subject = record_of(visit, deleted=True)
    refused = _do(subject, "restore") if subject.record.deleted else None
    if refused is not None:
        return _refusal(subject, refused, "record.restore_refused")
    return go(subject.address, "restored")


def _changed(subject: Subject, seen: int) -> Response:
    """The question again, with what others have changed since it was asked."""
    visit, fields = subject.visit, subject.entity.fields
    entries = history(visit.connection, visit.context, visit.release, subject.entity.name, subject.record.id)
    names = sorted({name for one in entries if one.version > seen for name in one.changes if name in fields})
    labels = visit.texts("mark.list").join(fields[name].label.in_(visit.language) for name in names)
    text = visit.texts("meanwhile.delete_text", changes=labels or visit.texts("meanwhile.delete_lines"))
    title = visit.texts("meanwhile.delete_title", title=subject.record.title)
    return _question(subject, title, text, STATUS["conflict"])


def _do(subject: Subject, op: Op, version: int | None = None) -> Refused | None:
    visit = subject.visit
    change = Change(op, subject.entity.name, subject.record.id, version=version, exact=True)
    verdict = save(visit.web.doors.workspace.database, visit.context, visit.release, change, Cause("form"))
    return verdict if isinstance(verdict, Refused) else None


def _refusal(subject: Subject, refused: Refused, title: str) -> Response:
    visit = subject.visit
    details = [line for failure in refused.failures[1:] for line in (failure.message, *failure.why)]
    status = STATUS[refused.kind]
    return visit.page(
        "error.html",
        status,
        status=status,
        title=visit.texts(title),
        text=refused.failures[0].message if refused.failures else "",
        details=details,
        reference="",
        back=subject.address,
    )
