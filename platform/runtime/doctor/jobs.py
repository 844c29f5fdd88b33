"""The queue."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from kith.problems import Words
from kith.runtime import queue
from kith.runtime.doctor.findings import Found, Visit, counted
from kith.runtime.schema.system import job

LATE = timedelta(hours=1)


def look(visit: Visit) -> Found:
    """No job has failed for good; those that nobody works on are told."""
    now = visit.context.now
    with visit.database.read() as connection:
        counts = queue.counts(connection)
        stuck = _count(connection, (job.c.state == "running") & (job.c.leased_until < now))
        late = _count(connection, (job.c.state == "waiting") & (job.c.due_at < now - LATE))
    flaws, notes = [], []
    if counts["dead"]:
        flaws.append(
            Words(
                f"{counts['dead']} are dead; `kith jobs list --state dead` says why",
                f"{counts['dead']} 个已失败，可用 `kith jobs list --state dead` 查看原因",
            )
        )
    if stuck:
        notes.append(
            Words(
                f"{stuck} are held by workers that are gone; the next worker takes them",
                f"{stuck} 个由已消失的进程占用，下一个后台进程会接手",
            )
        )
    if late:
        notes.append(
            Words(
                f"{late} have been due for over an hour: does a worker run?",
                f"{late} 个已到期超过一小时：后台进程是否在运行？",
            )
        )
    total = sum(counts.values())
    return Found(counted(total, "job", "jobs", "个任务"), total, flaws, notes)


def _count(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(job).where(condition)) or 0)
