"""Members of set fields: choices, tags and references, and how they come inside the statement of a single record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from kith.metadata.model import Field
from kith.rules.sql.tables import Element, Rows
from kith.rules.sql.values import reader as converter
from kith.rules.types import TEXT, Type
from kith.runtime.context import Context
from kith.runtime.read.guarded import Guarded
from kith.runtime.read.masking import HIDDEN
from kith.runtime.read.paths import Place
from kith.runtime.read.prepared import Row
from kith.runtime.read.query import Masked, Reference
from kith.runtime.read.statement import Statement
from kith.runtime.read.titles import parts_of, want_title
from kith.runtime.schema.sortkeys import sort_key

Member = Callable[[Row], Any]


def want_member(statement: Statement, value: Element, item: Type, context: Context) -> Member:
    """Select a member, and of a reference what its label is made of; what makes it of a tuple."""
    index = statement.want(value)
    if item.kind != "ref":
        convert = converter(item, statement.tables.tables.engine)
        return (lambda row: row[index]) if convert is None else (lambda row: convert(row[index]))
    if not statement.reader.may_read(item.entity):
        return lambda row: Reference(row[index], "", False)
    target = statement.tables.found(item.entity, value)
    statement.source = statement.source.outerjoin(target.source, target.where)
    found = statement.want(target.source.c.id)
    title = want_title(statement, Rows(item.entity, target.source), context)
    return lambda row: Reference(row[index], title(row)) if row[found] is not None else Reference(row[index], "", False)


def order_of(declared: Field) -> Callable[[Any], Any]:
    """Options stand in their declared order, tags as texts sort, references by their labels."""
    places = {key: place for place, key in enumerate(declared.options)}
    item = declared.type.item or TEXT
    if places:
        return lambda value: (places.get(value, len(places)), str(value))
    if item.kind == "ref":
        return lambda reference: (sort_key(reference.label), reference.id)
    return sort_key if item.kind == "text" else _itself


def _itself(value: Any) -> Any:
    return value


def inside(statement: Statement, place: Place, context: Context) -> Member | None:
    """A set as one column of its record's row; None where its labels hold more than texts, which JSON would change."""
    declared, rows = place.declared, place.rows
    assert declared is not None
    assert rows is not None
    item = declared.type.item or TEXT
    if not has_plain_labels(statement, item):
        return None
    link = statement.reader.release.tables[place.entity].links[place.name]
    inner = Statement(statement.reader, Guarded(statement.reader, rows), link.table)
    member = want_member(inner, link.value, item, context)
    inner.limit_to(link.record == rows.source.c.id)
    access = place.access
    inner.limit_to(statement.tables.condition(rows, access.mask if access.read.never else access.read))
    index = statement.want(inner.select(gathered(statement, inner.wanted)).correlate(rows.source).scalar_subquery())
    order = order_of(declared)

    def cell(row: Row) -> Any:
        members = members_in(row[index])
        if access.read.never:
            return Masked(HIDDEN) if members else ()
        return tuple(sorted((member(one) for one in members), key=order))

    return cell


def members_in(found: Any) -> Sequence[Row]:
    """What was gathered, as rows again; the drivers differ in whether they read JSON."""
    return orjson.loads(found) if isinstance(found, str) else found or ()


def has_plain_labels(statement: Statement, item: Type) -> bool:
    """Whether members and their labels are made of texts alone, which JSON carries as they are."""
    if item.kind != "ref" or not statement.reader.may_read(item.entity):
        return item.kind in ("text", "choice", "ref")
    parts = parts_of(statement.reader, item.entity)
    return all(isinstance(part, str) or part.type.kind in ("text", "choice") for part in parts)


def gathered(statement: Statement, wanted: list[Element]) -> Element:
    """Rows as one JSON array of arrays."""
    if statement.tables.dialect.name == "sqlite":
        return sa.func.json_group_array(sa.func.json_array(*wanted), type_=sa.Text())
    return sa.func.json_agg(sa.func.json_build_array(*wanted), type_=sa.JSON())
