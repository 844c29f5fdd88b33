"""Moving a card: where it may go, asked for as a page or in the dialog, and doing it through the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from kith.runtime.read.query import Denied
from kith.runtime.write.change import Change, Refused
from kith.runtime.write.offering import Offer, offers
from kith.web import addresses
from kith.web.days import DAY, next_month, week_of
from kith.web.flows import address_of
from kith.web.inputs import FieldInput
from kith.web.pages import kanban, timelines
from kith.web.pages.calendar import movable
from kith.web.pages.kanban import Grouping, deck_of, grouping_of
from kith.web.pages.late import too_late
from kith.web.pages.listed import Listing, listing_of
from kith.web.requests import Html, Stop, Visit, go
from kith.web.saving import saved
from kith.web.subject import Subject, record_of
from kith.web.templating import wanted
from kith.web.timing import Timing, timing_of
from kith.web.view import Choice, Link

MOVE = "/records/{entity}/{id}/move"
ASKS = "x-kith-asks"
"""The header that tells the script where a move asks for more first."""


@dataclass(frozen=True, slots=True)
class Target:
    """A place that a card may be moved to: `here`, `open`, `asks` (at `href`, for more) or `blocked` (for the reasons)."""

    choice: Choice
    state: str
    why: Sequence[str] = ()
    href: str = ""


@dataclass(frozen=True, slots=True)
class Moving:
    """A record of a list that is about to be moved."""

    listing: Listing
    subject: Subject
    targets: Sequence[Target] = ()
    timing: Timing | None = None

    @property
    def address(self) -> str:
        """Where it is moved."""
        return addresses.with_query(f"{self.subject.address}/move", self.listing.asked.state)

    def target(self, value: str) -> Target | None:
        """A place by its value."""
        return next((one for one in self.targets if one.choice.value == value), None)


def ask(visit: Visit) -> Response:
    """Where the record may go: a page, or what stands in the dialog."""
    return _page(_moving(visit))


def move(visit: Visit) -> Response:
    """Move it; where that is refused the reasons are told, to the script beside the card."""
    try:
        found = _moving(visit)
    except (Stop, Denied) as gone:
        return too_late(visit, gone)
    value, version = visit.sent("to"), visit.sent("_version")
    target = found.target(value)
    if target is not None and target.href:
        return _asks(visit, target.href)
    values = _values(found, value)
    number = int(version) if version.isdecimal() and len(version) < 19 else found.subject.record.version
    entity, id_ = found.subject.entity.name, found.subject.record.id
    verdict = saved(visit, Change("update", entity, id_, values=values, version=number))
    if isinstance(verdict, Refused):
        return _page(found, verdict)
    return Html("") if _by_script(visit) else go(found.listing.asked.address, "done")


def _by_script(visit: Visit) -> bool:
    return "hx-request" in visit.request.headers


def _asks(visit: Visit, address: str) -> Response:
    """The move needs more than to be made: on to where that is asked."""
    return Response(headers={ASKS: address}) if _by_script(visit) else go(address)


def _moving(visit: Visit) -> Moving:
    """What the address names; stops where the reader may not move it."""
    listing, subject = listing_of(visit), record_of(visit)
    view = listing.view
    if view is None or not subject.may("update"):
        raise Stop(404)
    if view.layout == "kanban" and (grouping := grouping_of(listing)) is not None:
        if not set(deck_of(listing, grouping).moved) & subject.record.writable:
            raise Stop(403)
        return Moving(listing, subject, _targets(listing, subject, grouping))
    if (timing := timing_of(listing)) is not None:
        if not set(movable(listing, timing)) or not set(timing.fields) <= subject.record.writable:
            raise Stop(403)
        return Moving(listing, subject, timing=timing)
    raise Stop(404)


def _values(found: Moving, value: str) -> dict[str, object]:
    """What moving to a place changes."""
    view = found.listing.view
    if view is None:
        raise Stop(404)
    if found.timing is None:
        return {view.group: "" if value == kanban.NOTHING else value}
    try:
        to = date.fromisoformat(value)
    except ValueError:
        raise Stop(400) from None
    if view.layout == "timeline":
        to = _in_unit(found, found.timing, to)
    return found.timing.moved(found.subject.record.values, to)


def _in_unit(found: Moving, timing: Timing, to: date) -> date:
    """A day of the week or month that begins on a day: the one on which it is now of its own."""
    span, when = timelines.span_of(found.listing).name, timing.when(_times(found, timing))
    if when is None or span == "days":
        return to
    if span == "weeks":
        return to + (when.first - week_of(when.first, found.listing.visit.language))
    return min(to.replace(day=1) + (when.first.day - 1) * DAY, next_month(to) - DAY)


def _times(found: Moving, timing: Timing) -> list[object]:
    return [found.subject.record.values.get(name) for name in timing.fields]


def _targets(listing: Listing, subject: Subject, grouping: Grouping) -> list[Target]:
    """The columns, each with whether the record may go there."""
    visit, here = listing.visit, subject.record.values.get(grouping.name)
    found: Sequence[Offer] = ()
    if grouping.flow is not None:
        found = offers(visit.connection, visit.context, visit.release, subject.entity.name, subject.record.id) or ()
    every = []
    for key, option in grouping.options.items():
        choice = Choice(key, option.label.in_(visit.language))
        if key == here:
            every.append(Target(choice, "here"))
        elif grouping.flow is None:
            every += [] if option.retired else [Target(choice, "open")]
        else:
            offer = next((one for one in found if one.flow is grouping.flow and _ends_in(one, key)), None)
            every += [_offered(listing, subject, choice, offer)] if offer is not None else []
    return every


def _ends_in(offer: Offer, state: str) -> bool:
    return offer.transition is not None and offer.transition.to == state


def _offered(listing: Listing, subject: Subject, choice: Choice, offer: Offer) -> Target:
    if offer.asked or offer.confirm.texts:
        back = [("_back", listing.asked.address)]
        return Target(choice, "asks", (), addresses.with_query(address_of(subject, offer), back))
    return Target(choice, "open" if offer.possible else "blocked", offer.why)


def _page(found: Moving, refused: Refused | None = None) -> Response:
    visit, subject = found.listing.visit, found.subject
    title = visit.texts("placing.title", name=subject.record.title)
    inputs = _day_input(found) if found.timing is not None else ()
    context = {
        "title": title,
        "crumbs": (*subject.crumbs, Link(title, visit.here)),
        "targets": found.targets,
        "inputs": inputs,
        "messages": _messages(visit, refused),
        "version": subject.record.version,
        "action": found.address,
        "cancel": found.listing.asked.address,
        "edit": addresses.edit_of(subject.entity.name, subject.record.id),
    }
    if refused is not None and _by_script(visit):
        answer = visit.block("move.html", "refusal", **context)
        answer.status_code = 422
        return answer
    if refused is None and wanted(visit.request, "dialog-body"):
        return visit.block("move.html", "content", **context)
    return visit.page("move.html", 200 if refused is None else 422, **context)


def _day_input(found: Moving) -> Sequence[FieldInput]:
    """The day to which a record is moved."""
    assert found.timing is not None
    when = found.timing.when(_times(found, found.timing))
    label = found.listing.visit.texts("calendar.day")
    return (
        FieldInput(
            name="to", label=label, kind="date", value=str(when.first) if when else "", required=True, autofocus=True
        ),
    )


def _messages(visit: Visit, refused: Refused | None) -> list[tuple[str, Sequence[str]]]:
    """Why it was refused: what is said, and why that is so."""
    if refused is None:
        return []
    if refused.conflicts:
        return [(visit.texts("move.changed"), ())]
    return list({one.message: one.why for one in refused.failures}.items())
