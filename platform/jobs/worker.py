"""A worker: takes jobs one after the other, does them, and lets the scheduler start what is due."""

from __future__ import annotations

import logging
import os
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from kith.jobs.handlers import HANDLERS, Handler, Stepwise, Within, work_of
from kith.jobs.scheduling import Scheduler
from kith.runtime import inbox, queue
from kith.runtime.database import Connection, is_busy
from kith.runtime.ids import new_id
from kith.runtime.logs import in_request
from kith.runtime.publishing import system_context
from kith.runtime.queue.claiming import LEASE
from kith.runtime.queue.ending import ATTEMPTS
from kith.runtime.queue.telling import DIED
from kith.runtime.workspace import NoRelease, Workspace
from kith.runtime.write.folding import MOST, fold, is_any_waiting

IDLE = 0.5
"""Seconds between two looks of a worker that has nothing to do."""
FOLD = 1.0
"""Seconds between two looks at what waits to be added to sums."""
TURN = 2.0
"""Seconds that work of many steps goes on before other jobs, and what time starts, have their turn."""
LONGEST_REST = 0.5
"""Seconds that a worker rests at most after a piece of work."""
SIGN = LEASE.total_seconds() / 3
"""Seconds between two signs of life."""

log = logging.getLogger(__name__)


class Worker:
    """One worker of a workspace; any number of them may run, in one process or many."""

    def __init__(self, workspace: Workspace, handlers: Mapping[str, Handler] = HANDLERS, *, rest: float = 0.0) -> None:
        """`rest` says how long it rests after each piece of work, as a share of the time that took."""
        self._workspace = workspace
        self._rest = rest
        self._handlers = handlers
        self._scheduler = Scheduler(workspace)
        self._folded = -FOLD
        self._stopping = threading.Event()
        self.name = f"{os.uname().nodename}:{os.getpid()}:{new_id()[-6:]}"

    def run(self, stopping: threading.Event) -> None:
        """Work until somebody says stop; the job at hand is finished first, one of many steps after the step at hand."""
        self._stopping = stopping
        while not stopping.is_set():
            began = time.monotonic()
            try:
                busy = self.turn()
            except NoRelease:
                busy = False
            except Exception as error:
                # Nothing is lost, the next look tries again.
                if is_busy(error):
                    log.warning("the database is away or has too much to do: %s", error)
                else:
                    log.exception("a worker could not go on")
                busy = False
            stopping.wait(self._resting(began) if busy else IDLE)

    def _resting(self, began: float) -> float:
        return min((time.monotonic() - began) * self._rest, LONGEST_REST)

    def turn(self) -> bool:
        """Start what is due and do one job; whether there was one."""
        self._scheduler.tick()
        self._fold()
        return self.step()

    def _fold(self) -> None:
        """Fold what waits for sums that are kept `soon`, once a second."""
        database, now = self._workspace.database, time.monotonic()
        if now < self._folded + FOLD:
            return
        self._folded = now
        with database.read() as connection:
            waiting = is_any_waiting(connection)
        while waiting:
            release = self._workspace.current()
            context = system_context(release, self._workspace.clock)
            waiting = database.run(partial(fold, context=context, release=release)) == MOST

    def step(self) -> bool:
        """Take and do one job; whether there was one."""
        job = self._taken()
        if job is None:
            return False
        with in_request(job.request or ""):
            self._tried(job)
        return True

    def _tried(self, job: queue.Job) -> None:
        said, began = {"job": job.id, "kind": job.kind, "save": job.save, "attempt": job.attempts}, time.monotonic()
        try:
            with self._alive(job):
                self._do(job)
        except queue.LostLease:
            log.warning("a job was taken over by another worker", extra=said)
        except Exception as error:
            log.warning("a job failed", exc_info=True, extra=said)
            self._failed(job, error)
        else:
            log.info("a job was done", extra=said | {"ms": round((time.monotonic() - began) * 1000)})

    def _taken(self) -> queue.Job | None:
        database, now = self._workspace.database, self._workspace.clock()
        with database.read() as connection:
            # A look costs other writers nothing; on SQLite even an idle claim would make them wait.
            if not queue.is_any_due(connection, self._handlers.keys(), now):
                return None
        return database.run(lambda connection: queue.claim(connection, self._handlers.keys(), self.name, now))

    def _do(self, job: queue.Job) -> None:
        if job.attempts > ATTEMPTS:
            # Each of its workers has died: it may well be the job that kills them.
            self._workspace.database.run(lambda connection: queue.bury(connection, job, self._workspace.clock(), DIED))
            return
        handler, work = self._handlers[job.kind], work_of(job, self._workspace)
        if isinstance(handler, Within):
            inside = handler.do

            def do(connection: Connection) -> None:
                queue.finish(connection, job, work.context.now, inside(connection, work))

            self._workspace.database.run(do)
            return
        if isinstance(handler, Stepwise):
            self._in_steps(job, handler)
            return
        result = handler.do(work)
        self._workspace.database.run(lambda connection: queue.finish(connection, job, self._workspace.clock(), result))

    def _in_steps(self, job: queue.Job, handler: Stepwise) -> None:
        """Do as many steps as a turn has time for; then others go first."""
        run, until, more = self._workspace.database.run, time.monotonic() + TURN, True
        while more and time.monotonic() <= until and not self._stopping.is_set():
            began = time.monotonic()
            job, more = run(partial(self._one_step, job=job, handler=handler))
            if more:
                time.sleep(self._resting(began))
        if more:
            run(partial(queue.put_back, job=job, now=self._workspace.clock()))

    def _one_step(self, connection: Connection, job: queue.Job, handler: Stepwise) -> tuple[queue.Job, bool]:
        work = work_of(job, self._workspace)
        told, more = handler.do(connection, work, job.so_far or {})
        end = queue.note if more else queue.finish
        end(connection, job, work.context.now, told)
        if not more:
            inbox.tell_end(connection, work.release, job.kind, job.id, job.payload, work.context.now)
        return replace(job, so_far=told), more

    def _failed(self, job: queue.Job, error: Exception) -> None:
        told = "".join(traceback.format_exception(error))
        try:
            self._workspace.database.run(lambda connection: queue.fail(connection, job, self._workspace.clock(), told))
        except queue.LostLease:
            log.warning("job %s was taken over by another worker", job.id)

    @contextmanager
    def _alive(self, job: queue.Job) -> Iterator[None]:
        """Give signs of life while a job is done."""
        done = threading.Event()

        def tell() -> None:
            while not done.wait(SIGN):
                try:
                    with self._workspace.database.write() as connection:
                        queue.extend(connection, job, self._workspace.clock())
                except Exception:
                    # Behind a long writer of SQLite: whoever wants to take the job has to wait behind it as well.
                    log.info("no sign of life for job %s", job.id, exc_info=True)

        teller = threading.Thread(target=tell, name="kith-alive", daemon=True)
        teller.start()
        try:
            yield
        finally:
            done.set()
            teller.join()


@contextmanager
def working(workspace: Workspace, patience: float = 10.0) -> Iterator[None]:
    """A worker in a thread of its own, as long as this lasts; it rests as long as it works, so that others have their turn.

    At the end the job at hand has so many seconds; what is cut short is done again later.
    """
    stopping = threading.Event()
    thread = threading.Thread(target=Worker(workspace, rest=1.0).run, args=(stopping,), name="kith-worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(patience)
