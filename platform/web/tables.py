"""Records that hang on another one, as a table of its page: related lists and lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kith.metadata.model import Related
from kith.runtime.read import list_records
from kith.runtime.read.cells import TITLE
from kith.runtime.read.query import Query, Sort
from kith.web import addresses
from kith.web.columns import ListColumn, column_at, columns_of_view, usual_columns
from kith.web.shell import may_create
from kith.web.showing import shower
from kith.web.subject import Subject
from kith.web.typed import raw_reference
from kith.web.view import Cell, Column, Link, Row, Table

SHOWN = 5
"""Records of a related list on a record's page."""
MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class RelatedList:
    """A related list: its heading, records, and ways to more of them."""

    name: str
    label: str
    table: Table | None
    count: str = ""
    actions: Sequence[Link] = ()
    lazy: str = ""
    """Where the records come from, if they are not here yet."""


def related_list(subject: Subject, related: Related, *, lazy: bool = False) -> RelatedList:
    """One related list of a record; with `lazy` only its heading."""
    visit, texts = subject.visit, subject.visit.texts
    inverse = subject.entity.inverses[related.relation]
    entity = visit.model.entities[inverse.entity]
    label = related.label.in_(visit.language) or entity.plural.in_(visit.language)
    filter_ = f'{inverse.field}.id == "{subject.record.id}"'
    named = raw_reference(entity.fields[inverse.field], subject.entity.name, subject.record.id)
    all_ = Link(texts("related.all"), addresses.list_of(inverse.entity, filter=filter_), "arrow-right")
    add = Link(texts("related.add"), addresses.new_of(inverse.entity, **{inverse.field: named}), "plus")
    adds = (add,) if may_create(subject.reader, entity) and not subject.record.deleted else ()
    if lazy:
        address = f"{subject.address}/related/{related.relation}"
        return RelatedList(related.relation, label, None, actions=(all_, *adds), lazy=address)
    table, more = records_table(subject, related, SHOWN)
    count = f"{SHOWN}+" if more else str(len(table.rows))
    return RelatedList(related.relation, label, table, count, (*((all_,) if more else ()), *adds))


def records_table(subject: Subject, related: Related, limit: int) -> tuple[Table, bool]:
    """The records of a relation, and whether there are more of them."""
    visit = subject.visit
    inverse = subject.entity.inverses[related.relation]
    columns = [one for one in related_columns(subject, related) if one.path.partition(".")[0] != inverse.field]
    query = Query(
        inverse.entity,
        (*(column.path for column in columns), TITLE),
        related_to=(inverse.field, subject.record.id),
        sort=_order(subject, related),
        limit=limit,
        count="none",
        deleted=inverse.owned and subject.record.deleted,
    )
    found = list_records(visit.connection, visit.context, visit.release, query)
    shows = [shower(subject.showing, column.type, column.declared, short=True) for column in columns]
    rows = []
    for id_, _, *values, title in found.rows:
        cells = [show(value) for show, value in zip(shows, values, strict=True)]
        href = "" if inverse.owned else addresses.record_of(inverse.entity, str(id_))
        rows.append(Row(str(id_), _linked(cells, href), href, label=str(title)))
    heads = [
        Column(one.path, one.label, numeric=one.numeric, phone="title" if number == 0 else "show")
        for number, one in enumerate(columns)
    ]
    label = related.label.in_(visit.language) or visit.model.entities[inverse.entity].plural.in_(visit.language)
    return Table(caption=label, columns=heads, rows=rows), found.next is not None


def _linked(cells: list[Cell], href: str) -> list[Cell]:
    """The first cell leads to the record, whatever it holds."""
    if cells and href and (not cells[0].plain or not cells[0].text):
        cells[0] = Cell(cells[0].text or "–", href)
    return cells


def related_columns(subject: Subject, related: Related) -> list[ListColumn]:
    """The columns of a related list: its view's, else the usual ones."""
    visit = subject.visit
    inverse = subject.entity.inverses[related.relation]
    view = visit.model.views.get(related.view)
    if view is not None and view.of == inverse.entity:
        return columns_of_view(subject.reader, view, visit.texts)
    return usual_columns(subject.reader, visit.model.entities[inverse.entity], visit.texts)


def _order(subject: Subject, related: Related) -> tuple[Sort, ...]:
    inverse = subject.entity.inverses[related.relation]
    entity = subject.visit.model.entities[inverse.entity]
    if inverse.owned:
        return (Sort("position" if "position" in entity.fields else "created_at"),)
    view = subject.visit.model.views.get(related.view)
    keys = view.sort if view is not None and view.of == inverse.entity else ()
    wanted = [Sort(key.path, key.descending) for key in keys] or [Sort("created_at", descending=True)]
    known = ((sort, column_at(subject.reader, entity.name, sort.path, subject.visit.texts)) for sort in wanted)
    return tuple(sort for sort, column in known if column is not None and column.sortable)
