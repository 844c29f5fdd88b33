"""What an apply that died has left: the next start takes it back, or finishes it where its release is live already."""

from __future__ import annotations

from functools import partial

import sqlalchemy as sa

from kith.runtime.applying.patience import patiently, wait_for_locks
from kith.runtime.applying.progress import AFTER_SWITCH, CannotApply, abandon
from kith.runtime.applying.steps import tidying
from kith.runtime.clock import Clock
from kith.runtime.database import Database
from kith.runtime.release import Release
from kith.runtime.schema.system import progress
from kith.runtime.schema.views import renew_views


def settle(database: Database, release: Release, clock: Clock) -> str:
    """End an apply that nobody is at; the stage it was in, "" where there is none. One that may be alive is let be."""
    with database.read() as connection:
        if connection.execute(sa.select(progress.c.id).where(progress.c.state == "running")).first() is None:
            return ""
    try:
        stage = patiently(lambda wait: database.run(partial(_settled, database, release, clock, wait)))
    except CannotApply:
        return ""
    if stage == AFTER_SWITCH:
        with database.read() as connection:
            steps = tidying(connection, release.tables)
        for step in steps:
            # PostgreSQL drops an index beside others only outside of transactions.
            with database.read() if step.concurrent else database.write() as connection:
                step.run(connection)
    return stage


def _settled(database: Database, release: Release, clock: Clock, wait: int, connection: sa.Connection) -> str:
    if database.kind == "postgresql":
        wait_for_locks(connection, wait)
    stage = abandon(connection, clock())
    if stage == AFTER_SWITCH:
        renew_views(connection, release)
    return stage
