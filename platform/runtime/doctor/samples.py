"""Which records are looked at: all, or the first and the last of an entity; and what renewing them would change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import sqlalchemy as sa

from kith.runtime.doctor.findings import Visit
from kith.runtime.write.renewing import renew

T = TypeVar("T")

SAMPLE = 100
"""Records from either end of an entity."""
BATCH = 500


def batches(visit: Visit, entity: str, *, live: bool = False) -> Iterator[list[str]]:
    """The ids of the records to look at, some at a time, with `live` those in the recycle bin left out."""
    table = visit.release.tables[entity]
    everyone = sa.select(table.id).where(table.live) if live else sa.select(table.id)
    if not visit.deep:
        with visit.database.read() as connection:
            first = connection.scalars(everyone.order_by(table.id).limit(SAMPLE)).all()
            last = connection.scalars(everyone.order_by(table.id.desc()).limit(SAMPLE)).all()
        ids = sorted({*map(str, first), *map(str, last)})
        if ids:
            yield ids
        return
    after = ""
    while True:
        asked = everyone.order_by(table.id).limit(BATCH)
        if after:
            asked = asked.where(table.id > after)
        with visit.database.read() as connection:
            ids = list(map(str, connection.scalars(asked)))
        if ids:
            yield ids
        if len(ids) < BATCH:
            return
        after = ids[-1]


def renewed(
    visit: Visit, entity: str, fields: Sequence[str], ids: Sequence[str], look: Callable[[sa.Connection], T]
) -> tuple[T, T]:
    """What is seen before and after records are renewed as a save would; nothing of it is kept."""

    def work(connection: sa.Connection) -> tuple[T, T]:
        trial = connection.begin_nested()
        before = look(connection)
        renew(connection, visit.context, visit.release, entity, fields, ids)
        after = look(connection)
        trial.rollback()
        return before, after

    return visit.database.run(work)
