"""A wish to take a batch back, put into the queue: one at a time for a batch, carried out by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from kith.problems import Words
from kith.runtime import queue
from kith.runtime.accounts.actors import actor_of_user
from kith.runtime.context import SYSTEM, Context
from kith.runtime.past.undoing import advance
from kith.runtime.release import Release
from kith.runtime.schema import system

KIND = "undo"
NOBODY = Words("Whoever asked for this may not sign in any more; nothing was done.", "发起人已不能登录；未做任何更改。")

_JOB = system.job.c


def put(connection: sa.Connection, context: Context, batch: str) -> str:
    """Put the wish of who acts into the queue; its job, or that of a wish for the same batch that is not over yet."""
    known = wishes(connection, batch)
    if known and known[0].state in ("waiting", "running"):
        return known[0].id
    payload = {"batch": batch, "actor": context.actor.id}
    once = f"{KIND}:{batch}:{len(known)}"
    row = queue.job_row(KIND, payload, now=context.now, once=once)
    queue.enqueue_once(connection, row)
    return str(connection.scalar(sa.select(_JOB.id).where(_JOB.once == once)))


def wishes(connection: sa.Connection, batch: str) -> list[queue.Listed]:
    """The jobs that take a batch back, the latest first."""
    mine = sa.select(_JOB.id).where(_JOB.once >= f"{KIND}:{batch}:", _JOB.once < f"{KIND}:{batch};")
    ids = connection.scalars(mine.order_by(_JOB.id.desc())).all()
    return [job for id_ in ids for job in queue.jobs(connection, id_=str(id_))]


def carry_on(
    connection: sa.Connection, context: Context, release: Release, payload: Mapping[str, Any], noted: Mapping[str, Any]
) -> tuple[dict[str, Any], bool]:
    """Take the next step of a wish, by the right that who asked for it has now; nothing where he may not sign in any more."""
    actor = actor_of_user(connection, release, payload["actor"]) if payload["actor"] else SYSTEM
    if actor is None:
        return {"stopped": {"en": NOBODY.en, "zh": NOBODY.zh}}, False
    return advance(connection, context.as_(actor), release, payload["batch"], noted)
