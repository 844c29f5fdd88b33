"""Apply: a plan is carried out in stages — expand, fill, switch, tidy — and becomes the current release."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from kith.problems import Words
from kith.runtime import releases
from kith.runtime.applying import steps
from kith.runtime.applying.filling import BATCH, Fill, Renew, RenewRecords, fills_of, given_at_once, renewals
from kith.runtime.applying.filling_types import FillConverted
from kith.runtime.applying.patience import give_way, patiently, wait_for_locks
from kith.runtime.applying.progress import (
    AFTER_SWITCH,
    STALE,
    CannotApply,
    Run,
    beating,
    claim,
    enter,
    finish,
    hold,
    let_go,
    step_done,
)  # fmt: skip
from kith.runtime.applying.purging import Purge, carry_out
from kith.runtime.applying.rebuilding import CheckKeys, Rebuild
from kith.runtime.applying.settling import settle
from kith.runtime.clock import Clock, system_clock
from kith.runtime.context import SYSTEM, Actor, Context, context_of
from kith.runtime.database import Database, is_full
from kith.runtime.plan.changes import RenameOption
from kith.runtime.plan.empties import choice_column
from kith.runtime.plan.planning import CONSENT, REFUSED, Plan
from kith.runtime.plan.room import MakeRoom
from kith.runtime.release import Release, make_release
from kith.runtime.schema.install import install
from kith.runtime.schema.tables import Tables
from kith.runtime.schema.views import drop_views, make_views, prepare_views, renew_views

SHORT = 0.1
"""Seconds that a batch shall take where others want its records."""
TAKEN_OVER = 1.5
"""Seconds after which every process works with a release that has been switched to, and has finished what it was at."""
SMALL = 50
"""Records that a batch has at least."""
DEPENDENT = "2BP01"
"""PostgreSQL's state for something that others are made of."""

NEEDS_GATE = Words(
    "This plan computes values of records anew, which this process cannot do.",
    "此计划需要重新计算记录的值，当前进程无法完成。",
)
DOUBLES = Words(
    "Records with the same value of a unique key were saved while the plan was carried out. Plan again.",
    "应用过程中保存了唯一键重复的记录。请重新生成计划。",
)
FULL = Words(
    "The disk of the database is full. No record has changed by halves: make room, then apply again.",
    "数据库所在磁盘已满。没有记录只改了一半：请腾出空间，然后重新应用。",
)
IN_THE_WAY = Words(
    "Something that was made by hand in the database, such as a view, reads what is to go. Drop that first.",
    "数据库中有手工创建的对象（如视图）仍在读取要移除的内容。请先删除该对象。",
)


@dataclass(frozen=True, slots=True)
class Hooks:
    """What other parts of the runtime do within an apply.

    `renew` computes stored fields and search rows of records; `reference_data` writes the rows of the release's data
    documents within the transaction that switches to it.
    """

    renew: Renew | None = None
    reference_data: Callable[[sa.Connection, Release], None] | None = None


def apply(
    plan: Plan,
    database: Database,
    *,
    actor: Actor = SYSTEM,
    clock: Clock = system_clock,
    hooks: Hooks | None = None,
    note: str = "",
    allow_loss: bool = False,
) -> Release:
    """Carry a plan out and return the release that is current then; raises CannotApply, also where consent is missing.

    SQLite does it in one transaction: writers wait, readers go on, and nothing is left behind by an apply that dies. So
    does PostgreSQL for the first release, which nobody uses yet. Otherwise it goes step by step, and can be resumed.
    """
    hooks = hooks or Hooks()
    if plan.is_refused:
        raise CannotApply(REFUSED)
    if plan.needs_consent and not allow_loss:
        raise CannotApply(CONSENT)
    if renewals(plan) and hooks.renew is None:
        raise CannotApply(NEEDS_GATE)
    install(database)
    if plan.is_empty and plan.base:
        settle(database, plan.base, clock)
        return plan.base
    run = claim(database, plan, clock)
    plan = replace(plan, names=run.names)
    work = _Apply(plan, database, run, actor, clock, hooks, note)
    try:
        prepare_views(work.release)
        if database.kind == "sqlite" or plan.base is None:
            return work.at_once()
        with beating(database, run, clock):
            return work.staged()
    except BaseException as error:
        let_go(database, run, clock(), f"{type(error).__name__}: {error}"[:1000])
        if isinstance(error, IntegrityError):
            raise CannotApply(DOUBLES) from error
        if is_full(error):
            raise CannotApply(FULL) from error
        if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == DEPENDENT:
            raise CannotApply(IN_THE_WAY) from error
        raise


@dataclass(frozen=True)
class _Apply:
    plan: Plan
    database: Database
    run: Run
    actor: Actor
    clock: Clock
    hooks: Hooks
    note: str

    @cached_property
    def release(self) -> Release:
        return make_release(self.plan.base_number + 1, self.plan.model, self.plan.names, self.database.facts)

    @cached_property
    def before(self) -> Tables | None:
        return self.plan.base.tables if self.plan.base else None

    @cached_property
    def context(self) -> Context:
        app = self.plan.model.app
        return context_of(SYSTEM, self.clock(), language=app.languages[0], time_zone=app.time_zone)

    def fills(self, since: datetime | None = None) -> Iterator[Fill]:
        yield from fills_of(self.plan, self.release, self.context, since)
        renew = self.hooks.renew
        if renew is not None:
            for entity, fields in renewals(self.plan).items():
                yield RenewRecords(self.release.tables[entity], fields, self.release, renew, since)

    @cached_property
    def purges(self) -> list[Purge]:
        return [change for change in self.plan.changes if isinstance(change, Purge)]

    def expanding(self, given: steps.Given | None = None) -> Iterator[steps.Step]:
        base = self.plan.base
        for change in self.plan.changes:
            if isinstance(change, MakeRoom) and base is not None:
                table = self.release.tables[change.entity].table
                yield Rebuild(table, change.without, change.ever, partial(make_views, release=base))
                yield CheckKeys(table)
        yield from steps.expanding(self.before, self.release.tables, given)

    # --- in one transaction ----------------------------------------------------------------------------------------

    def at_once(self) -> Release:
        began = self.clock()
        converts = any(isinstance(fill, FillConverted) for fill in self.fills())
        rebuilds = self.purges or any(isinstance(change, MakeRoom) for change in self.plan.changes)
        with self.database.rebuild() if rebuilds else self.database.write() as connection:
            for step in self.expanding():
                step.run(connection)
            for fill in self.fills():
                fill_all(fill, lambda batch: batch(connection))
            for step in steps.constraining(self.before, self.release.tables):
                step.run(connection)
            self.switch(connection)
            for step in steps.tidying(connection, self.release.tables):
                step.run(connection)
            if not converts:
                finish(connection, self.run, self.clock())
        if converts:
            # What is saved meanwhile by processes on the release before goes into columns that nobody reads any more.
            time.sleep(TAKEN_OVER)
            for fill in self.fills(began):
                fill_all(fill, self.database.run)
            with self.database.write() as connection:
                finish(connection, self.run, self.clock())
        return self.release

    def switch(self, connection: sa.Connection) -> None:
        """Make it the current release; the option keys that records hold and the reference data go with it."""
        if releases.current_number(connection) != self.plan.base_number:
            raise CannotApply(STALE)
        for change in self.plan.changes:
            if isinstance(change, RenameOption):
                column = choice_column(self.release.tables[change.entity], change.field)
                table = column.table
                connection.execute(sa.update(table).where(column == change.old).values({column.name: change.option}))
        releases.store(
            connection,
            self.release.number,
            self.plan.model,
            self.plan.names,
            at=self.clock(),
            actor=self.actor,
            note=self.note,
            changes=[change.as_data("en") | {"zh": change.message("zh")} for change in self.plan.changes],
            back=self.plan.back or None,
        )
        enter(connection, self.run, AFTER_SWITCH, self.clock())
        if self.purges:
            drop_views(connection)
            carry_out(connection, self.purges)
        renew_views(connection, self.release)
        if self.hooks.reference_data is not None:
            self.hooks.reference_data(connection, self.release)

    # --- step by step ----------------------------------------------------------------------------------------------

    def staged(self) -> Release:
        began = self.clock()
        given = given_at_once(fills_of(self.plan, self.release, self.context))
        self.stage("expand", self.expanding(given))
        self.fill("fill")
        self.stage("constrain", steps.constraining(self.before, self.release.tables))
        patiently(lambda wait: self.database.run(partial(self.switch_in_time, wait)))
        with self.database.read() as connection:
            left = steps.tidying(connection, self.release.tables)
        self.stage(AFTER_SWITCH, left)
        if any(self.fills()):
            # Processes on the release before go on writing until they see this one, without what it wants filled.
            time.sleep(TAKEN_OVER)
            self.fill(AFTER_SWITCH, since=began)
        # Somebody may have been reading one when the release was switched to.
        self.database.run(partial(renew_views, release=self.release))
        with self.database.write() as connection:
            finish(connection, self.run, self.clock())
        return self.release

    def switch_in_time(self, wait: int, connection: sa.Connection) -> None:
        wait_for_locks(connection, wait)
        self.switch(connection)

    def enter(self, stage: str) -> None:
        with self.database.write() as connection:
            enter(connection, self.run, stage, self.clock())

    def stage(self, name: str, work: Iterable[steps.Step]) -> None:
        self.enter(name)
        for step in work:
            if step.key in self.run.done:
                continue
            if step.concurrent:
                with self.database.read() as connection:
                    added = step.run(connection)
                with self.database.write() as connection:
                    step_done(connection, self.run, step.key, added=added, now=self.clock())
            else:
                patiently(partial(self.short, step))

    def short(self, step: steps.Step, wait: int) -> None:
        with self.database.write() as connection:
            give_way(connection, wait)
            hold(connection, self.run)
            added = step.run(connection)
            step_done(connection, self.run, step.key, added=added, now=self.clock())

    def fill(self, stage: str, since: datetime | None = None) -> None:
        self.enter(stage)
        for fill in self.fills(since):
            fill_all(fill, self.batch, beside_others=True)

    def batch(self, work: Batch) -> str | None:
        def giving_way(connection: sa.Connection, wait: int) -> str | None:
            give_way(connection, wait)
            return work(connection)

        return patiently(lambda wait: self.database.run(partial(giving_way, wait=wait)))


Batch = Callable[[sa.Connection], str | None]


def fill_all(fill: Fill, run: Callable[[Batch], str | None], *, beside_others: bool = False) -> None:
    """Fill one batch after the other, each in what `run` makes of it; with others at work they are as large as is quick."""
    after: str | None = "00000000-0000-0000-0000-000000000000"
    size = SMALL if beside_others else BATCH
    while after is not None:
        started = time.monotonic()
        after = run(lambda connection, after=after, size=size: fill.batch(connection, after, size))  # type: ignore[misc]
        if beside_others:
            size = fitting(size, time.monotonic() - started)


def fitting(size: int, seconds: float) -> int:
    """How many records a batch should have after one of that size took so long; it never more than doubles."""
    return max(SMALL, min(BATCH, 2 * size, int(size * SHORT / max(seconds, 0.001))))
