"""Personal data for those who administer: what is known of one person, consents, holds and erasing; and certificates of it all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson
from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.privacy import consents, holding
from kith.runtime.privacy.certificates import certificates
from kith.runtime.privacy.dossier import as_data, dossier
from kith.runtime.privacy.erasing import Asked, Held, erase, look
from kith.runtime.privacy.retaining import due
from kith.runtime.privacy.spoken import certificate_lines, due_lines, erasure_lines, hold_line
from kith.runtime.privacy.ties import about, is_there
from kith.runtime.privacy.written import as_html
from kith.runtime.write.messages import texts as said
from kith.web import addresses
from kith.web.answering import action, page
from kith.web.inputs import FieldInput
from kith.web.pages.accounts import administering
from kith.web.pages.signing import expired
from kith.web.requests import Stop, Visit, Web, go
from kith.web.subject import Subject, record_of
from kith.web.view import Choice, Link, Notice

RECORD = "/records/{entity}/{id}/privacy"


@dataclass(frozen=True, slots=True)
class Ask:
    """A form: what is done, what is asked for, and what its button says."""

    do: str
    fields: Sequence[FieldInput]
    submit: str
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page: a heading, lines, and the forms below them."""

    name: str
    title: str
    text: str = ""
    lines: Sequence[str] = ()
    asks: Sequence[Ask] = ()


def routes(web: Web) -> Sequence[Route]:
    """The routes of personal data."""
    return (
        Route(addresses.PRIVACY, page(web, overview, long=True), methods=["GET"]),
        Route(RECORD, page(web, show, long=True), methods=["GET"]),
        Route(RECORD, action(web, do, expired, long=True), methods=["POST"]),
        Route(RECORD + "/known.{format}", page(web, known, long=True), methods=["GET"]),
    )


def privacy_links(subject: Subject) -> list[Link]:
    """The way to what is known of a person, for those who administer."""
    if not (subject.reader.administers and subject.entity.person):
        return []
    return [Link(subject.visit.texts("privacy.link"), f"{subject.address}/privacy", "shield-check")]


# ---- all of it ------------------------------------------------------------------------------------------------------


def overview(visit: Visit) -> Response:
    """What was erased, what is due, and what is held."""
    administering(visit)
    about_all = visit.release, visit.context
    late = [one for one in due(visit.connection, visit.context, visit.release) if one.count]
    held = holding.all_holds(visit.connection, visit.release)
    found = list(certificates(visit.connection, visit.release))
    parts = (
        _told(visit, "due", [line for one in late for line in due_lines(*about_all, one)]),
        _told(visit, "holds", [hold_line(*about_all, one) for one in held]),
        _told(
            visit,
            "certificates",
            [line for one in reversed(found) for line in certificate_lines(*about_all, one, verified=False)],
        ),
    )
    return visit.page("private.html", title=visit.texts("privacy.title"), note="", actions=(), failed=None, parts=parts)


def _told(visit: Visit, name: str, lines: Sequence[str], asks: Sequence[Ask] = ()) -> Part:
    text = "" if lines else visit.texts(f"privacy.no_{name}")
    return Part(name, visit.texts(f"privacy.{name}"), text, lines, asks)


# ---- one person -----------------------------------------------------------------------------------------------------


def _person(visit: Visit) -> Subject:
    administering(visit)
    return record_of(visit, deleted=True)


def show(visit: Visit) -> Response:
    """What is known of one person, and what can be done with it."""
    return _shown(_person(visit))


def _shown(subject: Subject, failed: str = "") -> Response:
    visit, texts = subject.visit, subject.visit.texts
    name, id_ = subject.entity.name, subject.record.id
    title = texts("privacy.of", title=subject.record.title)
    downloads = [
        Link(texts(f"privacy.as_{format_}"), f"{subject.address}/privacy/known.{format_}", "download")
        for format_ in ("html", "json")
    ]
    found = about(visit.connection, visit.release, name, [id_])
    labels = {one: visit.model.entities[one].label.in_(visit.language) for one in found}
    parts = [Part("known", texts("privacy.known"), "", [f"{labels[one]}: {len(ids):,}" for one, ids in found.items()])]
    parts += [_consents(subject)] if subject.entity.consents else []
    parts += [_holds(subject), _erasing(subject)]
    return visit.page(
        "private.html",
        422 if failed else 200,
        title=title,
        crumbs=(*subject.crumbs, Link(texts("privacy.title"), visit.here)),
        note=texts("privacy.note"),
        actions=downloads,
        failed=Notice(failed, "danger") if failed else None,
        action=f"{subject.address}/privacy",
        parts=parts,
    )


def _consents(subject: Subject) -> Part:
    visit, texts, say = subject.visit, subject.visit.texts, said(subject.visit.language)
    found = list(consents.said_by(visit.connection, visit.release, subject.entity.name, subject.record.id))

    def line(one: consents.Said) -> str:
        state = "outdated" if one.outdated else "given" if one.given else "withdrawn" if one.entry else "none"
        return f"{one.purpose.label.in_(visit.language)}: {say(f'privacy.consent.{state}')}"

    purposes = [Choice(one.purpose.name, one.purpose.label.in_(visit.language)) for one in found]
    answers = [Choice("yes", say("privacy.consent.given")), Choice("no", say("privacy.consent.withdrawn"))]
    ways = [Choice(how, say(f"privacy.how.{how}")) for how in consents.HOW]
    fields = (
        FieldInput(name="purpose", label=texts("privacy.purpose"), kind="select", choices=purposes, required=True),
        FieldInput(name="given", label=texts("privacy.said"), kind="radio", value="yes", choices=answers),
        FieldInput(name="how", label=texts("privacy.way"), kind="select", value="form", choices=ways, required=True),
    )
    ask = Ask("consent", fields, texts("privacy.note_it"))
    return Part("consents", texts("privacy.consents"), "", [line(one) for one in found], (ask,))


def _holds(subject: Subject) -> Part:
    visit, texts = subject.visit, subject.visit.texts
    records = {subject.entity.name: [subject.record.id]}
    held = holding.holds_on(visit.connection, visit.release, records)
    reason = FieldInput(name="reason", label=texts("privacy.reason"), required=True)
    asks = [Ask("hold", (reason,), texts("privacy.hold"))]
    asks += [Ask("lift", (), texts("privacy.lift"))] if held else []
    return _told(visit, "holds", [hold_line(visit.release, visit.context, one) for one in held], asks)


def _erasing(subject: Subject) -> Part:
    visit, texts = subject.visit, subject.visit.texts
    found = look(visit.connection, visit.release, Asked(subject.entity.name, (subject.record.id,)))
    title = subject.record.title
    fields = [FieldInput(name="sure", label=texts("privacy.sure", title=title), required=True)]
    if found.doubtful:
        fields.append(FieldInput(name="all_mentions", label=texts("privacy.all_mentions"), kind="boolean"))
    ask = Ask("erase", fields, texts("privacy.erase"), danger=True)
    lines = list(erasure_lines(visit.release, visit.context, found))
    return Part("erase", texts("privacy.erasing"), texts("privacy.erase_text"), lines, () if found.holds else (ask,))


def known(visit: Visit) -> Response:
    """Everything that is known, as a file for the person or for a machine."""
    subject = _person(visit)
    name, id_, format_ = subject.entity.name, subject.record.id, visit.request.path_params["format"]
    found = dossier(visit.connection, visit.context, visit.release, name, id_)
    if found is None or format_ not in ("html", "json"):
        raise Stop(404)
    if format_ == "json":
        content = orjson.dumps(as_data(visit.release, found), option=orjson.OPT_INDENT_2)
    else:
        content = as_html(visit.release, visit.context, found).encode()
    headers = {"content-disposition": f'attachment; filename="{name}-{id_}.{format_}"', "cache-control": "no-store"}
    return Response(content, media_type="application/octet-stream", headers=headers)


# ---- doing ----------------------------------------------------------------------------------------------------------


def do(visit: Visit) -> Response:
    """Carry out what a form of the page asks for."""
    subject = _person(visit)
    work = DOING.get(visit.sent("do"))
    if work is None:
        raise Stop(400)
    return work(subject)


def _erase(subject: Subject) -> Response:
    visit = subject.visit
    if visit.sent("sure").strip() != subject.record.title.strip():
        return _shown(subject, visit.texts("privacy.not_sure"))
    asked = Asked(subject.entity.name, (subject.record.id,), all_mentions=visit.sent("all_mentions") == "true")
    database = visit.web.doors.workspace.database
    try:
        database.run(lambda connection: erase(connection, visit.context, visit.release, asked))
    except Held:
        return _shown(subject)
    with database.read() as connection:
        left = is_there(connection, visit.release, subject.entity.name, subject.record.id)
    return go(f"{subject.address}/privacy" if left else addresses.PRIVACY, "erased")


def _hold(subject: Subject) -> Response:
    visit, reason = subject.visit, subject.visit.sent("reason").strip()
    if not reason:
        return _shown(subject, visit.texts("privacy.no_reason"))
    about_it = visit.context, visit.release, subject.entity.name, subject.record.id, reason
    visit.web.doors.workspace.database.run(lambda connection: holding.place(connection, *about_it))
    return go(f"{subject.address}/privacy", "held")


def _lift(subject: Subject) -> Response:
    visit = subject.visit
    about_it = visit.context, visit.release, subject.entity.name, subject.record.id
    visit.web.doors.workspace.database.run(lambda connection: holding.lift(connection, *about_it))
    return go(f"{subject.address}/privacy", "lifted")


def _consent(subject: Subject) -> Response:
    visit = subject.visit
    about_it = visit.context, visit.release, (subject.entity.name, subject.record.id), visit.sent("purpose")
    given, how = visit.sent("given") == "yes", visit.sent("how")
    try:
        visit.web.doors.workspace.database.run(
            lambda connection: consents.note(connection, *about_it, given=given, how=how)
        )
    except ValueError:
        raise Stop(400) from None
    return go(f"{subject.address}/privacy", "consent")


DOING: Mapping[str, Callable[[Subject], Response]] = {
    "erase": _erase,
    "hold": _hold,
    "lift": _lift,
    "consent": _consent,
}
