"""The list of an entity's records: views, search, filter, order, columns and pages, all of it in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from kith.metadata.model import Entity, View
from kith.runtime.coerce import Misread, Reading
from kith.runtime.read import aggregate, list_records
from kith.runtime.read.query import AggregateQuery, BadQuery, Page, Sort
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.write.messages import texts as sentences
from kith.web import addresses, filters
from kith.web.columns import ListColumn, column_at, possible_columns, title_order
from kith.web.inputs import FieldInput
from kith.web.listing import SIZE, Asked, Views, columns_for, is_filtered, order_of, query_of, views_of
from kith.web.requests import Stop, Visit, Web, go, page, parameter
from kith.web.shell import icon_of, may_create
from kith.web.showing import Reader as Showing
from kith.web.showing import Show, inline, options_of, shower
from kith.web.templating import wanted
from kith.web.view import Cell, Choice, Column, Empty, Filter, Link, Notice, Row, Table
from kith.web.view import Page as Pager

TABS = 5
"""Views that show as tabs; the rest are in the menu at their end."""


ON_PHONE = 5
"""Columns that a card on a phone shows."""


def routes(web: Web) -> Sequence[Route]:
    """The routes of lists."""
    return (
        Route("/records/{entity}", page(web, show), methods=["GET"]),
        Route("/records/{entity}/filter", page(web, show_row), methods=["GET"]),
    )


@dataclass(frozen=True, slots=True)
class Listing:
    """One request for a list."""

    visit: Visit
    reader: Reader
    entity: Entity
    asked: Asked
    views: Views
    view: View | None

    @property
    def showing(self) -> Showing:
        """How the reader reads."""
        return showing_of(self.visit)

    @property
    def columns(self) -> tuple[ListColumn, ...]:
        """The columns of the list."""
        return columns_for(self.reader, self.asked, self.view, self.visit.texts)

    @property
    def order(self) -> tuple[Sort, ...]:
        """The order of the list."""
        return order_of(self.reader, self.asked, self.view, self.visit.texts)

    @property
    def filterable(self) -> list[ListColumn]:
        """The fields that a row of the filter can speak of."""
        found = possible_columns(self.reader, self.entity.name, self.visit.texts)
        return [column for column in found if filters.is_filterable(column)]


def showing_of(visit: Visit) -> Showing:
    """How a reader reads: his words and his time zone."""
    return Showing(visit.model, visit.texts, str(visit.context.reader_zone))


def listing_of(visit: Visit) -> Listing:
    """What a list's address asks for; stops where the reader may not."""
    name = parameter(visit.request, "entity")
    reader = reader_of(visit.context, visit.release)
    if name not in visit.model.entities or not reader.may_read(name):
        raise Stop(404)
    asked, views = Asked.of(name, visit.request.query_params), views_of(reader, visit.context, name)
    view = views.named(asked.view)
    if asked.view and view is None:
        raise Stop(404, visit.texts("list.no_view"))
    return Listing(visit, reader, visit.model.entities[name], asked, views, view)


def show(visit: Visit) -> Response:
    """The list of an entity."""
    listing = listing_of(visit)
    if "field" in visit.request.query_params:
        picked = _picked(listing)
        if isinstance(picked, Asked):
            return go(picked.address)
        return _render(listing, picked)
    return _render(listing, "")


def show_row(visit: Visit) -> Response:
    """Operator and value of a row of the filter: what htmx swaps in when another field is picked."""
    listing = listing_of(visit)
    return visit.block("list.html", "row", row=row_inputs(listing, visit.request.query_params.get("field", "")))


def _render(listing: Listing, mistake: str) -> Response:
    visit = listing.visit
    found, mistake = _read(listing, mistake)
    context = {
        "asked": listing.asked,
        "table": _table(listing, found),
        "page": _pager(listing, found),
        "filters": _filters(listing),
        "mistake": Notice(mistake, "danger") if mistake else None,
    }
    if wanted(visit.request, "results"):
        return visit.block("list.html", "results", **context)
    return visit.page("list.html", 400 if mistake else 200, **context, **_around(listing))


def _read(listing: Listing, mistake: str) -> tuple[Page, str]:
    """The records, or none with what is wrong with the question."""
    if not mistake:
        try:
            query = query_of(listing.asked, listing.view, listing.columns, listing.order)
            return list_records(listing.visit.connection, listing.visit.context, listing.visit.release, query), ""
        except BadQuery as bad:
            mistake = bad.message
    return Page((), [], None, None, 0, False), mistake


# ---- the table ----------------------------------------------------------------------------------------------------


def _table(listing: Listing, found: Page) -> Table:
    texts = listing.visit.texts
    columns, showing = listing.columns, listing.showing
    shows = [shower(showing, column.type, column.declared, short=True) for column in columns]
    named = _naming(listing)
    rows = [_row(listing, row, shows, named) for row in found.rows]
    return Table(
        caption=listing.entity.plural.in_(texts.language),
        columns=[_head(listing, column, _phone(number, named)) for number, column in enumerate(columns)],
        rows=rows,
        totals=_totals(listing, shows) if len(rows) > 1 else (),
        empty=_empty(listing),
    )


def _row(listing: Listing, row: tuple[Any, ...], shows: Sequence[Show], named: int) -> Row:
    id_, _, *values, title = row
    cells = [show(value) for show, value in zip(shows, values, strict=True)]
    # One cell leads to the record, whatever it shows.
    name = cells[named].text or title or listing.entity.label.in_(listing.visit.language)
    cells[named] = Cell(name)
    return Row(id_, cells, addresses.record_of(listing.entity.name, id_), label=title)


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


def _totals(listing: Listing, shows: Sequence[Show]) -> Sequence[Cell]:
    """The totals that the view asks for, over all pages; of what is searched there are none."""
    measures = {column.path: f"{column.total}({column.path})" for column in listing.columns if column.total}
    if not measures or listing.asked.search:
        return ()
    filter_ = filters.joined([f"({text}\n)" for text in _conditions(listing)])
    query = AggregateQuery(listing.entity.name, (), measures, filter_)
    visit = listing.visit
    (found,) = aggregate(visit.connection, visit.context, visit.release, query)
    cells = [show(found.get(column.path)) for column, show in zip(listing.columns, shows, strict=True)]
    return [replace(cells[0], text=cells[0].text or visit.texts("table.totals")), *cells[1:]]


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
    asked, texts, size = listing.asked, listing.visit.texts, len(found.rows)
    first = max(1, asked.at)
    key = "list.range_capped" if found.capped else "list.range"
    label = texts(key, first=first, last=first + size - 1, count=found.count or size) if size else ""
    back = asked.page(before=found.previous, at=max(1, first - SIZE)) if found.previous else ""
    on = asked.page(after=found.next, at=first + size) if found.next else ""
    return Pager(label, back, on, "#results")


# ---- filters ------------------------------------------------------------------------------------------------------


def _filters(listing: Listing) -> list[Filter]:
    asked = listing.asked
    parts = filters.parts_of(asked.filter, listing.reader, listing.entity.name, listing.showing)
    found = []
    for part in parts:
        rest = filters.joined([other.text for other in parts if other is not part])
        found.append(Filter(part.words, replace(asked, filter=rest).address))
    return found


def _picked(listing: Listing) -> Asked | str:
    """The list with the row of the filter form added, or what is wrong with the row."""
    sent, asked, texts = listing.visit.request.query_params, listing.asked, listing.visit.texts
    column = column_at(listing.reader, listing.entity.name, sent.get("field", ""), texts)
    if column is None or not filters.is_filterable(column):
        return asked
    picked = filters.Picked(column.path, sent.get("op", ""), sent.get("value", ""))
    context = listing.visit.context
    reading = Reading(context.reader_zone, text=True, percent_points=True)
    try:
        text = filters.condition(listing.reader, listing.entity.name, column, picked, reading)
    except Misread as misread:
        return f"{column.label}: {sentences(texts.language)('failure.' + misread.code, **misread.values)}"
    return replace(asked, filter=filters.added(asked.filter, text))


# ---- around the table ---------------------------------------------------------------------------------------------


def _around(listing: Listing) -> dict[str, object]:
    texts, entity = listing.visit.texts, listing.entity
    tabs = [_tab(listing, view) for view in (listing.views.first, *listing.views.others)]
    shown, more = tabs[:TABS], tabs[TABS:]
    if current := next((link for link in more if link.current), None):
        shown, more = [*shown[:-1], current], [shown[-1], *(link for link in more if link is not current)]
    return {
        "title": entity.plural.in_(texts.language),
        "find": texts("list.search", name=inline(entity.plural, texts.language)),
        "mark": icon_of(entity),
        "actions": [replace(create_link(listing), key="create")] if may_create(listing.reader, entity) else [],
        "more": [Link(texts("menu.bin"), addresses.bin_of(entity.name), "trash-2")] if _may_restore(listing) else [],
        "tabs": shown,
        "more_tabs": more,
        "fields": [Choice(column.path, column.label) for column in listing.filterable],
        "row": row_inputs(listing, listing.visit.request.query_params.get("field", "")),
        "choosable": _choosable(listing),
    }


def create_link(listing: Listing) -> Link:
    """The way to a new record."""
    texts, entity = listing.visit.texts, listing.entity
    label = texts("list.create", name=inline(entity.label, texts.language))
    return Link(label, addresses.new_of(entity.name), "plus")


def _may_restore(listing: Listing) -> bool:
    return not listing.reader.rights[listing.entity.name].right("delete").never


def _tab(listing: Listing, view: View | None) -> Link:
    """The tab of a view; None is everything, as no document describes it."""
    texts, entity = listing.visit.texts, listing.entity
    label = view.label.in_(texts.language) if view else texts("list.all", name=inline(entity.plural, texts.language))
    name = "" if view is None or view is listing.views.first else view.name
    return Link(label, addresses.list_of(entity.name, view=name), current=view is listing.view)


def _choosable(listing: Listing) -> list[tuple[ListColumn, bool]]:
    """The columns of the list, then all others, each with whether it shows."""
    shown = {column.path: column for column in listing.columns}
    rest = possible_columns(listing.reader, listing.entity.name, listing.visit.texts)
    others = sorted((column for column in rest if column.path not in shown), key=lambda column: column.label)
    return [*((column, True) for column in shown.values()), *((column, False) for column in others)]


def row_inputs(listing: Listing, path: str) -> dict[str, FieldInput]:
    """The operator and the value of a row of the filter, as fits the field."""
    texts = listing.visit.texts
    columns = listing.filterable
    column = next((column for column in columns if column.path == path), columns[0] if columns else None)
    sent = listing.visit.request.query_params
    operators = filters.operators_of(column) if column else ()
    choices = [Choice(name, texts(f"filter_op.{name}")) for name in operators]
    return {
        "op": FieldInput(
            name="op",
            label=texts("list.operator"),
            kind="choice",
            value=sent.get("op", "") or next(iter(operators), ""),
            choices=choices,
            required=True,
        ),
        "value": _value_input(listing, column, sent.get("value", "")),
    }


def _value_input(listing: Listing, column: ListColumn | None, value: str) -> FieldInput:
    texts, kind = listing.visit.texts, column.type.kind if column else "text"
    label = texts("list.value")
    if column is not None and kind in ("choice", "set"):
        options = options_of(listing.showing, column.type, column.declared)
        choices = [Choice(key, option.label.in_(texts.language)) for key, option in options.items()]
        if choices:
            return FieldInput(name="value", label=label, kind="choice", value=value, choices=choices)
    if kind == "bool":
        yes_no = [Choice("true", texts("value.yes")), Choice("false", texts("value.no"))]
        return FieldInput(
            name="value", label=label, kind="choice", value=value or "true", choices=yes_no, required=True
        )
    plain = {"int": "integer", "set": "text", "ref": "text", "duration": "text", "time": "text"}
    return FieldInput(name="value", label=label, kind=plain.get(kind, kind), value=value)
