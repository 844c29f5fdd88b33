"""Measuring side by side: what is compared runs in turn, in short rounds, and medians are divided."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Work = Callable[[], object]
AsyncWork = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: what was measured where, against which limit."""

    where: str
    what: str
    limit: float
    measured: float | None
    unit: str = ""
    sense: Literal["at most", "at least"] = "at most"
    note: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the figure is kept; None where nothing could be measured or nothing is promised."""
        if self.measured is None or self.limit < 0:
            return None
        return self.measured <= self.limit if self.sense == "at most" else self.measured >= self.limit


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds of a single call, round by round; `busy` are those in which this process had a processor."""

    rounds: Sequence[float]
    busy: Sequence[float] = ()

    @property
    def median(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.rounds)

    def percentile(self, part: float) -> float:
        """A percentile, by the nearest rank."""
        return sorted(self.rounds)[min(len(self.rounds) - 1, int(len(self.rounds) * part))]


def ratio(of: Timed, to: Timed) -> float:
    """How much longer one takes than the other: the median over rounds that ran side by side."""
    return statistics.median(one / other for one, other in zip(of.rounds, to.rounds, strict=True))


def side_by_side(of: Timed, to: Timed) -> str:
    """Both in milliseconds, and the ratio of the processor's time, which other work on the machine disturbs less."""
    told = f"{1e3 * of.median:.2f} ms against {1e3 * to.median:.2f} ms"
    if not of.busy or not to.busy:
        return told
    busy = statistics.median(of.busy), statistics.median(to.busy)
    return f"{told}; processor {1e3 * busy[0]:.2f} against {1e3 * busy[1]:.2f}"


class Meter:
    """Collects the rounds of several pieces of work."""

    def __init__(self, names: Sequence[str]) -> None:
        self.found: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in names}
        self.started = self.busy = 0.0

    def start(self) -> None:
        """A round begins."""
        self.started, self.busy = time.perf_counter(), time.process_time()

    def stop(self, name: str, calls: int) -> None:
        """A round of so many calls ends."""
        rounds, busy = self.found[name]
        rounds.append((time.perf_counter() - self.started) / calls)
        busy.append((time.process_time() - self.busy) / calls)

    def timed(self) -> dict[str, Timed]:
        """What was collected."""
        return {name: Timed(*rounds) for name, rounds in self.found.items()}


def timed(works: Mapping[str, Work], *, rounds: int, calls: int) -> dict[str, Timed]:
    """Run each piece of work in turn; the first calls of each are not counted."""
    meter = Meter([*works])
    for work in works.values():
        for _ in range(min(calls, 10)):
            work()
    for number in range(rounds):
        for name in _turned([*works], number):
            work = works[name]
            meter.start()
            for _ in range(calls):
                work()
            meter.stop(name, calls)
    return meter.timed()


def timed_async(works: Mapping[str, AsyncWork], *, rounds: int, calls: int, at_once: int = 1) -> dict[str, Timed]:
    """The same for work on one event loop, `at_once` pieces of it at a time."""
    return LOOP.run(_timed_async(works, rounds=rounds, calls=calls, at_once=at_once))


async def _timed_async(works: Mapping[str, AsyncWork], *, rounds: int, calls: int, at_once: int) -> dict[str, Timed]:
    meter = Meter([*works])
    for work in works.values():
        for _ in range(min(calls, 10)):
            await work()
    for number in range(rounds):
        for name in _turned([*works], number):
            meter.start()
            await asyncio.gather(*(_repeated(works[name], calls // at_once) for _ in range(at_once)))
            meter.stop(name, calls // at_once * at_once)
    return meter.timed()


async def _repeated(work: AsyncWork, calls: int) -> None:
    for _ in range(calls):
        await work()


def _turned(names: list[str], number: int) -> list[str]:
    # Who begins changes, so that what one leaves behind for the other evens out.
    return names if number % 2 == 0 else names[::-1]


def _new_loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


LOOP = asyncio.Runner(loop_factory=_new_loop)
"""The loop that all requests run on."""
