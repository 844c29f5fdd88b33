"""The list of an entity's records: views, search, filter, order, columns and pages, all of it in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from markupsafe import Markup
from starlette.responses import Response
from starlette.routing import Route

from kith.metadata.model import View
from kith.runtime.read import aggregate, count_records, list_records
from kith.runtime.read.query import AggregateQuery, BadQuery, Page
from kith.web import addresses, bulk, filters
from kith.web.alike import asked_by
from kith.web.answering import page
from kith.web.columns import ListColumn, possible_columns, title_order
from kith.web.importing import may_import
from kith.web.listing import SIZE, Asked, is_filtered, query_of
from kith.web.pages import filtering, saved
from kith.web.pages.boards import ICONS_OF_LAYOUTS, laid_out, other_layouts
from kith.web.pages.listed import Listing, listing_of
from kith.web.requests import Html, Visit, Web, go
from kith.web.rows import RowMaker, row_maker
from kith.web.shell import icon_of, may_create
from kith.web.showing import format_of, inline, shower
from kith.web.templating import Drawing, wanted
from kith.web.view import Cell, Choice, Column, Empty, Link, Notice, Table
from kith.web.view import Page as Pager

TABS = 5
"""Views that show as tabs; the rest are in the menu at their end."""
SENSES = {"exact": "list.range", "about": "list.range_about", "more": "list.range_capped"}
CHOOSING = "choose"
"""Says in the address that all columns are there to choose from, of which a page has no room otherwise."""
ON_PHONE = 5
"""Columns that a card on a phone shows."""


def routes(web: Web) -> Sequence[Route]:
    """The routes of lists."""
    return (
        Route("/records/{entity}", page(web, show), methods=["GET"]),
        Route("/records/{entity}/count", page(web, show_count, long=True), methods=["GET"]),
        Route("/records/{entity}/filter", page(web, filtering.show_row), methods=["GET"]),
    )


def show(visit: Visit) -> Response:
    """The list of an entity."""
    listing = listing_of(visit)
    if wanted(visit.request, "other-columns"):
        return visit.block("list.html", "columns", unshown=_unshown(listing))
    if "field" in visit.request.query_params:
        picked = filtering.picked(listing)
        if isinstance(picked, Asked):
            return go(picked.address)
        return _render(listing, picked)
    return _render(listing, "")


def show_count(visit: Visit) -> Response:
    """How many records the list has, where a page could only say that there are many: htmx asks when the page is there."""
    listing, rows = listing_of(visit), visit.request.query_params.get("rows", "")
    query = query_of(listing.asked, listing.view, (), ())
    found = count_records(visit.connection, visit.context, visit.release, query)
    size = int(rows) if rows.isdecimal() and len(rows) < 4 else SIZE
    return Html(_range(listing, size, SENSES[found.sense], found.number))


def _render(listing: Listing, wrong_row: str) -> Response:
    """The list; `wrong_row` is what is wrong with the row of the filter that was sent."""
    visit, asked = listing.visit, listing.asked
    if (laid := laid_out(listing)) is not None:
        return _laid(listing, laid, wrong_row)
    found, mistake = _read(listing)
    texts = _varying(listing, found)
    block = wanted(visit.request, "results")

    def fixed() -> dict[str, object]:
        inner = {
            "asked": asked,
            "table": _table(listing),
            "filters": filtering.in_force(listing),
            "bulk": _bulk(listing),
            "matching": listing.matching,
            "mistake": Notice(mistake, "danger") if mistake else None,
            "others": other_layouts(listing),
        }
        return inner if block else {**inner, **_around(listing, wrong_row)}

    # What somebody searches or filters by is all over the page: a stencil of it would hardly be used again.
    usual = found.rows and not (
        asked.search
        or asked.filter
        or asked.saved
        or asked.place
        or {"field", CHOOSING} & visit.request.query_params.keys()
    )
    title = listing.entity.plural.in_(visit.language)
    if usual:
        key = (listing.reader.key, asked.entity, asked.view, asked.sort, asked.columns)
        drawing = Drawing("list.html", block or "content", key, texts, fixed)
        return visit.fragment(drawing) if block else visit.drawn(drawing, title=title)
    if block:
        return visit.block("list.html", block, **fixed(), **texts)
    return visit.page("list.html", 400 if mistake or wrong_row else 200, title=title, **fixed(), **texts)


def _laid(listing: Listing, laid: Markup, wrong_row: str) -> Response:
    """The list in another layout than a table: under the same views, search and filter."""
    visit, block = listing.visit, wanted(listing.visit.request, "results")
    inner: dict[str, object] = {"asked": listing.asked, "filters": filtering.in_force(listing), "mistake": None}
    inner |= {
        "laid": laid,
        "others": other_layouts(listing),
        "mine": saved.tabs(listing),
        "keeping": saved.keeping(listing),
    }
    if block:
        return visit.block("list.html", block, **inner)
    title = listing.entity.plural.in_(visit.language)
    around = _around(listing, wrong_row)
    if listing.view is not None and listing.view.starts:
        # What is in time is in the order of time.
        around["orders"] = []
    return visit.page("list.html", 400 if wrong_row else 200, title=title, **inner, **around)


def _varying(listing: Listing, found: Page) -> dict[str, str]:
    """The records, the totals and the way to other pages, as HTML."""
    visit = listing.visit
    ui, maker, pager = visit.web.templates.ui(visit.language), _maker(listing), _pager(listing, found)
    totals = _totals(listing, maker) if len(found.rows) > 1 else ()
    later = ui.count_later(listing.asked.counted(len(found.rows))) if found.capped else ""
    return {
        "body": maker.body(found.rows, listing.entity.label.in_(visit.language)) if found.rows else "",
        "foot": ui.table_foot(replace(_table(listing), totals=totals)) if totals else "",
        "mine": saved.tabs(listing),
        "keeping": saved.keeping(listing),
        "every": _every(listing, found),
        "pages": ui.pager(pager) + later if pager.label else "",
        "announced": pager.label or _empty(listing).title,
    }


def _read(listing: Listing) -> tuple[Page, str]:
    """The records, or none with what is wrong with the question."""
    query = query_of(listing.asked, listing.view, listing.columns, listing.order)
    try:
        return list_records(listing.visit.connection, listing.visit.context, listing.visit.release, query), ""
    except BadQuery as bad:
        return Page((), [], None, None, 0, False), bad.message


# ---- the table ----------------------------------------------------------------------------------------------------


def _table(listing: Listing) -> Table:
    """The table without its records."""
    plural = listing.entity.plural.in_(listing.visit.language)
    return Table(caption=plural, columns=_heads(listing), selectable=listing.has_bulk, empty=_empty(listing))


def _bulk(listing: Listing) -> list[Choice]:
    """What can be done with several records at once."""
    visit, texts = listing.visit, listing.visit.texts
    found = [Choice(bulk.EDIT, texts("bulk.button.edit"))] * bool(bulk.editable(listing.reader, listing.entity))
    found += [Choice(one.name, one.label.in_(visit.language), "red" * one.danger) for one in listing.actions]
    gone = bulk.may_delete(listing.reader, listing.entity)
    return found + [Choice(bulk.DELETE, texts("bulk.button.delete"), "red")] * gone


def _every(listing: Listing, found: Page) -> Markup:
    """The box by which it is done with all that match, where those are more than the page shows."""
    visit = listing.visit
    if not listing.has_bulk or not (found.next or found.previous):
        return Markup()
    label = visit.texts("bulk.every_more" if found.capped else "bulk.every", count=found.count or 0)
    html: Markup = visit.web.templates.ui(visit.language).every_record(label)
    return html


def _heads(listing: Listing) -> list[Column]:
    named = _naming(listing)
    return [_head(listing, column, _phone(number, named)) for number, column in enumerate(listing.columns)]


def _maker(listing: Listing) -> RowMaker:
    """What makes the list's rows: once for its columns and the reader's language and time zone."""
    visit, showing = listing.visit, listing.showing
    paths = tuple(column.path for column in listing.columns)
    view = listing.view.name if listing.view else ""
    key = ("rows", listing.reader.key, listing.entity.name, view, paths, visit.language, showing.zone)

    def make() -> RowMaker:
        shows = [shower(showing, column.type, column.declared, short=True) for column in listing.columns]
        address = addresses.record_of(listing.entity.name, "")
        ticks = visit.web.templates.texts[visit.language]("table.select_row", name="\0").split("\0")
        ui, heads = visit.web.templates.ui(visit.language), _heads(listing)
        return row_maker(heads, shows, _naming(listing), address, ui, ticks if listing.has_bulk else ())

    return visit.release.cached(key, make)


def _naming(listing: Listing) -> int:
    """The column that names the record: the one that its title begins with, else the first."""
    paths = [column.path for column in listing.columns]
    named = [name for name in title_order(listing.entity) if name in paths]
    return paths.index(named[0]) if named else 0


def _phone(number: int, named: int) -> str:
    """Where a card on a phone shows a column: its name, and the next four."""
    return "title" if number == named else "show" if number < ON_PHONE else "hide"


def _head(listing: Listing, column: ListColumn, phone: str) -> Column:
    order = listing.order[:1]
    current = bool(order) and order[0].path == column.path
    asked = listing.asked
    if current and not asked.sort:
        # The view's own order: a click on its column turns it.
        asked = replace(asked, sort=(("-" if order[0].descending else "") + column.path,))
    return Column(
        column.path,
        column.label,
        sort=asked.sorted_by(column.path) if column.sortable else "",
        sorted=("descending" if order[0].descending else "ascending") if current else "",
        numeric=column.numeric,
        phone=phone,
        width="broad" if column.width >= 24 else "",
    )


def _totals(listing: Listing, maker: RowMaker) -> Sequence[Cell]:
    """The totals that the view asks for, over all pages; of what is searched there are none."""
    measures = {column.path: f"{column.total}({column.path})" for column in listing.columns if column.total}
    if not measures or listing.asked.search:
        return ()
    filter_ = filters.joined([f"({text}\n)" for text in _conditions(listing)])
    query = AggregateQuery(listing.entity.name, (), measures, filter_)
    visit = listing.visit
    (found,) = aggregate(visit.connection, visit.context, visit.release, query)
    cells = [
        _converted(listing, column, found.get(column.path)) or show(found.get(column.path))
        for column, show in zip(listing.columns, maker.shows, strict=True)
    ]
    return [replace(cells[0], text=cells[0].text or visit.texts("table.totals")), *cells[1:]]


def _converted(listing: Listing, column: ListColumn, total: object) -> Cell | None:
    """A total of amounts in several currencies, which says that it is in the workspace's."""
    if not column.compared or not isinstance(total, Decimal):
        return None
    amount = format_of(listing.showing, column.type)(total)
    return Cell(listing.visit.texts("list.converted", amount=amount))


def _conditions(listing: Listing) -> list[str]:
    view, model = listing.view, listing.visit.model
    found = [listing.asked.filter] if listing.asked.filter else []
    if view is not None and view.filter is not None:
        found.append(view.filter.excerpt.text)
    if view is not None and view.segment in model.segments:
        found.append(model.segments[view.segment].filter.excerpt.text)
    return found


def _empty(listing: Listing) -> Empty:
    texts, entity, asked = listing.visit.texts, listing.entity, listing.asked
    plural = inline(entity.plural, texts.language)
    if asked.search or asked.filter:
        clear = Link(texts("list.clear"), replace(asked, search="", filter="").address, "x")
        return Empty(texts("list.no_match"), texts("list.no_match_text"), "search", clear)
    if listing.view is not None and is_filtered(listing.view):
        return Empty(texts("list.no_records", name=plural), texts("list.none_in_view"), icon_of(entity))
    may = may_create(listing.reader, entity)
    words = texts("list.none_yet" if may else "list.none_to_see", name=entity.plural.in_(texts.language))
    return Empty(texts("list.no_records", name=plural), words, icon_of(entity), create_link(listing) if may else None)


def _pager(listing: Listing, found: Page) -> Pager:
    asked, size = listing.asked, len(found.rows)
    first, sense = max(1, asked.at), "more" if found.capped else "exact"
    label = _range(listing, size, SENSES[sense], found.count or size) if size else ""
    back = asked.page(before=found.previous, at=max(1, first - SIZE)) if found.previous else ""
    on = asked.page(after=found.next, at=first + size) if found.next else ""
    return Pager(label, back, on, "#results")


def _range(listing: Listing, size: int, key: str, count: int) -> str:
    first = max(1, listing.asked.at)
    return listing.visit.texts(key, first=first, last=first + size - 1, count=count)


# ---- around the table ---------------------------------------------------------------------------------------------


def _around(listing: Listing, wrong_row: str) -> dict[str, object]:
    texts, entity = listing.visit.texts, listing.entity
    tabs = [_tab(listing, view) for view in (listing.views.first, *listing.views.others)]
    shown, more = tabs[:TABS], tabs[TABS:]
    if current := next((link for link in more if link.current), None):
        shown, more = [*shown[:-1], current], [shown[-1], *(link for link in more if link is not current)]
    return {
        "find": texts("list.search", name=inline(entity.plural, texts.language)),
        "mark": icon_of(entity),
        "actions": [replace(create_link(listing), key="create")] if may_create(listing.reader, entity) else [],
        "more": _more(listing),
        "tabs": shown,
        "more_tabs": more,
        "fields": [Choice(column.path, column.asked) for column in listing.filterable],
        "row": filtering.row_inputs(listing, listing.visit.request.query_params.get("field", ""), wrong_row),
        "alternatives": filtering.alternatives(listing),
        "orders": _orders(listing),
        "picked": listing.visit.request.query_params.get("field", ""),
        "shown": listing.columns,
        "unshown": _unshown(listing) if CHOOSING in listing.visit.request.query_params else (),
        "other_columns": addresses.with_query(listing.asked.path, [*listing.asked.whole, (CHOOSING, "columns")]),
    }


def _orders(listing: Listing) -> list[tuple[Choice, bool]]:
    """The orders to choose from where no heads show, and whether each is the present one."""
    texts, first = listing.visit.texts, listing.order[:1]
    now = ("-" if first[0].descending else "") + first[0].path if first else ""
    return [
        (Choice(sign + column.path, texts(f"list.{way}", name=column.asked)), sign + column.path == now)
        for column in listing.columns
        if column.sortable
        for sign, way in (("", "upwards"), ("-", "downwards"))
    ]


def create_link(listing: Listing) -> Link:
    """The way to a new record."""
    texts, entity = listing.visit.texts, listing.entity
    label = texts("list.create", name=inline(entity.label, texts.language))
    return Link(label, addresses.new_of(entity.name), "plus")


def _more(listing: Listing) -> list[Link]:
    texts, entity = listing.visit.texts, listing.entity
    found = [Link(texts("imports.link"), addresses.import_of(entity.name), "upload")] * may_import(
        listing.reader, entity
    )
    found += [Link(texts("alike.check_link"), addresses.check_of(entity.name), "copy")] * bool(
        asked_by(listing.reader, entity)
    )
    return found + [Link(texts("menu.bin"), addresses.bin_of(entity.name), "trash-2")] * _may_restore(listing)


def _may_restore(listing: Listing) -> bool:
    return not listing.reader.rights[listing.entity.name].right("delete").never


def _tab(listing: Listing, view: View | None) -> Link:
    """The tab of a view; None is everything, as no document describes it."""
    texts, entity = listing.visit.texts, listing.entity
    label = view.label.in_(texts.language) if view else texts("list.all", name=inline(entity.plural, texts.language))
    name = "" if view is None or view is listing.views.first else view.name
    return Link(
        label,
        addresses.list_of(entity.name, view=name),
        ICONS_OF_LAYOUTS.get(view.layout, "") if view is not None else "",
        current=view is listing.view and not listing.asked.saved,
    )


def _unshown(listing: Listing) -> list[ListColumn]:
    """The columns that the list might show as well."""
    shown = {column.path for column in listing.columns}
    found = possible_columns(listing.reader, listing.entity.name, listing.visit.texts)
    return sorted((column for column in found if column.path not in shown), key=lambda column: column.label)
