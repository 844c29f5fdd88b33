"""The long agreement run: `python -m tests.agreement --cases 1000000 --records 40 --seed 1`."""

from __future__ import annotations

import argparse
import sys

from tests.agreement.engines import NAMES, engine
from tests.agreement.report import Report
from tests.agreement.running import BLOCKS, run
from tests.support import postgresql
from tests.support import run as folder


def progress(report: Report) -> None:
    """One line as the run goes on."""
    sys.stderr.write(f"\r{report.cases:,} cases, {len(report.disagreements)} disagreements")
    sys.stderr.flush()


def main() -> int:
    """Run, print the report, and keep what was found as cases; 1 where something differs, is broken or was never reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.agreement", description=__doc__)
    parser.add_argument(
        "--cases", type=int, default=100_000, help="a case is one expression on one record, on every back end"
    )
    parser.add_argument("--records", type=int, default=40, help="records that each expression is asked about")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engines", nargs="*", default=list(NAMES))
    asked = parser.parse_args()
    folder.create()
    try:
        url = postgresql.server_url()
        engines = {name: engine(name, url) for name in asked.engines}
        expressions = -(-asked.cases * BLOCKS // ((BLOCKS + 1) * asked.records))
        report = run(asked.seed, expressions, asked.records, engines, keep=True, tell=progress)
    finally:
        postgresql.clean_up(folder.folder())
    sys.stderr.write("\n")
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return 1 if report.disagreements or report.broken or report.missing() else 0


if __name__ == "__main__":
    sys.exit(main())
