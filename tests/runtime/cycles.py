"""Fields that come and go by the thousand on PostgreSQL, whose tables take 1,600 columns: `python -m tests.runtime.cycles 2000`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import sqlalchemy as sa

from kith.metadata.model import Model
from kith.runtime.applying.applying import apply
from kith.runtime.applying.purging import kept_aside, purge_plan
from kith.runtime.database import Database, open_database
from kith.runtime.plan.planning import plan
from kith.runtime.plan.room import MakeRoom
from kith.runtime.release import Release
from tests.runtime.models import entity, field, model
from tests.support import run
from tests.support.postgresql import clean_up, fresh_schema, server_url

PURGE_EVERY = 500


@dataclass(frozen=True, slots=True)
class Told:
    """How it went: tables that were made anew, the longest apply in seconds, columns in the end."""

    rebuilt: int
    longest: float
    columns: int
    seconds: float
    slowing: float
    """How many times longer the slowest tenth of the cycles took than the first, by the processor's time of this process."""


def shop(*names: str) -> Model:
    """A shop that has those fields beside its name."""
    return model(entity("shop", field("name"), *(field(name, "integer") for name in names)))


def cycles(database: Database, count: int, name: Callable[[int], str], *, filled: bool) -> Told:
    """Add and remove a field so many times; where it is filled, what is kept aside is purged now and then."""
    began, longest, rebuilt = time.monotonic(), 0.0, 0
    marks: list[float] = []
    release = apply(plan(shop(), None, database), database)
    with database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO shop (id, version, created_at, updated_at, name)"
            " SELECT gen_random_uuid(), 1, now(), now(), 'shop ' || n FROM generate_series(1, 100) n"
        )
    for number in range(count):
        marks.append(time.process_time())
        for candidate in (shop(name(number)), shop()):
            started = time.monotonic()
            planned = plan(candidate, release, database)
            rebuilt += sum(isinstance(change, MakeRoom) for change in planned.changes)
            release = apply(planned, database, allow_loss=True)
            longest = max(longest, time.monotonic() - started)
            if filled and len(release.model.entities["shop"].fields) > 1:
                column = release.tables["shop"].columns[name(number)].value
                with database.write() as connection:
                    connection.execute(sa.update(column.table).values({column.name: number}))
        if filled and number % PURGE_EVERY == PURGE_EVERY - 1:
            release = purged(database, release)
    with database.read() as connection:
        assert plan(shop(), release, database).drift == ()
        assert connection.exec_driver_sql("SELECT count(*) FROM shop").scalar() == 100
        columns = len(sa.inspect(connection).get_columns("shop"))
    return Told(rebuilt, longest, columns, time.monotonic() - began, slowing(marks))


def slowing(marks: Sequence[float]) -> float:
    """How many times longer the slowest tenth took than the first, from when each piece of work began."""
    length = max(1, len(marks) // 10)
    tenths = [after - before for before, after in pairwise(marks[::length])]
    return max(tenths) / tenths[0] if tenths else 1.0


def purged(database: Database, release: Release) -> Release:
    """The release after everything that is kept aside was purged."""
    with database.read() as connection:
        everything = kept_aside(connection, release.names)
    return apply(purge_plan(release, everything, everything), database, allow_loss=True)


WAYS: dict[str, tuple[Callable[[int], str], bool]] = {
    "the same field": (lambda number: "extra", True),
    "ever other fields": (lambda number: f"extra_{number}", False),
    "ever other fields with values, purged now and then": (lambda number: f"extra_{number}", True),
}


def main(count: int) -> int:
    """Print how each way went."""
    for way, (name, filled) in WAYS.items():
        with fresh_schema(server_url()) as url:
            database = open_database(url)
            told = cycles(database, count, name, filled=filled)
            database.close()
        sys.stdout.write(
            f"{way}: {count} times, {told.rebuilt} tables made anew, longest apply {told.longest:.2f} s,"
            f" {told.columns} columns in the end, {told.seconds:.0f} s, the slowest tenth {told.slowing:.1f} times the first\n"
        )
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    run.create()
    try:
        sys.exit(main(int(sys.argv[1])))
    finally:
        clean_up(run.folder())
