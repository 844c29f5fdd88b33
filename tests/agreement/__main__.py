"""The long agreement run: `python -m tests.agreement --expressions 20000 --records 200 --seed 1`."""

from __future__ import annotations

import argparse
import sys

from tests.agreement.engines import NAMES, engine
from tests.agreement.report import Report
from tests.agreement.running import run
from tests.support import postgresql
from tests.support import run as folder


def progress(report: Report) -> None:
    """One line as the run goes on."""
    sys.stderr.write(f"\r{report.expressions} expressions, {len(report.disagreements)} disagreements")
    sys.stderr.flush()


def main() -> int:
    """Run, print the report, and keep what was found as cases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--expressions", type=int, default=2_000)
    parser.add_argument("--records", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engines", nargs="*", default=list(NAMES))
    asked = parser.parse_args()
    folder.create()
    try:
        url = postgresql.server_url()
        engines = {name: engine(name, url) for name in asked.engines}
        report = run(asked.seed, asked.expressions, asked.records, engines, keep=True, tell=progress)
    finally:
        postgresql.clean_up(folder.folder())
    sys.stderr.write("\n")
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return 1 if report.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
