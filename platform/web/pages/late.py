"""What was typed and cannot be saved any more: shown to be kept, with the way on where there is one."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import FormData
from starlette.responses import Response

from kith.metadata.model import Field
from kith.runtime.read.labels import labels_of
from kith.runtime.read.query import Denied
from kith.runtime.write.change import Change, Refused
from kith.web import addresses
from kith.web.meanwhile import left_over
from kith.web.requests import Stop, Visit, parameter
from kith.web.saving import saved
from kith.web.subject import Subject, entity_of, record_of
from kith.web.typed import Typed, marks_of

RESTORE = "_restore"
Pairs = Sequence[tuple[str, str]]


def too_late(visit: Visit, gone: Stop | Denied, refused: Refused | None = None) -> Response:
    """The page of somebody whose form is about a record that is away, or that he may not write any more."""
    record = binned(visit)
    status = 404 if not isinstance(gone, Stop) or gone.status == 404 else gone.status
    said = "deleted" if record is not None else "no_right" if status == 403 else "away"
    fields = [(name, text) for name, text in visit.form.multi_items() if isinstance(text, str) and name != "_csrf"]
    may_restore = record is not None and not record.reader.rights[record.entity.name].right("delete").never
    reasons = [failure.message for failure in refused.failures] if refused is not None else []
    return visit.page(
        "late.html",
        status,
        title=visit.texts(f"meanwhile.{said}"),
        text=visit.texts(f"meanwhile.{said}_text"),
        typed=in_words(subject_or_none(visit), typed_in(visit.form)),
        reasons=reasons,
        action=visit.path if may_restore and refused is None else "",
        hidden=fields,
        back=addresses.list_of(parameter(visit.request, "entity"))
        if subject_or_none(visit) is not None
        else addresses.HOME,
    )


def left_page(subject: Subject, status: int, title: str, text: str) -> Response:
    """The page of somebody who sent something about a record that has gone on meanwhile."""
    typed = in_words(subject, typed_in(subject.visit.form))
    more = {"reasons": (), "action": "", "hidden": (), "back": subject.address}
    return subject.visit.page("late.html", status, title=title, text=text, typed=typed, **more)


def restored(visit: Visit) -> Refused | None:
    """Bring the record of a form back from the recycle bin; why that is not possible."""
    subject = record_of(visit, deleted=True)
    if not subject.record.deleted:
        return None
    verdict = saved(visit, Change("restore", subject.entity.name, subject.record.id))
    return verdict if isinstance(verdict, Refused) else None


def typed_in(form: FormData) -> Pairs:
    """What somebody has typed into a form: where it has marks, all that differs from them."""
    marks = marks_of(form)
    if marks:
        return left_over(form, Typed(was=marks))
    return [(name, text) for name, text in form.multi_items() if isinstance(text, str) and text and name[:1] != "_"]


def in_words(subject: Subject | None, typed: Pairs) -> list[tuple[str, str]]:
    """Labels and values as people read them; names and texts as they were sent where nothing is known of them."""
    found = []
    for name, text in typed:
        declared = _field(subject, name) if subject is not None else None
        if subject is None or declared is None:
            found.append((name.rpartition(".")[2], text))
        else:
            found.append((declared.label.in_(subject.visit.language), _words(subject, declared, text)))
    return found


def _words(subject: Subject, declared: Field, text: str) -> str:
    visit = subject.visit
    if text in declared.options:
        return declared.options[text].label.in_(visit.language)
    target = (declared.type.item or declared.type).entity
    if target and len(text) == 36:
        label = labels_of(visit.connection, visit.context, subject.reader, target, [text])[text]
        return label.label if label.visible else visit.texts("value.no_access")
    return text


def _field(subject: Subject, name: str) -> Field | None:
    first, *rest = name.split(".")
    inverse = subject.entity.inverses.get(first)
    if inverse is None or len(rest) < 2:
        return subject.entity.fields.get(first)
    return subject.visit.model.entities[inverse.entity].fields.get(rest[1])


def subject_or_none(visit: Visit) -> Subject | None:
    """The entity of an address, where the reader may see its records."""
    try:
        return entity_of(visit)
    except (Stop, Denied):
        return None


def binned(visit: Visit) -> Subject | None:
    """The record of an address, where it is in the recycle bin and the reader may see it."""
    try:
        found = record_of(visit, deleted=True)
    except (Stop, Denied):
        return None
    return found if found.record.deleted else None
