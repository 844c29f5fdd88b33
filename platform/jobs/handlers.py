"""What is done with each kind of job: a table that a worker's claims are made from."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kith.runtime import bulk, inbox, queue
from kith.runtime.accounts.entries import forget_entries
from kith.runtime.accounts.mailing import send_link
from kith.runtime.context import Context
from kith.runtime.database import Connection
from kith.runtime.files import letting_go
from kith.runtime.idempotency import forget_old
from kith.runtime.importing import drafts, working
from kith.runtime.inbox.reminding import remind
from kith.runtime.likeness import searching
from kith.runtime.past.wishes import carry_on
from kith.runtime.privacy import retaining as retention
from kith.runtime.privacy.compacting import compact
from kith.runtime.publishing import system_context
from kith.runtime.release import Release
from kith.runtime.settings import settings_of
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause
from kith.runtime.write.copying import follow
from kith.runtime.write.overdue import renew_overdue
from kith.runtime.write.timed import Slot, carry_out_slot


@dataclass(frozen=True, slots=True)
class Work:
    """A job with what doing it takes; `job.id` stays the same when it is tried again."""

    job: queue.Job
    workspace: Workspace
    release: Release
    context: Context
    """The system acting now, in the workspace's time zone and first language."""


def work_of(job: queue.Job, workspace: Workspace) -> Work:
    """A job as it is done now."""
    release = workspace.current()
    return Work(job, workspace, release, system_context(release, workspace.clock))


@dataclass(frozen=True, slots=True)
class Within:
    """Work in one transaction with the end of the job: its effects happen exactly once."""

    do: Callable[[Connection, Work], Any]


@dataclass(frozen=True, slots=True)
class Apart:
    """Work that leaves the process, or has transactions of its own: it may be done again, and must bear that."""

    do: Callable[[Work], Any]


@dataclass(frozen=True, slots=True)
class Stepwise:
    """Work of many transactions, each of which notes how far it has come: whoever takes the job up goes on from there.

    `do` takes what is noted so far ({} at first) and returns what is to be noted, and whether there may be more to do.
    """

    do: Callable[[Connection, Work, Mapping[str, Any]], tuple[Any, bool]]


Handler = Within | Apart | Stepwise


def carry_out_schedule(connection: Connection, work: Work) -> Any:
    """Carry out a slot of a rule; nothing where a newer release has no such rule."""
    path = work.job.payload["rule"]
    rules = (rule for rules in work.release.model.rules.values() for rule in rules)
    rule = next((rule for rule in rules if rule.path == path and rule.schedule is not None), None)
    if rule is None:
        return {"gone": True}
    cause = Cause("job", batch=work.job.id, detail=f"schedule/{path}")
    at = datetime.fromisoformat(work.job.payload["slot"])
    return carry_out_slot(Slot(connection, work.context, work.release, rule, at, cause))


def sweep(connection: Connection, work: Work) -> Any:
    """Let go of what nobody will ask for again."""
    now = work.context.now
    drafts.forget(connection, now)
    inbox.forget(connection, now)
    gone = {"jobs": queue.sweep(connection, now), "answers": forget_old(connection, now)}
    return gone | {"entries": forget_entries(connection, now), "files": letting_go.sweep(connection, now)}


def renew(connection: Connection, work: Work, so_far: Mapping[str, Any]) -> tuple[Any, bool]:
    """Work out stored values anew that have run out with the day."""
    return renew_overdue(connection, work.context, work.release, so_far)


def copy(connection: Connection, work: Work, so_far: Mapping[str, Any]) -> tuple[Any, bool]:
    """Bring copies of what a save has changed up to date."""
    cause = Cause("job", batch=work.job.id, detail="copy")
    return follow(connection, work.context, work.release, work.job.payload, cause, so_far)


def retain(connection: Connection, work: Work, so_far: Mapping[str, Any]) -> tuple[Any, bool]:
    """Let go of what has been kept long enough."""
    return retention.retain(connection, work.context, work.release, work.job.id, so_far)


def compacted(work: Work) -> Any:
    """Rewrite the file without what was erased."""
    return {"compacted": 1} if compact(work.workspace.database, work.context.now) else {}


def undo(connection: Connection, work: Work, so_far: Mapping[str, Any]) -> tuple[Any, bool]:
    """Take back some of what a batch has done."""
    return carry_on(connection, work.context, work.release, work.job.payload, so_far)


def change_many(connection: Connection, work: Work, so_far: Mapping[str, Any]) -> tuple[Any, bool]:
    """Change some more of the records that somebody wants changed."""
    return bulk.advance(connection, work.context, work.release, work.job.id, work.job.payload, so_far)


def bring_in(connection: Connection, work: Work, so_far: Mapping[str, Any]) -> tuple[Any, bool]:
    """Try or write some more rows of a file."""
    job = work.job
    return working.advance(connection, work.context, work.release, job.kind, job.id, job.payload, so_far)


def publish(work: Work) -> Any:
    """Publish what somebody wants published, or go back; what reads documents is imported only then."""
    from kith.runtime import commissions

    return commissions.carry_out(work.workspace, work.job, work.context.now)


def email(work: Work) -> Any:
    """Send a letter. What the operator has set is read when it leaves: the worker may be another process than the server."""
    settings = settings_of(os.environ)
    workspace, job = work.workspace, work.job
    return send_link(workspace.database, work.context, work.release, settings, job.id, job.payload)


def notify(connection: Connection, work: Work) -> Any:
    """Tell people what a rule wants them to know."""
    job, payload = work.job, work.job.payload
    about = {"entity": payload["entity"], "record": payload["record"]}
    text = str(payload["message"])
    return {"told": inbox.tell(connection, work.release, payload["to"], "rule", text, at=job.created_at, **about)}


def remind_of_due(connection: Connection, work: Work) -> Any:
    """Tell people what of theirs is due today."""
    return {"told": remind(connection, work.context, work.release)}


def look_alike(connection: Connection, work: Work, so_far: Mapping[str, Any]) -> tuple[Any, bool]:
    """Hold some more records against each other."""
    return searching.advance(connection, work.context, work.release, work.job.payload, so_far)


HANDLERS: Mapping[str, Handler] = {
    "alike": Stepwise(look_alike),
    "bulk": Stepwise(change_many),
    "compact": Apart(compacted),
    "copy": Stepwise(copy),
    "email": Apart(email),
    "import": Stepwise(bring_in),
    "import_check": Stepwise(bring_in),
    "notify": Within(notify),
    "publish": Apart(publish),
    "remind": Within(remind_of_due),
    "renew": Stepwise(renew),
    "retain": Stepwise(retain),
    "schedule": Within(carry_out_schedule),
    "sweep": Within(sweep),
    "undo": Stepwise(undo),
}
