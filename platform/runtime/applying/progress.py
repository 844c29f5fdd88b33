"""Progress of an apply in the database: one at a time, resumed where it was, taken back where another is wanted."""

from __future__ import annotations

import hashlib
import itertools
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
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from kith.metadata.model import Model
from kith.problems import Words
from kith.runtime.applying.needs import Needs
from kith.runtime.applying.steps import undo
from kith.runtime.clock import Clock
from kith.runtime.database import Busy, Database
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


_claims = itertools.count()
_let_go: set[str] = set()
"""The claims of this process that it is no longer at."""

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
TAKEN = Words(
    "This apply was not heard of for 30 seconds, and another process has taken it over. Look at `kith releases`.",
    "此应用超过 30 秒没有响应，已由另一个进程接管。请查看 `kith releases`。",
)
STALE = Words(
    "A newer release has been published since this plan was made. Plan again.",
    "此计划生成后已有更新的发布。请重新生成计划。",
)


@dataclass
class Run:
    """One apply on its way; `names` are those it began with, `done` the keys of the steps behind it.

    `owner` is this claim on it: whoever takes it over has another, and then this one may write nothing more.
    """

    id: str
    names: Names
    owner: str
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
            return _taken_over(connection, row, clock())
        if row is not None:
            _undo(connection, row, clock())
        return _begin(connection, plan, wanted, clock())

    try:
        return database.run(work)
    except sa.exc.IntegrityError as error:
        raise CannotApply(RUNNING) from error


def has_stopped(connection: sa.Connection, now: datetime) -> bool:
    """Whether there is an apply on its way that nobody is at."""
    row = connection.execute(_running()).one_or_none()
    return row is not None and not is_alive(row, now)


@dataclass(frozen=True, slots=True)
class Left:
    """An apply that died after its switch, taken over to be finished: `base` is the release before."""

    run: Run
    base: int
    needs: Needs
    since: datetime


def take_left(connection: sa.Connection, now: datetime, *, undoing: bool) -> Left | str:
    """Take over an apply that nobody is at; the stage it was in, "" where there is none. Raises CannotApply if it may live.

    Before its switch it is taken back, where `undoing` is asked for. After it, it is handed out to be finished.
    """
    row = connection.execute(_running().with_for_update()).one_or_none()
    if row is None or (row.stage != AFTER_SWITCH and not undoing):
        return ""
    _refuse_if_alive(row, now)
    if row.stage == AFTER_SWITCH:
        # An older Kith remembered nothing.
        needs = Needs.from_data(row.late) if row.late else Needs()
        return Left(_taken_over(connection, row, now), row.base, needs, row.started_at)
    _undo(connection, row, now)
    return str(row.stage)


def _taken_over(connection: sa.Connection, row: Any, now: datetime) -> Run:
    run = Run(row.id, Names.from_data(row.names), _claim(), set(row.done), list(row.made))
    connection.execute(progress.update().where(progress.c.id == row.id).values(owner=run.owner, seen_at=now))
    return run


def _undo(connection: sa.Connection, row: Any, now: datetime) -> None:
    """Take back an apply that died before its switch."""
    if row.stage == AFTER_SWITCH:
        # Died in the moment since it was looked for; the next one who comes finishes it.
        raise CannotApply(RUNNING)
    for made in reversed(row.made):
        undo(connection, made)
    connection.execute(progress.update().where(progress.c.id == row.id).values(state="undone", finished_at=now))


def _running() -> sa.Select[Any]:
    return sa.select(progress).where(progress.c.state == "running")


def _begin(connection: sa.Connection, plan: Plan, candidate: str, now: datetime) -> Run:
    run = Run(new_id(), plan.names, _claim())
    values = {
        "id": run.id,
        "state": "running",
        "stage": "expand",
        "base": plan.base_number,
        "candidate": candidate,
        "names": plan.names.as_data(),
        "made": [],
        "done": [],
        "owner": run.owner,
        "started_at": now,
        "seen_at": now,
    }
    connection.execute(progress.insert(), values)
    return run


def _refuse_if_alive(row: Any, now: datetime) -> None:
    if row is not None and is_alive(row, now):
        raise CannotApply(RUNNING)


def is_alive(row: Any, now: datetime) -> bool:
    """Whether somebody may be at a running apply."""
    return now - row.seen_at < LEASE and _may_live(row)


def _me() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{_TOKEN}"


def _claim() -> str:
    return f"{_me()}.{next(_claims)}"


def _may_live(row: Any) -> bool:
    """Whether the owner may still be at work; surely not where its process was one of this machine that is gone."""
    owner: str = row.owner
    if not owner or owner in _let_go:
        return False
    host, pid, _ = owner.rsplit(":", 2)
    if owner.rpartition(".")[0] == _me() or host != socket.gethostname():
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
    """Take the run's row before anything else is locked; raises CannotApply where another process has taken the run over.

    What is noted afterwards then waits for nobody, and nobody takes over what is in the middle of a transaction.
    """
    mine = sa.select(progress.c.id).where(progress.c.id == run.id, _is_mine(run)).with_for_update()
    if connection.execute(mine).first() is None:
        raise CannotApply(TAKEN)


def step_done(connection: sa.Connection, run: Run, key: str, *, added: bool, now: datetime) -> None:
    """Remember a step, in the transaction that did it."""
    run.done.add(key)
    if added:
        run.made.append(key)
    _note(connection, run, done=sorted(run.done), made=run.made, seen_at=now)


def enter(connection: sa.Connection, run: Run, stage: str, now: datetime) -> None:
    """Remember the stage."""
    _note(connection, run, stage=stage, seen_at=now)


def switched(connection: sa.Connection, run: Run, needs: Needs, now: datetime) -> None:
    """Remember, in the transaction that switches, that nothing can be taken back any more, and what is filled late."""
    _note(connection, run, stage=AFTER_SWITCH, late=needs.as_data(), seen_at=now)


def finish(connection: sa.Connection, run: Run, now: datetime) -> None:
    """End a run that is through."""
    _note(connection, run, state="done", finished_at=now)


def let_go(database: Database, run: Run, now: datetime, error: str) -> None:
    """Leave a run to whoever applies next, with what stopped it: the same candidate goes on, another takes it back."""
    _let_go.add(run.owner)
    try:
        with database.write() as connection:
            _write(connection, run, owner="", seen_at=now, error=error)
    except (DBAPIError, Busy) as cause:
        # What stopped it, such as a full disk, may stop this as well; nobody waits for it all the same.
        log.warning("what stopped an apply could not be noted: %s", getattr(cause, "orig", cause))


def _is_mine(run: Run) -> sa.ColumnElement[bool]:
    return sa.and_(progress.c.owner == run.owner, progress.c.state == "running")


def _write(connection: sa.Connection, run: Run, **values: Any) -> bool:
    """Write what is known of a run, unless another process has taken it over; whether it is still this one's."""
    mine = progress.update().where(progress.c.id == run.id, _is_mine(run))
    return connection.execute(mine.values(values)).rowcount == 1


def _note(connection: sa.Connection, run: Run, **values: Any) -> None:
    if not _write(connection, run, **values):
        raise CannotApply(TAKEN)


@contextmanager
def holding(database: Database, run: Run, clock: Clock) -> Iterator[None]:
    """Let go of a run where something stops it."""
    try:
        yield
    except BaseException as error:
        let_go(database, run, clock(), f"{type(error).__name__}: {error}"[:1000])
        raise


@contextmanager
def beating(database: Database, run: Run, clock: Clock) -> Iterator[None]:
    """Show every few seconds that this run lives, beside steps that take long."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT):
            try:
                with database.write() as connection:
                    _write(connection, run, seen_at=clock())
            except (SQLAlchemyError, Busy) as cause:
                # A full disk or a busy database: whoever applies meets it too, and tells it. The next beat tries again.
                log.debug("an apply could not show that it lives: %s", cause)

    thread = threading.Thread(target=beat, name="kith-apply", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
