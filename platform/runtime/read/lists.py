"""Lists: one statement for a page, one for its count."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from kith.rules.sql.tables import Rows
from kith.rules.sql.values import Engine
from kith.rules.types import Type, ref
from kith.runtime.context import Context
from kith.runtime.read.asking import conditions
from kith.runtime.read.cells import Columns, want_columns
from kith.runtime.read.cursors import ID, Position, decoded, encoded
from kith.runtime.read.linked import Gathered, fill_links, fill_objects, with_sets
from kith.runtime.read.messages import no_entity, no_field, unfit
from kith.runtime.read.ordering import Zone, beyond, order_by, want_keys, within, zones
from kith.runtime.read.paths import access_to
from kith.runtime.read.prepared import Prepared, Row, fetch, prepare
from kith.runtime.read.query import CAP, ObjectPage, Page, Query
from kith.runtime.read.reader import Clause, Reader, exists_in, reader_of
from kith.runtime.read.rows import Plainly, Values, objects_of, values_of
from kith.runtime.read.searching import NO_SEARCH, Searched, limit_to_search
from kith.runtime.read.statement import Statement, statement_about
from kith.runtime.read.walking import count_exactly, count_some, walking
from kith.runtime.release import Release

MOST = 1_000
"""Records of one page."""


NOBODY = "00000000-0000-0000-0000-000000000000"
"""The id of no record."""
Leg = tuple[Zone, tuple[bool, ...] | None]
"""A range that a page reads: its zone, and which keys of the position it begins at are null (None: it begins at the end)."""
WHOLE: Leg = ("all", None)


@dataclass(frozen=True, slots=True)
class Plan:
    """A page's statement, and how its tuples are read."""

    prepared: Prepared
    columns: Columns
    row: Values
    order: str
    types: tuple[Type, ...]
    keys: tuple[int, ...]
    nullable: bool
    """Whether the first key may be null, so that a page may go on from one range to the next."""
    searched: Searched
    gathered: tuple[Gathered, ...]

    def cursor(self, row: Row, engine: Engine) -> str:
        """The cursor at a row."""
        position = Position(tuple(row[index] for index in self.keys), row[0])
        return encoded(self.order, self.types, position, engine)


@dataclass(frozen=True, slots=True)
class Counter:
    """A count's statement."""

    prepared: Prepared
    searched: Searched


def list_records(connection: sa.Connection, context: Context, release: Release, query: Query) -> Page:
    """A page of the records that match a query, under the actor's rights; raises Denied and BadQuery."""
    listing = listing_of(connection, context, release, query)
    found, more = listing.page()
    plan = listing.plan(WHOLE)
    rows = fill_links(connection, context, listing.reader, plan.columns, plan.row, found, plan.gathered)
    count, capped = listing.count(found, more)
    following, previous = listing.cursors(found, more)
    return Page(plan.columns.shown, rows, following, previous, count, capped)


def list_objects(
    connection: sa.Connection, context: Context, release: Release, query: Query, plainly: Plainly
) -> ObjectPage:
    """The same page as objects for JSON, of a query whose fields are the records' own."""
    listing = listing_of(connection, context, release, query)
    found, more = listing.page()
    plan, reader = listing.plan(WHOLE), listing.reader
    key = ("objects", reader.key, context.language, listing.shape)
    objects = release.cached(key, lambda: objects_of(plan.columns, plainly))
    rows = fill_objects(connection, context, reader, plan.columns, objects, found, plan.gathered)
    count, capped = listing.count(found, more)
    return ObjectPage(rows, listing.cursors(found, more)[0], count, capped)


def listing_of(connection: sa.Connection, context: Context, release: Release, query: Query) -> Listing:
    """A request for a list; raises BadQuery."""
    if not 0 < query.limit <= MOST:
        raise unfit(context, "limit", "limit", limit=MOST)
    return Listing(connection, context, reader_of(context, release), query, shape_of(query))


def shape_of(query: Query) -> Hashable:
    """What two queries have in common that run the same statement."""
    related = query.related_to[0] if query.related_to else ""
    return (
        query.entity, query.fields, query.filter, query.view, query.segment, related, bool(query.search), query.sort,
        query.deleted,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listing:
    """One request for a list."""

    connection: sa.Connection
    context: Context
    reader: Reader
    query: Query
    shape: Hashable

    def plan(self, leg: Leg, *, backwards: bool = False) -> Plan:
        """The statement of a range, made once."""
        key = ("list", self.reader.key, self.context.language, self.shape, leg, backwards)
        return self.reader.release.cached(key, lambda: _make(self, leg, backwards))

    def page(self) -> tuple[list[Row], bool]:
        """The tuples of a page in the list's order, and whether there are more in the direction of paging."""
        query, found = self.query, list[Row]()
        position = self.position()
        for leg in self.legs(position):
            room = query.limit + 1 - len(found)
            found += self.fetch(self.plan(leg, backwards=query.backwards), position, room)
            if len(found) > query.limit:
                break
        more = len(found) > query.limit
        found = found[: query.limit]
        return (found[::-1] if query.backwards else found), more

    def legs(self, position: Position | None) -> list[Leg]:
        """The ranges that a page may touch, in the direction of paging."""
        if position is None:
            return [WHOLE]
        first, *others = zones(self.plan(WHOLE).nullable, position.missing, self.query.backwards)
        return [(first, position.missing), *((zone, None) for zone in others)]

    def position(self) -> Position | None:
        """Where the page begins."""
        if not self.query.cursor:
            return None
        plan = self.plan(WHOLE)
        try:
            return decoded(self.query.cursor, plan.order, plan.types, self.reader.release.tables.engine)
        except ValueError:
            raise unfit(self.context, "cursor", "cursor") from None

    def fetch(self, plan: Plan, position: Position | None, limit: int) -> list[Row]:
        """Run a range's statement."""
        given: dict[str, Any] = {"limit": limit, **self.given(plan.searched)}
        if position is not None:
            given |= {f"key_{index}": key for index, key in enumerate(position.keys)}
            given["key_id"] = position.id
        return fetch(self.connection, self.context, self.reader.release, plan.prepared, given)

    def given(self, searched: Searched) -> dict[str, Any]:
        """The parameters that the query itself gives."""
        given: dict[str, Any] = dict(searched.values(self.query.search))
        if self.query.related_to:
            # What is no id names no record.
            given["related"] = self.query.related_to[1] if ID.fullmatch(self.query.related_to[1]) else NOBODY
        return given

    def count(self, found: Sequence[Row], more: bool) -> tuple[int | None, bool]:
        """How many records match, and whether there are even more."""
        if self.query.count == "none":
            return None, False
        if not self.query.cursor and not more:
            # The first page holds them all.
            return len(found), False
        if self.query.count == "exact":
            return self.run(self.counter("exact", count_exactly)), False
        number = self.run(self.counter(CAP, lambda statement: count_some(statement, CAP)))
        return (number, False) if number <= CAP else (CAP, True)

    def counter(self, name: Hashable, count: Callable[[Statement], sa.Select[Any]]) -> Counter:
        """A count's statement, made once."""
        key = ("count", self.reader.key, self.shape, name)
        return self.reader.release.cached(key, lambda: _counter(self, count))

    def run(self, counter: Counter) -> Any:
        """The one value that a count's statement answers."""
        given = self.given(counter.searched)
        return fetch(self.connection, self.context, self.reader.release, counter.prepared, given)[0][0]

    def cursors(self, found: Sequence[Row], more: bool) -> tuple[str | None, str | None]:
        """The cursors of the next and the previous page, where there are such."""
        if not found:
            return None, None
        has_next = more if not self.query.backwards else True
        has_previous = more if self.query.backwards else bool(self.query.cursor)
        return self.cursor(found[-1]) if has_next else None, self.cursor(found[0]) if has_previous else None

    def cursor(self, row: Row) -> str:
        """The cursor at a row."""
        return self.plan(WHOLE).cursor(row, self.reader.release.tables.engine)


def _make(listing: Listing, leg: Leg, backwards: bool) -> Plan:
    select, plan = page_of(listing, leg, backwards)
    return plan(prepare(listing.connection, select))


def page_of(listing: Listing, leg: Leg, backwards: bool) -> tuple[sa.Select[Any], Callable[[Prepared], Plan]]:
    """The select of a range, and what makes its plan once it is prepared, by itself or in a larger statement."""
    zone, missing = leg
    statement, searched = matching(listing)
    columns = want_columns(statement, listing.query.fields, listing.context)
    keys = want_keys(statement, listing.query.sort, listing.context)
    statement.limit_to(within(keys, zone))
    if missing is not None:
        statement.limit_to(beyond(statement, keys, missing, zone, backwards))
    order = order_by(keys, statement.this.source.c.id, zone, backwards)
    limit = sa.bindparam("limit", type_=sa.Integer())
    select = walking(
        listing.connection, statement, lambda: statement.select().order_by(*order).limit(limit), ordered=True
    )
    gathered: tuple[Gathered, ...] = ()
    if columns.links:
        page = select.subquery("page")
        sets, gathered = with_sets(listing.context, listing.reader, columns, page)
        shown = [replace(key, element=page.c[f"c{key.index}"]) for key in keys]
        select = sa.select(*page.c, *sets).order_by(*order_by(shown, page.c.c0, zone, backwards))
    sorts = ",".join(("-" if sort.descending else "") + sort.path for sort in listing.query.sort)
    nullable = bool(keys) and keys[0].nullable
    types, places = tuple(key.type for key in keys), tuple(key.index for key in keys)
    row = values_of(columns)
    return select, lambda prepared: Plan(
        prepared, columns, row, sorts, types, places, nullable, searched, gathered,
    )  # fmt: skip


def _counter(listing: Listing, count: Callable[[Statement], sa.Select[Any]]) -> Counter:
    statement, searched = matching(listing)
    select = walking(listing.connection, statement, lambda: count(statement))
    return Counter(prepare(listing.connection, select), searched)


def matching(listing: Listing) -> tuple[Statement, Searched]:
    """A statement over the records that match a query and that the reader may read."""
    query, context, reader = listing.query, listing.context, listing.reader
    if not reader.may_read(query.entity):
        raise no_entity(context, query.entity)
    statement = statement_about(reader, query.entity)
    statement.only(deleted=query.deleted)
    for condition in conditions(
        reader, context, query.entity, filter_=query.filter, view=query.view, segment=query.segment
    ):
        statement.ask(condition.tree)
    if query.related_to:
        named = query.related_to[0]
        names = (named,) if isinstance(named, str) else named
        statement.limit_to(sa.or_(*(_related(statement, name, context) for name in names)))
        if query.deleted:
            targets = [to for name in names for to in reader.entity(query.entity).fields[name].refers_to]
            statement.gone_with(statement.tables.dialect.parameter("related", ref(targets[0])), *targets)
    return statement, limit_to_search(statement) if query.search else NO_SEARCH


def _related(statement: Statement, reference: str, context: Context) -> Clause:
    """The records whose reference (or one of whose references) is the parameter `related`."""
    entity = statement.this.entity
    declared = statement.reader.field(entity, reference)
    if declared is None or access_to(statement.reader, entity, reference).read.never:
        raise no_field(context, reference)
    parameter = statement.tables.dialect.parameter("related", ref(declared.to))
    if declared.targets:
        tie = statement.this.source.c[statement.reader.release.tables[entity].columns[reference].tie.name]
        return statement.tables.where_readable(statement.this, reference, tie) == parameter
    if declared.type.kind == "ref":
        return statement.tables.column(statement.this, reference) == parameter
    if declared.type.kind != "set":
        raise unfit(context, "no_reference", "related_to", name=reference)
    members = statement.tables.members(statement.this, reference)
    return exists_in(Rows(declared.to, members.source, members.where), members.value == parameter)
