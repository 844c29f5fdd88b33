"""One change to many records, wished for once and carried out by a job: to some by their ids, or to all that match a list.

Each record goes through the write gate as if it were saved alone, by the right of who asked; what is refused is kept with its
reason, and all of it is one batch, named like the job, which can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import sqlalchemy as sa

from kith.runtime import queue
from kith.runtime.accounts.actors import actor_of_user
from kith.runtime.context import Context
from kith.runtime.database import Connection, Database
from kith.runtime.past.wishes import NOBODY
from kith.runtime.read import count_records, list_records
from kith.runtime.read.counting import Counted
from kith.runtime.read.cursors import ID
from kith.runtime.read.labels import labels_of
from kith.runtime.read.query import BadQuery, Denied, Query
from kith.runtime.read.reader import reader_of
from kith.runtime.release import Release
from kith.runtime.write.change import Cause, Change, Refused, Verdict
from kith.runtime.write.gate import RolledBack, save_within

KIND = "bulk"
STEP = 100
"""Records that are saved in one transaction."""
FIRST = 50
"""Records on which a wish is tried before."""
TOLD = 1_000
"""Refused records that are kept with their reasons; beyond it they are only counted."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with which records: those of `ids`, or with `every` all of a view, filter and search."""

    entity: str
    op: Literal["update", "delete"]
    ids: tuple[str, ...] = ()
    every: bool = False
    view: str = ""
    filter: str = ""
    search: str = ""
    action: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    """Fields, or what the action asks for, as a form sends them."""
    back: str = ""
    """Where whoever asks for it came from."""

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Wish:
        """A wish as the queue keeps it."""
        known = {name: payload[name] for name in cls.__dataclass_fields__ if name in payload}
        return cls(**{**known, "ids": tuple(payload["ids"])})

    def change(self, id_: str) -> Change:
        """What it asks of one record."""
        if self.action:
            return Change(self.op, self.entity, id_, action=self.action, inputs=self.values)
        return Change(self.op, self.entity, id_, self.values)

    def query(self, limit: int, cursor: str = "") -> Query:
        """Its records in an order that no change of theirs moves."""
        known = Query(self.entity, (), filter=self.filter, view=self.view, search=self.search)
        return replace(known, limit=limit, cursor=cursor, count="none")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a wish stands: what was asked, of how many records, and what has come of it so far."""

    job: queue.Listed
    wish: Wish
    count: int
    done: Mapping[str, Any]

    @property
    def busy(self) -> bool:
        """Whether it goes on."""
        return self.job.state in ("waiting", "running")

    @property
    def seen(self) -> int:
        """Records that it has come to."""
        return sum(int(self.done.get(name, 0)) for name in ("changed", "deleted", "unchanged", "refused"))


def count_of(connection: sa.Connection, context: Context, release: Release, wish: Wish) -> Counted:
    """How many records it is about, of those that the actor may see."""
    if wish.every:
        return count_records(connection, context, release, wish.query(STEP))
    labels = labels_of(connection, context, reader_of(context, release), wish.entity, wish.ids)
    return Counted(sum(one.visible for one in labels.values()), "exact")


# ---- trying -------------------------------------------------------------------------------------------------------


def tried(database: Database, context: Context, release: Release, wish: Wish) -> dict[str, Verdict]:
    """What would become of the first records, by id; nothing is kept."""
    found: list[str] = []

    def work(connection: Connection) -> list[Verdict]:
        found[:] = _some(connection, context, release, wish, FIRST, {})[0]
        cause = Cause("bulk", dry_run=True, typed=True)
        return save_within(connection, context, release, [wish.change(id_) for id_ in found], cause, "each")

    try:
        verdicts = database.run(work)
    except RolledBack as undone:
        verdicts = undone.verdicts
    return dict(zip(found, verdicts, strict=True))


def _some(
    connection: sa.Connection, context: Context, release: Release, wish: Wish, limit: int, noted: Mapping[str, Any]
) -> tuple[list[str], Mapping[str, Any]]:
    """The next records, and where to go on from, {} at the end."""
    if not wish.every:
        at = noted.get("at", 0)
        return list(wish.ids[at : at + limit]), {"at": at + limit} if at + limit < len(wish.ids) else {}
    page = list_records(connection, context, release, wish.query(limit, noted.get("cursor", "")))
    return [str(row[0]) for row in page.rows], {"cursor": page.next} if page.next else {}


# ---- carrying out -------------------------------------------------------------------------------------------------


def put(connection: sa.Connection, context: Context, release: Release, wish: Wish, count: int) -> str:
    """Put a wish into the queue; its job."""
    actor = context.actor
    asked = {"actor": actor.id, "acted_by": actor.acted_by, "language": context.language, "count": count}
    return queue.enqueue(connection, release, KIND, asdict(wish) | asked, now=context.now)


def standing(connection: sa.Connection, context: Context, release: Release, job: str) -> Standing | None:
    """How a wish stands, for who asked for it and for who administers."""
    found = queue.jobs(connection, id_=job, kind=KIND) if ID.fullmatch(job) else []
    if not found:
        return None
    payload = found[0].payload
    if payload["actor"] != context.actor.id and not reader_of(context, release).administers:
        return None
    done = found[0].result if isinstance(found[0].result, Mapping) else {}
    return Standing(found[0], Wish.of(payload), payload["count"], done)


def advance(
    connection: sa.Connection, context: Context, release: Release, job: str, payload: Mapping[str, Any],
    noted: Mapping[str, Any],
) -> tuple[dict[str, Any], bool]:  # fmt: skip
    """Do the next records; what is to be noted, and whether there are more."""
    actor, wish = actor_of_user(connection, release, payload["actor"]), Wish.of(payload)
    if actor is None:
        return {**noted, "stopped": {"en": NOBODY.en, "zh": NOBODY.zh}}, False
    acted_by = tuple(payload["acted_by"]) if payload["acted_by"] else None
    context = replace(context.as_(replace(actor, acted_by=acted_by)), language=payload["language"])
    try:
        ids, on = _some(connection, context, release, wish, STEP, noted)
    except (BadQuery, Denied) as refused:
        return {**noted, "stopped": {"en": refused.message, "zh": refused.message}}, False
    cause = Cause("bulk", batch=job, detail=wish.action, typed=True)
    verdicts = save_within(connection, context, release, [wish.change(id_) for id_ in ids], cause, "each")
    return {**_noted(wish, ids, verdicts, noted), **on}, bool(on)


def _noted(wish: Wish, ids: Sequence[str], verdicts: Sequence[Verdict], before: Mapping[str, Any]) -> dict[str, Any]:
    changed = "deleted" if wish.op == "delete" else "changed"
    done: dict[str, Any] = {changed: 0, "unchanged": 0, "refused": 0, "refusals": [], **before}
    refusals = [*done["refusals"]]
    for id_, verdict in zip(ids, verdicts, strict=True):
        done["refused" if isinstance(verdict, Refused) else changed if verdict.changed else "unchanged"] += 1
        if isinstance(verdict, Refused) and len(refusals) < TOLD:
            refusals.append({"record": f"{wish.entity}/{id_}", "message": reason_of(verdict)})
    return done | {"refusals": refusals}


def reason_of(refused: Refused) -> str:
    """Why a record is refused, each reason once."""
    return " ".join(dict.fromkeys(one.message for one in refused.failures)) or refused.kind
