"""Starting: how soon a large app answers, what a process weighs, and how long checking takes."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import generated
from bench.measuring import Figure
from bench.processes import AS_INSTALLED, KITH, served, timed_run
from bench.publishing import loading

ROOMS = "import kith.cli.main, kith.cli.serve, kith.cli.ground, kith.cli.serving, kith.runtime.write.gate"


def starting() -> Iterator[Figure]:
    """A server over a large app that has been applied before."""
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as name:
        folder, database = Path(name) / "generated", f"sqlite:///{name}/bench.db"
        generated.write(folder)
        seconds, busy = min(timed_run((*KITH, "check", str(folder))) for _ in range(2))
        yield Figure("start", "kith check of 100 entities, 2,000 fields, 500 rules", 2, seconds, "s", note=busy)
        yield from loading(folder)
        with served([str(folder), "--db", database]) as first:
            what = "first start, database made and applied, to the first answer"
            yield Figure("start", what, -1, first.seconds, "s", note=first.note)
        yield from again("start with the folder", [str(folder), "--db", database])
        yield from again("start from the release", ["--db", database])
    seconds, busy = timed_run((sys.executable, "-c", AS_INSTALLED + ROOMS))
    yield Figure("start", "imports", 1, seconds, "s", note=busy)


def again(what: str, arguments: list[str]) -> Iterator[Figure]:
    """A start over what is there already."""
    with served(arguments) as server:
        yield Figure("start", f"{what} to the first answer", 3, server.seconds, "s", note=server.note)
        yield Figure("start", "memory of that process", 150, server.memory, "MB")
