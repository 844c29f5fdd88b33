"""A list as a calendar: the records of a month, a week or the days to come, each on its day in the reader's time zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from kith.runtime.read import list_records
from kith.web import addresses
from kith.web.cards import Card, Deck, frame_of
from kith.web.days import DAY, between, named, next_month, week_of, weekday_names
from kith.web.pages.listed import Listing
from kith.web.shell import icon_of, may_create
from kith.web.showing import inline
from kith.web.timing import Timing, When, day_of, hour_of, timing_of
from kith.web.view import Empty, Link, Notice

MOST = 400
"""Records that a page shows; where there are more it says so."""
A_DAY = 3
"""Records that a day of a month shows; the others are behind "more"."""
SPANS = ("month", "week", "agenda")
AGENDA = 30
"""Days of an agenda."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day: what it is called, its records, where the others and where a new one are."""

    key: str
    number: str
    label: str
    cards: Sequence[Card]
    more: Link | None
    create: str
    today: bool
    outside: bool


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a page shows, from the first to the last, and those before and after."""

    name: str
    first: date
    last: date
    title: str
    before: date
    after: date


def calendar(listing: Listing) -> Markup | None:
    """The calendar as HTML; None where the reader may not see by what the records are in time."""
    timing, visit = timing_of(listing), listing.visit
    if timing is None:
        return None
    span, deck = span_of(listing), Deck(listing, movable(listing, timing), timing.fields)
    cards, capped = placed_cards(listing, deck, timing, span)
    days = [_day(listing, timing, span, day, cards) for day in _days(span)]
    ui = visit.web.templates.ui(visit.language)
    shown = days if span.name != "agenda" else [day for day in days if day.cards]
    html: Markup = ui.calendar(
        weeks=[shown[place : place + 7] for place in range(0, len(shown), 7)] if span.name != "agenda" else [shown],
        names=weekday_names(visit.language),
        span=span,
        ways=ways(listing, span, SPANS),
        frame=frame_of(listing),
        records=inline(listing.entity.plural, visit.language),
        notice=Notice(visit.texts("calendar.capped", count=MOST)) if capped else None,
        empty=Empty(visit.texts("calendar.none"), "", icon_of(listing.entity)) if not cards else None,
    )
    return html


Placed = tuple[When, Card, Sequence[object]]
"""A record in time, and the values that its deck reads beside."""


def placed_cards(listing: Listing, deck: Deck, timing: Timing, span: Span) -> tuple[list[Placed], bool]:
    """The records that are in time within a span, in the order of time; and whether there are more than are shown."""
    visit, query = listing.visit, deck.query(MOST)
    whole = f"({query.filter}\n) and " if query.filter else ""
    query = replace(query, filter=f"{whole}({timing.within(span.first, span.last)})", sort=(timing.sort,))
    found = list_records(visit.connection, visit.context, visit.release, query)
    cards = list[Placed]()
    for row in found.rows:
        extras = deck.extras(row)
        when = timing.when(extras[: len(timing.fields)])
        if when is not None:
            cards.append((when, replace(deck.card(row), when=hour_of(when, visit.language)), extras))
    return cards, found.next is not None


def movable(listing: Listing, timing: Timing) -> tuple[str, ...]:
    """The fields that moving changes; none where one of them is worked out."""
    fields = [listing.entity.fields.get(name) for name in timing.fields]
    return timing.fields if all(one is not None and not one.is_computed for one in fields) else ()


# ---- which days ---------------------------------------------------------------------------------------------------


def span_of(listing: Listing) -> Span:
    """The days that the address asks for."""
    name, day, language = listing.asked.placed("span"), day_of(listing), listing.visit.language
    if name == "week":
        first = week_of(day, language)
        last = first + 6 * DAY
        return Span(name, first, last, between(first, last, language), first - 7 * DAY, first + 7 * DAY)
    if name == "agenda":
        last = day + (AGENDA - 1) * DAY
        return Span(name, day, last, between(day, last, language), day - AGENDA * DAY, day + AGENDA * DAY)
    month = day.replace(day=1)
    first, end = week_of(month, language), week_of(next_month(month) - DAY, language)
    return Span(
        "month", first, end + 6 * DAY, named(month, "yMMMM", language), next_month(month, -1), next_month(month)
    )


def ways(listing: Listing, span: Span, spans: Sequence[str]) -> dict[str, object]:
    """The ways to the days before and after, to today and to other spans."""
    asked, texts = listing.asked, listing.visit.texts
    return {
        "before": asked.at_place(on=str(span.before)).address,
        "after": asked.at_place(on=str(span.after)).address,
        "today": asked.at_place(on="").address,
        "spans": [
            Link(texts(f"calendar.spans.{name}"), asked.at_place(span=name).address, current=name == span.name)
            for name in spans
        ],
    }


def _days(span: Span) -> Iterator[date]:
    day = span.first
    while day <= span.last:
        yield day
        day += DAY


def _day(listing: Listing, timing: Timing, span: Span, day: date, cards: Sequence[Placed]) -> Day:
    visit = listing.visit
    # One that goes on from an earlier day is moved from there.
    here = [
        card if when.first == day else replace(card, move="", when="")
        for when, card, _ in cards
        if when.first <= day <= when.last
    ]
    shown = here if span.name != "month" or len(here) <= A_DAY + 1 else here[:A_DAY]
    rest = len(here) - len(shown)
    more = listing.asked.at_place(on=str(day), span="agenda").address
    return Day(
        str(day),
        str(day.day),
        named(day, "MMMEd", visit.language),
        shown,
        Link(visit.texts("calendar.more", count=rest), more) if rest else None,
        _create(listing, timing, day),
        day == visit.context.now.astimezone(visit.context.reader_zone).date(),
        span.name == "month" and span.title != named(day.replace(day=1), "yMMMM", visit.language),
    )


def _create(listing: Listing, timing: Timing, day: date) -> str:
    """Where a record of a day is made; "" where the reader makes none, or a day alone does not begin one."""
    name = timing.starts.path
    writing = listing.reader.rights[listing.entity.name].writing(name, "create")
    if (
        timing.kind == "range"
        or writing.never
        or not movable(listing, timing)
        or not may_create(listing.reader, listing.entity)
    ):
        return ""
    return addresses.new_of(listing.entity.name, **{name: f"{day}T09:00" if timing.kind == "datetime" else str(day)})
