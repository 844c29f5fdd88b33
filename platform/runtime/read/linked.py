"""The sets of a page's records: choices, tags and references, as columns of the page's own statement where they can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kith.rules.sql.tables import Element
from kith.rules.types import TEXT, ref
from kith.runtime.context import Context
from kith.runtime.read.arrays import members_of
from kith.runtime.read.cells import Columns, Links
from kith.runtime.read.masking import HIDDEN
from kith.runtime.read.prepared import Prepared, Row, array, fetch, prepare
from kith.runtime.read.query import Masked
from kith.runtime.read.reader import Reader
from kith.runtime.read.rows import Objects, Values
from kith.runtime.read.sets import Member, gathered, has_plain_labels, members_in, order_of, want_member
from kith.runtime.read.statement import Statement, statement_about

Set = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Fetching:
    """The statement for one field's sets; `item` makes a member of the driver's tuple, `order` sorts a record's members."""

    prepared: Prepared
    item: Member
    order: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Gathered:
    """A set field that comes with the page, `at` counting from the end of its tuples."""

    link: Links
    at: int
    item: Member
    order: Callable[[Any], Any]

    def values(self, found: Sequence[Row]) -> Mapping[Any, Set | Masked]:
        """The values of the field by record."""
        members = {row[self.link.ids]: members_in(row[self.at]) for row in found}
        if self.link.masked:
            return {id_: Masked(HIDDEN) for id_, rows in members.items() if rows}
        return {id_: tuple(sorted(map(self.item, rows), key=self.order)) for id_, rows in members.items()}


def with_sets(
    context: Context, reader: Reader, columns: Columns, page: sa.Subquery
) -> tuple[list[Element], tuple[Gathered, ...]]:
    """Columns for the sets of a page, beside its own: worked out for the records of the page, not for all that match.

    Left out are sets whose labels hold more than texts: they take a statement each.
    """
    made: list[Element] = []
    found: list[tuple[Links, Member]] = []
    for link in columns.links:
        statement = _about(reader, link.entity, link.field)
        item = reader.entity(link.entity).fields[link.field].type.item or TEXT
        if has_plain_labels(statement, item):
            table = reader.release.tables[link.entity].links[link.field]
            found.append((link, want_member(statement, table.value, item, context)))
            statement.limit_to(table.record == page.c[f"c{link.ids}"])
            made.append(statement.select(gathered(statement, statement.wanted)).correlate(page).scalar_subquery())
    return made, tuple(
        Gathered(link, index - len(found), item, order_of(reader.entity(link.entity).fields[link.field]))
        for index, (link, item) in enumerate(found)
    )


def fill_links(
    connection: sa.Connection,
    context: Context,
    reader: Reader,
    columns: Columns,
    make: Values,
    found: Sequence[Row],
    gathered: Sequence[Gathered] = (),
) -> list[tuple[Any, ...]]:
    """The rows of an answer, their sets filled in."""
    rows = [make(row) for row in found]
    if not columns.links:
        return rows
    filled = [list(row) for row in rows]
    for link, values in _sets(connection, context, reader, columns, found, gathered):
        for raw, row in zip(found, filled, strict=True):
            row[link.column] = values.get(raw[link.ids], ())
    return [tuple(row) for row in filled]


def fill_objects(
    connection: sa.Connection,
    context: Context,
    reader: Reader,
    columns: Columns,
    objects: Objects,
    found: Sequence[Row],
    gathered: Sequence[Gathered] = (),
) -> list[dict[str, Any]]:
    """The same as objects for JSON."""
    rows = [objects.make(row) for row in found]
    for link, values in _sets(connection, context, reader, columns, found, gathered):
        shown = columns.shown[link.column - 2]
        write = objects.plainly.write(shown.type)
        for raw, row in zip(found, rows, strict=True):
            value = values.get(raw[link.ids], ())
            row[shown.path] = value if write is None else write(value)
    return rows


def _sets(
    connection: sa.Connection,
    context: Context,
    reader: Reader,
    columns: Columns,
    found: Sequence[Row],
    gathered: Sequence[Gathered],
) -> list[tuple[Links, Mapping[Any, Set | Masked]]]:
    """The sets of rows; those that did not come with them are fetched."""
    with_it = {one.link: one for one in gathered}
    return [
        (link, with_it[link].values(found) if link in with_it else _fetched(connection, context, reader, link, found))
        for link in columns.links
    ]


def _fetched(
    connection: sa.Connection, context: Context, reader: Reader, link: Links, found: Sequence[Row]
) -> Mapping[Any, Set | Masked]:
    ids = {row[link.ids] for row in found if row[link.ids] is not None}
    if not ids:
        return {}
    return sets_of(connection, context, reader, link, ids)


def sets_of(
    connection: sa.Connection, context: Context, reader: Reader, link: Links, ids: Iterable[str]
) -> Mapping[Any, Set | Masked]:
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
    statement = _about(reader, entity, field)
    declared = reader.entity(entity).fields[field]
    link = reader.release.tables[entity].links[field]
    statement.want(link.record)
    member = want_member(statement, link.value, declared.type.item or TEXT, context)
    statement.limit_to(link.record.in_(members_of("ids", ref(""), statement.tables.dialect)))
    return Fetching(prepare(connection, statement.select()), member, order_of(declared))


def _about(reader: Reader, entity: str, field: str) -> Statement:
    """A statement over the members of a set field, as far as the reader may read them."""
    statement = statement_about(reader, entity)
    link, source = reader.release.tables[entity].links[field], statement.this.source
    access = reader.access(entity, field)
    statement.source = link.table.join(source, source.c.id == link.record)
    statement.limit_to(statement.tables.condition(statement.this, access.mask if access.read.never else access.read))
    return statement
