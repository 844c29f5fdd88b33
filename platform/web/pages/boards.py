"""Lists that are laid out otherwise than as a table: which layout, moving a card, and whether others have moved one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import Route

from kith.runtime.read.pulse import pulse
from kith.runtime.read.query import BadQuery
from kith.web.answering import action, page
from kith.web.filters import added
from kith.web.pages import kanban, moving
from kith.web.pages.calendar import calendar
from kith.web.pages.card_grid import card_grid
from kith.web.pages.listed import Listing
from kith.web.pages.signing import expired
from kith.web.pages.timelines import timeline
from kith.web.parts import part
from kith.web.requests import Html, Visit, Web
from kith.web.subject import entity_of
from kith.web.timing import timing_of
from kith.web.view import Link

LAYOUTS: Mapping[str, Callable[[Listing], Markup | None]] = {
    "kanban": kanban.board,
    "calendar": calendar,
    "timeline": timeline,
    "cards": card_grid,
}
"""What draws a layout; None where its reader may not see what it is laid out by."""

ICONS_OF_LAYOUTS = {
    "kanban": "square-kanban",
    "calendar": "calendar-days",
    "timeline": "list-tree",
    "cards": "layout-dashboard",
}


def routes(web: Web) -> Sequence[Route]:
    """The routes of boards."""
    return (
        Route("/records/{entity}/column", part(page(web, kanban.show_more), 401), methods=["GET"]),
        Route("/records/{entity}/pulse", part(page(web, tell_pulse), 401), methods=["GET"]),
        Route(moving.MOVE, page(web, moving.ask), methods=["GET"]),
        Route(moving.MOVE, action(web, moving.move, expired), methods=["POST"]),
    )


def other_layouts(listing: Listing) -> list[Link]:
    """The way from another layout to a table of the same records, and back; in time also to those that are at no time."""
    view, asked, texts = listing.view, listing.asked, listing.visit.texts
    if view is None or view.layout not in LAYOUTS:
        return []
    if asked.placed("as") == "table":
        label = texts("board.as_before", layout=texts(f"layouts.{view.layout}"))
        return [Link(label, asked.at_place(**{"as": ""}).address, ICONS_OF_LAYOUTS[view.layout])]
    table = asked.at_place(**{"as": "table"})
    links = [Link(texts("board.as_table"), table.address, "table")]
    if timing_of(listing) is not None:
        undated = replace(table, filter=added(asked.filter, f"{view.starts} is not set"))
        links.append(Link(texts("calendar.undated"), undated.address, "circle-dashed"))
    return links


def laid_out(listing: Listing) -> Markup | None:
    """The records in the layout of the list's view; None for a table, which also tells what is wrong with a question."""
    view = listing.view
    draw = LAYOUTS.get(view.layout) if view is not None and listing.asked.placed("as") != "table" else None
    try:
        return draw(listing) if draw is not None else None
    except BadQuery:
        return None


def tell_pulse(visit: Visit) -> Response:
    """What a board's script asks every few seconds."""
    entity_of(visit)
    return Html(pulse(visit.connection, visit.release))
