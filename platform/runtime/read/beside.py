"""Lists side by side, as the columns of a board: the first records of each in one statement, what they come to in another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from kith.rules.sql.values import Converter
from kith.rules.sql.values import reader as converter
from kith.runtime.context import Context
from kith.runtime.read.linked import fill_links
from kith.runtime.read.lists import WHOLE, Listing, Plan, listing_of, matching, page_of
from kith.runtime.read.measures import counted, gathered, read_measure
from kith.runtime.read.prepared import Prepared, Row, fetch, prepare
from kith.runtime.read.query import Query
from kith.runtime.read.searching import Searched
from kith.runtime.read.walking import walking
from kith.runtime.release import Release

MOST_TALLIED = 5_000
"""Up to this many records of each list are counted and added up."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first records of a list, as Page has them, and the cursor of those that follow."""

    rows: list[tuple[object, ...]]
    next: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records a list has and what they come to; where it is `capped` there are more, and `totals` is empty."""

    count: int
    capped: bool
    totals: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Tallying:
    prepared: Prepared
    searched: Searched
    names: tuple[str, ...]
    converters: tuple[Converter | None, ...]


def list_each(
    connection: sa.Connection, context: Context, release: Release, query: Query, conditions: Sequence[str]
) -> list[Beginning]:
    """The first records that match a query and each of several conditions, under the actor's rights.

    Raises Denied and BadQuery.
    """
    listings = _listings(connection, context, release, query, conditions)
    first = listings[0]
    key = ("list each", first.reader.key, context.language, tuple(one.shape for one in listings))
    plan: Plan = release.cached(key, lambda: _pages(listings))
    given = {"limit": query.limit + 1, **first.given(plan.searched)}
    found = [list[Row]() for _ in listings]
    for part, *row in fetch(connection, context, release, plan.prepared, given):
        found[part].append(tuple(row))
    kept = [rows[: query.limit] for rows in found]
    every = [row for rows in kept for row in rows]
    made = iter(fill_links(connection, context, first.reader, plan.columns, plan.row, every, plan.gathered))
    engine = release.tables.engine
    return [
        Beginning([next(made) for _ in rows], plan.cursor(rows[-1], engine) if len(all_) > len(rows) else None)
        for rows, all_ in zip(kept, found, strict=True)
    ]


def tally_each(
    connection: sa.Connection,
    context: Context,
    release: Release,
    query: Query,
    conditions: Sequence[str],
    measures: Mapping[str, str],
) -> list[Tally]:
    """How many records match a query and each of several conditions, and measures such as `sum(amount)` over them."""
    listings = _listings(connection, context, release, query, conditions)
    first = listings[0]
    key = ("tally each", first.reader.key, tuple(one.shape for one in listings), tuple(measures.items()))
    plan: _Tallying = release.cached(key, lambda: _tallies(listings, measures))
    rows = {row[0]: row[1:] for row in fetch(connection, context, release, plan.prepared, first.given(plan.searched))}
    return [_tally(plan, *rows[part]) for part in range(len(listings))]


def _tally(plan: _Tallying, count: int, *values: Any) -> Tally:
    if count > MOST_TALLIED:
        return Tally(MOST_TALLIED, True, {})
    found = zip(plan.names, plan.converters, values, strict=True)
    return Tally(count, False, {name: v if v is None or convert is None else convert(v) for name, convert, v in found})


def _listings(
    connection: sa.Connection, context: Context, release: Release, query: Query, conditions: Sequence[str]
) -> list[Listing]:
    # The line's end keeps a comment at the end of a filter from swallowing the rest.
    whole = f"({query.filter}\n) and " if query.filter.strip() else ""
    return [listing_of(connection, context, release, replace(query, filter=whole + one)) for one in conditions]


def _pages(listings: Sequence[Listing]) -> Plan:
    found = [page_of(one, WHOLE, False) for one in listings]
    return found[0][1](_together(listings[0].connection, [select for select, _ in found]))


def _tallies(listings: Sequence[Listing], measures: Mapping[str, str]) -> _Tallying:
    found = [_counted(one, measures) for one in listings]
    _, searched, converters = found[0]
    prepared = _together(listings[0].connection, [select for select, _, _ in found])
    return _Tallying(prepared, searched, tuple(measures), converters)


def _counted(
    listing: Listing, measures: Mapping[str, str]
) -> tuple[sa.Select[Any], Searched, tuple[Converter | None, ...]]:
    """What a list comes to, of one record more than are told: then nothing is known of the whole."""
    statement, searched = matching(listing)
    reader, entity, dialect = listing.reader, listing.query.entity, statement.tables.dialect
    asked = [read_measure(reader, listing.context, entity, name, text) for name, text in measures.items()]
    taken: list[sa.ColumnElement[Any]] = [sa.literal_column("1").label("one")]
    taken += [counted(statement, measure).label(f"c{index}") for index, measure in enumerate(asked)]
    limit: sa.ColumnElement[int] = sa.literal_column(str(MOST_TALLIED + 1))
    inner = walking(listing.connection, statement, lambda: statement.select(*taken).limit(limit)).subquery()
    totals = [gathered(one, inner.c[f"c{index}"], dialect).label(f"t{index}") for index, one in enumerate(asked)]
    told: list[sa.ColumnElement[Any]] = [sa.func.count().label("number"), *totals]
    select = sa.select(*told).select_from(inner)
    return select, searched, tuple(converter(one.type, reader.release.tables.engine) for one in asked)


def _together(connection: sa.Connection, selects: Sequence[sa.Select[Any]]) -> Prepared:
    """One statement of several, each row with the place of its own first; the order within each stays."""
    parts = [select.subquery(f"part{place}") for place, select in enumerate(selects)]
    numbered = [sa.select(sa.literal_column(str(place)).label("part"), *part.c) for place, part in enumerate(parts)]
    return prepare(connection, sa.union_all(*numbered))
