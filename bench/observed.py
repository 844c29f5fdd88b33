"""A command of Kith in this process, watched: `python -m bench.observed apply FOLDER --db URL`.

The last line of what it prints is JSON: seconds of each stage, the most records that a transaction wrote or locked and the
seconds that the longest was open, the memory that it had at most in megabytes, seconds of the processor.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from bench.processes import megabytes
from kith.cli.loading import load_quickly
from kith.cli.main import app as command
from kith.runtime.schema.system import progress

WRITES = ("INSERT", "UPDATE", "DELETE")
LOCKS = " FOR UPDATE"
STAGE = f"UPDATE {progress.name} SET stage="


@dataclass(frozen=True, slots=True)
class Observed:
    """What a command did; `code` is its exit code and `said` what it printed."""

    code: int
    said: str
    stages: dict[str, float]
    records: int
    longest: float
    memory: float
    busy: float
    seconds: float

    @property
    def told(self) -> str:
        """The stages, in words."""
        return ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in self.stages.items())


@dataclass
class _Watch:
    """Listens to every connection."""

    marks: list[tuple[str, float]] = field(default_factory=list)
    open_since: dict[int, float] = field(default_factory=dict)
    touched: dict[int, Counter[str]] = field(default_factory=dict)
    records: int = 0
    longest: float = 0.0

    def listen(self) -> None:
        for name in ("begin", "commit", "rollback"):
            sa.event.listen(sa.Engine, name, getattr(self, name))
        sa.event.listen(sa.Engine, "after_cursor_execute", self.executed)

    def begin(self, connection: Any) -> None:
        self.open_since[id(connection)] = time.perf_counter()
        self.touched[id(connection)] = Counter()

    def commit(self, connection: Any) -> None:
        touched = self.touched.pop(id(connection), Counter())
        seconds = time.perf_counter() - self.open_since.pop(id(connection), time.perf_counter())
        if touched:
            self.records, self.longest = max(self.records, *touched.values()), max(self.longest, seconds)

    def rollback(self, connection: Any) -> None:
        self.touched.pop(id(connection), None)
        self.open_since.pop(id(connection), None)

    def executed(self, connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        # Some of the write path goes around the events; what it writes has been locked before.
        kind = "written" if statement.startswith(WRITES) else "locked" if LOCKS in statement else ""
        if kind:
            self.touched.setdefault(id(connection), Counter())[kind] += max(0, cursor.rowcount)
        if statement.startswith(STAGE):
            given = parameters[-1] if isinstance(parameters, list) else parameters
            values = list(given.values()) if isinstance(given, dict) else list(given)
            self.marks.append((str(values[0]), time.perf_counter()))


def observed(arguments: Sequence[str]) -> Observed:
    """Run a command in a process of its own."""
    run = [sys.executable, "-m", "bench.observed", *arguments]
    done = subprocess.run(run, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603
    said, _, found = done.stdout.rstrip().rpartition("\n")
    if not found.startswith("{"):
        raise RuntimeError(done.stdout)
    return Observed(done.returncode, said, **json.loads(found))


def main(arguments: Sequence[str]) -> int:
    """Run the command, then say how it went."""
    watch, code, started = _Watch(), 0, time.perf_counter()
    watch.listen()
    try:
        load_quickly()
        command(list(arguments))
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    ended = time.perf_counter()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    stages: defaultdict[str, float] = defaultdict(float)
    for (stage, since), (_, until) in pairwise([("plan", started), *watch.marks, ("", ended)]):
        stages[stage] += until - since
    found = {
        "stages": stages, "records": watch.records, "longest": watch.longest, "memory": megabytes(),
        "busy": usage.ru_utime + usage.ru_stime, "seconds": ended - started,
    }  # fmt: skip
    print(f"\n{json.dumps(found)}", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
