"""A name that is typed everywhere into a served CRM stands in no line of its log, and each line knows its request."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from kith.cli.serving import application
from kith.jobs.handlers import Within
from kith.jobs.worker import Worker
from kith.runtime import queue
from kith.runtime.accounts import issue_token
from kith.runtime.clock import system_clock
from kith.runtime.operating import Operation
from kith.runtime.schema import system
from tests.runtime.test_logs import CANARY, heard, lines
from tests.web import shop as shops

SLOW = Operation(rate=0, slow=1)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[shops.Shop]:
    """A shop without records, in which nobody is called like the canary."""
    with shops.opened(f"sqlite:///{tmp_path_factory.mktemp('logged') / 'kith.db'}", demo=False) as found:
        yield found


@pytest.fixture(scope="module")
def client(shop: shops.Shop) -> TestClient:
    """Whoever may do everything through the API."""
    with shop.workspace.database.write() as connection:
        token = issue_token(connection, "test", system_clock(), roles=["administrator"])[1]
    headers = {"authorization": f"Bearer {token}", "x-request-id": "traced"}
    return TestClient(application(shop.workspace, SLOW), headers=headers, raise_server_exceptions=False)


def typed_everywhere(client: TestClient) -> None:
    """Send the canary in every part of requests that a person fills."""
    made = client.post("/api/v1/team", json={"name": CANARY}).json()
    address = f"/api/v1/team/{made['data']['id']}"
    client.post("/api/v1/team", json={"name": CANARY, "nonsense": CANARY})
    client.post("/api/v1/team", content=f"{{{CANARY}", headers={"content-type": "application/json"})
    client.patch(address, json={"name": CANARY * 2, "version": 1})
    client.patch(address, json={"name": CANARY, "version": 1})
    client.post("/api/v1/team/bulk", json={"items": [{"op": "create", "values": {"name": CANARY * 3}}]})
    for query in ("filter", "sort", "fields", "expand", "cursor", CANARY):
        client.get("/api/v1/team", params={query: f'name == "{CANARY}"'})
    client.get("/api/v1/search", params={"q": CANARY})
    for path in (f"/api/v1/{CANARY}", f"/api/v1/team/{CANARY}", f"/{CANARY}", f"/team/{CANARY}", f"/reset/{CANARY}"):
        client.get(path)
    client.get("/api/v1/meta", headers={"authorization": f"Bearer {CANARY}"})
    for _ in range(7):
        client.post("/sign-in", data={"email": f"{CANARY}@example.com", "password": CANARY})
    client.get(
        "/", headers={"user-agent": CANARY, "cookie": f"kith_retail_crm={CANARY}", "referer": f"http://x/{CANARY}"}
    )


def test_no_line_has_what_people_have_typed(
    shop: shops.Shop, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with heard() as stream:
        typed_everywhere(client)

        def broken(*_: object, **__: object) -> None:
            raise ValueError(CANARY)

        monkeypatch.setattr("kith.api.credentials.actor_of_token", broken)
        assert client.get("/api/v1/team", headers={"authorization": "Bearer other"}).status_code == 500
    found = stream.getvalue()
    assert CANARY not in found.lower()
    told = lines(stream)
    assert {"request"} <= {line["event"] for line in told}
    assert {line.get("request") for line in told} == {"traced"}
    assert any(line.get("entity") == "team" and line["status"] == 200 for line in told)
    assert any(line.get("error") == "ValueError" and line["level"] == "error" for line in told)
    assert any("SELECT" in line.get("statement", "") and line["plan"] for line in told)


def test_a_job_knows_the_request_that_set_it_off(shop: shops.Shop) -> None:
    from kith.runtime.logs import in_request

    def break_off(connection: object, work: object) -> None:
        raise ValueError(CANARY)

    database, now = shop.workspace.database, system_clock()
    with in_request("set-off"):
        database.run(
            lambda connection: queue.enqueue(connection, shop.workspace.current(), "trial", {"name": CANARY}, now=now)
        )
    with heard() as stream:
        Worker(shop.workspace, {"trial": Within(break_off)}).step()
    (line,) = [line for line in lines(stream) if line["logger"] == "kith.jobs.worker"]
    assert (line["event"], line["kind"], line["request"], line["error"]) == (
        "a job failed",
        "trial",
        "set-off",
        "ValueError",
    )
    assert CANARY not in stream.getvalue()


def test_a_save_is_noted_with_its_request(shop: shops.Shop, client: TestClient) -> None:
    client.post("/api/v1/team", json={"name": "Night shift"}, headers={"x-request-id": "night-1"})
    with shop.workspace.database.read() as connection:
        asked = sa.select(sa.func.count()).select_from(system.save).where(system.save.c.request == "night-1")
        assert connection.scalar(asked) == 1
