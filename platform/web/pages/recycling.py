"""The recycle bin: what was deleted, by kind, and the way back."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from kith.metadata.model import Entity
from kith.runtime.read import list_records
from kith.runtime.read.cells import DELETED_AT, TITLE
from kith.runtime.read.overview import count_all
from kith.runtime.read.query import Page, Query, Sort
from kith.runtime.read.reader import Reader, reader_of
from kith.web import addresses
from kith.web.answering import page
from kith.web.formats import formatter
from kith.web.requests import Stop, Visit, Web, parameter
from kith.web.shell import icon_of
from kith.web.view import Cell, Column, Empty, Link, Row, Table
from kith.web.view import Page as Pager

SIZE = 50


def routes(web: Web) -> Sequence[Route]:
    """The routes of the recycle bin."""
    return (
        Route(addresses.BIN, page(web, show_kinds), methods=["GET"]),
        Route(addresses.BIN + "/{entity}", page(web, show), methods=["GET"]),
    )


def kinds(visit: Visit, reader: Reader) -> list[tuple[Entity, str]]:
    """The entities of which there is something in the bin, and how much."""
    whole = [entity for entity in visit.model.entities.values() if not entity.owner_of_lines]
    seen = [entity.name for entity in whole if not reader.rights[entity.name].right("delete").never]
    counts = count_all(visit.connection, visit.context, visit.release, seen, deleted=True)
    shown = formatter("integer", visit.language)
    found = ((entity, *counts.get(entity.name, (0, False))) for entity in whole)
    return [(entity, shown(number) + ("+" if more else "")) for entity, number, more in found if number]


def show_kinds(visit: Visit) -> Response:
    """The bin: the first kind of records that are in it, with tabs for the others."""
    found = kinds(visit, reader_of(visit.context, visit.release))
    return _render(visit, found, found[0][0] if found else None)


def show(visit: Visit) -> Response:
    """The deleted records of one entity."""
    name, reader = parameter(visit.request, "entity"), reader_of(visit.context, visit.release)
    entity = visit.model.entities.get(name)
    if entity is None or not reader.may_read(name):
        raise Stop(404)
    return _render(visit, kinds(visit, reader), entity)


def _render(visit: Visit, found: Sequence[tuple[Entity, str]], entity: Entity | None) -> Response:
    texts, language = visit.texts, visit.language
    records = _read(visit, entity) if entity else Page((), [], None, None, 0, False)
    tabs = [
        Link(one.plural.in_(language), addresses.bin_of(one.name), icon_of(one), one is entity, number)
        for one, number in found
    ]
    if entity is not None and all(one is not entity for one, _ in found):
        tabs.append(Link(entity.plural.in_(language), addresses.bin_of(entity.name), icon_of(entity), current=True))
    here = addresses.bin_of(entity.name) if entity else addresses.BIN
    back = addresses.with_query(here, [("before", records.previous or "")]) if records.previous else ""
    on = addresses.with_query(here, [("after", records.next or "")]) if records.next else ""
    return visit.page(
        "bin.html",
        title=texts("menu.bin"),
        tabs=tabs,
        table=_table(visit, entity, records),
        page=Pager("", back, on) if back or on else None,
    )


def _read(visit: Visit, entity: Entity) -> Page:
    sent = visit.request.query_params
    before = sent.get("before", "")
    query = Query(
        entity.name,
        (TITLE, DELETED_AT, "updated_by"),
        sort=(Sort("updated_at", descending=True),),
        limit=SIZE,
        cursor=before or sent.get("after", ""),
        backwards=bool(before),
        count="none",
        deleted=True,
    )
    return list_records(visit.connection, visit.context, visit.release, query)


def _table(visit: Visit, entity: Entity | None, records: Page) -> Table:
    texts = visit.texts
    instant = formatter("instant", visit.language, zone=str(visit.context.reader_zone))
    rows = []
    for id_, _, title, deleted_at, _by in records.rows if entity else ():
        assert entity is not None
        address = addresses.record_of(entity.name, str(id_))
        restore = Link(texts("bin.open"), address, "rotate-ccw")
        name = str(title or "") or entity.label.in_(visit.language)
        rows.append(
            Row(
                str(id_),
                (Cell(name), Cell(instant(deleted_at)), Cell(restore.label, restore.href)),
                address,
                label=name,
            )
        )
    return Table(
        caption=texts("menu.bin"),
        columns=(
            Column("record", texts("home.record"), phone="title"),
            Column("deleted", texts("bin.deleted")),
            Column("restore", texts("table.actions")),
        ),
        rows=rows,
        empty=Empty(texts("bin.empty"), texts("bin.empty_text"), "trash-2"),
    )
