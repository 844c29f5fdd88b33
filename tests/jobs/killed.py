"""A worker, to be run in a process of its own, that kills itself, without a word, before a certain statement."""

from __future__ import annotations

import os
import signal
from datetime import datetime

import sqlalchemy as sa

from kith.jobs.worker import Worker
from kith.runtime.workspace import Workspace
from kith.runtime.write import copying
from tests.jobs.club_world import club_model

# Once for all processes that are forked from one that has this module: the first build brings the parser along.
club_model()


def main(url: str, moment: datetime, last: int) -> None:
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
