"""The scheduler: starts the slots of rules and of Kith's own work, each once, whichever process comes first."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from kith.jobs.chores import CHORES
from kith.metadata.model import Rule
from kith.metadata.timing import Schedule
from kith.runtime import queue
from kith.runtime.database import Connection
from kith.runtime.queue import slots
from kith.runtime.release import Release
from kith.runtime.releases import current_number
from kith.runtime.workspace import Workspace

MOST_CAUGHT_UP = 400
"""Days of a due date that are caught up with at most: more than a year."""

STEPPED = timedelta(seconds=1)
"""A clock that goes back by more was set back: slots that lie in its past again come anew, and are started once all the same."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Planned:
    """Something with slots. With `every_one` each slot that was missed is started, else only the last of them."""

    name: str
    schedule: Schedule
    start: Callable[[Connection, Release, datetime, datetime], object]
    """Takes the slot and the time that it is now."""
    every_one: bool = False


def planned_of(release: Release) -> Iterator[Planned]:
    """Everything that time starts in a release."""
    for rules in release.model.rules.values():
        for rule in rules:
            if rule.schedule is not None:
                yield Planned(rule.path, rule.schedule, _starter(rule), rule.due is not None)
    for name, chore in CHORES.items():
        yield Planned(f"kith:{name}", chore.schedule, chore.start)


def _starter(rule: Rule) -> Callable[[Connection, Release, datetime, datetime], object]:
    def start(connection: Connection, _: Release, slot: datetime, now: datetime) -> object:
        payload = {"rule": rule.path, "slot": slot.isoformat()}
        return queue.enqueue_once(
            connection, queue.job_row("schedule", payload, now=now, once=f"{rule.path}@{slot.isoformat()}")
        )

    return start


class Scheduler:
    """Starts what is due. Between slots it asks the database nothing."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._release = 0
        self._planned: dict[str, Planned] = {}
        self._next: dict[str, datetime] = {}
        self._looked: datetime | None = None

    def tick(self) -> int:
        """Start the slots that are due now; how many they are."""
        release, now = self._workspace.current(), self._workspace.clock()
        if release.number != self._release or (self._looked is not None and now < self._looked - STEPPED):
            self._take_over(release, now)
        self._looked = now
        return sum(self._start(release, name, now) for name, at in list(self._next.items()) if at <= now)

    def _take_over(self, release: Release, now: datetime) -> None:
        """Bring the schedules of a new release into the database: one that is new starts with its next slot."""
        self._planned = {one.name: one for one in planned_of(release)}
        zone = self._zone(release)
        wanted = {one.name: (_meaning(one, release), one.schedule.after(now, zone)) for one in self._planned.values()}

        def bring(connection: Connection) -> dict[str, tuple[str, datetime]]:
            # A process that has not seen the newest release yet must not bring the schedules of an old one back.
            if current_number(connection) != release.number:
                return slots.known(connection)
            return slots.bring(connection, wanted)

        found = self._workspace.database.run(bring)
        self._next = {name: at for name, (_, at) in found.items() if name in self._planned}
        self._release = release.number

    def _start(self, release: Release, name: str, now: datetime) -> int:
        """Start what is due of one schedule, in one transaction with noting that; how many slots."""
        try:
            started, following = self._workspace.database.run(
                lambda connection: self._started(connection, release, self._planned[name], now)
            )
        except Exception:
            # The others are not to wait for this one; the next tick tries again.
            log.exception("a slot of %s could not be started", name)
            return 0
        self._next[name] = following
        return started

    def _started(
        self, connection: Connection, release: Release, planned: Planned, now: datetime
    ) -> tuple[int, datetime]:
        zone = self._zone(release)
        following = planned.schedule.after(now, zone)
        first = slots.due_slot(connection, planned.name, _meaning(planned, release))
        if first is None or first > now:
            # Another process has started it, or works with a newer release.
            return 0, first or following
        missed = [first, *takewhile(lambda slot: slot <= now, planned.schedule.slots(first, zone))]
        wanted = missed[-MOST_CAUGHT_UP:] if planned.every_one else missed[-1:]
        for slot in wanted:
            planned.start(connection, release, slot, now)
        slots.advance(connection, planned.name, missed[-1], following)
        return len(wanted), following

    def _zone(self, release: Release) -> ZoneInfo:
        return ZoneInfo(release.model.app.time_zone)


def _meaning(planned: Planned, release: Release) -> str:
    return f"{planned.schedule.cron} {release.model.app.time_zone}"
