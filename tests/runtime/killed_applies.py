"""Applies that are killed: `python -m tests.runtime.killed_applies --kills N --seed S [--engine sqlite|postgresql]`.

A shop goes through a circle of releases while people save into what changes, some of them on the release before for as
long as that may be. Whoever applies is killed, in each stage in turn. After each kill the next start settles what was left:
either release is there as a whole, the doctor is content, every save that was acknowledged is there with its values, and
the same apply then comes through.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from kith.runtime.applying import finishing
from kith.runtime.applying.settling import settle
from kith.runtime.clock import system_clock
from kith.runtime.doctor import Visit, examine
from kith.runtime.publishing import hooks, system_context
from kith.runtime.schema.system import progress
from kith.runtime.workspace import Workspace
from tests.runtime.killed.beside import People, saving
from tests.runtime.killed.circle import CIRCLE, START
from tests.runtime.killed.dying import ANY, STAGES, counted, killed
from tests.runtime.rolling.world import World
from tests.support import run
from tests.support.postgresql import clean_up, fresh_schema, server_url

WAIT = 0.8
"""Seconds that an apply waits for processes to see its release; the slower of those here looks for one this often:"""
SLOW = 0.2
OUTCOMES = ("taken back", "finished", "nothing left")


@dataclass
class Told:
    """What came of it: kills by stage, what the next start did about each, and how long that took."""

    kills: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    written: int = 0
    """Saves that others were told of meanwhile."""

    @property
    def died(self) -> int:
        """All kills."""
        return self.kills.total()

    def note(self, stage: str, outcome: str, seconds: float) -> None:
        """One more."""
        self.kills[stage] += 1
        self.outcomes[stage, outcome] += 1
        self.seconds.setdefault(stage, []).append(seconds)

    def lines(self) -> Iterator[str]:
        """As a table. Nobody gets to see it where a row is lost."""
        yield f"{'killed in':<12}{'kills':>6}" + "".join(f"{name:>14}" for name in OUTCOMES) + "   recovery, longest"
        for stage in (*STAGES, ANY):
            if self.kills[stage]:
                found = self.seconds[stage]
                counts = "".join(f"{self.outcomes[stage, name]:>14}" for name in OUTCOMES)
                mean = sum(found) / len(found)
                yield f"{stage:<12}{self.kills[stage]:>6}{counts}   {mean:.2f} s, {max(found):.2f} s"
        yield f"{self.died} kills, {self.written} saves beside, 0 rows lost"


def fill(world: World, records: int) -> None:
    """The records that nobody touches."""
    world.publish(START)
    for number in range(records):
        size, look = (f" {number}", "large")[number % 3 == 2], ("red", "blue")[number % 2]
        item = world.save("item", name=f"Item {number}", size=size, weight=f"{number}.50", look=look, tags=["a", "b"])
        world.save("visit", what=f"Visit {number}", item=item)


def sums(world: World) -> dict[str, str]:
    """Checksums of the declared values of everything but what others save meanwhile."""
    found = {}
    for entity in world.workspace.current().model.entities:
        rows = {name: one for name, one in world.records(entity).items() if "-" not in name} if entity != "user" else {}
        lines = sorted(repr([(key, _plain(value)) for key, value in one.items()]) for one in rows.values())
        found[entity] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return found


def _plain(value: object) -> str:
    return str(sorted(value)) if isinstance(value, frozenset) else str(value)


def settled(world: World) -> str:
    """What the next start does about what was left, in a word."""
    workspace = world.workspace
    stage = settle(workspace.database, workspace.current(), workspace.clock, hooks(workspace.clock).renew)
    return {"": "nothing left", "tidy": "finished"}.get(stage, "taken back")


def check(world: World, allowed: list[dict[str, str]], people: People | None = None) -> None:
    """Look at everything."""
    workspace = world.workspace
    release = workspace.current()
    assert sums(world) in allowed, release.number
    if people is not None:
        lost = people.lost(world)
        assert lost == [], (release.number, len(lost), lost[:10])
    planned = workspace.plan(release.model)
    assert (planned.changes, planned.drift) == ((), ()), planned.as_text()
    visit = Visit(workspace.database, release, system_context(release, system_clock), deep=True)
    # A server of tests need not wait for its disk.
    results = [(found.name, result) for found, result in examine(visit) if found.name != "engine"]
    flaws = [(name, flaw.en) for name, result in results for flaw in result.flaws]
    assert flaws == [], (release.number, flaws)
    with workspace.database.read() as connection:
        assert "running" not in set(connection.scalars(sa.select(progress.c.state)))


@dataclass
class Killer:
    """One run: the shop, who saves beside, and what has come of it so far."""

    world: World
    url: str
    chance: random.Random
    people: People
    told: Told = field(default_factory=Told)

    def once(self, way: str, stage: str, length: int, sides: list[dict[str, str]]) -> None:
        """Kill one apply in a stage, let the next start settle it, and have it done."""
        world = self.world
        before = world.workspace.current().number
        place, seconds = self.chance.randrange(length), self.chance.uniform(0.02, 2 * WAIT)
        died = killed(self.url, world.folder, way, stage, place, seconds)
        world.workspace.look()
        began = time.monotonic()
        outcome = settled(world)
        if died:
            self.told.note(stage, outcome, time.monotonic() - began)
        with self.people.quiet():
            check(world, sides, self.people)
        if world.workspace.current().number == before:
            CIRCLE[way](world)
            with self.people.quiet():
                check(world, sides[1:], self.people)


def kill_applies(url: str, folder: Path, kills: int, seed: int, records: int, only: Sequence[str] = ()) -> Told:
    """Go round and round until so many were killed; `only` in some stages."""
    finishing.TAKEN_OVER = WAIT
    world = World(folder, Workspace.open(url))
    fill(world, records)
    expected, lengths = [sums(world)], {}
    for way in CIRCLE:
        lengths[way] = counted(world, way)
        expected.append(sums(world))
    assert expected[-1] == expected[0]
    with saving(url, folder, seed, {"Quick": 0.0, "Slow": SLOW}) as people:
        killer = Killer(world, url, random.Random(seed), people)  # noqa: S311
        turn = 0
        while killer.told.died < kills:
            for number, way in enumerate(CIRCLE):
                stages = [stage for stage in (*lengths[way], ANY) if not only or stage in only] or ["begin"]
                stage = stages[(turn + number) % len(stages)]
                try:
                    killer.once(way, stage, lengths[way].get(stage, 1), expected[number : number + 2])
                except AssertionError as error:
                    place = f"{way}, {stage}, kill {killer.told.died}, seed {seed}"
                    raise AssertionError(f"{place}: {error}") from error
                if killer.told.died >= kills:
                    break
            turn += 1
        killer.told.written = people.saved
    world.workspace.close()
    return killer.told


def main() -> int:
    """Kill, and print what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--records", type=int, default=120)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "shop"
        folder.mkdir()
        if asked.engine == "sqlite":
            told = kill_applies(f"{name}/x.db", folder, asked.kills, asked.seed, asked.records)
        else:
            with fresh_schema(server_url()) as url:
                told = kill_applies(url, folder, asked.kills, asked.seed, asked.records)
    sys.stdout.write("\n".join([asked.engine, *told.lines()]) + "\n")
    return 0


if __name__ == "__main__":
    run.create()
    try:
        sys.exit(main())
    finally:
        clean_up(run.folder())
