"""Named actions and transitions of a record: the buttons on its page, what is asked before, and doing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response
from starlette.routing import Route

from kith.metadata.fields.files import FILES
from kith.metadata.model import Field
from kith.runtime.read.query import Denied
from kith.runtime.write.change import Change, Refused
from kith.runtime.write.offering import Offer, offers
from kith.web import addresses
from kith.web.answering import action, page
from kith.web.choices import local
from kith.web.filed import places_of, with_uploads
from kith.web.flows import ONE_ACTION, address_of
from kith.web.forming import Draft, labels, maker_of, writable
from kith.web.inputs import FormSection
from kith.web.pages.late import left_page, too_late
from kith.web.pages.signing import expired
from kith.web.parts import part
from kith.web.questions import Questions, first_of, found_for
from kith.web.refusing import Refusals, clashes, told
from kith.web.requests import Stop, Visit, Web, go, parameter
from kith.web.saving import saved
from kith.web.subject import Subject, record_of
from kith.web.templating import wanted
from kith.web.typed import FIND, SEVERAL, Typed, raw_of, sent, typed_of
from kith.web.view import Link


def routes(web: Web) -> Sequence[Route]:
    """The routes of actions and transitions."""
    return (
        Route(ONE_ACTION, page(web, ask), methods=["GET"]),
        Route(ONE_ACTION, action(web, perform, expired, files=True), methods=["POST"]),
        Route(ONE_ACTION + "/choices/{field}", part(page(web, look_up), 401), methods=["GET"]),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is about to do with a record."""

    subject: Subject
    offer: Offer

    @property
    def title(self) -> str:
        """What it is called."""
        return self.offer.label.in_(self.subject.visit.language)


def _asked(visit: Visit) -> Asked:
    """What the address names; stops where the reader may not do it, or the record has gone on meanwhile."""
    subject = record_of(visit)
    offer = _offer(subject)
    if offer is None:
        raise Stop(404)
    return Asked(subject, offer)


def _offer(subject: Subject) -> Offer | None:
    visit, name = subject.visit, parameter(subject.visit.request, "name")
    found = offers(visit.connection, visit.context, visit.release, subject.entity.name, subject.record.id) or ()
    return next((one for one in found if one.name == name), None)


def ask(visit: Visit) -> Response:
    """What is asked before, or why it cannot be done now: a page, or what stands in the dialog."""
    asked = _asked(visit)
    typed = Typed(raw={one.name: first_of(one) for one in asked.offer.asked}, version=asked.subject.record.version)
    return _page(asked, typed)


def look_up(visit: Visit) -> Response:
    """The records that an input of an action may name, for what has been typed so far."""
    offer = _asked(visit).offer
    return found_for(visit, offer.asked if offer.action is not None else ())


def perform(visit: Visit) -> Response:
    """Do it; where it is refused, the reasons stand beside what was typed."""
    try:
        subject = record_of(visit)
    except (Stop, Denied) as gone:
        return too_late(visit, gone)
    offer = _offer(subject)
    if offer is None:
        return _not_now(subject)
    asked = Asked(subject, offer)
    is_action = offer.action is not None
    fields = offer.asked if is_action else _own_inputs(subject)
    form, unfit = with_uploads(visit, [*places_of(visit.form, fields, {})])
    typed = typed_of(form, fields, {})
    if unfit:
        return _page(asked, typed, Refused("invalid", unfit))
    if visit.sent(FIND):
        return _page(asked, typed)
    values = {name: sent(raw) for name, raw in typed.raw.items()}
    change = Change(
        "update",
        subject.entity.name,
        subject.record.id,
        values={} if is_action else values,
        version=None if is_action else typed.version,
        action=offer.name,
        inputs=values if is_action else {},
    )
    verdict = saved(visit, change)
    if isinstance(verdict, Refused):
        return _page(replace(asked, offer=_with_named(subject, offer, typed, verdict)), typed, verdict)
    return go(_back(visit, subject), "done")


def _back(visit: Visit, subject: Subject) -> str:
    """Where it was asked for from: the page that says so, else the record's."""
    back = visit.sent("_back") or visit.request.query_params.get("_back", "")
    return local(back) if back else subject.address


def _not_now(subject: Subject) -> Response:
    """The record has gone on to where this is not possible; a name that nothing has is no address."""
    visit, name = subject.visit, parameter(subject.visit.request, "name")
    flows = visit.model.workflows_of(subject.entity.name)
    label = next((flow.transitions[name].label for flow in flows if name in flow.transitions), None)
    if label is None:
        raise Stop(404)
    return left_page(
        subject,
        409,
        visit.texts("meanwhile.not_now", label=label.in_(visit.language)),
        visit.texts("meanwhile.not_now_text"),
    )


def _own_inputs(subject: Subject) -> list[Field]:
    """The record's fields that the reader may write, and that are one control or files."""
    may = writable(subject)
    fields = subject.entity.fields.values()
    return [one for one in fields if one.name in may and (one.type_name not in SEVERAL or one.type_name in FILES)]


def _with_named(subject: Subject, offer: Offer, typed: Typed, refused: Refused) -> Offer:
    """What a refused transition asks for then: also what the reasons name, so that it can be written here."""
    if offer.transition is None or offer.flow is None:
        return offer
    named = {one.field for one in refused.failures if not one.at} | {*typed.raw}
    known = {one.name for one in offer.asked} | {offer.flow.field}
    more = [one for one in _own_inputs(subject) if one.name in named - known]
    for one in more:
        value = subject.record.values.get(one.name)
        typed.raw.setdefault(one.name, raw_of(one, value, subject.visit.context.reader_zone))
    return replace(offer, asked=(*offer.asked, *more))


def _page(asked: Asked, typed: Typed, refused: Refused | None = None) -> Response:
    subject, offer, visit = asked.subject, asked.offer, asked.subject.visit
    lookups = f"{address_of(subject, offer)}/choices" if offer.action is not None else ""
    maker = maker_of(subject, {} if lookups else labels(Draft(subject, typed, None)))
    questions = Questions(subject, offer.asked, maker, lookups)
    fields = [*questions.inputs(typed, refused.failures if refused is not None else ())]
    context = {
        "title": asked.title,
        "crumbs": (*subject.crumbs, Link(asked.title, visit.here)),
        "text": offer.confirm.in_(visit.language) if offer.confirm.texts else "",
        "help": offer.action.help.in_(visit.language) if offer.action and offer.action.help.texts else "",
        "why": () if offer.possible or refused is not None else offer.why,
        "filed": any(one.type_name in FILES for one in offer.asked),
        "section": FormSection(fields, columns=1),
        "fields": fields,
        "messages": _messages(asked, refused),
        "danger": bool(offer.action and offer.action.danger),
        "version": typed.version if refused is None or not refused.conflicts else subject.record.version,
        "action": address_of(subject, offer),
        "back": "" if (back := _back(visit, subject)) == subject.address else back,
        "cancel": back,
        "edit": addresses.edit_of(subject.entity.name, subject.record.id) if subject.may("update") else "",
    }
    if refused is None and wanted(visit.request, "dialog-body"):
        return visit.block("doing.html", "content", **context)
    return visit.page("doing.html", 200 if refused is None else 422, **context)


def _messages(asked: Asked, refused: Refused | None) -> list[str]:
    """What has no place beside an input."""
    if refused is None:
        return []
    visit, names = asked.subject.visit, {one.name for one in asked.offer.asked}
    found = [told(one, visit.texts) for one in refused.failures if one.field not in names or one.at]
    if refused.conflicts:
        fights = clashes(asked.subject, Refusals(conflicts=refused.conflicts), {}, {})
        both = [visit.texts("meanwhile.both", label=one.label, yours=one.yours, theirs=one.theirs) for one in fights]
        found += [visit.texts("move.changed"), *both]
    return list(dict.fromkeys(found))
