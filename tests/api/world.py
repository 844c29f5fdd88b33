"""A small desk behind its API: users with tokens, and short words for asking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from httpx2 import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kith.api.routes import routes
from kith.metadata.model import Model
from kith.runtime.accounts import issue_token, open_session
from kith.runtime.calling import Calling, Doors
from kith.runtime.context import SYSTEM, context_of
from kith.runtime.publishing import hooks
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from tests.support.prepared import prepared
from tests.support.worlds import built

DESK = Path(__file__).parent / "desk"
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
USERS: Mapping[str, tuple[str, ...]] = {
    "admin": ("administrator",), "ann": ("rep",), "bob": ("rep",), "scribe": ("scribe",), "nobody": (),
}  # fmt: skip


@lru_cache(maxsize=2)
def desk_model(folder: Path = DESK) -> Model:
    """The model of the desk's folder, or of another one with its roles."""
    return built(folder)


@dataclass
class Desk:
    """A workspace, a client of its API, and who may use it."""

    workspace: Workspace
    client: TestClient
    users: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, who: str = "admin", body: Any = None, **headers: str) -> Response:
        """Send a request; a body that is bytes goes as it is."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if who:
            sent = {"authorization": f"Bearer {self.tokens[who]}"} | sent
        address = path if path.startswith("/") else f"/api/v1/{path}"
        if isinstance(body, bytes):
            return self.client.request(
                method, address, content=body, headers={"content-type": "application/json"} | sent
            )
        return self.client.request(method, address, json=body, headers=sent)

    def get(self, path: str, who: str = "admin", **headers: str) -> Response:
        """Ask for something."""
        return self.ask("GET", path, who, **headers)

    def make(self, entity: str, who: str = "admin", **values: Any) -> dict[str, Any]:
        """A record made through the API, which must not be refused."""
        response = self.ask("POST", entity, who, values)
        assert response.status_code == 201, response.text
        made: dict[str, Any] = response.json()["data"]
        return made

    def session(self, who: str) -> tuple[str, str]:
        """The cookie and the secret of a new session."""
        with self.workspace.database.write() as connection:
            set_account(connection, self.users[who])
            return open_session(connection, self.users[who], NOW)


def set_account(connection: sa.Connection, user: str) -> None:
    """An account that needs no new password."""
    from kith.runtime.accounts import CHEAP, set_password

    set_password(connection, user, CHEAP.hash("correct horse battery"), NOW, must_change=False)


@contextmanager
def opened(url: str, folder: Path = DESK) -> Iterator[Desk]:
    """A desk in an empty database."""
    model = desk_model(folder)
    workspace, (users, tokens) = prepared(url, model, lambda workspace: people(workspace, model), key="desk")
    doors = Doors(workspace, Calling(workspace.database), lambda: NOW)
    with TestClient(Starlette(routes=routes(doors)), raise_server_exceptions=False) as client:
        yield Desk(workspace, client, dict(users), dict(tokens))
    doors.calling.close()
    workspace.close()


def people(workspace: Workspace, model: Model) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The users and the tokens of a desk that is furnished."""
    workspace.apply(workspace.plan(model), hooks=hooks(lambda: NOW))
    desk = Desk(workspace, TestClient(Starlette()))
    for name, roles in USERS.items():
        add_user(desk, name, roles)
    return desk.users, desk.tokens


def add_user(desk: Desk, name: str, roles: tuple[str, ...]) -> None:
    """A user with a token."""
    release = desk.workspace.current()
    context = context_of(SYSTEM, NOW, language="en", time_zone="Asia/Shanghai")
    values = {"name": name, "email": f"{name}@example.com", "roles": list(roles)}
    done = save(desk.workspace.database, context, release, Change("create", "user", None, values), Cause("system"))
    assert isinstance(done, Saved), done
    desk.users[name] = done.id
    with desk.workspace.database.write() as connection:
        desk.tokens[name] = issue_token(connection, name, NOW, user=done.id)[1]


@contextmanager
def statements(desk: Desk) -> Iterator[list[str]]:
    """The statements that are run meanwhile."""
    found: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        found.append(statement)

    engines = desk.workspace.database.engines
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", note)
