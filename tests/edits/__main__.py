"""A crowd on one record by every channel: `python -m tests.edits --clients 1000 --seed 1 [--engine sqlite|postgresql]`.

People edit the same fields of one matter, and of another that others delete and restore meanwhile, by the API, forms, inline
edits, bulk edits, imports, transitions, actions, rules and schedules, from several processes. Every edit that was
acknowledged must stand in the history in its order and have overwritten what its author had seen; who was refused must have been
told by what; counters and sums must be exact. Prints the table by channel.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.edits.running import run
from tests.support import run as folder
from tests.support.postgresql import clean_up, fresh_schema, server_url

ENGINES = ("sqlite", "postgresql")


def main() -> int:
    """Let them edit, and print what came of it; 1 where something was lost or answered wrongly."""
    parser = argparse.ArgumentParser(prog="python -m tests.edits", description=__doc__)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--engine", choices=ENGINES)
    asked = parser.parse_args()
    clean = True
    for engine in [asked.engine] if asked.engine else ENGINES:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as name:
            if engine == "sqlite":
                found = run(f"sqlite:///{name}/x.db", Path(name), asked.clients, asked.seed, asked.processes)
            else:
                with fresh_schema(server_url()) as url:
                    found = run(url, Path(name), asked.clients, asked.seed, asked.processes)
        sys.stdout.write("\n".join([f"{engine}, {time.monotonic() - began:.0f} s", *found.lines(), ""]))
        sys.stdout.flush()
        clean = clean and found.is_clean
    return 0 if clean else 1


if __name__ == "__main__":
    folder.create()
    try:
        sys.exit(main())
    finally:
        clean_up(folder.folder())
