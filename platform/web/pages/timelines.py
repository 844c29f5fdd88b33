"""A list as a timeline: a row for each group, a bar for each record over the days, weeks or months that it lasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from kith.runtime.read.query import Masked, Reference
from kith.web.cards import Card, Deck, frame_of
from kith.web.columns import ListColumn, column_at
from kith.web.days import DAY, between, named, next_month, week_of
from kith.web.pages.calendar import MOST, Placed, Span, movable, placed_cards, ways
from kith.web.pages.listed import Listing
from kith.web.shell import icon_of
from kith.web.showing import Shower, inline, options_of, shower
from kith.web.timing import When, day_of, timing_of
from kith.web.view import Empty, Notice

SPANS = ("days", "weeks", "months")
UNITS = {"days": 21, "weeks": 13, "months": 12}
"""Columns of a timeline."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A column: its first day, what it is called, and whether today is in it."""

    key: str
    label: str
    whole: str
    today: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a row: a record's bar over so many columns, or nothing."""

    width: int
    at: int
    card: Card | None = None
    before: bool = False
    """Whether it began earlier than the first column."""
    after: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of a group."""

    label: str
    href: str
    rows: Sequence[Sequence[Piece]]


def timeline(listing: Listing) -> Markup | None:
    """The timeline as HTML; None where the reader may not see by what the records are in time."""
    timing, visit = timing_of(listing), listing.visit
    if timing is None:
        return None
    grouped = _grouped(listing)
    extra = (*timing.fields, *([grouped.path] if grouped is not None else []))
    span, deck = span_of(listing), Deck(listing, movable(listing, timing), extra)
    cards, capped = placed_cards(listing, deck, timing, span)
    units = _units(listing, span)
    starts = [date.fromisoformat(unit.key) for unit in units]
    html: Markup = visit.web.templates.ui(visit.language).timeline_board(
        units=units,
        groups=_groups(listing, grouped, cards, starts, span),
        span=span,
        ways=ways(listing, span, SPANS),
        frame=frame_of(listing),
        records=inline(listing.entity.plural, visit.language),
        by=grouped.label if grouped is not None else "",
        notice=Notice(visit.texts("calendar.capped", count=MOST)) if capped else None,
        empty=Empty(visit.texts("calendar.none"), "", icon_of(listing.entity)) if not cards else None,
    )
    return html


# ---- columns ------------------------------------------------------------------------------------------------------


def span_of(listing: Listing) -> Span:
    """The days that the address asks for: a little of what was, and more of what comes."""
    name, day, language = listing.asked.placed("span"), day_of(listing), listing.visit.language
    name = name if name in SPANS else "weeks"
    count = UNITS[name]
    if name == "months":
        first = next_month(day, -2)
        last = next_month(first, count) - DAY
        return Span(name, first, last, between(first, last, language), next_month(day, -count), next_month(day, count))
    step = DAY if name == "days" else 7 * DAY
    first = week_of(day, language) - (0 * DAY if name == "days" else 14 * DAY)
    last = first + count * step - DAY
    return Span(name, first, last, between(first, last, language), day - count * step, day + count * step)


def _units(listing: Listing, span: Span) -> list[Unit]:
    language, context = listing.visit.language, listing.visit.context
    today, found, day = context.now.astimezone(context.reader_zone).date(), list[Unit](), span.first
    while day <= span.last:
        after = next_month(day) if span.name == "months" else day + (DAY if span.name == "days" else 7 * DAY)
        label = named(day, {"days": "d", "weeks": "MMMd", "months": "MMM"}[span.name], language)
        whole = named(day, {"days": "MMMEd", "weeks": "yMMMd", "months": "yMMMM"}[span.name], language)
        found.append(Unit(str(day), label, whole, day <= today < after))
        day = after
    return found


# ---- rows ---------------------------------------------------------------------------------------------------------


def _grouped(listing: Listing) -> ListColumn | None:
    view = listing.view
    name = view.group if view is not None else ""
    column = column_at(listing.reader, listing.entity.name, name, listing.visit.texts) if name else None
    return column if column is not None and not column.masked else None


def _groups(
    listing: Listing, column: ListColumn | None, cards: Sequence[Placed], starts: Sequence[date], span: Span
) -> list[Group]:
    """The records by group: options in their order, records by name, what is in none last."""
    if column is None:
        return [Group("", "", _rows(listing, [(when, card) for when, card, _ in cards], starts, span))]
    by_key: dict[str, list[tuple[When, Card]]] = {}
    values: dict[str, object] = {}
    for when, card, extras in cards:
        value = extras[-1]
        key = (
            value.id
            if isinstance(value, Reference)
            else ""
            if value is None or isinstance(value, Masked)
            else str(value)
        )
        by_key.setdefault(key, []).append((when, card))
        values[key] = value
    show = shower(listing.showing, column.type, column.declared)
    options = [*options_of(listing.showing, column.type, column.declared)]
    none = listing.visit.texts("board.without", label=column.label)

    def place(key: str) -> tuple[bool, int, str]:
        return not key, options.index(key) if key in options else 0, _label(show, values[key])

    return [
        Group(
            _label(show, values[key]) if key else none,
            show(values[key]).href if key else "",
            _rows(listing, by_key[key], starts, span),
        )
        for key in sorted(by_key, key=place)
    ]


def _label(show: Shower, value: object) -> str:
    return show(value).text


def _rows(
    listing: Listing, cards: Sequence[tuple[When, Card]], starts: Sequence[date], span: Span
) -> list[list[Piece]]:
    """As few rows as hold the bars without one over another."""
    rows: list[list[Piece]] = []
    ends: list[int] = []
    for when, card in cards:
        at, last = _unit(starts, when.first), _unit(starts, when.last)
        words = between(when.first, when.last, listing.visit.language)
        shown = replace(card, move="") if when.first < span.first else card
        bar = Piece(last - at + 1, at, shown, when.first < span.first, when.last > span.last, words)
        row = next((number for number, end in enumerate(ends) if end <= at), len(rows))
        if row == len(rows):
            rows.append([])
            ends.append(0)
        rows[row] += [*_gap(ends[row], at), bar]
        ends[row] = last + 1
    return [[*row, *_gap(end, len(starts))] for row, end in zip(rows, ends, strict=True)]


def _gap(start: int, end: int) -> list[Piece]:
    return [Piece(end - start, start)] if end > start else []


def _unit(starts: Sequence[date], day: date) -> int:
    """The column of a day; what lies outside is in the first or the last."""
    return max(0, sum(start <= day for start in starts) - 1)
