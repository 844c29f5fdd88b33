"""Demo data: made once, completed where nothing stands yet, and a person's from then on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.metadata.model import DataSet
from kith.runtime.context import SYSTEM, Context
from kith.runtime.ids import new_id
from kith.runtime.loading.ordering import in_order
from kith.runtime.loading.rows import Rows, key_fields, key_parts
from kith.runtime.loading.saving import save_rows
from kith.runtime.write.change import Change

if TYPE_CHECKING:
    from kith.runtime.release import Release


def load_demo(connection: sa.Connection, context: Context, release: Release) -> int:
    """Save the demo data whose rows are not there yet, as the system; how many records were made.

    Raises NotLoaded, after which nothing of it may be kept.
    """
    rows = Rows(connection, release.model, release.names, release, context.now)
    return sum(_load(rows, context.as_(SYSTEM), data) for data in in_order(release.model, demo=True))


def _load(rows: Rows, context: Context, data: DataSet) -> int:
    entity = rows.model.entities[data.of]
    names = key_fields(data, entity)
    existing = rows.by_key(entity, names, {name: key_parts(data, names, name) for name in data.rows})
    known = rows.ids.setdefault(data.of, {})
    known.update(existing)
    new = {name: row for name, row in data.rows.items() if name not in existing}
    known.update({name: new_id() for name in new})
    changes = [(name, _create(rows, data, name)) for name in new]
    changes += _later(rows, data, existing)
    save_rows(rows.connection, context, rows.release, data.name, changes)
    return len(new)


def _create(rows: Rows, data: DataSet, name: str) -> Change:
    entity = rows.model.entities[data.of]
    values, children = rows.values(entity, data.rows[name])
    if data.key in entity.fields:
        values.setdefault(data.key, name)
    return Change("create", data.of, rows.ids[data.of][name], values, children)


def _later(rows: Rows, data: DataSet, existing: Mapping[str, str]) -> Iterator[tuple[str, Change]]:
    """Rows of a second data set about records of a first one complete them."""
    if any(other.of == data.of and other.name != data.name for other in rows.model.data.values()):
        for name, id_ in existing.items():
            values, _ = rows.values(rows.model.entities[data.of], data.rows[name])
            yield name, Change("update", data.of, id_, values)
