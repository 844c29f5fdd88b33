"""The firm, opened: everybody signed in, on the API, the pages and in files, and records with all that scopes read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from kith.api.health import Figures
from kith.api.routes import routes as api_routes
from kith.metadata.model import Model
from kith.runtime.accounts import CHEAP, issue_token, open_session, set_password
from kith.runtime.accounts.actors import actor_of_user
from kith.runtime.calling import Calling, Doors
from kith.runtime.context import SYSTEM, Context, context_of
from kith.runtime.measuring import Measures
from kith.runtime.operating import OPEN
from kith.runtime.publishing import hooks
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save_within
from kith.web.app import routes as page_routes
from kith.web.gate import Gate
from tests.access.oracle import FIRM
from tests.access.people import EVERYBODY, TEAMS
from tests.support.prepared import prepared
from tests.support.worlds import Time, model_of

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ADMIN = "admin"
FIGURES = "figures"
"""The token that figures are told for."""


@dataclass
class Firm:
    """A workspace with its doors; `users` has the id of everybody by name."""

    workspace: Workspace
    app: ASGIApp
    users: Mapping[str, str]
    tokens: Mapping[str, str]
    clock: Time
    pages: dict[str, TestClient] = field(default_factory=dict)

    def context(self, who: str = "") -> Context:
        """The context of somebody, or of the system."""
        actor = SYSTEM
        if who:
            with self.workspace.database.read() as connection:
                found = actor_of_user(connection, self.workspace.current(), self.users[who])
            assert found is not None
            actor = found
        return context_of(actor, self.clock.now, language="en", time_zone="Asia/Shanghai")

    def put(self, changes: Sequence[Change]) -> list[str]:
        """Records as the system makes them, in one transaction."""
        context, release = self.context(), self.workspace.current()

        def work(connection: sa.Connection) -> list[str]:
            verdicts = save_within(connection, context, release, changes, Cause("system"))
            return [one.id for one in verdicts if isinstance(one, Saved)]

        return self.workspace.database.run(work)

    def headers(self, who: str) -> dict[str, str]:
        """What somebody sends with every request of the API."""
        return {"authorization": f"Bearer {self.tokens[who]}"}

    def browser(self, who: str) -> TestClient:
        """Somebody's browser, signed in once."""
        if who not in self.pages:
            with self.workspace.database.write() as connection:
                secret, csrf = open_session(connection, self.users[who], self.clock.now)
            client = TestClient(self.app, base_url="http://kith.test", follow_redirects=False)
            client.cookies.set("language", "en")
            client.cookies.set("kith", secret)
            client.headers |= {"x-csrf-token": csrf}
            self.pages[who] = client
        return self.pages[who]


@contextmanager
def opened(url: str) -> Iterator[Firm]:
    """A firm in an empty database."""
    time, model = Time(NOW), model_of(FIRM)
    workspace, (users, tokens) = prepared(
        url, model, lambda workspace: _people(workspace, model, time), key="firm", clock=time
    )
    calling = Calling(workspace.database)
    doors = Doors(workspace, calling, time)
    measures = Measures()
    figures = Route("/metrics", Figures(doors, measures, FIGURES).answer)
    app = Starlette(routes=[*api_routes(doors), figures, *page_routes(doors, CHEAP)])
    yield Firm(workspace, Gate(app, OPEN, measures), users, tokens, time)
    calling.close()
    workspace.close()


def _people(workspace: Workspace, model: Model, time: Time) -> tuple[Mapping[str, str], Mapping[str, str]]:
    workspace.apply(workspace.plan(model), hooks=hooks(time))
    firm = Firm(workspace, Starlette(), {}, {}, time)
    teams: dict[str, str] = {}
    for name, above in TEAMS.items():
        teams[name] = firm.put([Change("create", "team", None, {"name": name, "parent": teams.get(above)})])[0]
    users: dict[str, str] = {}
    values: dict[str, object]
    for one in sorted(EVERYBODY.values(), key=lambda one: bool(one.manager)):
        values = {"name": one.name, "email": f"{one.name}@example.com", "roles": list(one.roles)}
        values |= {"team": teams[one.team], "manager": users.get(one.manager)}
        users[one.name] = firm.put([Change("create", "user", None, values)])[0]
    admin = {"name": ADMIN, "email": "admin@example.com", "roles": ["administrator"]}
    users[ADMIN] = firm.put([Change("create", "user", None, admin)])[0]
    hashed, tokens = CHEAP.hash("correct horse battery"), {}
    with workspace.database.write() as connection:
        for name, id_ in users.items():
            set_password(connection, id_, hashed, time.now, must_change=False)
            tokens[name] = issue_token(connection, name, time.now, user=id_)[1]
    return users, tokens
