"""Records of several entities, one of each, in one statement: what the references of a record name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.runtime.read.prepared import Prepared, prepare
from kith.runtime.write.shelf import Record, Shelf

if TYPE_CHECKING:
    from kith.runtime.release import Release

MOST_COLUMNS = 500
"""Columns of one such statement; the engines take at least 1,600."""


def fits_together(shelves: Sequence[Shelf]) -> bool:
    """Whether there is anything to gain, and the databases take that many columns."""
    return len(shelves) > 1 and sum(len(shelf.slots) for shelf in shelves) <= MOST_COLUMNS


def select_each(
    connection: sa.Connection, release: Release, wanted: Mapping[str, tuple[Shelf, str]]
) -> dict[str, Record]:
    """The record of an id of each entity; those that are not there are left out."""
    names = tuple(wanted)
    shelves = [shelf for shelf, _ in wanted.values()]
    prepared: Prepared = release.cached(("one of each", names), lambda: prepare(connection, _statement(shelves)))
    (row,) = prepared.run(connection, {f"id{index}": id_ for index, (_, id_) in enumerate(wanted.values())})
    found: dict[str, Record] = {}
    at = 0
    for name, shelf in zip(names, shelves, strict=True):
        part = row[at : at + len(shelf.slots)]
        at += len(shelf.slots)
        if part[0] is not None:
            found[name] = shelf.record(part)
    return found


def _statement(shelves: Sequence[Shelf]) -> sa.Select[Any]:
    joined: sa.FromClause = sa.select(sa.literal_column("1").label("one")).subquery("one")
    for index, shelf in enumerate(shelves):
        id_ = shelf.table.id
        joined = joined.outerjoin(shelf.table.table, id_ == sa.bindparam(f"id{index}", type_=id_.type))
    return sa.select(*(slot.wanted for shelf in shelves for slot in shelf.slots)).select_from(joined)
