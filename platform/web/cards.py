"""Records as cards: what boards, calendars and timelines show of each, whatever the layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kith.metadata.model import Field
from kith.runtime.read.cells import MAY, TITLE
from kith.runtime.read.pulse import pulse
from kith.runtime.read.query import Masked, Query
from kith.web import addresses
from kith.web.columns import ListColumn, column_at, title_order
from kith.web.pages.listed import Listing
from kith.web.showing import colour_of, options_of, shower
from kith.web.view import Cell, FileLink

MOST_FIELDS = 5
"""Fields of a card beside its name."""
PICTURES = "image"


@dataclass(frozen=True, slots=True)
class Line:
    """A field of a card: what it is called, and its value."""

    label: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Card:
    """A record as a card; `move` is where it is asked to be moved, "" where the reader may not move it."""

    key: str
    version: int
    title: str
    href: str
    lines: Sequence[Line] = ()
    colour: str = ""
    move: str = ""
    picture: FileLink | None = None
    when: str = ""
    """Of a card in time, its hour or its days in words."""


@dataclass(frozen=True)
class Deck:
    """How the records of one list become cards: `moved` are the fields that moving a card changes, `extra` what else is read."""

    listing: Listing
    moved: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> tuple[ListColumn, ...]:
        """The columns that cards show, without the one that the layout itself shows."""
        view = self.listing.view
        said = {view.group} if view is not None and view.layout == "kanban" else set()
        return tuple(column for column in self.listing.columns if column.path not in said)

    @cached_property
    def colouring(self) -> tuple[str, Mapping[str, str]]:
        """The field by which cards are coloured, "" where there is none that the reader may read, and the colours by option."""
        view, listing = self.listing.view, self.listing
        name = view.color_by if view is not None else ""
        column = column_at(listing.reader, listing.entity.name, name, listing.visit.texts) if name else None
        if column is None or column.masked:
            return "", {}
        options = options_of(listing.showing, column.type, column.declared)
        return name, {key: colour_of(option.color) for key, option in options.items() if option.color}

    def query(self, limit: int) -> Query:
        """The query of the records, in the list's order."""
        asked, view, (colour, _) = self.listing.asked, self.listing.view, self.colouring
        paths = [column.path for column in self.columns]
        beside = (*self.extra, *([colour] if colour else []), *(MAY + name for name in self.moved))
        return Query(
            asked.entity,
            (*paths, *beside, TITLE),
            filter=asked.filter,
            view=view.name if view else "",
            search=asked.search,
            sort=self.listing.order,
            limit=limit,
            count="none",
        )

    @cached_property
    def makers(self) -> Sequence[Callable[[Any], Cell]]:
        """What makes the cells of the columns."""
        showing = self.listing.showing
        return [shower(showing, column.type, column.declared, short=True) for column in self.columns]

    def card(self, row: Sequence[Any]) -> Card:
        """The card of a row of the query."""
        listing, shown = self.listing, len(self.columns)
        id_, version, *values, title = row
        cells = [make(value) for make, value in zip(self.makers, values[:shown], strict=True)]
        named = self._named(cells)
        name_of = (cells[named].text if named >= 0 else "") or str(
            title or listing.entity.label.in_(listing.visit.language)
        )
        shown_cells = list(zip(self.columns, cells, strict=True))
        picture = next((cell.files[0] for column, cell in shown_cells if _pictured(column, cell)), None)
        lines = [
            Line(column.label, cell)
            for column, cell in shown_cells
            if (cell.text or cell.chips) and cell.text != name_of and not _pictured(column, cell)
        ]
        name, colours = self.colouring
        colour = values[shown + len(self.extra)] if name else None
        may = bool(self.moved) and all(values[len(values) - len(self.moved) :])
        address = addresses.record_of(listing.entity.name, str(id_))
        return Card(
            str(id_),
            version,
            name_of,
            address,
            lines[:MOST_FIELDS],
            "" if isinstance(colour, Masked) or colour is None else colours.get(str(colour), ""),
            addresses.with_query(f"{address}/move", listing.asked.state) if may else "",
            picture,
        )

    def _named(self, cells: Sequence[Cell]) -> int:
        """Which column names the record; -1 where none does."""
        paths = [column.path for column in self.columns]
        found = [paths.index(name) for name in title_order(self.listing.entity) if name in paths]
        return found[0] if found and cells[found[0]].text else -1

    def extras(self, row: Sequence[Any]) -> Sequence[Any]:
        """The values of `extra` in a row."""
        start = 2 + len(self.columns)
        return row[start : start + len(self.extra)]


def _pictured(column: ListColumn, cell: Cell) -> bool:
    declared: Field | None = column.declared
    return declared is not None and declared.type_name == PICTURES and bool(cell.files) and bool(cell.files[0].preview)


def frame_of(listing: Listing) -> dict[str, str]:
    """What the script knows of a board: where to ask whether anything has been saved since."""
    return {"pulse": f"{listing.asked.path}/pulse", "token": pulse(listing.visit.connection, listing.visit.release)}
