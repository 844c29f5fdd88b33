"""What taking a batch back would do, before anybody asks for it: under the rights of who looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kith.runtime.context import Context
from kith.runtime.past.back import Back, back_of
from kith.runtime.past.batches import (
    Batch,
    Count,
    batch_of,
    counts_of,
    later_than,
    may_undo,
    sent_by,
    undo_of,
    undone_at,
)
from kith.runtime.past.rows import rows_of
from kith.runtime.read.labels import labels_of
from kith.runtime.read.query import Reference
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.release import Release
from kith.runtime.schema import system

LOOKED_AT = 1_000
"""Records with later changes that are looked at; where there are more, that is said."""
TOLD = 100

_HISTORY = system.history.c


@dataclass(frozen=True, slots=True)
class Stays:
    """A record of which something stays as it is: the fields that changed since, none where the whole record stays."""

    entity: str
    record: Reference
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a batch did, what of it would stay, and what it has sent; `more` says that not all that stays is listed."""

    batch: Batch
    counts: Sequence[Count]
    stays: Sequence[Stays]
    more: bool
    sent: int
    sent_first: Sequence[tuple[str, str, Reference]]
    """Kind, entity and record of the first of what was sent."""
    undone_at: datetime | None


def preview(connection: sa.Connection, context: Context, release: Release, batch: str) -> Preview | None:
    """What taking a batch back would do; None where there is none that the reader may take back."""
    found = batch_of(connection, batch)
    if found is None or not may_undo(context, release, found):
        return None
    reader = reader_of(context, release)
    later, more = _later(connection, release, batch)
    backs = [back for back in later if back.keeps and reader.may_read(back.entity)]
    sent, first = sent_by(connection, batch, TOLD)
    named = [(back.entity, back.id) for back in backs[:TOLD]] + [(entity, id_) for _, entity, id_ in first]
    labels = labels_by(connection, context, reader, named)
    return Preview(
        batch=found,
        counts=[one for one in counts_of(connection, release, batch) if reader.may_read(one.entity)],
        stays=[stays(reader, back, labels) for back in backs[:TOLD]],
        more=more or len(backs) > TOLD,
        sent=sent,
        sent_first=[(kind, entity, labels[entity, id_]) for kind, entity, id_ in first if (entity, id_) in labels],
        undone_at=undone_at(connection, batch),
    )


def stays(reader: Reader, back: Back, labels: Mapping[tuple[str, str], Reference]) -> Stays:
    """A record of which something stays, as a reader may be told of it."""
    fields = tuple(name for name in back.kept if _is_told(reader, back.entity, name))
    return Stays(back.entity, labels[back.entity, back.id], () if back.whole else fields)


def labels_by(
    connection: sa.Connection, context: Context, reader: Reader, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Reference]:
    """The labels of records by entity and id; those of entities that the reader does not know are left out."""
    found: dict[tuple[str, str], Reference] = {}
    known = reader.release.model.entities
    for entity in sorted({entity for entity, _ in keys if entity in known}):
        ids = {id_ for one, id_ in keys if one == entity}
        for id_, label in labels_of(connection, context, reader, entity, ids).items():
            found[entity, id_] = label
    return found


def _is_told(reader: Reader, entity: str, field: str) -> bool:
    access = reader.access(entity, field)
    return not (access.read.never and access.mask.never)


def _later(connection: sa.Connection, release: Release, batch: str) -> tuple[list[Back], bool]:
    """What becomes of the records that somebody has worked on since."""
    undo = undo_of(batch)
    chosen = sa.select(_HISTORY.entity, _HISTORY.record).where(_HISTORY.batch == batch, later_than(batch, undo))
    rows: Sequence[Any] = connection.execute(chosen.distinct().limit(LOOKED_AT + 1)).all()
    names, by_table = release.names.by_table, dict[str, list[str]]()
    for table, id_ in rows[:LOOKED_AT]:
        by_table.setdefault(table, []).append(str(id_))
    found: list[Back] = []
    for table, ids in by_table.items():
        entity = names.get(table, "")
        if entity in release.model.entities:
            for id_, history in rows_of(connection, table, ids).items():
                back = back_of(release, entity, id_, history, batch, undo)
                if back is not None:
                    found.append(back)
    return found, len(rows) > LOOKED_AT
