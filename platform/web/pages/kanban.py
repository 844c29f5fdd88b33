"""A list as a board: a column for each option, with its first cards, how many there are and what they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from markupsafe import Markup
from starlette.responses import Response

from kith.metadata.model import Option, Workflow
from kith.runtime.read import list_each, list_records, tally_each
from kith.runtime.read.beside import Tally
from kith.runtime.rights import moving
from kith.web import addresses
from kith.web.cards import Card, Deck, frame_of
from kith.web.columns import ListColumn, column_at
from kith.web.pages.listed import Listing, listing_of
from kith.web.requests import Html, Stop, Visit
from kith.web.shell import may_create
from kith.web.showing import chip_of, format_of, inline, options_of
from kith.web.view import Choice

CARDS, LEAST, MOST_ROWS = 60, 2, 100
"""Cards that a board shows at first in all, the fewest of a column, and the most that an address may ask for."""
MORE = 20
"""Cards that "more" adds to a column."""
NOTHING = "-"
"""The column of the records that have no option."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A column of a board: `ways` are the columns that its cards may be moved to, `total` what they come to, in words."""

    value: str
    chip: Choice
    count: str
    total: str
    cards: Sequence[Card]
    more: str
    more_page: str
    create: str
    ways: str
    current: bool
    switch: str


@dataclass(frozen=True, slots=True)
class Grouping:
    """The field that gives a board its columns, and the workflow that says how records go from one to another."""

    column: ListColumn
    options: Mapping[str, Option]
    flow: Workflow | None

    @property
    def name(self) -> str:
        """The field."""
        return self.column.path

    def condition(self, value: str) -> str:
        """That a record stands in a column."""
        return f"{self.name} is not set" if value == NOTHING else f'{self.name} == "{value}"'

    @property
    def values(self) -> list[str]:
        """All columns, the one of those without an option last."""
        return [*self.options, NOTHING]


def grouping_of(listing: Listing) -> Grouping | None:
    """What gives the columns; None where the reader may not read it."""
    view = listing.view
    column = column_at(listing.reader, listing.entity.name, view.group, listing.visit.texts) if view else None
    if column is None or column.masked:
        return None
    flows = listing.visit.model.workflows_of(listing.entity.name)
    flow = next((one for one in flows if one.field == column.path), None)
    return Grouping(column, options_of(listing.showing, column.type, column.declared), flow)


def deck_of(listing: Listing, grouping: Grouping) -> Deck:
    """What the cards show; of a computed field none can be moved."""
    declared = grouping.column.declared
    return Deck(listing, (grouping.name,) if declared is not None and not declared.is_computed else ())


def board(listing: Listing) -> Markup | None:
    """The board as HTML; None where the reader may not see its columns."""
    grouping, visit = grouping_of(listing), listing.visit
    if grouping is None:
        return None
    deck, values = deck_of(listing, grouping), grouping.values
    conditions = [grouping.condition(value) for value in values]
    rows = rows_of(listing) or max(LEAST, CARDS // len(values))
    query, measures = deck.query(rows), _measures(listing)
    reading = (visit.connection, visit.context, visit.release, query, conditions)
    found, tallies = list_each(*reading), tally_each(*reading, measures)
    ways = _ways(listing, grouping)
    lanes = []
    for value, beginning, tally in zip(values, found, tallies, strict=True):
        if not tally.count and (value == NOTHING or grouping.options[value].retired):
            continue
        cards = [_still(deck.card(row), ways[value]) for row in beginning.rows]
        lanes.append(_lane(listing, grouping, value, cards, beginning.next or "", tally, ways[value]))
    shown = next((lane for lane in lanes if lane.value == listing.asked.placed("column")), lanes[0])
    lanes = [replace(lane, current=lane is shown) for lane in lanes]
    html: Markup = visit.web.templates.ui(visit.language).kanban(
        lanes, frame_of(listing), inline(listing.entity.plural, visit.language)
    )
    return html


def show_more(visit: Visit) -> Response:
    """The next cards of a column, which htmx puts below those that are there."""
    listing = listing_of(visit)
    value, grouping = (
        listing.asked.placed("column"),
        grouping_of(listing) if listing.view and listing.view.layout == "kanban" else None,
    )
    if grouping is None or value not in grouping.values:
        raise Stop(404)
    deck, ways = deck_of(listing, grouping), _ways(listing, grouping)[value]
    whole = f"({listing.asked.filter}\n) and " if listing.asked.filter else ""
    query = replace(deck.query(MORE), filter=whole + grouping.condition(value), cursor=listing.asked.after)
    found = list_records(visit.connection, visit.context, visit.release, query)
    cards = [_still(deck.card(row), ways) for row in found.rows]
    ui = visit.web.templates.ui(visit.language)
    more, whole_page = _more(listing, value, found.next or "", len(cards))
    return Html(str(ui.lane_cards(cards, more, whole_page)))


def _lane(
    listing: Listing,
    grouping: Grouping,
    value: str,
    cards: Sequence[Card],
    after: str,
    tally: Tally,
    ways: frozenset[str],
) -> Lane:
    texts, option = listing.visit.texts, grouping.options.get(value)
    none = Choice(NOTHING, texts("board.without", label=inline_label(grouping, listing)))
    more, more_page = _more(listing, value, after, len(cards))
    return Lane(
        value,
        chip_of(option, texts.language) if option is not None else none,
        texts("board.capped" if tally.capped else "board.count", count=tally.count),
        _total(listing, tally),
        cards,
        more,
        more_page,
        _create(listing, grouping, value),
        " ".join(sorted(ways)),
        False,
        listing.asked.at_place(column=value).address,
    )


def rows_of(listing: Listing) -> int:
    """How many cards of each column the address asks for, 0 where it does not say."""
    text = listing.asked.placed("rows")
    return min(MOST_ROWS, int(text)) if text.isdecimal() else 0


def inline_label(grouping: Grouping, listing: Listing) -> str:
    """The field's name inside a sentence."""
    declared = grouping.column.declared
    return inline(declared.label, listing.visit.language) if declared is not None else grouping.column.label


def _more(listing: Listing, value: str, after: str, shown: int) -> tuple[str, str]:
    """Where more cards of a column are: the part that follows, and the whole page with more of each."""
    if not after:
        return "", ""
    asked = listing.asked.at_place(column=value)
    part = addresses.with_query(f"{asked.path}/column", [*asked.state, ("after", after)])
    rows = min(MOST_ROWS, max(shown, rows_of(listing)) + MORE)
    return part, asked.at_place(rows=str(rows)).address


def _create(listing: Listing, grouping: Grouping, value: str) -> str:
    """Where a new record of a column is made, "" where none can begin there."""
    declared, flow, option = grouping.column.declared, grouping.flow, grouping.options.get(value)
    if declared is None or declared.is_computed or option is None or option.retired:
        return ""
    if not may_create(listing.reader, listing.entity) or (
        flow is not None and flow.initial and value not in flow.initial
    ):
        return ""
    if listing.reader.rights[listing.entity.name].writing(grouping.name, "create").never:
        return ""
    return addresses.new_of(listing.entity.name, **{grouping.name: value})


# ---- where cards may go -------------------------------------------------------------------------------------------


def _ways(listing: Listing, grouping: Grouping) -> dict[str, frozenset[str]]:
    """For each column the others that its cards can be moved to by this reader, as far as that hangs on no record."""
    open_ = {key for key, option in grouping.options.items() if not option.retired}
    flow, actor = grouping.flow, listing.visit.context.actor
    if flow is None or actor.kind == "system":
        return {value: frozenset(open_ - {value}) for value in grouping.values}
    model = listing.visit.model
    return {
        value: frozenset(one.to for one in flow.leaving(value) if not moving(model, actor.roles, flow, one).never)
        for value in grouping.values
    }


def _still(card: Card, ways: frozenset[str]) -> Card:
    """A card that has nowhere to go has no handle."""
    return card if ways else replace(card, move="")


# ---- what columns come to -----------------------------------------------------------------------------------------


def _measures(listing: Listing) -> dict[str, str]:
    return {column.path: f"{column.total}({column.path})" for column in listing.columns if column.total}


def _total(listing: Listing, tally: Tally) -> str:
    """The totals of a column in words; of amounts in several currencies in the workspace's."""
    found = []
    for column in listing.columns:
        value = tally.totals.get(column.path) if column.total else None
        if value is None:
            continue
        if column.compared and isinstance(value, Decimal):
            amount = format_of(listing.showing, column.type)(value)
            found.append(listing.visit.texts("list.converted", amount=amount))
        else:
            found.append(str(value) if column.total == "count" else format_of(listing.showing, column.type)(value))
    return listing.visit.texts("mark.reasons").join(found)
