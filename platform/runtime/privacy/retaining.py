"""Retention: what is kept no longer than its entity says, told before and done at night, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from kith.metadata.model_privacy import Retention
from kith.runtime.context import Context
from kith.runtime.privacy.erasing import Asked, Held, erase
from kith.runtime.privacy.fates import fates_of
from kith.runtime.privacy.overdue import cutoff, overdue
from kith.runtime.release import Release
from kith.runtime.write.change import Cause, Change, Refused
from kith.runtime.write.gate import save_within
from kith.runtime.write.wakening import added

RECORDS, PEOPLE = 200, 10
"""Records, and people with all that hangs on them, that one transaction takes."""


@dataclass(frozen=True, slots=True)
class Due:
    """Records of an entity that have been kept long enough, and how many others go or are emptied along with them."""

    entity: str
    retention: Retention
    before: date
    count: int
    along: Mapping[str, int]


def due(connection: sa.Connection, context: Context, release: Release) -> Iterator[Due]:
    """What retention would do now, entity by entity; what hangs on the records is told of the first thousands."""
    for name, retention in _rules(release):
        wanted = overdue(context, release, name, retention)
        count = int(connection.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0)
        ids = [str(id_) for id_ in connection.scalars(wanted.limit(5_000))]
        found = fates_of(connection, release, name, ids, retention.do).all if retention.do != "delete" else {}
        along = {other: len(some) for other, some in found.items() if other != name}
        yield Due(name, retention, cutoff(context, retention.after), count, along)


def retain(
    connection: sa.Connection, context: Context, release: Release, batch: str, so_far: Mapping[str, Any]
) -> tuple[dict[str, Any], bool]:
    """Do so with the next records: what has come of it so far, and whether there may be more."""
    at, after = so_far.get("entity", ""), so_far.get("after", "")
    for name, retention in _rules(release):
        if name < at:
            continue
        wanted = overdue(context, release, name, retention)
        if name == at and after:
            wanted = wanted.where(release.tables[name].id > after)
        limit = PEOPLE if release.model.entities[name].person else RECORDS
        ids = [str(id_) for id_ in connection.scalars(wanted.limit(limit))]
        if ids:
            told = _carry_out(connection, context, release, batch, name, retention, ids)
            return {**added(so_far, told), "entity": name, "after": ids[-1]}, True
    return {**so_far}, False


def _carry_out(
    connection: sa.Connection,
    context: Context,
    release: Release,
    batch: str,
    entity: str,
    retention: Retention,
    ids: Sequence[str],
) -> dict[str, Any]:
    if retention.do == "delete":
        changes = [Change("delete", entity, id_) for id_ in ids]
        cause = Cause("job", batch=batch, detail="retention")
        verdicts = save_within(connection, context, release, changes, cause, "each")
        refused = sum(isinstance(one, Refused) for one in verdicts)
        return {"deleted": len(ids) - refused, "refused": refused}
    done = "erased" if retention.do == "erase" else "anonymised"
    try:
        erase(connection, context, release, Asked(entity, tuple(ids), retention.do))
    except Held:
        return _one_by_one(connection, context, release, Asked(entity, tuple(ids), retention.do), done)
    return {done: len(ids)}


def _one_by_one(
    connection: sa.Connection, context: Context, release: Release, asked: Asked, done: str
) -> dict[str, Any]:
    """Something that hangs on one of them is held: the others go all the same."""
    held = 0
    for id_ in asked.ids:
        try:
            erase(connection, context, release, Asked(asked.entity, (id_,), asked.do))
        except Held:
            held += 1
    return {done: len(asked.ids) - held, "held": held}


def _rules(release: Release) -> list[tuple[str, Retention]]:
    entities = sorted(release.model.entities.items())
    return [(name, entity.retention) for name, entity in entities if entity.retention is not None]
