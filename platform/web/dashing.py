"""A dashboard as one reader sees it: which he has, what he chooses for all tiles, and each tile made without holding up others."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kith.metadata.model_dashboards import Dashboard, Tile
from kith.metadata.shapes.dashboards import PERIODS
from kith.runtime.accounts import Unproven
from kith.runtime.dashboards.answers import Answer, Asking, answer
from kith.runtime.dashboards.asking import ME, Chosen
from kith.runtime.dashboards.limiting import TooSlow, is_given_up, limited
from kith.runtime.dashboards.seeing import own
from kith.runtime.read.choosing import records_of
from kith.runtime.read.cursors import ID
from kith.runtime.read.query import BadQuery, Denied
from kith.runtime.read.reader import reader_of
from kith.web import addresses
from kith.web.listed_tiles import listed
from kith.web.measured import Measured, filled
from kith.web.pages.listed import showing_of
from kith.web.requests import Visit
from kith.web.tiles import Shown
from kith.web.view import Choice

LOG = logging.getLogger("kith.web")
AT_ONCE = 0.4
"""Seconds that the tiles of a page take together; what is not made by then is fetched for itself."""
ALONE = 10.0
"""Seconds that a tile takes which is fetched for itself."""
STATEMENTS = 6
"""Statements that a page spends on tiles."""
PEOPLE = 200


@dataclass(frozen=True, slots=True)
class Board:
    """One request for a dashboard."""

    visit: Visit
    dashboard: Dashboard
    chosen: Chosen

    @property
    def state(self) -> list[tuple[str, str]]:
        """What is chosen, as parameters of an address."""
        return [("period", self.chosen.period), ("owner", self.chosen.owner), ("team", self.chosen.team)]

    @property
    def address(self) -> str:
        """The address of the dashboard as it is chosen."""
        return addresses.with_query(addresses.dashboard_of(self.dashboard.name), self.state)

    def address_of(self, tile: Tile, end: str = "") -> str:
        """The address of a tile alone."""
        return addresses.with_query(addresses.tile_of(self.dashboard.name, tile.name) + end, self.state)

    def asking(self, tile: Tile) -> Asking:
        """A tile asked by the reader."""
        visit = self.visit
        return Asking(visit.connection, visit.context, visit.release, self.dashboard, tile, self.chosen)


def chosen_of(visit: Visit) -> Chosen:
    """What the address chooses; what makes no sense chooses nothing."""
    sent = visit.request.query_params
    period = sent.get("period", "")
    return Chosen(period if period in PERIODS else "", _id(sent.get("owner", "")), _id(sent.get("team", "")))


def _id(text: str) -> str:
    return text if text == ME or ID.fullmatch(text) else ""


# ---- which ones ---------------------------------------------------------------------------------------------------


def mine(visit: Visit) -> list[Dashboard]:
    """The dashboards that a reader finds by himself."""
    return own(reader_of(visit.context, visit.release), visit.context.actor.roles)


def first_of(visit: Visit) -> Board | None:
    """The first of them, with nothing chosen."""
    found = mine(visit)
    return Board(visit, found[0], Chosen()) if found else None


# ---- what is chosen -----------------------------------------------------------------------------------------------


def periods(visit: Visit) -> list[Choice]:
    """The periods to choose from."""
    return [Choice(name, visit.texts(f"dashboard.periods.{name}")) for name in PERIODS]


def people(board: Board) -> list[Choice]:
    """The people to choose from; none where no tile goes by people, or the reader may see nobody."""
    return _choices(board, "user") if goes_by_people(board) else []


def goes_by_people(board: Board) -> bool:
    """Whether some tile goes by people."""
    return any(tile.owner is not None for tile in board.dashboard.tiles.values())


def teams(board: Board) -> list[Choice]:
    """The teams to choose from, in the same way."""
    return _choices(board, "team") if goes_by_people(board) else []


def _choices(board: Board, entity: str) -> list[Choice]:
    visit = board.visit
    found = records_of(visit.connection, visit.context, visit.release, entity, "", limit=PEOPLE)
    return [Choice(one.id, one.label) for one in found]


# ---- tiles --------------------------------------------------------------------------------------------------------


def at_once(board: Board) -> list[Shown]:
    """The tiles that can be made while a page is: those that are left say that they come later."""
    tiles = list(board.dashboard.tiles.values())
    found: list[Shown] = []
    left = STATEMENTS
    try:
        with limited(board.visit.connection, AT_ONCE):
            for tile in tiles:
                left -= cost(tile)
                if left < 0:
                    break
                found.append(_made(board, tile))
    except TooSlow:
        LOG.info("dashboard %s: %s takes its time", board.dashboard.name, tiles[len(found)].name)
    return [*found, *(later(board, tile) for tile in tiles[len(found) :])]


def cost(tile: Tile) -> int:
    """Statements that a tile takes: references have labels, and lists are counted."""
    refers = tile.group is not None and tile.group.type.kind == "ref"
    return 2 if refers or tile.is_list else 1


def alone(board: Board, tile: Tile) -> Shown:
    """One tile by itself."""
    try:
        with limited(board.visit.connection, ALONE):
            return _made(board, tile)
    except TooSlow:
        return replace(_frame(board, tile), state="slow", said=board.visit.texts("dashboard.slow"))


def later(board: Board, tile: Tile) -> Shown:
    """A tile that is fetched when the page is there."""
    return replace(_frame(board, tile), state="later", said=board.visit.texts("dashboard.later"))


def _made(board: Board, tile: Tile) -> Shown:
    """A tile; whatever goes wrong with it stays in it. Raises TooSlow."""
    texts, frame = board.visit.texts, _frame(board, tile)
    try:
        if tile.is_list:
            return listed(frame, board.asking(tile), showing_of(board.visit))
        return filled(frame, measured(board, tile))
    except (Denied, BadQuery):
        # What the document says is sound: only the reader's rights can be against it.
        return replace(frame, state="denied", said=texts("dashboard.denied"), href="")
    except Unproven:
        raise
    except Exception as error:
        if isinstance(error, TooSlow) or is_given_up(error):
            raise
        LOG.exception("tile %s of dashboard %s failed", tile.name, board.dashboard.name)
        return replace(frame, state="failed", said=texts("dashboard.failed"))


def measured(board: Board, tile: Tile) -> Measured:
    """What a tile measures. Raises Denied, BadQuery and TooSlow."""
    asking = board.asking(tile)
    found: Answer = answer(asking)
    return Measured(asking, showing_of(board.visit), found)


def _frame(board: Board, tile: Tile) -> Shown:
    """What a tile says of itself."""
    language = board.visit.language
    return Shown(
        name=tile.name,
        kind=tile.kind,
        label=tile.label.in_(language),
        help=tile.help.in_(language),
        note=" · ".join(_notes(board, tile)),
        href=board.address_of(tile),
        fetch=board.address_of(tile),
        width=tile.width,
    )


def _notes(board: Board, tile: Tile) -> Iterator[str]:
    """What a tile goes by: its period, and that it is about everybody though somebody is chosen."""
    texts, period = board.visit.texts, board.chosen.period_of(board.dashboard, tile)
    if period:
        yield texts(f"dashboard.periods.{period}")
    if tile.owner is None and (board.chosen.owner or board.chosen.team):
        yield texts("dashboard.everybody")
