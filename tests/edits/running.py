"""A run: many people at once on two matters, imports and time beside them, and what came of it all."""

from __future__ import annotations

import asyncio
import csv
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from httpx2 import ASGITransport, AsyncClient

from kith.jobs.worker import Worker
from kith.runtime import queue
from kith.runtime.clock import system_clock
from kith.runtime.publishing import system_context
from kith.runtime.transfer.importing import Order, run_import
from kith.runtime.workspace import Workspace
from tests.edits.channels import CHANNELS, away
from tests.edits.judging import Edit, Judgement, judged
from tests.edits.person import Person
from tests.edits.world import PLAIN, Crowd, crowd_model, history, opened, related, served, values
from tests.support.worlds import Time

AT_ONCE = 0.2
"""How many of the people begin in the same instant; the others come as soon as a place is free."""
PLACES = 6
"""Places for those, in each process: whoever waits for long is always told of a conflict."""
SECOND = 0.15
"""How many of the people edit the matter that others delete and restore meanwhile."""


@dataclass
class Noted:
    """What people noted, of all together."""

    edits: list[Edit] = field(default_factory=list)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Noted | Person) -> None:
        """What somebody else noted."""
        self.edits += other.edits
        self.counts += other.counts
        self.wrong += other.wrong


@dataclass(frozen=True, slots=True)
class Share:
    """The people of one process."""

    crowd: Crowd
    clients: int
    seed: int


def carried_out(share: Share) -> Noted:
    """Let the people of a share do their edits, in a workspace of their own."""
    workspace = Workspace.open(share.crowd.url)
    workspace.look()
    try:
        return asyncio.run(_all(workspace, share))
    finally:
        workspace.close()


async def _all(workspace: Workspace, share: Share) -> Noted:
    app, calling = served(workspace)
    chance, noted = random.Random(share.seed), Noted()  # noqa: S311
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://kith.test", timeout=None) as client:
        people = [
            Person(f"s{share.seed}p{number}", share.crowd, client, random.Random(chance.random()))  # noqa: S311
            for number in range(share.clients)
        ]
        places = asyncio.Semaphore(PLACES)
        await asyncio.gather(*(_coming(person, places) for person in people))
    calling.close()
    for person in people:
        noted.add(person)
    return noted


async def _coming(person: Person, places: asyncio.Semaphore) -> None:
    if person.chance.random() < AT_ONCE:
        await _one(person)
        return
    async with places:
        await _one(person)


async def _one(person: Person) -> None:
    one, two = person.crowd.matters
    matter = two if person.chance.random() < SECOND else one
    if matter == two and person.chance.random() < 0.2:
        await away(person, two)
        return
    (channel,) = person.chance.choices([*CHANNELS], [*CHANNELS.values()])
    await channel(person, matter)


# ---- beside the people --------------------------------------------------------------------------------------------


@dataclass
class Beside:
    """Imports and background work, each in a thread, until the people are done."""

    workspace: Workspace
    crowd: Crowd
    folder: Path
    noted: Noted = field(default_factory=Noted)
    stopping: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)
    slots: int = 0
    """How often time has moved the counter."""

    def __enter__(self) -> Beside:
        self.threads = [threading.Thread(target=work) for work in (self._import, self._go_on)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def _import(self) -> None:
        """Files with one row, for one field after the other."""
        number = 0
        while not self.stopping.wait(0.3):
            number += 1
            name = PLAIN[number % len(PLAIN)]
            edit = Edit("import", self.crowd.matters[0], name, f"import-{number}", time.monotonic())
            file = self.folder / f"{number}.csv"
            with file.open("w", encoding="utf-8", newline="") as rows:
                csv.writer(rows).writerows([("code", name), ("one", edit.value)])
            release = self.workspace.current()
            order = Order("matter", file, key="code", mode="update")
            result = run_import(self.workspace.database, system_context(release, system_clock), release, order)
            edit.ended = time.monotonic()
            edit.outcome = "told" if result.failed else "acknowledged"
            self.noted.edits.append(edit)

    def _go_on(self) -> None:
        """A worker whose clock goes an hour at a time."""
        clock = Time(system_clock())
        workspace = Workspace.open(self.crowd.url, clock=clock)
        workspace.look()
        worker = Worker(workspace)
        done: set[str] = set()
        while not self.stopping.wait(0.05):
            worker.turn()
            clock.on(hours=1)
            done |= _slots(workspace)
        while worker.turn():
            pass
        clock.now += timedelta(seconds=2)
        worker._folded = float("-inf")
        worker.turn()
        self.slots = len(done | _slots(workspace))
        workspace.close()


def _slots(workspace: Workspace) -> set[str]:
    """The latest slots of the rule that are done: older ones are cleared away in time."""
    with workspace.database.read() as connection:
        done = queue.jobs(connection, kind="schedule", state="done", limit=50)
    return {one.id for one in done if one.payload["rule"] == "matter_rules/beat"}


# ---- the whole ----------------------------------------------------------------------------------------------------


def run(url: str, folder: Path, clients: int, seed: int, processes: int = 1) -> Judgement:
    """Let so many edit at once, in this process or in some, and judge what came of it."""
    workspace, crowd = opened(url)
    each = -(-clients // processes)
    shares = [Share(crowd, each, seed * processes + number) for number in range(processes)]
    noted = Noted()
    with Beside(workspace, crowd, folder) as beside:
        if processes == 1:
            noted.add(carried_out(shares[0]))
        else:
            with ProcessPoolExecutor(processes) as pool:
                for one in pool.map(carried_out, shares):
                    noted.add(one)
    noted.add(beside.noted)
    try:
        return looked_at(workspace, crowd, noted, beside.slots)
    finally:
        workspace.close()


def looked_at(workspace: Workspace, crowd: Crowd, noted: Noted, slots: int) -> Judgement:
    """What the database says of everything that was noted."""
    inputs = (*PLAIN, "name", "code", "stage", "taps", "beats", "noticed")
    now = {matter: values(workspace, "matter", matter, inputs) for matter in crowd.matters}
    now |= {
        line: values(workspace, "line", line, ("what", "amount")) for lines in crowd.lines.values() for line in lines
    }
    found = judged(noted.edits, [*history(workspace, "matter"), *history(workspace, "line")], now)
    found.flaws += noted.wrong
    sums: Counter[str] = Counter({"slot": slots})
    for (what, _), count in noted.counts.items():
        sums[what] += count
    found.counted = sums
    for matter in crowd.matters:
        found.flaws += [*_sums(workspace, crowd, matter, noted.counts, slots)]
    return found


def _sums(
    workspace: Workspace, crowd: Crowd, matter: str, counts: Counter[tuple[str, str]], slots: int
) -> Sequence[str]:
    """Counters and sums that are not what was acknowledged, or what the records add up to."""
    names = ("taps", "noticed", "beats", "visit_count", "spent", "spent_soon", "total", "weight")
    found = values(workspace, "matter", matter, names)
    visits, spent = related(workspace, matter, "visits", "spent")
    total = related(workspace, matter, "lines", "amount")[1]
    wanted = {
        "taps": counts["tap", matter],
        "noticed": counts["visit", matter],
        "beats": slots if matter == crowd.matters[0] else 0,
        "visit_count": visits,
        "spent": spent,
        "spent_soon": spent,
        "total": total,
        "weight": counts["tap", matter] + counts["visit", matter],
    }
    said = [f"{name} is {found[name]}, not {value}" for name, value in wanted.items() if (found[name] or 0) != value]
    steps = [
        new
        for row in history(workspace, "matter")
        if row.record == matter and "stage" in row.values
        for new in [row.values["stage"][1]]
    ]
    if steps.count("there") != counts["go", matter] or steps.count("here") - 1 != counts["come", matter]:
        said.append(
            f"the history has steps {Counter(steps)}, acknowledged were {counts['go', matter]} and {counts['come', matter]}"
        )
    return [f"{matter}: {line}" for line in said]


def ready() -> None:
    """Have the model at hand."""
    crowd_model()
