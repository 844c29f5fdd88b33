"""Fields that take less than they did, and hold values that no longer fit: they get columns of their own as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.runtime.converting.ways import TEXT_KINDS, longest
from kith.runtime.plan.empties import choice_column
from kith.runtime.plan.pairs import Pairs, former_options
from kith.runtime.schema.pairing import Moving
from kith.runtime.schema.storage import is_stored
from kith.runtime.schema.tables import EntityTable, Tables


def narrowed(connection: sa.Connection, pairs: Pairs, tables: Tables) -> Moving:
    """Those fields, by entity and name: texts over a new limit, and on the way back options that came later."""
    return frozenset(_narrowed(connection, pairs, tables))


def _narrowed(connection: sa.Connection, pairs: Pairs, tables: Tables) -> Iterator[tuple[str, str]]:
    for old_entity, entity in pairs.kept():
        for field in entity.fields.values():
            old = pairs.field(field)
            if old is None or old is field or old.type_name != field.type_name or old.is_computed or not is_stored(old):
                continue
            over = _over(tables[old_entity.name], old, field, back=pairs.pairing.is_back)
            if over is not None and connection.scalar(over.limit(1)):
                yield entity.name, field.name


def _over(table: EntityTable, old: Field, new: Field, *, back: bool) -> sa.Select[Any] | None:
    """What asks for values that do not fit; None where all do."""
    if new.type_name in TEXT_KINDS and longest(new) < longest(old):
        column = table.columns[old.name].value
        return sa.select(sa.literal(1)).where(sa.func.length(column) > longest(new))
    if back and new.type_name in ("choice", "choices"):
        column = choice_column(table, old.name)
        gone = set(old.options) - set(former_options(old, new, back=True).values())
        return sa.select(sa.literal(1)).where(column.in_(sorted(gone))) if gone else None
    return None
