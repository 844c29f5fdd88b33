"""Progress of an apply in the database: one at a time, resumed where it was, taken back where another is wanted."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from kith.metadata.model import Model
from kith.problems import Words
from kith.runtime.applying.steps import undo
from kith.runtime.clock import Clock
from kith.runtime.database import Database
from kith.runtime.ids import new_id
from kith.runtime.plan.planning import Plan
from kith.runtime.releases import current_number, digest
from kith.runtime.schema.names import Names
from kith.runtime.schema.system import progress

LEASE = timedelta(seconds=30)
"""An apply that has not been heard of for so long is taken over."""
BEAT = 5.0
AFTER_SWITCH = "tidy"
"""The stage in which nothing can be taken back any more."""
_TOKEN = secrets.token_hex(4)
"""Tells this process from one before it with the same number, as in a container that was started anew."""


_let_go: set[str] = set()
"""Runs that this process began and is no longer at."""

log = logging.getLogger(__name__)


class CannotApply(Exception):
    """A plan that is not carried out; `words` say why and what to do."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


RUNNING = Words(
    "Another process is applying a release right now. Wait until it is done, then plan again.",
    "另一个进程正在应用发布。请等它完成后重新查看计划。",
)
STALE = Words(
    "A newer release has been published since this plan was made. Plan again.",
    "此计划生成后已有更新的发布。请重新生成计划。",
)


@dataclass
class Run:
    """One apply on its way; `names` are those it began with, `done` the keys of the steps behind it."""

    id: str
    names: Names
    done: set[str] = field(default_factory=set)
    made: list[str] = field(default_factory=list)


def candidate_digest(model: Model) -> str:
    """The hash of all documents of a candidate."""
    parts = [
        f"{layer.name}\0{layer.version}\0{path}\0{digest(text)}"
        for layer in model.layers
        for path, text in layer.documents.items()
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def claim(database: Database, plan: Plan, clock: Clock) -> Run:
    """Become the one that applies, going on with an apply of the same candidate that stopped; raises CannotApply."""
    with database.read() as connection:
        # Asked before writing: on SQLite the other one may be in its transaction.
        _refuse_if_alive(connection.execute(_running()).one_or_none(), clock())

    def work(connection: sa.Connection) -> Run:
        row = connection.execute(_running().with_for_update()).one_or_none()
        _refuse_if_alive(row, clock())
        if current_number(connection) != plan.base_number:
            raise CannotApply(STALE)
        wanted = candidate_digest(plan.model)
        if row is not None and (row.candidate, row.base) == (wanted, plan.base_number):
            _update(connection, row.id, owner=_me(), seen_at=clock())
            _let_go.discard(row.id)
            return Run(row.id, Names.from_data(row.names), set(row.done), list(row.made))
        if row is not None:
            _end_other(connection, row, clock())
        return _begin(connection, plan, wanted, clock())

    try:
        return database.run(work)
    except sa.exc.IntegrityError as error:
        raise CannotApply(RUNNING) from error


def abandon(connection: sa.Connection, now: datetime) -> str:
    """End a run that nobody goes on with, as an apply of something else would; the stage it was in, "" where there is none."""
    row = connection.execute(_running().with_for_update()).one_or_none()
    _refuse_if_alive(row, now)
    if row is None:
        return ""
    _end_other(connection, row, now)
    return str(row.stage)


def _end_other(connection: sa.Connection, row: Any, now: datetime) -> None:
    """End a run that nobody goes on with: before its switch it is taken back, after it only tidying was left."""
    if row.stage != AFTER_SWITCH:
        for made in reversed(row.made):
            undo(connection, made)
    _update(connection, row.id, state="done" if row.stage == AFTER_SWITCH else "undone", finished_at=now)


def _running() -> sa.Select[Any]:
    return sa.select(progress).where(progress.c.state == "running")


def _begin(connection: sa.Connection, plan: Plan, candidate: str, now: datetime) -> Run:
    run = Run(new_id(), plan.names)
    values = {
        "id": run.id,
        "state": "running",
        "stage": "expand",
        "base": plan.base_number,
        "candidate": candidate,
        "names": plan.names.as_data(),
        "made": [],
        "done": [],
        "owner": _me(),
        "started_at": now,
        "seen_at": now,
    }
    connection.execute(progress.insert(), values)
    return run


def _refuse_if_alive(row: Any, now: datetime) -> None:
    if row is not None and now - row.seen_at < LEASE and _may_live(row):
        raise CannotApply(RUNNING)


def _me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{_TOKEN}"


def _may_live(row: Any) -> bool:
    """Whether the owner may still be at work; surely not where its process was one of this machine that is gone."""
    owner: str = row.owner
    if not owner or (owner == _me() and row.id in _let_go):
        return False
    host, pid, _ = owner.rsplit(":", 2)
    if owner == _me() or host != socket.gethostname():
        return True
    if int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def hold(connection: sa.Connection, run: Run) -> None:
    """Take the run's row before a step takes any lock: what is noted afterwards shall wait for nobody."""
    connection.execute(sa.select(progress.c.id).where(progress.c.id == run.id).with_for_update())


def step_done(connection: sa.Connection, run: Run, key: str, *, added: bool, now: datetime) -> None:
    """Remember a step, in the transaction that did it."""
    run.done.add(key)
    if added:
        run.made.append(key)
    _update(connection, run.id, done=sorted(run.done), made=run.made, seen_at=now)


def enter(connection: sa.Connection, run: Run, stage: str, now: datetime) -> None:
    """Remember the stage."""
    _update(connection, run.id, stage=stage, seen_at=now)


def finish(connection: sa.Connection, run: Run, now: datetime) -> None:
    """End a run that is through."""
    _update(connection, run.id, state="done", finished_at=now)


def let_go(database: Database, run: Run, now: datetime, error: str) -> None:
    """Leave a run to whoever applies next, with what stopped it: the same candidate goes on, another takes it back."""
    _let_go.add(run.id)
    try:
        with database.write() as connection:
            _update(connection, run.id, owner="", seen_at=now, error=error)
    except DBAPIError:
        # What stopped it, such as a full disk, may stop this as well; nobody waits for it all the same.
        log.warning("what stopped an apply could not be noted", exc_info=True)


def _update(connection: sa.Connection, id_: str, **values: Any) -> None:
    connection.execute(progress.update().where(progress.c.id == id_).values(values))


@contextmanager
def beating(database: Database, run: Run, clock: Clock) -> Iterator[None]:
    """Show every few seconds that this run lives, beside steps that take long."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT):
            with database.write() as connection:
                _update(connection, run.id, seen_at=clock())

    thread = threading.Thread(target=beat, name="kith-apply", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
