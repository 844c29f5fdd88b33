"""Orders of lists: what each key sorts by, and the conditions that make a page begin where the last one ended.

Nulls come last in both directions, the id decides ties. A page that begins among records whose first key is set goes on, if
need be, among those where it is null: two ranges, each of which an index can serve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from kith.rules.sql.tables import Element
from kith.rules.types import DATE, INT, TEXT, Type
from kith.runtime.context import Context
from kith.runtime.read.messages import no_field, unfit
from kith.runtime.read.paths import Place, place_of
from kith.runtime.read.query import Sort
from kith.runtime.read.reader import Clause
from kith.runtime.read.statement import Statement, folded, target_of
from kith.runtime.read.titles import first_text

Zone = Literal["all", "set", "null"]
"""Which records a page reads: all, those whose first key is set, or those where it is null."""
MOST_KEYS = 8


@dataclass(frozen=True, slots=True)
class Key:
    """One sort key: its SQL, its type, and its place in the driver's tuples."""

    element: Element
    type: Type
    descending: bool
    nullable: bool
    index: int


def want_keys(statement: Statement, sorts: Sequence[Sort], context: Context) -> tuple[Key, ...]:
    """Select the sort keys of an order."""
    if len(sorts) > MOST_KEYS:
        raise unfit(context, "too_many_keys", "sort", limit=MOST_KEYS)
    keys = []
    for sort in sorts:
        place = place_of(statement, sort.path, context)
        if place.access.read.never:
            # A masked value may be seen as a mask only: an order would tell more.
            raise no_field(context, sort.path)
        element, type_ = _sorted_by(statement, place, context)
        nullable = not _is_never_null(statement, place)
        keys.append(Key(element, type_, sort.descending, nullable, statement.want(element)))
    return tuple(keys)


def _is_never_null(statement: Statement, place: Place) -> bool:
    if place.rows is not statement.this or not place.access.read.always or place.type.kind == "ref":
        return False
    if place.declared is None:
        return not place.type.nullable
    if place.worth != place.column:
        return False
    whole = place.type.kind != "record" and not place.part
    return place.declared.required and place.declared.storage == "stored" and whole


def _sorted_by(statement: Statement, place: Place, context: Context) -> tuple[Element, Type]:
    if place.declared is not None and place.declared.type_name == "json":
        raise unfit(context, "not_sortable", "sort", name=place.path)
    if place.rows is None:
        return sa.cast(sa.null(), statement.tables.dialect.type_(TEXT)), TEXT
    match place.type.kind:
        case "text" | "record":
            return _text_key(statement, place, context)
        case "choice":
            places = {key: statement.tables.dialect.number(index) for index, key in enumerate(place.type.options)}
            value = statement.tables.column(place.rows, place.name)
            return (sa.case(places, value=value) if places else value), INT if places else TEXT
        case "ref":
            return _reference_key(statement, place)
        case "set" | "file" | "geo":
            raise unfit(context, "not_sortable", "sort", name=place.path)
        case _:
            return statement.tables.column(place.rows, place.worth), place.type


def _text_key(statement: Statement, place: Place, context: Context) -> tuple[Element, Type]:
    assert place.rows is not None
    if place.declared is None or place.part:
        return statement.tables.column(place.rows, place.column), TEXT
    key = statement.sort_column(place.rows, place.declared)
    if key is not None:
        return key, TEXT
    if place.type.kind == "record":
        parts = statement.reader.release.tables[place.entity].columns[place.name].parts
        name, column = next(iter(parts.items()))
        first = statement.tables.where_readable(place.rows, place.name, place.rows.source.c[column.name])
        return first, DATE if name == "start" else TEXT
    value = statement.tables.column(place.rows, place.name)
    return (value if place.declared.storage == "stored" else folded(statement.tables.dialect, value)), TEXT


def _reference_key(statement: Statement, place: Place) -> tuple[Element, Type]:
    """References sort by the first text of the title of what they name."""
    assert place.rows is not None
    target = target_of(statement.reader, place.entity, place.name)
    name = first_text(statement.reader, target) if target else ""
    joined = statement.join(place.rows, place.name) if name else None
    declared = statement.reader.field(target, name) if name else None
    if joined is None or declared is None:
        return statement.tables.dialect.code_points(
            sa.cast(statement.tables.column(place.rows, place.name), sa.Text())
        ), TEXT
    key = statement.sort_column(joined, declared)
    return (key if key is not None else folded(statement.tables.dialect, statement.tables.column(joined, name))), TEXT


def order_by(keys: Sequence[Key], id_: Element, zone: Zone, backwards: bool) -> list[sa.ColumnElement[object]]:
    """The ORDER BY of a page."""
    terms: list[sa.ColumnElement[object]] = []
    for index, key in enumerate(keys):
        if index == 0 and zone == "null":
            continue
        falling = key.descending != backwards
        term = key.element.desc() if falling else key.element.asc()
        nullable = key.nullable and not (index == 0 and zone == "set")
        terms.append((term.nulls_first() if backwards else term.nulls_last()) if nullable else term)
    falling = (bool(keys) and keys[-1].descending) != backwards
    # The id goes the way of the last key, so that one index serves both.
    return [*terms, id_.desc() if falling else id_.asc()]


def zones(nullable: bool, missing: Sequence[bool], backwards: bool) -> tuple[Zone, ...]:
    """The ranges that a page from a position on may touch, in its direction; `nullable` is the first key."""
    if not nullable:
        return ("all",)
    if backwards:
        return ("null", "set") if missing[0] else ("set",)
    return ("null",) if missing[0] else ("set", "null")


def beyond(statement: Statement, keys: Sequence[Key], missing: Sequence[bool], zone: Zone, backwards: bool) -> Clause:
    """The records after (or before) a position, whose keys are the parameters `key_0` … and `key_id`."""
    dialect, id_ = statement.tables.dialect, statement.this.source.c.id
    at = dialect.parameter("key_id", Type("ref"))
    falling = (bool(keys) and keys[-1].descending) != backwards
    found: Clause = id_ < at if falling else id_ > at
    for index in reversed(range(len(keys))):
        if index == 0 and zone == "null":
            continue
        key = keys[index]
        value = dialect.parameter(f"key_{index}", key.type)
        nullable = key.nullable and not (index == 0 and zone == "set")
        found = _step(key, value, missing[index], nullable, backwards, found, outermost=index == 0)
    return found


def _step(
    key: Key, value: Element, missing: bool, nullable: bool, backwards: bool, rest: Clause, *, outermost: bool
) -> Clause:
    """Further along this key, or equal in it and further along the rest."""
    element, falling = key.element, key.descending != backwards
    if missing:
        equal: Clause = sa.and_(element.is_(None), rest)
        return sa.or_(element.is_not(None), equal) if backwards else equal
    further: Clause = element < value if falling else element > value
    along = sa.or_(further, sa.and_(element == value, rest))
    if nullable and not backwards:
        return sa.or_(along, element.is_(None))
    # The plain bound in front is what an index starts at.
    bound = element <= value if falling else element >= value
    return sa.and_(bound, along) if outermost else along


def within(keys: Sequence[Key], zone: Zone) -> Clause | None:
    """The records of a zone."""
    if zone == "all" or not keys:
        return None
    return keys[0].element.is_(None) if zone == "null" else keys[0].element.is_not(None)
