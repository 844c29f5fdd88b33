"""Applies that are killed: `python -m tests.runtime.killed_applies --kills N --seed S [--engine sqlite|postgresql]`.

A shop goes through a circle of releases — types, names, keys, roll-ups and reference data change, it goes back, what is
kept aside is purged — and whoever applies is killed before a statement or at a moment. After each kill the next start
settles what was left, the doctor is content, every value is one of before or after, and the same apply then comes through.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from kith.runtime.applying import finishing
from kith.runtime.applying.purging import kept_aside, purge_plan
from kith.runtime.applying.settling import settle
from kith.runtime.clock import system_clock
from kith.runtime.doctor import Visit, examine
from kith.runtime.publishing import hooks, system_context
from kith.runtime.schema.system import progress
from kith.runtime.workspace import Workspace
from tests.runtime.rolling.world import FIRST, SECOND, World
from tests.support import run
from tests.support.postgresql import clean_up, fresh_schema, server_url

LOG = """\
entity: log
label: Log
plural: Logs
title: "{what}"
fields:
  what: {type: text, required: true, label: What}
"""
KINDS = {
    "entities/kind.yaml": 'entity: kind\nlabel: Kind\nplural: Kinds\ntitle: "{code}"\nfields:\n'
    "  code: {type: text, required: true, unique: exact, label: Code}\n",
    "data/kinds.yaml": "data: kinds\nof: kind\nkey: code\nrows:\n  - {code: A}\n  - {code: B}\n",
}
VISITED = FIRST["entities/visit.yaml"].replace("what: {type: text,", "what: {type: text, unique: exact,")
COUNTED = FIRST["entities/item.yaml"] + (
    "  visited: {type: rollup, value: count(visits), label: Visited}\n"
    "  grade: {type: text, required: true, default: plain, label: Grade}\n"
)
START = FIRST | {"entities/log.yaml": LOG}
CHANGED = SECOND | {"entities/log.yaml": LOG}
GROWN = START | KINDS | {"entities/item.yaml": COUNTED, "entities/visit.yaml": VISITED}
Way = Callable[[World], object]


def _purge(world: World) -> None:
    release = world.workspace.current()
    with world.workspace.database.read() as connection:
        everything = kept_aside(connection, release.names)
    world.carry_out(purge_plan(release, everything, everything))


CIRCLE: dict[str, Way] = {
    "types and names change": lambda world: world.publish(CHANGED),
    "back": lambda world: world.back(),
    "keys, roll-ups and reference data": lambda world: world.publish(GROWN),
    "back again": lambda world: world.back(),
    "purge": _purge,
}
"""Ways from one release to the next; after the last, the values are those of the beginning."""


@dataclass
class Told:
    """What came of it."""

    kills: int = 0
    settled: dict[str, int] = field(default_factory=dict)
    """How often an apply was found at a stage; "" where it had left nothing, or had come through."""
    written: int = 0
    """Records that others saved meanwhile."""


def _world(url: str, folder: Path) -> World:
    return World(folder, Workspace.open(url))


def _fill(world: World, records: int) -> None:
    world.publish(START)
    for number in range(records):
        size, look = (f" {number}", "large")[number % 3 == 2], ("red", "blue")[number % 2]
        item = world.save("item", name=f"Item {number}", size=size, weight=f"{number}.50", look=look, tags=["a", "b"])
        world.save("visit", what=f"Visit {number}", item=item)


def sums(world: World) -> dict[str, str]:
    """Checksums of the declared values of everything but what others write meanwhile."""
    return {name: value for name, value in world.checksums().items() if name != "log"}


def counted(url: str, folder: Path, way: Way) -> int:
    """Carry a way out, counting its statements and commits."""
    world, count = _world(url, folder), 0

    def one_more(*_: object) -> None:
        nonlocal count
        count += 1

    _listen(world.workspace, one_more)
    way(world)
    world.workspace.close()
    return count


def _listen(workspace: Workspace, what: Callable[..., None]) -> None:
    for engine in workspace.database.engines:
        sa.event.listen(engine, "before_cursor_execute", what)
        # The moment between the last statement and its commit is one of those that matter.
        sa.event.listen(engine, "commit", what)


def killed(url: str, folder: Path, way: Way, last: int, seconds: float = 0) -> bool:
    """Carry a way out in a process that dies before a statement, or after seconds; whether it died."""
    pid = os.fork()
    if pid:
        return os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    try:
        if seconds:
            signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
            signal.setitimer(signal.ITIMER_REAL, seconds)
        world, left = _world(url, folder), last

        def count(*_: object) -> None:
            nonlocal left
            left -= 1
            if left < 0 and not seconds:
                os.kill(os.getpid(), signal.SIGKILL)

        _listen(world.workspace, count)
        way(world)
    except Exception:  # noqa: BLE001 (a child of fork must not go on as its parent)
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


@contextmanager
def writing(url: str, folder: Path, *, at_work: bool) -> Iterator[list[str]]:
    """Somebody who saves records from beginning to end, on whichever release is current."""
    saved: list[str] = []
    over = threading.Event()
    if not at_work:
        yield saved
        return
    world = World(folder, Workspace.open(url, watch=True))

    def write() -> None:
        while not over.wait(0.02):
            saved.append(world.save("log", what="Said"))

    thread = threading.Thread(target=write)
    try:
        thread.start()
        yield saved
    finally:
        over.set()
        thread.join()
        world.workspace.close()


def check(world: World, allowed: list[dict[str, str]]) -> str:
    """Settle as the next start does, and look at everything; the stage that was found."""
    workspace = world.workspace
    release = workspace.current()
    stage = settle(workspace.database, release, workspace.clock, hooks(workspace.clock).renew)
    assert sums(world) in allowed, (release.number, stage)
    planned = workspace.plan(release.model)
    assert (planned.changes, planned.drift) == ((), ()), planned.as_text()
    visit = Visit(workspace.database, release, system_context(release, system_clock), deep=True)
    # A server of tests need not wait for its disk.
    results = [(found.name, result) for found, result in examine(visit) if found.name != "engine"]
    flaws = [(name, flaw.en) for name, result in results for flaw in result.flaws]
    assert flaws == [], (release.number, stage, flaws)
    with workspace.database.read() as connection:
        assert "running" not in set(connection.scalars(sa.select(progress.c.state)))
    return stage


def kill_applies(url: str, folder: Path, kills: int, seed: int, records: int, *, beside: bool) -> Told:
    """Go round and round until so many were killed."""
    finishing.TAKEN_OVER = 0.3
    chance, told, expected, lengths = random.Random(seed), Told(), [], []  # noqa: S311
    world = _world(url, folder)
    _fill(world, records)
    expected.append(sums(world))
    world.workspace.close()
    for way in CIRCLE.values():
        lengths.append(counted(url, folder, way))
        world = _world(url, folder)
        expected.append(sums(world))
        world.workspace.close()
    assert expected[-1] == expected[0]
    with writing(url, folder, at_work=beside) as saved:
        while told.kills < kills:
            for number, (name, way) in enumerate(CIRCLE.items()):
                try:
                    _once(url, folder, way, lengths[number], expected[number : number + 2], chance, told)
                except AssertionError as error:
                    raise AssertionError(f"{name}, kill {told.kills}, seed {seed}: {error}") from error
    told.written = len(saved)
    world = _world(url, folder)
    assert len(_logs(world)) == len(saved)
    world.workspace.close()
    return told


def _logs(world: World) -> list[object]:
    with world.workspace.database.read() as connection:
        return list(connection.scalars(sa.select(world.workspace.current().tables["log"].id)))


def _once(
    url: str, folder: Path, way: Way, length: int, sides: list[dict[str, str]], chance: random.Random, told: Told
) -> None:
    world = _world(url, folder)
    before = world.workspace.current().number
    world.workspace.close()
    seconds = chance.uniform(0.02, 0.6) if chance.random() < 0.2 else 0
    told.kills += killed(url, folder, way, chance.randrange(length), seconds)
    world = _world(url, folder)
    stage = check(world, sides)
    told.settled[stage] = told.settled.get(stage, 0) + 1
    if world.workspace.current().number == before:
        way(world)
        assert check(world, sides[1:]) == ""
    else:
        assert sums(world) == sides[1]
    world.workspace.close()


def main() -> int:
    """Kill, and print what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "shop"
        folder.mkdir()
        if asked.engine == "sqlite":
            told = kill_applies(f"{name}/x.db", folder, asked.kills, asked.seed, asked.records, beside=False)
        else:
            with fresh_schema(server_url()) as url:
                told = kill_applies(url, folder, asked.kills, asked.seed, asked.records, beside=True)
    sys.stdout.write(f"{asked.engine}: {told}\n")
    return 0


if __name__ == "__main__":
    run.create()
    try:
        sys.exit(main())
    finally:
        clean_up(run.folder())
