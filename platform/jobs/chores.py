"""Kith's own work at fixed times, in the workspace's time zone."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kith.metadata.timing import Schedule
from kith.runtime import queue
from kith.runtime.database import Connection
from kith.runtime.release import Release
from kith.runtime.sealing import seal
from kith.runtime.settings import seal_key_of


@dataclass(frozen=True, slots=True)
class Chore:
    """When it is due, and what starts it, in one transaction with noting that it was."""

    schedule: Schedule
    start: Callable[[Connection, Release, datetime, datetime], object]


def _job(kind: str) -> Callable[[Connection, Release, datetime, datetime], object]:
    """Work that takes longer goes into the queue, where it can be seen."""

    def start(connection: Connection, _: Release, slot: datetime, now: datetime) -> object:
        row = queue.job_row(kind, {}, now=now, once=f"kith:{kind}@{slot.isoformat()}", priority=queue.LATER)
        return queue.enqueue_once(connection, row)

    return start


def _seal(connection: Connection, _: Release, __: datetime, now: datetime) -> object:
    return seal(connection, now, seal_key_of(os.environ))


CHORES: Mapping[str, Chore] = {
    "seal": Chore(Schedule("minute", "* * * * *"), _seal),
    "renew": Chore(Schedule("day at 00:00", "0 0 * * *"), _job("renew")),
    "retain": Chore(Schedule("day at 02:30", "30 2 * * *"), _job("retain")),
    "compact": Chore(Schedule("day at 04:30", "30 4 * * *"), _job("compact")),
    "remind": Chore(Schedule("day at 07:00", "0 7 * * *"), _job("remind")),
    "sweep": Chore(Schedule("day at 03:30", "30 3 * * *"), _job("sweep")),
}
