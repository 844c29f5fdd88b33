"""Apply: a plan is carried out in stages — expand, fill, switch, tidy — and becomes the current release."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial

import sqlalchemy as sa

from kith.runtime import releases
from kith.runtime.applying import steps
from kith.runtime.applying.filling import Renew, rename_option
from kith.runtime.applying.finishing import finish_after_switch
from kith.runtime.applying.needs import Filling, Needs, given_at_once, needs_of
from kith.runtime.applying.progress import (
    STALE,
    CannotApply,
    Run,
    beating,
    claim,
    finish,
    hold,
    holding,
    switched,
)  # fmt: skip
from kith.runtime.applying.purging import Purge, carry_out
from kith.runtime.applying.rebuilding import CheckKeys, Rebuild
from kith.runtime.applying.settling import settle
from kith.runtime.applying.telling import FULL, NEEDS_GATE, telling
from kith.runtime.applying.working import Work, fill_all
from kith.runtime.clock import Clock, system_clock
from kith.runtime.context import SYSTEM, Actor, context_of
from kith.runtime.database import Database
from kith.runtime.plan.changes import RenameOption
from kith.runtime.plan.empties import choice_column
from kith.runtime.plan.planning import CONSENT, REFUSED, Plan
from kith.runtime.plan.room import MakeRoom
from kith.runtime.release import Release, make_release
from kith.runtime.schema.install import install
from kith.runtime.schema.tables import Tables
from kith.runtime.schema.views import drop_views, make_views, prepare_views, renew_views


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
    needs = needs_of(plan)
    if needs.renewals and hooks.renew is None:
        raise CannotApply(NEEDS_GATE)
    with telling(FULL):
        if plan.base is None:
            # Whoever read a release has found, or made, all tables of ours.
            install(database)
        else:
            settle(database, plan.base, clock, hooks.renew, undoing=plan.is_empty)
        if plan.is_empty and plan.base:
            return plan.base
        run = claim(database, plan, clock)
        work = _Apply(replace(plan, names=run.names), database, run, actor, clock, hooks, note, needs)
        with holding(database, run, clock):
            work.prepare()
            if database.kind == "sqlite" or plan.base is None:
                return work.at_once()
            with beating(database, run, clock):
                return work.staged()


@dataclass(frozen=True)
class _Apply:
    plan: Plan
    database: Database
    run: Run
    actor: Actor
    clock: Clock
    hooks: Hooks
    note: str
    needs: Needs

    @cached_property
    def release(self) -> Release:
        return make_release(self.plan.base_number + 1, self.plan.model, self.plan.names, self.database.facts)

    def prepare(self) -> None:
        touched = {getattr(change, "entity", "") for change in self.plan.changes}
        with self.database.read() as connection:
            prepare_views(connection, self.release, self.plan.base, touched)

    @cached_property
    def before(self) -> Tables | None:
        return self.plan.base.tables if self.plan.base else None

    @cached_property
    def filling(self) -> Filling:
        app = self.plan.model.app
        context = context_of(SYSTEM, self.clock(), language=app.languages[0], time_zone=app.time_zone)
        return Filling(self.needs, self.plan.base, self.release, self.plan.past, context, self.hooks.renew)

    @cached_property
    def work(self) -> Work:
        return Work(self.database, self.run, self.clock)

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
        # Those who waited meanwhile, and processes that have yet to see the new release, save without what it wants filled.
        late = self.plan.base is not None and any(self.filling.late(began))
        rebuilds = self.purges or any(isinstance(change, MakeRoom) for change in self.plan.changes)
        with self.database.rebuild() if rebuilds else self.database.write() as connection:
            hold(connection, self.run)
            for step in self.expanding():
                step.run(connection)
            for fill in self.filling.fills():
                fill_all(fill, lambda following: following(connection), lambda batch: batch(connection))
            for step in steps.constraining(self.before, self.release.tables):
                step.run(connection)
            self.switch(connection)
            if not late:
                for step in steps.tidying(connection, self.release.tables):
                    step.run(connection)
                finish(connection, self.run, self.clock())
        if late:
            with beating(self.database, self.run, self.clock):
                finish_after_switch(self.work, self.filling, began)
        return self.release

    def switch(self, connection: sa.Connection) -> None:
        """Make it the current release; the option keys that records hold and the reference data go with it."""
        if releases.current_number(connection) != self.plan.base_number:
            raise CannotApply(STALE)
        for change in self.plan.changes:
            if isinstance(change, RenameOption):
                column = choice_column(self.release.tables[change.entity], change.field)
                rename_option(connection, column, change.old, change.option)
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
        switched(connection, self.run, self.needs, self.clock())
        if self.purges:
            drop_views(connection)
            carry_out(connection, self.purges)
        renew_views(connection, self.release)
        if self.hooks.reference_data is not None:
            self.hooks.reference_data(connection, self.release)

    # --- step by step ----------------------------------------------------------------------------------------------

    def staged(self) -> Release:
        began = self.clock()
        given = given_at_once(self.filling.defaults())
        self.work.stage("expand", self.expanding(given))
        self.work.enter("fill")
        self.work.fill(self.filling.fills())
        self.work.stage("constrain", steps.constraining(self.before, self.release.tables))
        self.work.in_turn(self.switch)
        finish_after_switch(self.work, self.filling, began)
        return self.release
