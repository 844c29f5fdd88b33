"""`make bench`: the figures of the design, measured in one run as ratios, printed as one table."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

from bench import database
from bench.altering import altering
from bench.http import http
from bench.importing import importing
from bench.lists import FEW, growth, lists, server_time
from bench.measuring import Figure
from bench.releasing import releasing
from bench.remembering import memory
from bench.requests import bare, both, counts, requests
from bench.rules import rules
from bench.saving import saving
from bench.starting import starting
from bench.world import opened

PARTS = (
    "rules",
    "save",
    "counts",
    "requests",
    "http",
    "lists",
    "growth",
    "releases",
    "memory",
    "alter",
    "import",
    "start",
)
ENGINES = ("sqlite", "postgresql")


def main() -> int:
    """Measure what was asked for; 1 where a figure does not hold."""
    options = _options()
    print(f"{'where':<11}{'figure':<76}{'limit':>16}{'measured':>16}  holds")
    failed = 0
    for figure in _figures(options):
        print(line(figure), flush=True)
        failed += figure.holds is False
    print(f"\n{failed} figures do not hold. Load of the machine at the end: {os.getloadavg()[0]:.1f}")
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="records of the large list (1000000 for the figure)")
    parser.add_argument("--rounds", type=int, default=15, help="rounds of each comparison")
    parser.add_argument("--records", type=int, default=10_000, help="records to import")
    parser.add_argument("--cycles", type=int, default=100, help="fields that come and go (2000 for the figure)")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS), help="parts to measure")
    parser.add_argument("--engine", nargs="*", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--postgresql", default="", help="URL of a PostgreSQL server; without it one is started")
    return parser.parse_args()


def line(figure: Figure) -> str:
    """A line of the table."""
    limit = "" if figure.limit < 0 else f"{'≥' if figure.sense == 'at least' else '≤'} {figure.limit:g} {figure.unit}"
    measured = "not yet" if figure.measured is None else f"{_shown(figure.measured)} {figure.unit}"
    holds = {True: "yes", False: "NO", None: ""}[figure.holds]
    return f"{figure.where:<11}{figure.what:<76}{limit:>16}{measured:>16}  {holds:<6}{figure.note}".rstrip()


def _shown(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 or number == int(number) else f"{number:.2f}"


def _figures(options: argparse.Namespace) -> Iterator[Figure]:
    if "rules" in options.only:
        yield from rules(rounds=options.rounds)
    if "start" in options.only:
        yield from starting()
    if "sqlite" in options.engine:
        with ExitStack() as stack:
            yield from _engine("SQLite", lambda: stack.enter_context(database.sqlite()), options)
    if "postgresql" in options.engine:
        with ExitStack() as stack:
            server = stack.enter_context(database.postgresql_server(options.postgresql))
            yield from _engine("PostgreSQL", lambda: stack.enter_context(database.fresh_schema(server)), options)


def _engine(where: str, fresh: Callable[[], str], options: argparse.Namespace) -> Iterator[Figure]:
    """The figures of one database."""
    if _wanted(options, ("save", "counts", "requests", "http", "lists")):
        url = fresh()
        with opened(url, tickets=FEW) as world:
            if "save" in options.only:
                yield from saving(where, world, rounds=options.rounds)
            if _wanted(options, ("counts", "requests", "http")):
                with both(world, url) as found:
                    if "counts" in options.only:
                        yield from counts(where, found)
                    if "requests" in options.only:
                        yield from bare(where, found, rounds=options.rounds)
                        yield from requests(where, found, rounds=options.rounds)
                    if "http" in options.only:
                        yield from http(where, found, url, rounds=max(3, options.rounds // 3))
            if "lists" in options.only:
                yield from lists(where, world, rounds=options.rounds)
    yield from _many(where, fresh, options)
    if "import" in options.only:
        yield from importing(where, fresh(), options.records)


def _many(where: str, fresh: Callable[[], str], options: argparse.Namespace) -> Iterator[Figure]:
    """The figures over many records."""
    if "growth" in options.only:
        with opened(fresh(), tickets=FEW) as few:
            started = time.perf_counter()
            with opened(fresh(), tickets=options.rows) as many:
                filled = time.perf_counter() - started
                yield Figure(where, f"putting {options.rows:,} records into their table", -1, filled, "s")
                yield from growth(where, few, many, options.rows, rounds=options.rounds)
                yield from server_time(where, many, options.rows, rounds=options.rounds)
    if "releases" in options.only:
        yield from releasing(where, fresh, options.cycles)
    if "memory" in options.only:
        yield from memory(where, fresh, options.rows)
    if "alter" in options.only and where == "PostgreSQL":
        yield from altering(where, fresh(), options.rows)


def _wanted(options: argparse.Namespace, parts: Sequence[str]) -> bool:
    return any(part in options.only for part in parts)


if __name__ == "__main__":
    sys.exit(main())
