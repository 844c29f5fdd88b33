"""Which columns a field has, and of which SQL type (docs/decisions/0004-storage.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from kith.metadata.model import Field
from kith.rules.sql.values import Converter, Engine, reader, sql_type
from kith.rules.tree import BASE, Aggregate
from kith.rules.types import DATE, INT, TEXT, Type, decimal, ref
from kith.runtime.schema.columns import Json

VALUE = ""
"""The name of the part that is the value itself, where a field has one column."""

PARTS: Mapping[str, Mapping[str, Type]] = {
    "date_range": {"start": DATE, "end": DATE},
    "person_name": {"family": TEXT, "given": TEXT},
    "address": dict.fromkeys(("country", "region", "city", "district", "street", "postal_code"), TEXT),
    **{name: {"id": TEXT, "name": TEXT, "type": TEXT, "size": INT} for name in ("file", "image")},
    "any_reference": {"entity": TEXT, "id": ref("")},
}
"""Field types whose value has several columns; the value is then a mapping from part to value."""

SORTED = frozenset({"text", "person_name", "formula", "rollup"})
"""Field types whose texts lists sort as people do, by a stored sort key; other texts sort by their own bytes."""


def column_type(type_: Type, engine: Engine) -> TypeEngine[Any]:
    """The SQL type of a column that holds values of that type."""
    if engine == "postgresql":
        if type_.kind in ("decimal", "money", "percent"):
            return sa.Numeric(type_.precision, type_.scale)
        found = sql_type(type_, engine)
        return sa.Text(collation="C") if isinstance(found, sa.Text) else found
    return sql_type(type_, engine)


def field_type(field: Field, type_: Type, engine: Engine) -> TypeEngine[Any]:
    """The SQL type of one part of a field."""
    if field.type_name == "json":
        return Json()
    return column_type(type_, engine)


def field_reader(field: Field, type_: Type, engine: Engine) -> Converter | None:
    """What turns a column value of one part of a field back."""
    if field.type_name == "json":
        return orjson.loads if engine == "sqlite" else _canonical
    return reader(type_, engine)


def _canonical(value: Any) -> Any:
    # PostgreSQL has an order of keys of its own, and gives a large number as a whole one of any length.
    return orjson.loads(json.dumps(value, sort_keys=True)) if isinstance(value, (dict, list, int)) else value


def is_link(field: Field) -> bool:
    """Whether a field's values stand in a table of their own."""
    return field.type.kind == "set"


def is_stored(field: Field) -> bool:
    """Whether a field has columns at all; others are computed by the query that asks for them."""
    return field.storage != "computed"


def parts_of(field: Field) -> Mapping[str, Type]:
    """The parts of a field's value, each with its type."""
    if field.type_name in PARTS:
        return PARTS[field.type_name]
    if field.currency_field:
        return {VALUE: field.type, BASE: field.type}
    if averages(field):
        # An average moves by deltas only where what it is made of is kept beside it.
        return {VALUE: field.type, "sum": decimal(18, field.type.scale), "count": INT}
    return {VALUE: field.type}


def averages(field: Field) -> bool:
    """Whether a field is a roll-up that is an average as a whole."""
    tree = field.value.tree if field.value is not None and field.type_name == "rollup" else None
    return isinstance(tree, Aggregate) and tree.function == "avg"


def has_sort_key(field: Field) -> bool:
    """Whether lists sort a field by a stored sort key."""
    text = field.type.kind == "text" or field.type_name == "person_name"
    return text and field.type_name in SORTED and is_stored(field)
