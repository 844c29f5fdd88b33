"""What comes after the switch, by whoever switched or by who takes it over: late values, and what is in the way goes."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from kith.runtime.applying.needs import Filling
from kith.runtime.applying.progress import AFTER_SWITCH, finish
from kith.runtime.applying.steps import tidying
from kith.runtime.applying.telling import FULL_LATE, telling
from kith.runtime.applying.working import Work
from kith.runtime.release import Release
from kith.runtime.schema.views import renew_views

TAKEN_OVER = 1.5
"""Seconds after which every process works with a release that has been switched to, and has finished what it was at."""
REQUEST = timedelta(minutes=1)
"""How long before its end a save may have taken its time: what waited for the apply bears an instant before it began."""


def finish_after_switch(work: Work, filling: Filling, since: datetime) -> None:
    """Fill what was saved without since the apply began, tidy up, and end the apply; raises CannotApply on a full disk."""
    with telling(FULL_LATE):
        late = list(filling.late(since - REQUEST))
        if late:
            # Processes on the release before go on writing until they see this one, without what it wants filled.
            time.sleep(TAKEN_OVER)
            work.fill(late)
        with work.database.read() as connection:
            left = tidying(connection, filling.release.tables)
        work.stage(AFTER_SWITCH, left)
        work.in_turn(partial(_end, work, filling.release))


def _end(work: Work, release: Release, connection: sa.Connection) -> None:
    # Somebody may have been reading a view when the release was switched to.
    renew_views(connection, release)
    finish(connection, work.run, work.clock())
