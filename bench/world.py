"""The workspace that is measured: the bench's own app in an empty database, with records and two people who ask."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.model import Model
from kith.runtime.accounts import CHEAP, issue_token, open_session, set_password
from kith.runtime.clock import system_clock
from kith.runtime.context import SYSTEM, Actor, Context, context_of
from kith.runtime.ids import new_id
from kith.runtime.release import Release
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from kith.runtime.write.shelf import shelf_of

APP = Path(__file__).parent / "app"
START = datetime(2026, 1, 1, tzinfo=UTC)
STAGES = ("open", "waiting", "done")
COMPANIES = 200
BATCH = 5_000
USERS = ("rep", "scoped", "clerk")


@dataclass
class World:
    """An open workspace; `users`, `tokens` and `sessions` are by role, `companies` ids to refer to."""

    workspace: Workspace
    users: dict[str, str]
    tokens: dict[str, str]
    sessions: dict[str, str]
    companies: list[str]

    @property
    def release(self) -> Release:
        """The current release."""
        return self.workspace.current()

    def context(self, role: str = "") -> Context:
        """Somebody asking now; the system where no role is named."""
        actor = SYSTEM
        if role:
            actor = Actor(self.users[role], role, frozenset({role}), record={"id": self.users[role]})
        return context_of(actor, system_clock(), language="en", time_zone="Asia/Shanghai")

    def cookie(self, role: str) -> str:
        """What a browser sends that is signed in; Kith's cookie is named after the app, the baseline's is not."""
        return f"kith={self.sessions[role]}; kith_{self.release.model.app.name}={self.sessions[role]}; language=en"

    def make(self, entity: str, **values: Any) -> str:
        """The id of a record that is saved as usual."""
        change = Change("create", entity, None, values)
        done = save(self.workspace.database, self.context(), self.release, change, Cause("system"))
        assert isinstance(done, Saved), done
        return done.id

    def fill(self, entity: str, records: Iterator[dict[str, Any]]) -> None:
        """Put records straight into their table: for lists, which do not ask how they came to be."""
        shelf = shelf_of(self.release, entity)
        blank = {slot.key: None for slot in shelf.slots} | {
            "version": 1, "computed": 0, "created_at": START, "created_by": self.users["rep"],
            "updated_at": START, "updated_by": self.users["rep"],
        }  # fmt: skip
        with self.workspace.database.write() as connection:
            batch: list[dict[str, Any]] = []
            for record in records:
                batch.append(blank | {"id": new_id()} | record)
                if len(batch) == BATCH:
                    shelf.insert(connection, batch)
                    batch = []
            shelf.insert(connection, batch)
        self.analyse()

    def analyse(self) -> None:
        """Let the database look at what it holds, as a real one has long done."""
        with self.workspace.database.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("ANALYZE" if self.workspace.database.kind == "sqlite" else "VACUUM ANALYZE")

    def tickets(self, count: int) -> Iterator[dict[str, Any]]:
        """Tickets, the same each time; one in ten has nothing but its name."""
        owners = [self.users["rep"], self.users["clerk"]]
        for number in range(count):
            ticket = {"name": f"Ticket {number:07}", "stage": STAGES[number % 3], "urgent": number % 7 == 0}
            if number % 10:
                ticket |= {
                    "amount": Decimal(number * 7919 % 10_000_000) / 100,
                    "rate": Decimal(number % 101) / 100,
                    "opened_on": date(2025, 1, 1) + timedelta(days=number % 700),
                    "seen_at": START + timedelta(seconds=number * 61 % 20_000_000),
                    "score": number % 100,
                    "company": self.companies[number % len(self.companies)],
                    "owner": owners[number % 4 == 0],
                    "phone": f"+86138{number % 100_000_000:08}",
                    "note": f"What was agreed about number {number}, and who calls back when.",
                }
            yield ticket


@contextmanager
def opened(url: str, *, tickets: int = 0) -> Iterator[World]:
    """The workspace in an empty database."""
    workspace = Workspace.open(url)
    try:
        workspace.apply(workspace.plan(model()))
        world = World(workspace, {}, {}, {}, [])
        for role in USERS:
            _let_in(world, role)
        world.companies = [new_id() for _ in range(COMPANIES)]
        world.fill("company", ({"id": id_, "name": f"Company {n:03}"} for n, id_ in enumerate(world.companies)))
        if tickets:
            world.fill("ticket", world.tickets(tickets))
        # As a server does once it has started: what is there now is not looked through for garbage again and again.
        gc.collect()
        gc.freeze()
        yield world
    finally:
        gc.unfreeze()
        workspace.close()


@cache
def model() -> Model:
    """The model of the bench's app."""
    layers, problems = load(APP)
    found, more = build(layers)
    assert found is not None, [problem.message() for problem in (*problems, *more)]
    return found


def _let_in(world: World, role: str) -> None:
    """A user with a role, a token and a session."""
    user = world.make("user", name=role.title(), email=f"{role}@example.com", roles=[role])
    world.users[role] = user

    def account(connection: sa.Connection) -> tuple[str, str]:
        now = system_clock()
        set_password(connection, user, CHEAP.hash("correct horse battery"), now, must_change=False)
        return issue_token(connection, role, now, user=user)[1], open_session(connection, user, now)[0]

    world.tokens[role], world.sessions[role] = world.workspace.database.run(account)
