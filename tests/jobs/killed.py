"""A worker in a process of its own that kills itself, without a word, before a certain statement: `URL NOW STATEMENT`."""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime

import sqlalchemy as sa

from kith.jobs.worker import Worker
from kith.runtime.workspace import Workspace
from kith.runtime.write import copying


def main(url: str, now: str, last: int) -> None:
    moment = datetime.fromisoformat(now)
    workspace = Workspace.open(url, clock=lambda: moment)
    left = last

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    for engine in workspace.database.engines:
        sa.event.listen(engine, "before_cursor_execute", count)
        # The moment between the last statement and its commit is one of those that matter.
        sa.event.listen(engine, "commit", count)
    # Few records are to take several steps.
    copying.STEP = 2
    worker = Worker(workspace)
    while worker.turn():
        pass
    workspace.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
