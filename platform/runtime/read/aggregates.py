"""Measures by group: one statement, under the rights of the one who asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kith.metadata.parts import parts_in
from kith.rules.measuring import UNGROUPABLE
from kith.rules.program import Expression
from kith.rules.sql.tables import Element
from kith.rules.sql.values import reader as converter
from kith.rules.types import DATE, INT, Type
from kith.runtime.context import Context
from kith.runtime.read.arrays import Asking
from kith.runtime.read.asking import CONDITION, VALUE, expression
from kith.runtime.read.buckets import bucketed
from kith.runtime.read.labels import labels_of
from kith.runtime.read.measures import counted, gathered, option_at, read_measure
from kith.runtime.read.messages import no_entity, unfit
from kith.runtime.read.prepared import Prepared, Row, fetch, prepare
from kith.runtime.read.query import AggregateQuery, Group
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.read.statement import Statement, statement_about
from kith.runtime.read.walking import walking
from kith.runtime.release import Release

MOST_COLUMNS = 40
MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an answer: what it is grouped or measured by inside and outside of the grouping."""

    name: str
    inner: Element
    outer: Callable[[Element], Element]
    sort: Callable[[Element], Element]
    type: Type
    convert: Callable[[Any], Any] | None
    grouped: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """An aggregation's statement, and how its tuples are read."""

    prepared: Prepared
    names: tuple[str, ...]
    types: tuple[Type, ...]
    converters: tuple[Callable[[Any], Any] | None, ...]
    references: tuple[int, ...]

    def row(self, row: Row) -> list[Any]:
        """The values of a row."""
        return [
            value if value is None or convert is None else convert(value)
            for value, convert in zip(row, self.converters, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Aggregated:
    """Measures by group, each row a mapping from name to value, with the types of the values."""

    types: Mapping[str, Type]
    rows: list[dict[str, Any]]


def aggregate(
    connection: sa.Connection, context: Context, release: Release, query: AggregateQuery
) -> list[dict[str, Any]]:
    """Measures by group, each a mapping from name to value; groups by a reference give References with their labels."""
    return aggregated(connection, context, release, query).rows


def aggregated(connection: sa.Connection, context: Context, release: Release, query: AggregateQuery) -> Aggregated:
    """The same with the types of the values."""
    reader = reader_of(context, release)
    key = (
        "aggregate", reader.key, query.entity, query.group, tuple(query.measures.items()), query.filter, query.sort,
    )  # fmt: skip
    plan = release.cached(key, lambda: _make(connection, context, reader, query))
    if not 0 < query.limit <= MOST_ROWS:
        raise unfit(context, "limit", "limit", limit=MOST_ROWS)
    found = fetch(connection, context, release, plan.prepared, {"limit": query.limit})
    rows = [plan.row(row) for row in found]
    for index in plan.references:
        ids = {row[index] for row in rows if row[index] is not None}
        labels = labels_of(connection, context, reader, plan.types[index].entity, ids)
        for row in rows:
            row[index] = labels.get(row[index])
    types = dict(zip(plan.names, plan.types, strict=True))
    return Aggregated(types, [dict(zip(plan.names, row, strict=True)) for row in rows])


def _make(connection: sa.Connection, context: Context, reader: Reader, query: AggregateQuery) -> Plan:
    if not reader.may_read(query.entity):
        raise no_entity(context, query.entity)
    statement = statement_about(reader, query.entity)
    statement.only()
    if query.filter.strip():
        condition = expression(reader, context, query.entity, query.filter, "filter", CONDITION)
        statement.ask(condition.tree)
    columns = [_group(statement, context, group) for group in query.group]
    columns += [_measure(statement, context, name, text) for name, text in query.measures.items()]
    _check(context, columns)
    references = tuple(index for index, column in enumerate(columns) if column.grouped and column.type.kind == "ref")
    return Plan(
        prepare(connection, walking(connection, statement, lambda: _grouped(statement, context, query, columns))),
        tuple(column.name for column in columns),
        tuple(column.type for column in columns),
        tuple(column.convert for column in columns),
        references,
    )


def _check(context: Context, columns: list[Column]) -> None:
    names = [column.name for column in columns]
    if not names:
        raise unfit(context, "nothing_asked", "measures")
    if len(names) > MOST_COLUMNS:
        raise unfit(context, "too_many_groups", "measures", limit=MOST_COLUMNS)
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise unfit(context, "twice", "measures", name=twice)


def _grouped(statement: Statement, context: Context, query: AggregateQuery, columns: list[Column]) -> sa.Select[Any]:
    """The grouping over a query of the records, so that each expression is written once."""
    inner = statement.select(*(column.inner.label(f"c{index}") for index, column in enumerate(columns))).subquery()
    outer = [column.outer(inner.c[f"c{index}"]) for index, column in enumerate(columns)]
    select = sa.select(*(element.label(f"a{index}") for index, element in enumerate(outer))).select_from(inner)
    groups = [inner.c[f"c{index}"] for index, column in enumerate(columns) if column.grouped]
    by_name = {column.name: (column, element) for column, element in zip(columns, outer, strict=True)}
    terms: list[Any] = []
    for sort in query.sort:
        if sort.path not in by_name:
            raise unfit(context, "no_column", "sort", name=sort.path)
        column, element = by_name[sort.path]
        key = column.sort(element)
        terms.append((key.desc() if sort.descending else key.asc()).nulls_last())
    # Ties, and answers without an order, go by the groups.
    terms += [column.sort(by_name[column.name][1]).asc().nulls_last() for column in columns if column.grouped]
    return select.group_by(*groups).order_by(*terms).limit(sa.bindparam("limit", type_=sa.Integer()))


def _group(statement: Statement, context: Context, group: Group) -> Column:
    found = expression(statement.reader, context, statement.this.entity, group.expression, group.name, VALUE)
    if parts := [*parts_in(found.type)]:
        raise unfit(context, "names_parts", group.name, name=group.expression, example=f"{group.expression}.{parts[0]}")
    if found.type.kind in UNGROUPABLE:
        raise unfit(context, "not_groupable", group.name, name=group.name)
    if group.bucket:
        return _bucket(statement, context, group, found)
    ranked = _ranked(statement, found.type) if found.type.kind == "choice" else _same
    element = statement.value(found.tree)
    return _column(statement, group.name, element, _same, ranked, found.type, grouped=True)


def _bucket(statement: Statement, context: Context, group: Group, found: Expression) -> Column:
    if found.type.kind not in ("date", "datetime"):
        raise unfit(context, "not_a_day", group.name, name=group.name)
    element = bucketed(statement.tables.dialect, statement.value(found.tree), found.type, group.bucket)
    return _column(statement, group.name, element, _same, _same, DATE, grouped=True)


def _measure(statement: Statement, context: Context, name: str, text: str) -> Column:
    measure = read_measure(statement.reader, context, statement.this.entity, name, text)
    dialect = statement.tables.dialect
    column = _column(
        statement, name, counted(statement, measure), lambda element: gathered(measure, element, dialect), _same,
        measure.type, grouped=False,
    )  # fmt: skip
    if measure.type.kind == "choice":
        return Column(name, column.inner, column.outer, _same, INT, lambda place: option_at(place, measure.type), False)
    return column


def _column(
    statement: Statement, name: str, inner: Element, outer: Callable[[Element], Element],
    sort: Callable[[Element], Element], type_: Type, *, grouped: bool,
) -> Column:  # fmt: skip
    convert = converter(type_, statement.tables.tables.engine)
    return Column(name, inner, outer, sort, type_, convert, grouped)


def _same(element: Element) -> Element:
    return element


def _ranked(statement: Statement, type_: Type) -> Callable[[Element], Element]:
    """Options in their declared order."""
    number = Asking(statement.tables, statement.tables.dialect).dialect.number
    places = {key: number(place) for place, key in enumerate(type_.options)}
    return lambda element: sa.case(places, value=element) if places else element
