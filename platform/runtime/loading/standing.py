"""How records stand in the database, by physical names, so that two releases can speak of the same values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.metadata.model import Inverse
from kith.runtime.schema.names import Names
from kith.runtime.write.shelf import shelf_of

if TYPE_CHECKING:
    from kith.runtime.release import Release


@dataclass(frozen=True, slots=True)
class Standing:
    """A record: its version, whether it is live, and its values in plain form by column; of owned lines ids and versions."""

    version: int
    live: bool
    cells: Mapping[str, Any]


def standings(connection: sa.Connection, release: Release, entity: str, ids: Collection[str]) -> dict[str, Standing]:
    """Records as they stand, those in the recycle bin too."""
    shelf = shelf_of(release, entity)
    columns = release.names.entities[entity].columns
    cells: dict[str, dict[str, Any]] = {}
    found: dict[str, tuple[int, bool]] = {}
    for record in shelf.select(connection, ids, lock=False):
        found[record["id"]] = (record["version"], record["deleted_at"] is None)
        cells[record["id"]] = {columns[name]: plain(record[name]) for name in shelf.table.columns}
    for name, link in shelf.table.links.items():
        for one in cells.values():
            one[columns[name]] = []
        chosen = link.record.in_(sorted(cells))
        for id_, value in connection.execute(sa.select(link.record, link.value).where(chosen).order_by(link.value)):
            cells[str(id_)][columns[name]].append(str(value))
    for inverse in release.model.entities[entity].inverses.values():
        if inverse.owned:
            _lines(connection, release, inverse, cells)
    return {id_: Standing(version, live, cells[id_]) for id_, (version, live) in found.items()}


def _lines(connection: sa.Connection, release: Release, inverse: Inverse, cells: dict[str, dict[str, Any]]) -> None:
    name = line_cell(release.names, inverse)
    for one in cells.values():
        one[name] = []
    for line in shelf_of(release, inverse.entity).children(connection, inverse.field, cells):
        cells[line[inverse.field]][name].append([line["id"], line["version"]])


def line_cell(names: Names, inverse: Inverse) -> str:
    """What the owned lines of a relation are known by."""
    entity = names.entities[inverse.entity]
    return f"{entity.table}.{entity.columns[inverse.field]}"


def plain(value: Any) -> Any:
    """A value as JSON has it, the same however it was written."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, frozenset | set):
        return sorted(map(str, value))
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in sorted(value.items()) if part is not None}
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    return value.isoformat() if hasattr(value, "isoformat") else value
