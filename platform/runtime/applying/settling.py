"""What an apply that died has left: the next start takes it back, or finishes it where its release is live already."""

from __future__ import annotations

import logging
from functools import partial

import sqlalchemy as sa

from kith.runtime import releases
from kith.runtime.applying.filling import Renew
from kith.runtime.applying.finishing import finish_after_switch
from kith.runtime.applying.needs import Filling
from kith.runtime.applying.patience import patiently, wait_for_locks
from kith.runtime.applying.progress import AFTER_SWITCH, CannotApply, Left, beating, has_stopped, holding, take_left
from kith.runtime.applying.telling import NEEDS_GATE
from kith.runtime.applying.working import Work
from kith.runtime.clock import Clock
from kith.runtime.context import SYSTEM, context_of
from kith.runtime.database import Database
from kith.runtime.plan.lineage import past_of
from kith.runtime.plan.pairs import Pairs
from kith.runtime.release import Release, make_release

log = logging.getLogger(__name__)


def settle(database: Database, release: Release, clock: Clock, renew: Renew | None, *, undoing: bool = True) -> str:
    """End an apply that nobody is at; the stage it was in, "" where there is none. One that may be alive is let be.

    With `undoing` one that died before its switch is taken back. Raises CannotApply where it cannot be finished now.
    """
    with database.read() as connection:
        # Asked before writing: on SQLite the other one may be in its transaction.
        if not has_stopped(connection, clock()):
            return ""
    try:
        left = patiently(lambda wait: database.run(partial(_left, database, clock, undoing, wait)))
    except CannotApply:
        return ""
    if isinstance(left, str):
        return left
    with holding(database, left.run, clock), beating(database, left.run, clock):
        finish_after_switch(
            Work(database, left.run, clock), _filling(database, release, left, clock, renew), left.since
        )
    return AFTER_SWITCH


def _left(database: Database, clock: Clock, undoing: bool, wait: int, connection: sa.Connection) -> Left | str:
    if database.kind == "postgresql":
        wait_for_locks(connection, wait)
    return take_left(connection, clock(), undoing=undoing)


def _filling(database: Database, current: Release, left: Left, clock: Clock, renew: Renew | None) -> Filling:
    """What is left to fill, told from the two releases as they are stored."""
    if left.needs.renewals and renew is None:
        raise CannotApply(NEEDS_GATE)
    with database.read() as connection:
        base = _stored(connection, database, left.base)
        release = (
            current if current.number == left.base + 1 else _stored(connection, database, left.base + 1) or current
        )
        past = {}
        if base is not None:
            pairs = Pairs(base.model, release.model, base.names, release.names, left.needs.pairing)
            past = dict(past_of(connection, pairs, base, release.names))
    app = release.model.app
    context = context_of(SYSTEM, clock(), language=app.languages[0], time_zone=app.time_zone)
    return Filling(left.needs, base, release, past, context, renew)


def _stored(connection: sa.Connection, database: Database, number: int) -> Release | None:
    # Hardly any start needs it.
    from kith.metadata.build import build

    stored = releases.load(connection, number)
    model, _ = build(stored.layers, advice=False)
    if model is None:
        log.warning("release %s cannot be built by this version of Kith: its late values are not converted", number)
        return None
    return make_release(number, model, stored.names, database.facts)
