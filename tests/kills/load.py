"""Kills under load: `python -m tests.kills.load --kills N --seed S [--engine sqlite|postgresql] [--victim …]`.

People work with a club through its API while somebody is killed by SIGKILL at any moment: the `server` (with the worker in
it), a `worker` apart, or a `backend`, one of PostgreSQL's own processes. After each kill nothing may be half done (a record,
its history, the row of its save, its effects, its jobs, its sums); everything that was acknowledged is there; what was sent
and not answered can be sent again and is there once; and somebody is served again soon. At the end everything that waits is
done, once.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from kith.jobs.worker import Worker
from kith.runtime.clock import system_clock
from kith.runtime.workspace import Workspace
from tests.kills.clients import Client, at_work
from tests.kills.site import Site, furnish, own_database, running
from tests.kills.soundness import Inspector, lost, sick, unfinished
from tests.support import run
from tests.support.postgresql import clean_up, server_url

VICTIMS = ("server", "worker", "backend")
CLIENTS = 4
BY_COMMAND = 100
"""Each so many starts is one of the command, with everything that it loads."""
EXAMINED = 50
"""After so many kills everything is looked at, not only what is new."""
PATIENCE = 300.0
"""Seconds after which nobody is coming back."""
SOON = 5.0


@dataclass
class Told:
    """What came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    waits: dict[str, list[float]] = field(default_factory=dict)
    """Seconds from a kill to the next acknowledged save, by what was killed and how it was started."""
    starts: dict[str, list[float]] = field(default_factory=dict)
    """The processor's time that a server has taken by then."""
    done: Counter[str] = field(default_factory=Counter)
    rows: int = 0

    def lines(self) -> Iterator[str]:
        """As text. Nobody gets to see it where anything is lost."""
        for name, waits in sorted(self.waits.items()):
            waits.sort()
            late = sum(wait > SOON for wait in waits)
            half, most, longest = (waits[int((len(waits) - 1) * share)] for share in (0.5, 0.95, 1))
            took = f"{half:.2f} s (p50), {most:.2f} s (p95), {longest:.2f} s (longest), {late} over {SOON:.0f} s"
            started = sorted(self.starts.get(name, ()))
            took += f", {started[len(started) // 2]:.2f} s of the processor" if started else ""
            yield f"{name}: {len(waits)} kills; saved again after {took}"
        saved = {name: count for name, count in sorted(self.done.items()) if "answer" not in name}
        told = ", ".join(f"{name} {count}" for name, count in saved.items())
        yield f"{sum(saved.values())} acknowledged: {told}"
        unanswered = {name: count for name, count in sorted(self.done.items()) if "answer" in name}
        yield ", ".join(f"{name}: {count}" for name, count in unanswered.items()) or "every request was answered"
        yield f"{self.rows} rows of history looked at, 0 lost, 0 half done, 0 done twice"


@dataclass
class Harness:
    """A site, those who work with it, and somebody who kills."""

    site: Site
    clients: list[Client]
    workspace: Workspace
    chance: random.Random
    softly: bool = False
    by_command: int = BY_COMMAND
    told: Told = field(default_factory=Told)

    def kill(self, victim: str, number: int) -> None:
        """Kill somebody at some moment, wait until people are served again, and look."""
        time.sleep(self.chance.uniform(0.01, 0.4))
        began, name = time.monotonic(), victim
        match victim:
            case "server":
                self.site.kill_server()
                began, command = time.monotonic(), self.by_command and number % self.by_command == self.by_command - 1
                name = "server, by the command" if command else victim
                self.check()
                began = time.monotonic()
                self.site.start_server(command=bool(command))
            case "worker":
                self.site.kill_worker()
                self.site.start_worker()
            case _:
                while not self.site.kill_backend(softly=self.softly):
                    time.sleep(0.05)
                # PostgreSQL has ended those of the harness as well.
                began = time.monotonic()
                self.workspace.database.close()
        self.told.kills[victim] += 1
        self.told.waits.setdefault(name, []).append(self.served(began))
        if victim == "server":
            self.told.starts.setdefault(name, []).append(self.site.seconds())

    def served(self, since: float) -> float:
        """Seconds until somebody was told that something is saved, by one who was asked after that."""
        began, since = since, max(since, time.monotonic())
        while not any(client.last > since for client in self.clients):
            assert not [one for client in self.clients for one in client.wrong], self.wrong()
            assert time.monotonic() - since < PATIENCE, "nobody is served any more"
            time.sleep(0.005)
        return min(client.last for client in self.clients if client.last > since) - began

    def wrong(self) -> list[str]:
        """What clients were told and should not have been."""
        return [f"{client.name}: {one}" for client in self.clients for one in client.wrong]

    def check(self) -> None:
        """Nothing is half done."""
        found = [*self.inspector.flaws()][:10]
        assert not found, found

    def check_all(self) -> None:
        """Nothing is lost either; everybody waits meanwhile."""
        with self.quiet():
            self.check()
            found = [*lost(self.workspace, self.clients), *sick(self.workspace)][:10]
        assert not found, found

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Nobody is in the middle of anything."""
        for client in self.clients:
            client.turn.acquire()
        try:
            yield
        finally:
            for client in self.clients:
                client.turn.release()

    def __post_init__(self) -> None:
        self.inspector = Inspector(self.workspace)

    def finish(self) -> None:
        """Everything that waits is done by one who is not killed, and everything is looked at."""
        # As if a while had passed: what the killed had in hand is taken over.
        clock = self.workspace.clock
        self.workspace.clock = lambda: system_clock() + timedelta(minutes=2)
        worker = Worker(self.workspace)
        while worker.turn():
            pass
        time.sleep(1)
        worker.turn()
        self.workspace.clock = clock
        self.check_all()
        found = [*unfinished(self.workspace)]
        assert not found, found
        self.told.rows = self.inspector.looked_at
        for client in self.clients:
            self.told.done += client.told


def go(url: str, kills: int, seed: str, victims: tuple[str, ...], *, softly: bool = False, by_command: int = 0) -> Told:
    """Kill so often, in turn whom is named."""
    chance = random.Random(seed)  # noqa: S311
    token = furnish(url)
    site = Site(url, chance, apart="worker" in victims)
    names = [f"{seed}-{number}" for number in range(CLIENTS)]
    clients = [Client(name, site.port, token, random.Random(name)) for name in names]  # noqa: S311
    workspace = Workspace.open(url)
    harness = Harness(site, clients, workspace, chance, softly, by_command)
    with running(site):
        with at_work(clients):
            harness.served(time.monotonic())
            for number in range(kills):
                harness.kill(victims[number % len(victims)], number)
                if number % EXAMINED == EXAMINED - 1:
                    harness.check_all()
                    print(f"{number + 1} kills, nothing lost", flush=True)  # noqa: T201
        assert not harness.wrong(), harness.wrong()
    harness.finish()
    workspace.close()
    return harness.told


def main() -> None:
    """Kill so often, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--victim", choices=VICTIMS, action="append", help="who is killed, in turn; else the server")
    given = parser.parse_args()
    victims = tuple(given.victim or ["server"])
    folder = run.create()
    try:
        if given.engine == "postgresql":
            with own_database(server_url()) as url:
                told = go(url, given.kills, given.seed, victims, by_command=BY_COMMAND)
        else:
            with tempfile.TemporaryDirectory() as place:
                url = f"sqlite:///{Path(place) / 'kith.db'}"
                told = go(url, given.kills, given.seed, victims, by_command=BY_COMMAND)
    finally:
        clean_up(folder)
    print("\n".join(told.lines()))  # noqa: T201


if __name__ == "__main__":
    main()
