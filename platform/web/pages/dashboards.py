"""Dashboards: their tiles, each of them by itself with the table behind, and that as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response
from starlette.routing import Route

from kith.metadata.model_dashboards import Dashboard, Tile
from kith.runtime.dashboards.limiting import TooSlow, limited
from kith.runtime.dashboards.seeing import visible
from kith.runtime.read.query import BadQuery, Denied
from kith.runtime.read.reader import reader_of
from kith.runtime.transfer.safe import safe_text
from kith.web import addresses, dashing
from kith.web.answering import page
from kith.web.dashing import Board
from kith.web.formats import formatter
from kith.web.measured import plain_rows
from kith.web.requests import PRIVATE, Stop, Visit, Web, go, parameter
from kith.web.templating import wanted
from kith.web.view import Empty, Link


def routes(web: Web) -> Sequence[Route]:
    """The routes of dashboards."""
    one = addresses.dashboard_of("{dashboard}")
    tile = addresses.tile_of("{dashboard}", "{tile}")
    return (
        Route(addresses.DASHBOARDS, page(web, show_any), methods=["GET"]),
        Route(one, page(web, show, long=True), methods=["GET"]),
        Route(tile + ".csv", page(web, show_csv, long=True), methods=["GET"]),
        Route(tile, page(web, show_tile, long=True), methods=["GET"]),
    )


def show_any(visit: Visit) -> Response:
    """The first dashboard that the reader has."""
    found = dashing.mine(visit) or visible(reader_of(visit.context, visit.release))
    if found:
        return go(addresses.dashboard_of(found[0].name))
    title = visit.texts("dashboard.title")
    nothing = Empty(visit.texts("dashboard.none"), visit.texts("dashboard.none_text"), "layout-dashboard")
    return visit.page("dashboards.html", title=title, nothing=nothing)


def show(visit: Visit) -> Response:
    """A dashboard: what can be made at once, and where the rest is fetched."""
    board, block = _board(visit), wanted(visit.request, "tiles")
    if block:
        return visit.block("dashboard.html", block, tiles=dashing.at_once(board), announced=True, **_now(board))
    language, dashboard = visit.language, board.dashboard
    return visit.page(
        "dashboard.html",
        title=dashboard.label.in_(language),
        help=dashboard.help.in_(language),
        mark=dashboard.icon,
        tabs=tabs(visit, dashboard),
        board=board,
        action=addresses.dashboard_of(dashboard.name),
        periods=dashing.periods(visit),
        standing=board.chosen.period or dashboard.period,
        people=dashing.people(board),
        teams=dashing.teams(board),
        tiles=dashing.at_once(board),
        announced=False,
        **_now(board),
    )


def tabs(visit: Visit, current: Dashboard | None) -> list[Link]:
    """The dashboards that the reader has, with the one that he looks at."""
    found = dashing.mine(visit)
    if current is not None and current.name not in [one.name for one in found]:
        found.append(current)
    return [
        Link(one.label.in_(visit.language), addresses.dashboard_of(one.name), current=one is current) for one in found
    ]


def _now(board: Board) -> dict[str, object]:
    """Since when the figures stand like this, and whether something is chosen."""
    visit = board.visit
    at = formatter("instant", visit.language, zone=str(visit.context.reader_zone))(visit.context.now)
    return {"as_of": visit.texts("dashboard.as_of", time=at)}


def show_tile(visit: Visit) -> Response:
    """A tile by itself: what htmx fetches into a dashboard, or a page with the table behind."""
    board, tile = _board(visit), _tile(visit)
    shown = dashing.alone(board, tile)
    if wanted(visit.request, shown.id):
        return visit.block("dashboard.html", "tile", tile=shown)
    title = tile.label.in_(visit.language)
    dashboard = Link(board.dashboard.label.in_(visit.language), board.address)
    shown = replace(shown, csv=board.address_of(tile, ".csv") if may_save(visit, tile) and shown.behind else "")
    return visit.page("tile.html", title=title, tile=shown, crumbs=(dashboard, Link(title, shown.fetch)), **_now(board))


def show_csv(visit: Visit) -> Response:
    """What a chart shows, as a file: for those who may take such records out."""
    board, tile = _board(visit), _tile(visit)
    if tile.is_list or not may_save(visit, tile):
        raise Stop(404)
    try:
        with limited(visit.connection, dashing.ALONE):
            heads, rows = plain_rows(dashing.measured(board, tile))
    except (Denied, BadQuery):
        raise Stop(403, visit.texts("dashboard.denied")) from None
    except TooSlow:
        raise Stop(503, visit.texts("dashboard.slow")) from None
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerows([heads, *([safe_text(str(name)), *rest] for name, *rest in rows)])
    name = f'attachment; filename="{board.dashboard.name}-{tile.name}.csv"'
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    return Response("\ufeff" + file.getvalue(), headers={**PRIVATE, "content-disposition": name}, media_type="text/csv")


def may_save(visit: Visit, tile: Tile) -> bool:
    """Whether the reader may take records of the tile's kind out."""
    return not reader_of(visit.context, visit.release).rights[tile.of].right("export").never


def _board(visit: Visit) -> Board:
    """The dashboard of an address; stops where the reader may see nothing of it."""
    dashboard = visit.model.dashboards.get(parameter(visit.request, "dashboard"))
    if dashboard is None or dashboard not in visible(reader_of(visit.context, visit.release)):
        raise Stop(404)
    return Board(visit, dashboard, dashing.chosen_of(visit))


def _tile(visit: Visit) -> Tile:
    tile = visit.model.dashboards[parameter(visit.request, "dashboard")].tiles.get(parameter(visit.request, "tile"))
    if tile is None:
        raise Stop(404)
    return tile
