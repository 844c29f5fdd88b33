"""The form of a new record and of one that is there: shown, followed while one types, saved, or given back with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.ids import new_id
from kith.runtime.likeness.looking import like_typed
from kith.runtime.read import choices, get_record, history
from kith.runtime.read.query import Denied
from kith.runtime.write.change import Change, Op, Refused, Saved
from kith.runtime.write.previewing import Preview, preview
from kith.web import addresses, grids
from kith.web.alike import found_while_typing, seen_by, stopped_by, without_warning
from kith.web.answering import action, page
from kith.web.filed import places_of, with_uploads
from kith.web.forming import NO_REFUSALS, Draft, choice_of, labels, writable
from kith.web.formpage import drawing_of, drawing_of_sheet
from kith.web.meanwhile import as_named_now, left_over
from kith.web.merging import kept_raw, merge, merge_lines, take_theirs, ways_of
from kith.web.outline import is_input
from kith.web.pages.late import RESTORE, binned, in_words, restored, too_late
from kith.web.pages.record import ONE
from kith.web.pages.signing import expired
from kith.web.parts import part
from kith.web.refusing import clashes, sorted_out, told_again
from kith.web.requests import Stop, Visit, Web, go
from kith.web.saving import saved
from kith.web.sheets import sheet_of
from kith.web.showing import inline
from kith.web.subject import Subject, entity_of, record_of
from kith.web.templating import Drawing
from kith.web.typed import ADD, FIND, REMOVE, RESUME, TOLD, Typed, mark, raw_of, typed_of
from kith.web.view import Choice, Link, Notice

NEW = "/records/{entity}/new"
LIVE = "_live"
STATUS = {"invalid": 422, "conflict": 412, "denied": 403, "missing": 404, "taken": 409}
MOST_FOUND = 20


def routes(web: Web) -> Sequence[Route]:
    """The routes of forms."""
    return (
        Route(NEW, page(web, show_new), methods=["GET"]),
        Route(NEW, action(web, save_new, expired, files=True), methods=["POST"]),
        Route(NEW + "/live", part(action(web, follow_new, expired)), methods=["POST"]),
        Route(NEW + "/alike", part(action(web, look_new, expired)), methods=["POST"]),
        Route(ONE + "/edit", page(web, show_edit), methods=["GET"]),
        Route(ONE + "/edit", action(web, save_edit, expired, files=True), methods=["POST"]),
        Route(ONE + "/edit/live", part(action(web, follow_edit, expired)), methods=["POST"]),
        Route(ONE + "/edit/alike", part(action(web, look_edit, expired)), methods=["POST"]),
    )


# ---- shown --------------------------------------------------------------------------------------------------------


def creating(visit: Visit) -> Subject:
    """The entity of a new record; stops where the reader may make none."""
    subject = entity_of(visit)
    if subject.entity.owner_of_lines or subject.reader.rights[subject.entity.name].right("create").never:
        raise Stop(403)
    return subject


def editing(visit: Visit) -> Subject:
    """The record that is edited; stops where the reader may not."""
    subject = record_of(visit)
    if not subject.may("update"):
        raise Stop(403)
    return subject


def show_new(visit: Visit) -> Response:
    """The form of a new record, with what the address fills in."""
    subject = creating(visit)
    asked = visit.request.query_params
    typed = Typed(id=new_id())
    given = {name: value for name, value in asked.items() if name in writable(subject)}
    typed.raw = dict(given)
    grids.fill_rows(subject, typed, {})
    seen = seen_of(subject, typed)
    return _page(Draft(subject, _filled(subject, typed, seen), seen, fresh=True))


def _filled(subject: Subject, typed: Typed, seen: Preview | None) -> Typed:
    """Defaults stand in the fields of a new record, until somebody types something else."""
    zone, may = subject.visit.context.reader_zone, writable(subject)
    for declared in subject.outline.fields:
        name = declared.name
        if name not in may or (name in typed.raw and typed.is_given(name, typed.raw[name])):
            continue
        typed.raw[name] = raw_of(declared, seen.filled.get(name) if seen is not None else None, zone)
        typed.was[name] = mark(typed.raw[name])
    if seen is not None:
        grids.follow_defaults(subject, typed, seen)
    return typed


def show_edit(visit: Visit) -> Response:
    """The form of a record."""
    subject = editing(visit)
    if (sheet := sheet_of(subject)) is not None:
        drawing = drawing_of_sheet(sheet, subject, {**_around(subject), "notice": "", "clashes": ""})
        return _drawn(subject, drawing)
    typed = Typed(raw=kept_raw(subject), version=subject.record.version, id=subject.record.id)
    typed.note("", typed.raw)
    kept = grids.kept_lines(subject)
    grids.fill_rows(subject, typed, kept)
    return _page(Draft(subject, typed, seen_of(subject, typed), kept))


def seen_of(subject: Subject, typed: Typed) -> Preview | None:
    """What a save would make of the form as it stands; None where that decides nothing on it."""
    visit = subject.visit
    if subject.view is not None and subject.outline.still is not None:
        return None
    change = typed.change("create" if subject.view is None else "update", subject.entity.name)
    return preview(visit.connection, visit.context, visit.release, change)


def _page(draft: Draft, status: int = 200, notice: Notice | None = None, around: str = "", alike: str = "") -> Response:
    subject = draft.subject
    ui = subject.visit.web.templates.ui(subject.visit.language)
    told = {"notice": ui.notice(notice, "status") if notice else "", "clashes": around, "alike": alike}
    return _drawn(subject, drawing_of(draft, "content", {**_around(subject), **told}), status)


def _around(subject: Subject) -> dict[str, str]:
    """Where the form is sent, and where one goes without sending it."""
    if subject.view is None:
        return {"action": addresses.new_of(subject.entity.name), "back": addresses.list_of(subject.entity.name)}
    return {"action": addresses.edit_of(subject.entity.name, subject.view.id), "back": subject.address}


def _drawn(subject: Subject, drawing: Drawing, status: int = 200) -> Response:
    visit = subject.visit
    if subject.view is None:
        title = visit.texts("edit.new", label=inline(subject.entity.label, visit.language))
    else:
        title = visit.texts("edit.title", title=subject.view.title)
    crumbs = (*subject.crumbs, Link(title, drawing.texts["action"]))
    return visit.drawn(drawing, status, title=title, crumbs=crumbs)


# ---- followed while one types -------------------------------------------------------------------------------------


def follow_new(visit: Visit) -> Response:
    """The fields of a new record's form after something was typed."""
    return _follow(creating(visit))


def follow_edit(visit: Visit) -> Response:
    """The fields of a record's form after something was typed."""
    return _follow(editing(visit))


def _follow(subject: Subject) -> Response:
    draft = _pressed(subject, received(subject))
    return subject.visit.fragment(drawing_of(draft, "fields", {"action": _around(subject)["action"]}))


def look_new(visit: Visit) -> Response:
    """The records that look like the new one, after something was typed."""
    return _look(creating(visit))


def look_edit(visit: Visit) -> Response:
    """The same while a record is changed."""
    return _look(editing(visit))


def _look(subject: Subject) -> Response:
    visit = subject.visit
    found = like_typed(visit.connection, visit.context, visit.release, _change(subject, received(subject)))
    return Response(found_while_typing(subject, found), media_type="text/html")


def _change(subject: Subject, typed: Typed) -> Change:
    op: Op = "create" if subject.view is None else "update"
    return typed.change(op, subject.entity.name, without=_unsent(subject, typed))


def received(subject: Subject) -> Typed:
    """The form that was sent."""
    may = writable(subject)
    fields = [one for one in subject.entity.fields.values() if is_input(one) and one.name in may]
    columns = {one.relation: grids.typed_columns(subject, one) for one in subject.outline.grids}
    lines = {one.relation: subject.entity.inverses[one.relation].entity for one in subject.outline.grids}
    entities = subject.visit.model.entities
    sent, unfit = with_uploads(subject.visit, [*places_of(subject.visit.form, fields, columns)])
    form = as_named_now(sent, subject.entity.fields, {name: entities[line].fields for name, line in lines.items()})
    typed = typed_of(form, fields, columns)
    typed.left = left_over(form, typed)
    typed.unfit = unfit
    typed.id = subject.view.id if subject.view is not None else typed.id or new_id()
    return typed


def _pressed(subject: Subject, typed: Typed) -> Draft:
    """The form after one of its buttons: a line more or less, a search without script, or only another look at it."""
    visit = subject.visit
    for related in subject.outline.grids:
        if visit.sent(ADD) == related.relation:
            typed.add_row(related.relation, grids.blank_row(subject, related))
    relation, _, key = visit.sent(REMOVE).partition(".")
    typed.remove_row(relation, key)
    found = {visit.sent(FIND): _search(subject, typed, visit.sent(FIND))} if visit.sent(FIND) else {}
    seen = seen_of(subject, typed)
    if subject.view is None:
        _filled(subject, typed, seen)
    kept = grids.kept_lines(subject)
    return Draft(subject, typed, seen, kept, told_again(visit.sent(TOLD), typed), found)


def _search(subject: Subject, typed: Typed, name: str) -> Sequence[Choice]:
    """What a reference may name by the text typed beside it; the only one is taken at once."""
    visit = subject.visit
    relation, key, column = name.split(".") if name.count(".") == 2 else ("", "", name)
    entity = subject.entity.inverses[relation].entity if relation in subject.entity.inverses else subject.entity.name
    text = visit.sent(f"{FIND}.{name}")
    answer = choices(visit.connection, visit.context, visit.release, entity, column, text, limit=MOST_FOUND)
    found = [choice_of(visit, one) for one in answer]
    raw = next((row.raw for row in typed.rows.get(relation, ()) if row.key == key), typed.raw if not relation else None)
    if len(found) == 1 and raw is not None:
        raw[column] = found[0].value
    return found


# ---- saved --------------------------------------------------------------------------------------------------------


def save_new(visit: Visit) -> Response:
    """Make a record of what was typed."""
    return _save(creating(visit))


def save_edit(visit: Visit) -> Response:
    """Change a record to what was typed."""
    try:
        return _save(editing(visit))
    except (Stop, Denied) as gone:
        if isinstance(gone, Stop) and gone.status not in (403, 404):
            raise
        with visit.anew() as fresh:
            return _away(fresh, gone)


def _away(visit: Visit, gone: Stop | Denied) -> Response:
    """What was typed of a record that is away by now; where that is asked for, it comes back first."""
    if not visit.sent(RESTORE) or binned(visit) is None:
        return too_late(visit, gone)
    refused = restored(visit)
    if refused is not None:
        return too_late(visit, gone, refused)
    with visit.anew() as fresh:
        subject = editing(fresh)
        return _page(_pressed(subject, received(subject)), notice=Notice(visit.texts("edit.resumed"), "success"))


def _save(subject: Subject) -> Response:
    visit, typed = subject.visit, received(subject)
    if any(visit.sent(name) for name in (ADD, REMOVE, FIND, LIVE)):
        return _page(_pressed(subject, typed))
    if visit.sent(RESUME) or visit.sent(RESTORE):
        return _page(_pressed(subject, typed), notice=Notice(visit.texts("edit.resumed"), "success"))
    if subject.view is not None:
        take_theirs(subject, typed)
    if typed.left:
        return _without_place(subject, typed)
    if typed.unfit:
        return _refused(subject, typed, Refused("invalid", typed.unfit))
    verdict = saved(visit, replace(_change(subject, typed), seen_alike=seen_by(visit)))
    if isinstance(verdict, Saved):
        said = "created" if verdict.created else "saved"
        return go(addresses.record_of(subject.entity.name, verdict.id), said)
    return _refused(subject, typed, verdict)


def _unsent(subject: Subject, typed: Typed) -> set[str]:
    """What was typed and shall not be saved: what does not show any more."""
    outline = subject.outline
    if not outline.conditional or not typed.given():
        return set()
    shown = {name for section in outline.shown(seen_of(subject, typed)) for name in section.items}
    return {one.name for one in outline.fields if one.name not in shown}


def _without_place(subject: Subject, typed: Typed) -> Response:
    """The form again, with what was typed into fields that are not there any more, or that the reader may not write now."""
    ui, texts = subject.visit.web.templates.ui(subject.visit.language), subject.visit.texts
    left = in_words(subject, typed.left)
    typed.was = {name: sign for name, sign in typed.was.items() if name not in {one for one, _ in typed.left}}
    typed.left = []
    around = ui.left(texts("meanwhile.no_place"), texts("meanwhile.no_place_text"), left)
    draft = Draft(subject, typed, seen_of(subject, typed), grids.kept_lines(subject))
    return _page(draft, STATUS["taken"], around=around)


def _refused(subject: Subject, typed: Typed, refused: Refused) -> Response:
    """The form again, with everything that was typed and what stands in the way."""
    if refused.kind == "taken" and subject.view is None and _is_there(subject, typed.id):
        # The same form once more: a double click, or Back and Save again.
        return go(addresses.record_of(subject.entity.name, typed.id))
    if subject.view is not None and refused.kind in ("conflict", "missing"):
        with subject.visit.anew() as visit:
            return _conflict(record_of(visit), typed, refused)
    told = sorted_out(subject, without_warning(refused))
    draft = Draft(subject, typed, seen_of(subject, typed), grids.kept_lines(subject), told)
    return _page(draft, STATUS[refused.kind], alike=stopped_by(subject, refused))


def _is_there(subject: Subject, id_: str) -> bool:
    visit = subject.visit
    return get_record(visit.connection, visit.context, visit.release, subject.entity.name, id_) is not None


def _conflict(current: Subject, typed: Typed, refused: Refused) -> Response:
    """Both versions side by side; what nobody typed into is as the others left it."""
    ui, texts = current.visit.web.templates.ui(current.visit.language), current.visit.texts
    ways, kept, title = ways_of(typed), grids.kept_lines(current), _by_whom(current, typed.version)
    # Of fields nothing has been told where only lines are missing: the version stays the one that was seen.
    parted = (merge if refused.conflicts else merge_lines)(current, typed, kept)
    refusals = sorted_out(current, refused) if refused.conflicts else NO_REFUSALS
    draft = Draft(current, typed, seen_of(current, typed), kept, refusals)
    fights = [*clashes(current, draft.refusals, labels(draft), ways)]
    said = "meanwhile.parted" if parted else "" if fights else "meanwhile.lines"
    notice = Notice(texts(said), "warning") if said else None
    return _page(draft, STATUS["conflict"], notice, ui.clashes(fights, title) if fights else "")


def _by_whom(subject: Subject, version: int | None) -> str:
    """Who has changed the record since a version, as far as the reader may know."""
    visit = subject.visit
    entries = history(visit.connection, visit.context, visit.release, subject.entity.name, subject.record.id)
    actors = [one.actor for one in entries if one.version > (version or 0)]
    names = [one.label for one in actors if one is not None and one.visible]
    if not names or len(names) < len(actors):
        return visit.texts("edit.conflict")
    return visit.texts("meanwhile.by", who=visit.texts("mark.list").join(dict.fromkeys(names)))
