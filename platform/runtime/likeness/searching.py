"""All records of an entity held against each other by a job, for whoever tidies up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.runtime import queue
from kith.runtime.context import SYSTEM, Context
from kith.runtime.likeness.apart import kept_apart
from kith.runtime.read.labels import labels_of
from kith.runtime.read.reader import Reader
from kith.runtime.schema import system
from kith.runtime.search import index_records, likenesses_of
from kith.runtime.write.change import Cause
from kith.runtime.write.likeness import Asked, pairs
from kith.runtime.write.session import Session

if TYPE_CHECKING:
    from kith.runtime.release import Release

KIND = "alike"
STEP = 200
"""Records that are looked at in one transaction."""
MOST = 500
"""Pairs that are kept; there may be more to be found once these are dealt with."""


@dataclass(frozen=True, slots=True)
class Found:
    """How the latest search stands: its job, whether it goes on, when it began, and what it has found so far."""

    job: str
    busy: bool
    failed: bool
    at: datetime
    pairs: tuple[tuple[str, str, str], ...]
    """Ids of both records, and the rule by which they may be the same."""
    looked_at: int


def ask(connection: sa.Connection, release: Release, entity: str, now: datetime) -> str:
    """Have all records looked at; the job, which is the one that is under way where there is one."""
    known = latest(connection, entity)
    if known is not None and known.busy:
        return known.job
    return queue.enqueue(connection, release, KIND, {"entity": entity}, now=now)


def latest(connection: sa.Connection, entity: str) -> Found | None:
    """The latest search of an entity's records."""
    job = system.job.c
    asked = sa.select(job.id, job.state, job.created_at, job.result, job.payload).where(job.kind == KIND)
    for row in connection.execute(asked.order_by(job.id.desc()).limit(100)):
        if row.payload.get("entity") == entity:
            noted = row.result if isinstance(row.result, Mapping) else {}
            found = tuple((str(one), str(other), str(rule)) for one, other, rule in noted.get("pairs", ()))
            busy, failed = row.state in ("waiting", "running"), row.state == "dead"
            return Found(str(row.id), busy, failed, row.created_at, found, int(noted.get("looked_at", 0)))
    return None


def titled(
    connection: sa.Connection, context: Context, reader: Reader, entity: str, pairs: Sequence[tuple[str, str, str]]
) -> dict[str, str]:
    """What those records of pairs are called that are live and that the reader may see."""
    table = reader.release.tables[entity]
    wanted = sorted({id_ for one, other, _ in pairs for id_ in (one, other)})
    live = connection.scalars(sa.select(table.id).where(table.id.in_(wanted), table.live)) if wanted else ()
    found = labels_of(connection, context, reader, entity, [str(id_) for id_ in live])
    return {id_: one.label for id_, one in found.items() if one.visible}


def advance(
    connection: sa.Connection, context: Context, release: Release, payload: Mapping[str, Any], noted: Mapping[str, Any]
) -> tuple[dict[str, Any], bool]:
    """Look at the next records; what is to be noted, and whether there is more.

    Their search rows are brought up to date first, so that each pair is found from its later side whatever was kept before.
    """
    entity = payload["entity"]
    done = {"after": "", "looked_at": 0, "pairs": [], **noted}
    if entity not in release.model.entities:
        return done | {"gone": True}, False
    table = release.tables[entity]
    ids = sa.select(table.id).where(table.live).order_by(table.id).limit(STEP)
    if done["after"]:
        ids = ids.where(table.id > done["after"])
    session = Session(connection, context.as_(SYSTEM), release, Cause("job", detail=KIND), tops=STEP)
    some = [str(id_) for id_ in connection.scalars(ids)]
    session.load_many(entity, some)
    records = [session.records[entity][id_] for id_ in some]
    index_records(connection, release, [(entity, record) for record in records])
    rules = [one for one in likenesses_of(release, entity) if one.rule.action != "ask"]
    keys = [(record, {one: found for one in rules if (found := one.keys(record))}) for record in records]
    asked = [Asked(record["id"], record, known) for record, known in keys if known]
    met = {(other["id"], id_): one.path for id_, one, other in pairs(session, entity, asked) if other["id"] < id_}
    for pair in kept_apart(connection, release, entity, met):
        del met[pair]
    found = [*done["pairs"], *([*pair, rule] for pair, rule in sorted(met.items()))][:MOST]
    more = len(some) == STEP and len(found) < MOST
    return {"after": some[-1] if some else "", "looked_at": done["looked_at"] + len(some), "pairs": found}, more
