"""The jobs of an import: one that tries the whole file and keeps nothing, and one that writes it, some rows in each transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from kith.runtime import probing, queue
from kith.runtime.accounts.actors import actor_of_user
from kith.runtime.context import Context
from kith.runtime.importing import drafts
from kith.runtime.importing.drafts import Draft
from kith.runtime.importing.plans import step_of
from kith.runtime.importing.reports import Report, Told, added, empty, explained
from kith.runtime.importing.source import Reading, let_go, reading, text_of
from kith.runtime.past.wishes import NOBODY
from kith.runtime.read.query import Denied
from kith.runtime.release import Release
from kith.runtime.transfer.batch import Writer
from kith.runtime.transfer.identity import Identity
from kith.runtime.transfer.importing import authorise
from kith.runtime.transfer.mapping import Step
from kith.runtime.transfer.result import Result
from kith.runtime.transfer.table import Row, Unreadable
from kith.runtime.write.change import Cause
from kith.runtime.write.messages import texts

TRY, RUN = "import_check", "import"
"""Kinds of jobs."""
STEP = 500
"""Rows that are saved in one transaction."""
Payload = Mapping[str, Any]


def put(connection: sa.Connection, context: Context, release: Release, draft: Draft, kind: str) -> str:
    """Put the trial or the run of an import into the queue; its job."""
    actor = context.actor
    asked = {"actor": actor.id, "acted_by": actor.acted_by, "language": context.language}
    about = {"draft": draft.id, "entity": draft.entity, "name": draft.name}
    job = queue.enqueue(connection, release, kind, {**asked, **about}, now=context.now)
    drafts.keep(connection, context, replace(draft, tried=job) if kind == TRY else replace(draft, run=job))
    return job


def standing(connection: sa.Connection, draft: Draft, kind: str) -> queue.Listed | None:
    """The job that tries or runs an import; None where there is none, or none any more."""
    id_ = draft.tried if kind == TRY else draft.run
    found = queue.jobs(connection, id_=id_, kind=kind) if id_ else []
    return found[0] if found else None


def report_of(job: queue.Listed, draft: Draft) -> Report:
    """What has come of a job so far."""
    return empty(draft.look.total) | (job.result if isinstance(job.result, dict) else {})


@dataclass(frozen=True, slots=True)
class _Work:
    connection: sa.Connection
    context: Context
    release: Release
    job: str
    draft: Draft
    step: Step
    trial: bool


def advance(
    connection: sa.Connection, context: Context, release: Release, kind: str, job: str, payload: Payload, noted: Payload
) -> tuple[Report, bool]:
    """Try or write the next rows; the report, and whether there are more."""
    actor = actor_of_user(connection, release, payload["actor"])
    entity = release.model.entities.get(payload["entity"])
    if actor is None or entity is None:
        return _stopped(job, noted, {"en": NOBODY.en, "zh": NOBODY.zh})
    acted_by = tuple(payload["acted_by"]) if payload["acted_by"] else None
    context = replace(context.as_(replace(actor, acted_by=acted_by)), language=payload["language"])
    draft = drafts.find(connection, actor.id, release, entity.name, payload["draft"])
    say = texts(context.language)
    if draft is None or not draft.file:
        return _stopped(job, noted, say("unreadable.upload_gone"))
    try:
        step = step_of(release.model, entity, draft.plan)
        authorise(context, release, [step])
        work = _Work(connection, context, release, job, draft, step, kind == TRY)
        return _next(work, {**empty(draft.look.total), **noted})
    except Unreadable as error:
        return _stopped(job, noted, say(f"unreadable.{error.code}", **error.values))
    except Denied as error:
        return _stopped(job, noted, error.message)


def _stopped(job: str, noted: Payload, said: str | Mapping[str, str]) -> tuple[Report, bool]:
    let_go(job)
    told = {"en": said, "zh": said} if isinstance(said, str) else dict(said)
    return {**empty(0), **noted, "stopped": told}, False


def _next(work: _Work, report: Report) -> tuple[Report, bool]:
    key = tuple(work.step.values[name].column for name in work.step.key if name in work.step.values)
    with reading(work.connection, work.draft, work.job, report["rows"], key if work.trial else ()) as open_:
        rows = open_.take(STEP, work.draft)
        report = _tried(work, report, rows, open_) if work.trial else _written(work, report, rows)
    drafts.touch(work.connection, work.draft.file, work.context.now)
    if len(rows) == STEP and "stopped" not in report:
        return report, True
    let_go(work.job)
    if not work.trial:
        drafts.done_with(work.connection, work.draft)
    return report, False


def _tried(work: _Work, report: Report, rows: Sequence[Row], open_: Reading) -> Report:
    """What would become of rows; nothing of it is kept."""
    told: Told = []
    nested = work.connection.begin_nested()
    try:
        result, failed, taken = _saved(work, rows, told)
    finally:
        nested.rollback()
    report = explained(added(report, result, rows, failed), rows, failed, told)
    report = {**report, "repeats": report["repeats"] + len(open_.repeated(rows))}
    return _probed(work, report, taken)


def _written(work: _Work, report: Report, rows: Sequence[Row]) -> Report:
    """Rows written, and those that could not be used kept with their reasons."""
    result, failed, taken = _saved(work, rows, [])
    columns = work.draft.look.columns
    drafts.note_failures(
        work.connection,
        work.job,
        [
            {
                "row": rows[index].number,
                "cells": [text_of(rows[index].cells.get(one)) for one in columns],
                "reasons": list(reasons),
            }
            for index, reasons in sorted(failed.items())
        ],
    )
    return _probed(work, added(report, result, rows, failed), taken)


def _saved(work: _Work, rows: Sequence[Row], told: Told) -> tuple[Result, dict[int, list[str]], dict[str, int]]:
    result, taken = Result(work.job, work.trial), dict[str, int]()
    cause = Cause("import", batch=work.job, detail=f"import/{work.draft.entity}", quiet=work.draft.plan.quiet)
    connection, context, release = work.connection, work.context, work.release
    identity = Identity(connection, context, release)
    writer = Writer(connection, context, release, cause, (work.step,), result, identity, taken)
    writer.told = lambda index, column, failure: told.append((index, column, failure))
    return result, writer.write(rows), taken


def _probed(work: _Work, report: Report, taken: Mapping[str, int]) -> Report:
    """The report with how many values were taken: an import is no way to find out who is there."""
    secret = {name: times for name, times in taken.items() if probing.is_secret(work.context, work.release, name)}
    probing.note_within(work.connection, work.context, sum(secret.values()))
    before: Mapping[str, int] = report["taken"]
    known = {name: before.get(name, 0) + secret.get(name, 0) for name in {*before, *secret}}
    report = {**report, "taken": known}
    if all(times <= probing.MOST for times in known.values()):
        return report
    said = texts(work.context.language)("import.stopped_too_many_taken")
    return {**report, "groups": [], "bad": [], "stopped": {"en": said, "zh": said}}
