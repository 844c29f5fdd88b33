"""How the steps and fills of one apply are done: each in a transaction of its own, by whoever holds the apply."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa

from kith.runtime.applying.filling import BATCH, Fill
from kith.runtime.applying.patience import give_way, patiently, wait_for_locks
from kith.runtime.applying.progress import Run, enter, hold, step_done
from kith.runtime.applying.steps import Step
from kith.runtime.clock import Clock
from kith.runtime.database import Database

SHORT = 0.1
"""Seconds that a batch shall take where others want its records."""
SMALL = 50
"""Records that a batch has at least."""
AHEAD = 20_000
"""Records that are looked up at once."""
Batch = Callable[[sa.Connection], None]
Following = Callable[[sa.Connection], list[str]]


@dataclass(frozen=True)
class Work:
    """One apply in the hands of this process."""

    database: Database
    run: Run
    clock: Clock

    def enter(self, stage: str) -> None:
        """Begin a stage."""
        with self.database.write() as connection:
            enter(connection, self.run, stage, self.clock())

    def stage(self, name: str, steps: Iterable[Step]) -> None:
        """Do the steps of a stage that are not done yet."""
        self.enter(name)
        for step in steps:
            if step.key in self.run.done:
                continue
            if step.concurrent and self.database.kind == "postgresql":
                with self.database.read() as connection:
                    added = step.run(connection)
                with self.database.write() as connection:
                    step_done(connection, self.run, step.key, added=added, now=self.clock())
            else:
                self.in_turn(partial(self._short, step), without_disk=True)

    def _short(self, step: Step, connection: sa.Connection) -> None:
        added = step.run(connection)
        step_done(connection, self.run, step.key, added=added, now=self.clock())

    def fill(self, fills: Iterable[Fill]) -> None:
        """Fill batch by batch beside others."""
        for fill in fills:
            fill_all(fill, self._look, lambda batch: self.in_turn(batch, without_disk=True), beside_others=True)

    def _look(self, following: Following) -> list[str]:
        with self.database.read() as connection:
            return following(connection)

    def in_turn(self, work: Batch, *, without_disk: bool = False) -> None:
        """Do something in a transaction that gives way to others; `without_disk` it need not survive a loss of power."""

        def once(connection: sa.Connection, wait: int) -> None:
            if self.database.kind == "postgresql":
                (give_way if without_disk else wait_for_locks)(connection, wait)
            hold(connection, self.run)
            work(connection)

        patiently(lambda wait: self.database.run(partial(once, wait=wait)))


def fill_all(
    fill: Fill,
    look: Callable[[Following], list[str]],
    run: Callable[[Batch], None],
    *,
    beside_others: bool = False,
) -> None:
    """Fill one batch after the other, each in what `run` makes of it; with others at work they are as large as is quick.

    Which records come next is asked for many batches at once, in what `look` makes of it: finding a few among a million
    may cost a search through all of them.
    """
    after = "00000000-0000-0000-0000-000000000000"
    size = SMALL if beside_others else BATCH
    while ids := look(partial(fill.following, after=after, size=AHEAD)):
        after = ids[-1]
        while ids:
            some, ids = ids[:size], ids[size:]
            started = time.monotonic()
            run(partial(fill.batch, ids=some))
            if beside_others:
                size = fitting(size, time.monotonic() - started)


def fitting(size: int, seconds: float) -> int:
    """How many records a batch should have after one of that size took so long; it never more than doubles."""
    return max(SMALL, min(BATCH, 2 * size, int(size * SHORT / max(seconds, 0.001))))
