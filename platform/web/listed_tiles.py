"""Tiles that show records themselves: the first of a view, and what is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from kith.runtime.dashboards.answers import Asking
from kith.runtime.read import list_records
from kith.runtime.read.cells import TITLE
from kith.runtime.read.query import Page, Query, Sort
from kith.runtime.search.matching import title_fields
from kith.texts import Texts
from kith.web import addresses
from kith.web.columns import ListColumn, column_at, columns_of_view
from kith.web.measured import Behind
from kith.web.showing import Reader as Showing
from kith.web.showing import inline, shower
from kith.web.tiles import Shown, Thing
from kith.web.view import Column, Link, Row, Table

COLUMNS = {1: 2, 2: 3, 3: 5, 4: 7}
"""Columns of a list, by those of the page that the tile takes."""


def listed(shown: Shown, asking: Asking, showing: Showing) -> Shown:
    """A tile with its records. Raises Denied or BadQuery where the reader may not read what it reads, and TooSlow."""
    return _due(shown, asking, showing) if asking.tile.kind == "tasks" else _table(shown, asking, showing)


def _read(asking: Asking, fields: tuple[str, ...], sort: tuple[Sort, ...]) -> Page:
    tile = asking.tile
    conditions = asking.conditions(asking.span)
    query = Query(tile.of, (*fields, TITLE), filter=conditions.all(), sort=sort, limit=tile.most)
    return list_records(asking.connection, asking.context, asking.release, query)


def _more(shown: Shown, asking: Asking, texts: Texts, page: Page, sort: str = "") -> Shown:
    """The tile with the way to all of its records."""
    href = Behind(asking, asking.conditions(asking.span)).list_of(sort=sort)
    count = page.count or len(page.rows)
    label = texts("dashboard.all") if page.capped else texts("dashboard.all_records", count=count)
    return replace(shown, href=href, all=Link(label, href) if page.rows else None)


def _table(shown: Shown, asking: Asking, showing: Showing) -> Shown:
    texts, tile = showing.texts, asking.tile
    view = asking.release.model.views[tile.view]
    columns = columns_of_view(asking.reader, view, texts)[: COLUMNS[tile.width]]
    known = [(Sort(key.path, key.descending), column_at(asking.reader, tile.of, key.path, texts)) for key in view.sort]
    sort = tuple(one for one, column in known if column is not None and column.sortable)
    page = _read(asking, tuple(column.path for column in columns), sort)
    shown = _more(shown, asking, texts, page)
    if not page.rows:
        return replace(shown, state="empty", said=texts("dashboard.no_records"))
    return replace(shown, table=_rows(asking, showing, columns, page, shown.label))


def _rows(asking: Asking, showing: Showing, columns: list[ListColumn], page: Page, caption: str) -> Table:
    shows = [shower(showing, column.type, column.declared, short=True) for column in columns]
    of = asking.tile.of
    names = title_fields(asking.reader.entity(of))
    naming = next((number for number, column in enumerate(columns) if column.path in names), 0)
    rows = []
    for row in page.rows:
        found = [show(row[shown.index]) for show, shown in zip(shows, page.columns, strict=False)]
        rows.append(Row(str(row[0]), found, addresses.record_of(of, str(row[0])), label=_title(page, row)))
    heads = [
        Column(column.path, column.label, numeric=column.numeric, phone=_phone(number, naming))
        for number, column in enumerate(columns)
    ]
    return Table(caption=caption, columns=heads, rows=rows)


def _phone(number: int, naming: int) -> str:
    """Where a card on a phone shows a column: its name and one more."""
    if number == naming:
        return "title"
    return "show" if number == (0 if naming else 1) else "hide"


def _title(page: Page, row: tuple[object, ...]) -> str:
    return str(row[page.columns[-1].index] or "")


def _due(shown: Shown, asking: Asking, showing: Showing) -> Shown:
    texts, tile = showing.texts, asking.tile
    assert tile.due is not None
    path = tile.due.excerpt.text
    page = _read(asking, (path,), (Sort(path),))
    shown = _more(shown, asking, texts, page, path)
    if not page.rows:
        return replace(shown, state="empty", said=texts("dashboard.nothing_due"))
    show = shower(showing, tile.due.type)
    things = []
    for row in page.rows:
        due = row[page.columns[0].index]
        label = _title(page, row) or inline(asking.reader.entity(tile.of).label, texts.language)
        href = addresses.record_of(tile.of, str(row[0]))
        things.append(Thing(label, href, show(due).text, _is_late(asking, due)))
    return replace(shown, things=things)


def _is_late(asking: Asking, due: object) -> bool:
    """Whether the day has gone, or the instant."""
    if isinstance(due, datetime):
        return due < asking.context.now
    return isinstance(due, date) and due < asking.today
