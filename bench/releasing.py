"""Releases of a large app: its plan, how soon a change is live, and fields that come and go."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from bench import generated
from bench.measuring import Figure
from bench.processes import KITH, Server, served, timed_run
from bench.publishing import CHANGED, knows, said, with_field
from kith.runtime.database import normal_url, open_database
from kith.runtime.ids import new_id
from kith.runtime.publishing import hooks
from kith.runtime.releases import published
from kith.runtime.workspace import Workspace
from kith.runtime.write.shelf import shelf_of
from tests.runtime.cycles import WAYS, cycles

ROUNDS, LOOK = 7, 0.005
RECORDS = 1_000
"""Records of each entity of the populated database."""
CYCLE = 0.45
"""Seconds that adding and removing a field may take: two thousand times are a quarter of an hour."""
PENDING = 2
"""The exit code of `kith plan` where there is something to do."""


def releasing(where: str, fresh: Callable[[], str], count: int) -> Iterator[Figure]:
    """The figures of one database; `count` fields come and go."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kith-bench-"))) / "generated"
        generated.write(folder)
        database = normal_url(fresh()).render_as_string(hide_password=False)
        said("apply", str(folder), "--db", database)
        opened = Workspace.open(database)
        stack.callback(opened.close)
        _populate(opened)
        document = folder / "entities" / f"{CHANGED}.yaml"
        document.write_text(with_field(document.read_text(), "planned"))
        seconds, busy = min(timed_run((*KITH, "plan", str(folder), "--db", database), code=PENDING) for _ in range(3))
        what = f"kith plan of 100 entities, 2,000 fields, {100 * RECORDS:,} records"
        yield Figure(where, what, 2, seconds, "s", note=busy)
        token = said("token", "create", "bench", "--role", "worker", "--db", database).strip()
        server = stack.enter_context(served(["--db", database]))
        yield from _live(where, [_round(opened, server, token, number) for number in range(ROUNDS)][1:])
    if where == "PostgreSQL":
        yield from _cycles(where, fresh(), count)


def _populate(opened: Workspace) -> None:
    """Records in every entity of the app."""
    release = opened.current()
    for entity in release.model.entities:
        if entity.startswith("thing_"):
            shelf = shelf_of(release, entity)
            blank = {slot.key: None for slot in shelf.slots} | {"version": 1, "computed": 0}
            at = {"created_at": opened.clock(), "updated_at": opened.clock()}
            with opened.database.write() as connection:
                rows = [{"id": new_id(), "name": f"Thing {n}", "n1": n} for n in range(RECORDS)]
                shelf.insert(connection, [blank | at | row for row in rows])


@dataclass(frozen=True, slots=True)
class Live:
    """Seconds of one change: its check, plan and apply in one process, the answer of another, and that one's processor."""

    check: float
    plan: float
    apply: float
    answer: float
    since_commit: float
    busy: float

    @property
    def whole(self) -> float:
        """From the document to the answer."""
        return self.check + self.plan + self.apply + self.answer


def _round(opened: Workspace, server: Server, token: str, number: int) -> Live:
    """A document with one more field is published by a process that has the app open, as a server has; another one answers."""
    path, field = f"entities/{CHANGED}.yaml", f"added_{number}"
    layers = opened.current().model.layers
    text = with_field(layers[-1].documents[path], field)
    marks = [time.perf_counter()]
    candidate, problems = opened.built(
        (*layers[:-1], replace(layers[-1], documents={**layers[-1].documents, path: text}))
    )
    assert candidate is not None, [problem.message() for problem in problems]
    marks.append(time.perf_counter())
    plan = opened.plan(candidate)
    marks.append(time.perf_counter())
    busy = server.busy
    release = opened.apply(plan, hooks=hooks(opened.clock))
    marks.append(time.perf_counter())
    while not knows(server.port, token, field):
        time.sleep(LOOK)
    marks.append(time.perf_counter())
    answered = opened.clock()
    with opened.database.read() as connection:
        committed = published(connection, number=release.number)[0].at
    check, planned, applied, answer = (after - before for before, after in pairwise(marks))
    return Live(check, planned, applied, answer, (answered - committed).total_seconds(), server.busy - busy)


def _live(where: str, rounds: Sequence[Live]) -> Iterator[Figure]:
    def median(of: Callable[[Live], float]) -> float:
        return 1e3 * statistics.median(map(of, rounds))

    note = f"processor of the other process {median(lambda one: one.busy):.0f} ms"
    since = median(lambda one: one.since_commit)
    yield Figure(where, "a changed document live in another process, from its commit", 300, since, "ms", note=note)
    parts = ((name, median(lambda one, name=name: getattr(one, name))) for name in ("check", "plan", "apply", "answer"))  # type: ignore[misc]
    told = ", ".join(f"{name} {milliseconds:.0f} ms" for name, milliseconds in parts)
    yield Figure(where, "the same, from its text", -1, median(lambda one: one.whole), "ms", note=told)


def _cycles(where: str, url: str, count: int) -> Iterator[Figure]:
    """Ever other fields: nearly as many columns as the database takes, and the table made anew before."""
    database = open_database(url)
    name, filled = WAYS["ever other fields"]
    told = cycles(database, count, name, filled=filled)
    database.close()
    note = (
        f"{told.rebuilt} tables made anew, {told.columns} columns in the end, longest apply {told.longest:.2f} s,"
        f" the slowest tenth {told.slowing:.1f} times the first"
    )
    yield Figure(where, f"a field added and removed {count:,} times", CYCLE * count, told.seconds, "s", note=note)
