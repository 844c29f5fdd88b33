"""The long agreement run: `python -m tests.agreement --cases 1000000 --records 40 --seed 1 --jobs 2`."""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

from tests.agreement.engines import NAMES, engine
from tests.agreement.report import Report, merged
from tests.agreement.running import BLOCKS, run
from tests.support import postgresql
from tests.support import run as folder


@dataclass(frozen=True)
class Share:
    """What one process does of a run."""

    seed: int
    expressions: int
    records: int
    engines: tuple[str, ...]
    url: str


def progress(report: Report) -> None:
    """One line as the run goes on."""
    sys.stderr.write(f"\r{report.cases:,} cases, {len(report.disagreements)} disagreements")
    sys.stderr.flush()


def done(share: Share) -> Report:
    """A share of the run, with what was found kept as cases."""
    engines = {name: engine(name, share.url) for name in share.engines}
    return run(share.seed, share.expressions, share.records, engines, keep=True, tell=progress)


def shares(asked: argparse.Namespace, url: str) -> list[Share]:
    """The run in as many parts as there are processes, each with a seed of its own."""
    expressions = -(-asked.cases * BLOCKS // ((BLOCKS + 1) * asked.records * asked.jobs))
    whole = Share(asked.seed, expressions, asked.records, tuple(asked.engines), url)
    return [replace(whole, seed=asked.seed * asked.jobs + number) for number in range(asked.jobs)]


def main() -> int:
    """Run, print the report, and keep what was found as cases; 1 where something differs, is broken or was never reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.agreement", description=__doc__)
    parser.add_argument(
        "--cases", type=int, default=100_000, help="a case is one expression on one record, on every back end"
    )
    parser.add_argument("--records", type=int, default=40, help="records that each expression is asked about")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--engines", nargs="*", default=list(NAMES))
    asked = parser.parse_args()
    folder.create()
    begun = time.perf_counter()
    try:
        parts = shares(asked, postgresql.server_url())
        with ProcessPoolExecutor(asked.jobs) as pool:
            report = merged(pool.map(done, parts) if asked.jobs > 1 else map(done, parts))
    finally:
        postgresql.clean_up(folder.folder())
    report.seconds = time.perf_counter() - begun
    sys.stderr.write("\n")
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return 1 if report.disagreements or report.broken or report.missing() else 0


if __name__ == "__main__":
    sys.exit(main())
