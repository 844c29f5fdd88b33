"""The sets of a page's records: choices, tags and references, one statement for each field and never one for a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kith.rules.types import TEXT, ref
from kith.runtime.context import Context
from kith.runtime.read.arrays import members_of
from kith.runtime.read.cells import Columns, Links
from kith.runtime.read.masking import HIDDEN
from kith.runtime.read.prepared import Prepared, Row, array, fetch, prepare
from kith.runtime.read.query import Masked
from kith.runtime.read.reader import Reader
from kith.runtime.read.sets import Member, order_of, want_member
from kith.runtime.read.statement import statement_about

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Fetching:
    """The statement for one field's sets; `item` makes a member of the driver's tuple, `order` sorts a record's members."""

    prepared: Prepared
    item: Member
    order: Callable[[Any], Any]


def fill_links(
    connection: sa.Connection, context: Context, reader: Reader, columns: Columns, found: Sequence[Row]
) -> list[tuple[Any, ...]]:
    """The rows of an answer, their sets filled in."""
    if not columns.links:
        return [columns.row(row) for row in found]
    sets = [(link, _fetched(connection, context, reader, link, found)) for link in columns.links]
    rows = []
    for raw in found:
        row = list(columns.row(raw))
        for link, values in sets:
            row[link.column] = values.get(raw[link.ids], ())
        rows.append(tuple(row))
    return rows


def _fetched(
    connection: sa.Connection, context: Context, reader: Reader, link: Links, found: Sequence[Row]
) -> Mapping[Any, Values | Masked]:
    ids = {row[link.ids] for row in found if row[link.ids] is not None}
    if not ids:
        return {}
    return sets_of(connection, context, reader, link, ids)


def sets_of(
    connection: sa.Connection, context: Context, reader: Reader, link: Links, ids: Iterable[str]
) -> Mapping[Any, Values | Masked]:
    """The values of a set field by record, as far as the reader may read them there."""
    key = ("links", reader.key, link.entity, link.field, context.language)
    fetching = reader.release.cached(key, lambda: _make(connection, context, reader, link.entity, link.field))
    given = {"ids": array(ids, ref(""), reader.release.tables.engine)}
    members: dict[Any, list[Any]] = {}
    for row in fetch(connection, context, reader.release, fetching.prepared, given):
        members.setdefault(row[0], []).append(fetching.item(row))
    if link.masked:
        return {id_: Masked(HIDDEN) for id_ in members}
    return {id_: tuple(sorted(values, key=fetching.order)) for id_, values in members.items()}


def _make(connection: sa.Connection, context: Context, reader: Reader, entity: str, field: str) -> Fetching:
    statement = statement_about(reader, entity)
    declared = reader.entity(entity).fields[field]
    link = reader.release.tables[entity].links[field]
    source = statement.this.source
    access = reader.access(entity, field)
    condition = access.mask if access.read.never else access.read
    statement.source = link.table.join(source, source.c.id == link.record)
    statement.want(link.record)
    member = want_member(statement, link.value, declared.type.item or TEXT, context)
    statement.limit_to(link.record.in_(members_of("ids", ref(""), statement.tables.dialect)))
    statement.limit_to(statement.tables.condition(statement.this, condition))
    return Fetching(prepare(connection, statement.select()), member, order_of(declared))
