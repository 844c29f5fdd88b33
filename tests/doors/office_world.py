"""An office and all the doors by which a deal of it can be changed; each tells in words what became of the change."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from starlette.applications import Starlette
from starlette.testclient import TestClient

from kith.api.routes import routes as api_routes
from kith.jobs.worker import Worker
from kith.runtime import queue
from kith.runtime.accounts import CHEAP, issue_token, open_session, set_password
from kith.runtime.calling import Calling, Doors
from kith.runtime.publishing import system_context
from kith.runtime.read import list_records
from kith.runtime.read.query import Query
from kith.runtime.transfer.importing import Order, run_import
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Refused
from kith.runtime.write.gate import save
from kith.web.app import routes as page_routes
from tests.support.worlds import Time, model_of
from tests.web.forms import form_of, post

FOLDER = Path(__file__).parent / "office"
START = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
FIELDS = ("code", "name", "stage", "amount", "discount", "approver")


@dataclass
class Office:
    """An office that is open; its clock stands still but for schedules."""

    workspace: Workspace
    client: TestClient
    folder: Path
    clock: Time
    token: str = ""

    def save(self, change: Change) -> str:
        """The id of what is saved, or in words why it is not."""
        release = self.workspace.current()
        done = save(self.workspace.database, system_context(release, self.clock), release, change, Cause("system"))
        return " ".join(one.message for one in done.failures) if isinstance(done, Refused) else done.id

    def deal(self, code: str, values: Mapping[str, object]) -> str:
        """A new deal."""
        return self.save(Change("create", "deal", None, {"code": code, "name": "Deal", **values}))

    def look(self, deal: str) -> dict[str, object]:
        """A deal as it stands."""
        release = self.workspace.current()
        query = Query("deal", FIELDS, filter=f'id == "{deal}"')
        with self.workspace.database.read() as connection:
            found = list_records(connection, system_context(release, self.clock), release, query)
        return dict(zip(FIELDS, found.rows[0][2:], strict=False))

    def let_in(self) -> None:
        """Sign an administrator in, on the pages and in the API."""
        values = {"name": "Ada", "email": "ada@example.com", "roles": ["administrator"]}
        user = self.save(Change("create", "user", None, values))
        with self.workspace.database.write() as connection:
            set_password(connection, user, CHEAP.hash("correct horse battery"), self.clock.now, must_change=False)
            secret, csrf = open_session(connection, user, self.clock.now)
            self.token = issue_token(connection, "ada", self.clock.now, user=user)[1]
        self.client.cookies.set("kith", secret)
        self.client.headers |= {"x-csrf-token": csrf}

    def ask(self, method: str, path: str, body: object, **headers: str) -> str:
        """The answer of the API."""
        bearer = {"authorization": f"Bearer {self.token}", "if-match": headers.get("if_match", "*")}
        return self.client.request(method, f"/api/v1/{path}", json=body, headers=bearer).text


@contextmanager
def opened(url: str, folder: Path) -> Iterator[Office]:
    """An office in an empty database."""
    time = Time(START)
    workspace = Workspace.open(url, clock=time)
    workspace.apply(workspace.plan(model_of(FOLDER)))
    calling = Calling(workspace.database)
    office = Office(workspace, TestClient(Starlette()), folder, time)
    doors = Doors(workspace, calling, office.clock)
    app = Starlette(routes=[*api_routes(doors), *page_routes(doors, CHEAP)])
    office.client = TestClient(app, base_url="http://kith.test", follow_redirects=False)
    office.client.cookies.set("language", "en")
    office.let_in()
    yield office
    calling.close()
    workspace.close()


Values = Mapping[str, str]
Door = Callable[[Office, str, Values], str]
"""Changes the deal that has this id and code; what is told of it."""


def as_json(values: Values) -> dict[str, str]:
    """Values as the API takes them: a percentage is a fraction."""
    return {name: str(int(value[:-1]) / 100) if value.endswith("%") else value for name, value in values.items()}


def by_form(office: Office, deal: str, values: Values) -> str:
    """The whole form of the record."""
    form = form_of(office.client.get(f"/records/deal/{deal}/edit").text)
    return unescape(form.fill(**values).send(office.client).text)


def by_inline_edit(office: Office, deal: str, values: Values) -> str:
    """One field on the record's page."""
    ((name, value),) = values.items()
    address = f"/records/deal/{deal}/field/{name}"
    editor = office.client.get(address, headers={"hx-request": "true"}).text
    form = form_of(editor.replace('class="editor"', 'class="record-form"', 1))
    return unescape(post(office.client, address, form.fill(**{name: value}).fields).text)


def by_patch(office: Office, deal: str, values: Values) -> str:
    """The API, one record."""
    return office.ask("PATCH", f"deal/{deal}", as_json(values))


def by_bulk(mode: str) -> Door:
    """The API, several records."""

    def change(office: Office, deal: str, values: Values) -> str:
        items = [{"op": "update", "id": deal, "values": as_json(values)}]
        return office.ask("POST", "deal/bulk", {"mode": mode, "items": items})

    return change


def by_key(office: Office, deal: str, values: Values) -> str:
    """The API, by the key of another system."""
    items = [{"op": "upsert", "key": {"code": deal_code(office, deal)}, "values": as_json(values)}]
    return office.ask("POST", "deal/bulk", {"mode": "each", "items": items})


def by_import(office: Office, deal: str, values: Values) -> str:
    """A file, by the key."""
    file = office.folder / "deals.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["code", *values])
        writer.writerow([deal_code(office, deal), *values.values()])
    release = office.workspace.current()
    order = Order("deal", file, key="code")
    result = run_import(office.workspace.database, system_context(release, office.clock), release, order)
    return str(result.reasons)


def deal_code(office: Office, deal: str) -> str:
    """The key of a deal in another system."""
    return str(office.look(deal)["code"])


def by_rule(office: Office, deal: str, values: Values) -> str:
    """A rule of another record."""
    return office.save(Change("create", "wish", None, {"deal": deal, "at_once": True, **as_json(values)}))


def by_schedule(office: Office, deal: str, values: Values) -> str:
    """A rule that the clock starts."""
    worker = Worker(office.workspace)
    wish = office.save(Change("create", "wish", None, {"deal": deal, **as_json(values)}))
    while worker.turn():
        pass
    office.clock.on(hours=1)
    while worker.turn():
        pass
    office.save(Change("delete", "wish", wish))
    with office.workspace.database.read() as connection:
        return str(queue.jobs(connection, kind="schedule", state="done")[0].result)


DOORS: Mapping[str, Door] = {
    "the form": by_form,
    "inline edit": by_inline_edit,
    "the API": by_patch,
    "bulk, all or nothing": by_bulk("all"),
    "bulk, each": by_bulk("each"),
    "bulk by key": by_key,
    "an import": by_import,
    "a rule": by_rule,
    "a schedule": by_schedule,
}
