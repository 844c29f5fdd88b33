"""The same done with many records: what is asked, what would come of it, and how far it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime import bulk as running
from kith.runtime import probing
from kith.runtime.bulk import FIRST, Standing
from kith.runtime.queue.telling import told
from kith.runtime.read.counting import Counted
from kith.runtime.read.labels import labels_of
from kith.runtime.transfer.safe import safe_text
from kith.runtime.write.change import Failure, Refused, Verdict
from kith.web import addresses
from kith.web.answering import action, page
from kith.web.bulk import DELETE, EDIT, Bulk, bulk_from, bulk_of, editable
from kith.web.formats import formatter
from kith.web.forming import Draft, flat, labels, maker_of
from kith.web.inputs import FieldInput, FormSection
from kith.web.pages.signing import expired
from kith.web.questions import Questions
from kith.web.requests import Stop, Visit, Web, go, parameter
from kith.web.subject import Subject, entity_of
from kith.web.templating import wanted
from kith.web.typed import FIND, Typed, sent
from kith.web.view import Choice, Link, Notice

HERE = "/records/{entity}/bulk"
LISTED = 100
"""Refused records that the page names; the file has all that are kept."""
COUNT = "_count"
"""How many records it was said to be about: where there are others by now, that is said before anything is done."""
ADD, GO, CHANGE = "_add", "_go", "_change"
"""Buttons: another field, do it, back to the form."""


def routes(web: Web) -> Sequence[Route]:
    """The routes of what is done with many records."""
    return (
        Route(HERE, page(web, ask, long=True), methods=["GET"]),
        Route(HERE, action(web, go_on, expired, long=True), methods=["POST"]),
        Route(HERE + "/{job}", page(web, show), methods=["GET"]),
        Route(HERE + "/{job}/refused.csv", page(web, refused_as_file), methods=["GET"]),
    )


# ---- asking -------------------------------------------------------------------------------------------------------


def ask(visit: Visit) -> Response:
    """What is to be done with the records; where nothing has to be typed, what would come of it."""
    found = bulk_from(entity_of(visit), visit.request.query_params)
    if found.what == EDIT or found.fields:
        return _form(found, found.first())
    return _preview(found, Typed())


def go_on(visit: Visit) -> Response:
    """The form with another field, what would come of it, or doing it."""
    subject = entity_of(visit)
    added = visit.sent("_next") if visit.sent(ADD) else ""
    found = bulk_from(subject, visit.form, added)
    typed = found.typed(visit.form)
    if (found.what == EDIT and not found.fields) or visit.sent(ADD) or visit.sent(CHANGE) or visit.sent(FIND):
        return _form(found, typed)
    count = running.count_of(visit.connection, visit.context, visit.release, found.wish)
    if not visit.sent(GO) or visit.sent(COUNT) != str(count.number):
        return _preview(found, typed, _counted(visit, count) if visit.sent(GO) else "")
    wish = replace(found.wish, values=_values(typed))
    job = visit.write(lambda connection: running.put(connection, visit.context, visit.release, wish, count.number))
    return go(f"{bulk_of(subject.entity.name)}/{job}")


def _values(typed: Typed) -> Mapping[str, object]:
    return {name: sent(raw) for name, raw in typed.raw.items()}


def _inputs(found: Bulk, typed: Typed, failures: Sequence[Failure] = ()) -> list[FieldInput]:
    subject, entity = found.subject, found.subject.entity.name
    lookups = f"{addresses.list_of(entity)}/several/{found.action.name}/choices" if found.action else ""
    known = {} if found.action else labels(Draft(subject, typed, None))
    made = Questions(subject, found.fields, maker_of(subject, known), lookups).inputs(typed, failures)
    # What is left empty is emptied: whether a record bears that is for its rules to say.
    return [*made] if found.action else [replace(one, required=False) for one in made]


def _form(found: Bulk, typed: Typed, refused: Refused | None = None) -> Response:
    subject, visit = found.subject, found.subject.visit
    failures = refused.failures if refused is not None else ()
    fields = _inputs(found, typed, failures)
    named = {one.name for one in found.fields}
    more = [one for one in editable(subject.reader, subject.entity) if one.name not in named]
    return _page(
        found,
        running.count_of(visit.connection, visit.context, visit.release, found.wish),
        200 if refused is None else 422,
        fields=fields,
        section=FormSection(fields, columns=1),
        messages=list(dict.fromkeys(one.message for one in failures if one.field not in named or one.at)),
        more=[Choice(one.name, one.label.in_(visit.language)) for one in more] if found.what == EDIT else (),
        help=found.action.help.in_(visit.language) if found.action and found.action.help.texts else "",
    )


def _preview(found: Bulk, typed: Typed, now: str = "") -> Response:
    """What would become of the first records, and of how many records it is about; `now` are those where one was told of others."""
    visit = found.subject.visit
    doors, wish = visit.web.doors, replace(found.wish, values=_values(typed))
    if probing.wait(doors, visit.context):
        raise Stop(429)
    verdicts = running.tried(doors.workspace.database, visit.context, visit.release, wish)
    probing.count(doors, visit.context, [*verdicts.values()])
    refused = {id_: one for id_, one in verdicts.items() if isinstance(one, Refused)}
    named = {one.name for one in found.fields}
    first = next(iter(refused.values()), None)
    if first is not None and len(refused) == len(verdicts) and any(one.field in named for one in first.failures):
        return _form(found, typed, first)
    count = running.count_of(visit.connection, visit.context, visit.release, found.wish)
    confirm = found.action.confirm.in_(visit.language) if found.action and found.action.confirm.texts else ""
    return _page(
        found,
        count,
        tried=True,
        sets=[(one.label, _in_words(visit, one)) for one in _inputs(found, typed)],
        typed=[*(pair for name, raw in typed.raw.items() for pair in flat(name, raw)), (COUNT, str(count.number))],
        notices=[Notice(visit.texts("bulk.now", records=now), "warning")] * bool(now)
        + _outlook(visit, count, verdicts, len(refused)),
        refusals=[(link, running.reason_of(refused[id_])) for id_, link in _links(found.subject, refused).items()],
        hopeless=not verdicts or (len(refused) == len(verdicts) == count.number),
        text=visit.texts("bulk.delete_text") if found.what == DELETE else confirm,
    )


def _page(found: Bulk, count: Counted, status: int = 200, /, **context: object) -> Response:
    visit = found.subject.visit
    records = _counted(visit, count)
    if found.action is not None:
        title = visit.texts("bulk.do", action=found.action.label.in_(visit.language), records=records)
    else:
        title = visit.texts("bulk.delete" if found.what == DELETE else "bulk.edit", records=records)
    usual: dict[str, object] = {"tried": False, "fields": (), "messages": (), "more": (), "refusals": ()}
    return visit.page(
        "bulk.html",
        status,
        **{**usual, **context},
        title=title,
        crumbs=(*found.subject.crumbs, Link(title, visit.here)),
        action=found.path,
        hidden=found.hidden,
        danger=found.what == DELETE or bool(found.action and found.action.danger),
        back=found.wish.back,
        ready=found.what != EDIT or bool(found.fields),
    )


def _counted(visit: Visit, count: Counted) -> str:
    return visit.texts(f"bulk.records.{count.sense}", count=count.number)


def _outlook(visit: Visit, count: Counted, verdicts: Mapping[str, Verdict], refused: int) -> list[Notice]:
    """What came of trying, in words."""
    if not verdicts:
        return [Notice(visit.texts("bulk.nothing"), "info")]
    unchanged = sum(1 for one in verdicts.values() if not isinstance(one, Refused) and not one.changed)
    numbers = {"would": len(verdicts) - refused - unchanged, "unchanged": unchanged, "refused": refused}
    said = [visit.texts(f"bulk.tried.{name}", count=number) for name, number in numbers.items() if number]
    whole = count.sense == "exact" and count.number <= FIRST
    head = visit.texts("bulk.tried_all" if whole else "bulk.tried_first", count=len(verdicts))
    return [Notice(visit.texts("bulk.and").join(said), "warning" if refused else "info", head)]


def _in_words(visit: Visit, one: FieldInput) -> str:
    """A value that was typed, as one reads it."""
    names = {choice.value: choice.label for choice in one.choices}
    if one.kind in ("boolean", "toggle"):
        return visit.texts("value.yes" if one.value == "true" else "value.no")
    parts = [part.value for part in one.parts] or [names.get(value, value) for value in one.values or (one.value,)]
    shown = visit.texts("mark.list").join(part for part in parts if part)
    return f"{shown}{one.suffix}" if shown else visit.texts("bulk.emptied")


def _links(subject: Subject, ids: Sequence[str] | Mapping[str, object]) -> dict[str, Link]:
    """Records by what they are called, as far as the reader may see them."""
    visit, entity = subject.visit, subject.entity.name
    found = labels_of(visit.connection, visit.context, subject.reader, entity, [*ids])
    return {
        id_: Link(one.label or id_[:8], addresses.record_of(entity, id_))
        if (one := found[id_]).visible
        else Link(visit.texts("value.no_access"), "")
        for id_ in ids
    }


# ---- how far it is ------------------------------------------------------------------------------------------------


def show(visit: Visit) -> Response:
    """How far it is, and what has come of it."""
    subject = entity_of(visit)
    found, title = _standing(subject), visit.texts("bulk.title")
    refused = _refused(found)
    names = _links(subject, [*dict(refused[:LISTED])])
    context = {
        "title": title,
        "here": visit.path,
        "busy": found.busy,
        "seen": found.seen,
        "count": max(found.count, found.seen),
        "notice": _notice(visit, found),
        "progress": visit.texts("bulk.progress", seen=found.seen, count=max(found.count, found.seen)),
        "refusals": [(names[id_], message) for id_, message in refused[:LISTED]],
        "file": f"{visit.path}/refused.csv" if refused and not found.busy else "",
        "undo": _undo(found),
        "back": found.wish.back,
    }
    if wanted(visit.request, "standing"):
        return visit.block("bulk_standing.html", "standing", **context)
    return visit.page("bulk_standing.html", crumbs=(*subject.crumbs, Link(title, visit.path)), **context)


def refused_as_file(visit: Visit) -> Response:
    """The records that were refused, with the reasons, for a table."""
    subject = entity_of(visit)
    refused = _refused(_standing(subject))
    names, file = _links(subject, [*dict(refused)]), io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["id", safe_text(subject.label), safe_text(visit.texts("bulk.reason"))])
    writer.writerows([id_, safe_text(names[id_].label), safe_text(message)] for id_, message in refused)
    return Response(
        # Excel takes a CSV for UTF-8 only where it begins with a mark.
        file.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{subject.entity.name}-refused.csv"',
            "cache-control": "no-store",
        },
    )


def _standing(subject: Subject) -> Standing:
    visit = subject.visit
    found = running.standing(visit.connection, visit.context, visit.release, parameter(visit.request, "job"))
    if found is None or found.wish.entity != subject.entity.name:
        raise Stop(404)
    return found


def _refused(found: Standing) -> list[tuple[str, str]]:
    return [(one["record"].partition("/")[2], one["message"]) for one in found.done.get("refusals", ())]


def _notice(visit: Visit, found: Standing) -> Notice | None:
    """What came of it."""
    if found.busy:
        return None
    when = formatter("instant", visit.language, zone=str(visit.context.reader_zone))
    words = told(found.job, visit.model, visit.language, when)
    tone = "danger" if found.job.state == "dead" else "warning" if _is_partial(found) else "success"
    return Notice(" ".join(filter(None, (words.failed, *words.came))) or words.state, tone)


def _is_partial(found: Standing) -> bool:
    return bool(found.done.get("refused") or found.done.get("stopped"))


def _undo(found: Standing) -> str:
    """Where what was done is taken back."""
    done = found.done.get("changed") or found.done.get("deleted")
    return addresses.batch_of(found.job.id) if done and not found.busy else ""
