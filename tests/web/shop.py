"""A shop to test the pages in: the retail template with its demonstration data, and people who are signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.testclient import TestClient

from kith.runtime.accounts import CHEAP, open_session, set_password
from kith.runtime.calling import Calling, Doors
from kith.runtime.clock import system_clock
from kith.runtime.context import SYSTEM, context_of
from kith.runtime.loading import apply_reference, load_demo
from kith.runtime.read import list_records
from kith.runtime.read.query import Query
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from kith.web.app import routes
from tests.support.prepared import prepared
from tests.support.worlds import model_of

APPS = Path(__file__).resolve().parents[2] / "apps"
ADMIN = "ada@example.com"
HEAD_OFFICE = "gu.minxi@lanting.example"
CLERK = "liang.chen@lanting.example"
PASSWORD = "correct horse battery"


@dataclass
class Shop:
    """A served workspace; `users` maps an e-mail address to the user's id."""

    workspace: Workspace
    app: Starlette
    users: dict[str, str] = field(default_factory=dict)

    def session(self, user: str) -> tuple[str, str]:
        """A new session of somebody: the cookie's value and the secret of its forms."""
        database, now = self.workspace.database, system_clock()
        return database.run(lambda connection: open_session(connection, self.users[user], now))

    def client(self, user: str = "", language: str = "en") -> TestClient:
        """A browser without script, of somebody who is signed in, or of nobody."""
        client = TestClient(self.app, base_url="http://kith.test", follow_redirects=False)
        client.cookies.set("language", language)
        if user:
            secret, csrf = self.session(user)
            client.cookies.set("kith", secret)
            client.headers |= {"x-csrf-token": csrf}
        return client

    def ids(self, entity: str, filter_: str = "") -> list[str]:
        """The ids of records."""
        release, now = self.workspace.current(), system_clock()
        context = context_of(SYSTEM, now, language="en", time_zone="UTC")
        with self.workspace.database.read() as connection:
            found = list_records(connection, context, release, Query(entity, ("id",), filter=filter_, limit=500))
        return [str(row[0]) for row in found.rows]

    def save(self, change: Change) -> Saved:
        """Save a record as the system."""
        context = context_of(SYSTEM, system_clock(), language="en", time_zone="UTC")
        saved = save(self.workspace.database, context, self.workspace.current(), change, Cause("system"))
        assert isinstance(saved, Saved), saved
        return saved

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """The statements that run meanwhile."""
        run: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            run.append(statement)

        engines = self.workspace.database.engines
        for engine in engines:
            sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield run
        finally:
            for engine in engines:
                sa.event.remove(engine, "before_cursor_execute", note)


@contextmanager
def opened(url: str, app: str = "retail_crm", *, demo: bool = True) -> Iterator[Shop]:
    """A shop on an empty database."""
    model = model_of(APPS / app)

    def fill(workspace: Workspace) -> None:
        release = workspace.apply(workspace.plan(model))
        context = context_of(SYSTEM, system_clock(), language="en", time_zone=model.app.time_zone)
        workspace.database.run(lambda connection: apply_reference(connection, context, release))
        if demo:
            workspace.database.run(lambda connection: load_demo(connection, context, release))

    workspace, _ = prepared(url, model, fill, key=f"shop, demo={demo}")
    calling = Calling(workspace.database)
    compression = Middleware(GZipMiddleware, minimum_size=1_024, compresslevel=5)
    pages = Starlette(routes=routes(Doors(workspace, calling, system_clock), CHEAP), middleware=[compression])
    shop = Shop(workspace, pages)
    let_in(shop)
    yield shop
    calling.close()
    workspace.close()


def let_in(shop: Shop) -> None:
    """An administrator, and the same password for everybody."""
    values = {"name": "Ada Admin", "email": ADMIN, "roles": ["administrator"], "active": True}
    shop.save(Change("create", "user", values=values))
    context = context_of(SYSTEM, system_clock(), language="en", time_zone="UTC")
    with shop.workspace.database.read() as connection:
        query = Query("user", ("email",), limit=500)
        found = list_records(connection, context, shop.workspace.current(), query)
    shop.users = {str(row[2]): str(row[0]) for row in found.rows}
    hashed, now = CHEAP.hash(PASSWORD), system_clock()

    def set_passwords(connection: sa.Connection) -> None:
        for user in shop.users.values():
            set_password(connection, user, hashed, now, must_change=False)

    shop.workspace.database.run(set_passwords)
