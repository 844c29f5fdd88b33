"""Importing with rules and history: records a second and the memory of a process that does nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator

from bench.measuring import Figure
from bench.processes import megabytes
from bench.saving import Deals
from bench.world import opened
from kith.runtime.ids import new_id
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save_all

BATCH = 500


def importing(where: str, url: str, records: int) -> Iterator[Figure]:
    """Run the import in a process of its own."""
    run = [sys.executable, "-m", "bench.importing", url, str(records)]
    done = subprocess.run(run, capture_output=True, text=True, check=True)  # noqa: S603
    found = json.loads(done.stdout)
    what = f"import of {records:,} deals with rules and history"
    note = f"{found['busy']:,.0f} for a second of the processor's"
    yield Figure(where, what, 2000, found["speed"], "records/s", "at least", note)
    yield Figure(where, "memory of the importing process", 300, found["memory"], "MB")


def main(url: str, records: int) -> None:
    """Import in batches as an import does: each record by itself, texts as a file has them."""
    with opened(url) as world:
        deals = Deals(world)
        cause, context = Cause("import", batch=new_id()), world.context("clerk")
        started, busy = time.perf_counter(), time.process_time()
        for first in range(0, records, BATCH):
            count = min(BATCH, records - first)
            changes = [
                Change("create", "deal", None, {name: str(value) for name, value in deals.values().items()})
                for _ in range(count)
            ]
            done = save_all(world.workspace.database, context, world.release, changes, cause, "each")
            assert all(isinstance(verdict, Saved) for verdict in done), done[0]
        seconds, busy = time.perf_counter() - started, time.process_time() - busy
    print(json.dumps({"speed": records / seconds, "busy": records / busy, "memory": megabytes()}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
