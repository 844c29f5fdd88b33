"""What one save may cost: records, waves, levels, and the time that its rules take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")

MAX_RECORDS = 10_000
"""Records that one save may touch."""
MAX_WAVES = 8
"""Waves of rules in one save."""
MAX_LEVELS = 16
"""Levels of records below records: of owned lines that are sent, and of what goes along with a deletion."""
SECONDS = 2.0
"""Time that the rules of one save may take."""
SECONDS_OF_JOBS = 60.0
"""The same for a save of a job."""
EARLY = 0.25
"""Share of the limit after which the processor's time is counted: few saves ever come so far."""
LOOK_EVERY = 256
"""Related records after which the clock is looked at: nothing else that a single expression does can take long."""


class OverBudget(Exception):
    """A save that would cost too much: which counter, its limit, and what led there."""

    def __init__(self, counter: str, limit: int, chain: tuple[str, ...] = ()) -> None:
        super().__init__(counter)
        self.counter, self.limit, self.chain = counter, limit, chain


@dataclass(slots=True)
class RuleTime:
    """The time that formulas, conditions and blocks take, with what they read.

    The clock is looked at between records, never inside an expression, but for every so many records that one reads.
    """

    timer: Callable[[], float]
    processor: Callable[[], float]
    limit: float
    spent: float = 0.0
    running: str = ""
    """The rule or the computed field that is being worked out; before the first, the entity."""
    _since: float | None = field(default=None)
    _busy_since: float | None = field(default=None)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count what is done here; raises OverBudget."""
        self._since = self.timer()
        try:
            yield
            self.look()
        finally:
            self.spent += self.timer() - self._since
            self._since = None

    def look(self) -> None:
        """Raises OverBudget where the time is up, which is the processor's: that a machine stood still is no fault of a rule."""
        if self._since is None or self.spent + self.timer() - self._since <= self.limit * EARLY:
            return
        now = self.processor()
        if self._busy_since is None:
            self._busy_since = now
        elif now - self._busy_since > self.limit * (1 - EARLY):
            raise OverBudget("seconds", int(self.limit), (self.running,))

    def watched(self, items: Iterator[T]) -> Iterator[T]:
        """The same items, with a look at the clock every so often."""
        for number, item in enumerate(items, 1):
            if not number % LOOK_EVERY:
                self.look()
            yield item
