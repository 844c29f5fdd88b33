"""The start page: what the reader worked on last, and all kinds of records with how many there are."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from kith.metadata.model import NavItem
from kith.runtime.read.overview import Recent, count_all, recent
from kith.runtime.read.reader import reader_of
from kith.web import addresses, dashing
from kith.web.answering import page
from kith.web.formats import formatter
from kith.web.listing import is_about_me, views_of
from kith.web.requests import Visit, Web
from kith.web.shell import NO_RECORDS, flat, icon_of
from kith.web.view import Cell, Column, Empty, Link, Row, Table, Tile
from kith.web.work import mine

RECENT = 8


def routes(web: Web) -> Sequence[Route]:
    """The route of the start page."""
    return (Route(addresses.HOME, page(web, show), methods=["GET"]),)


def show(visit: Visit) -> Response:
    """The start page."""
    last = recent(visit.connection, visit.context, visit.release, limit=RECENT)
    groups = _groups(visit)
    texts = visit.texts
    return visit.page(
        "home.html",
        title=texts("home.title"),
        welcome=texts("home.welcome", name=visit.context.actor.name),
        today=formatter("date", visit.language, width="full")(visit.context.now.astimezone(visit.context.reader_zone)),
        table=_table(visit, last) if last else None,
        mine=_mine(visit),
        work=mine(visit),
        **_board(visit),
        groups=groups,
        nothing=None if groups else Empty(texts("home.empty"), texts("home.empty_text"), NO_RECORDS),
    )


def _table(visit: Visit, last: Sequence[Recent]) -> Table:
    texts = visit.texts
    show_instant = formatter("instant", visit.language, zone=str(visit.context.reader_zone))
    rows = []
    for one in last:
        entity = visit.model.entities[one.entity]
        address = addresses.record_of(one.entity, one.record.id)
        cells = (
            Cell(one.record.label or entity.label.in_(visit.language)),
            Cell(entity.label.in_(visit.language), icon=icon_of(entity)),
            Cell(show_instant(one.at)),
        )
        rows.append(Row(one.record.id, cells, address))
    return Table(
        caption=texts("home.recent"),
        columns=(
            Column("record", texts("home.record"), phone="title"),
            Column("kind", texts("home.kind")),
            Column("changed", texts("field.updated_at")),
        ),
        rows=rows,
    )


def _board(visit: Visit) -> dict[str, object]:
    """The first dashboard of the reader, whose tiles are fetched when the page is there, and the way to the others."""
    board, others = dashing.first_of(visit), dashing.mine(visit)[1:]
    language = visit.language
    return {
        "board": board,
        "tiles": [dashing.later(board, tile) for tile in board.dashboard.tiles.values()] if board is not None else [],
        "boards": [Link(one.label.in_(language), addresses.dashboard_of(one.name), one.icon) for one in others],
    }


def _mine(visit: Visit) -> list[Link]:
    """The views that show what belongs to their reader."""
    reader = reader_of(visit.context, visit.release)
    found = [
        (view, visit.model.entities[name])
        for name in dict.fromkeys(item.entity for item in flat(visit.model.app.navigation) if item.entity)
        if reader.may_read(name)
        for view in views_of(reader, visit.context, name).others
        if is_about_me(visit.model, view)
    ]
    return [
        Link(view.label.in_(visit.language), addresses.list_of(entity.name, view=view.name), icon_of(entity))
        for view, entity in found
    ]


def _groups(visit: Visit) -> list[tuple[str, list[Tile]]]:
    """The groups of the navigation as tiles: the entities that the reader may see, with how many records there are."""
    app, language = visit.model.app, visit.language
    groups = [(item.label.in_(language), _entities(visit, item)) for item in app.navigation]
    counts = count_all(
        visit.connection,
        visit.context,
        visit.release,
        [entity for _, items in groups for entity, _, _ in items],
    )
    shown = formatter("integer", language)
    found: list[tuple[str, list[Tile]]] = []
    for label, items in groups:
        tiles = []
        for entity, name, icon in items:
            number, more = counts[entity]
            tiles.append(Tile(name, shown(number) + ("+" if more else ""), addresses.list_of(entity), icon=icon))
        if tiles:
            found.append((label, tiles))
    return found


def _entities(visit: Visit, item: NavItem) -> list[tuple[str, str, str]]:
    """The entities of an entry and those within it: name, label and icon."""
    reader = reader_of(visit.context, visit.release)
    found: list[tuple[str, str, str]] = []
    for one in item.items or (item,):
        entity = visit.model.entities.get(one.entity)
        if entity is not None and reader.may_read(entity.name):
            found.append((entity.name, one.label.in_(visit.language), icon_of(entity, one.icon)))
    return found
