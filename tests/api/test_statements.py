"""How many statements a whole request takes, the token's included: never more than runtime.md promises."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.sql.compiler import SQLCompiler

from tests.api.world import Desk, statements

MOST = {"get": 2, "list": 3, "create": 8, "update": 10}


def send(desk: Desk, what: str, entity: str, id_: str, number: int) -> int:
    name = "text" if entity == "memo" else "name"
    match what:
        case "get":
            return desk.get(f"{entity}/{id_}").status_code
        case "list":
            return desk.get(f"{entity}?sort={name}&limit=1").status_code
        case "create":
            # A key of the entity is looked up before the write, which an Idempotency-Key may not add to.
            key = {"idempotency_key": f"{number}"} if entity == "memo" else {}
            return desk.ask("POST", entity, body={name: f"made {number}"}, **key).status_code
        case _:
            return desk.ask("PATCH", f"{entity}/{id_}", body={name: f"now {number}"}).status_code


@pytest.mark.parametrize("what", MOST)
def test_a_warm_process_compiles_no_statement(desk: Desk, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = desk.make("memo", text="first")["id"]
    for number in range(2):
        send(desk, what, "memo", id_, number)
    made: list[str] = []
    original = SQLCompiler.__init__

    def counted(self: SQLCompiler, *given: Any, **named: Any) -> None:
        original(self, *given, **named)
        made.append(str(self.statement))

    monkeypatch.setattr(SQLCompiler, "__init__", counted)
    assert send(desk, what, "memo", id_, 9) in (200, 201)
    assert made == []


@pytest.mark.parametrize("entity", ["memo", "account", "topic"])
@pytest.mark.parametrize("what", MOST)
def test_a_request_takes_few_statements(desk: Desk, what: str, entity: str) -> None:
    name = "text" if entity == "memo" else "name"
    id_ = desk.make(entity, **{name: "first"})["id"]
    desk.make(entity, **{name: "second"})
    send(desk, what, entity, id_, 1)
    with statements(desk) as found:
        assert send(desk, what, entity, id_, 2) in (200, 201)
    assert len(counted(found)) <= MOST[what], "\n".join(found)


SETS = [{"tags": ["a", "b"], "ways": ["mail", "web"]}, {"tags": ["b", "c"], "ways": ["phone"]}]
"""What the sets of a topic become, one after the other."""


@pytest.mark.parametrize("what", ["create", "update"])
def test_what_sets_cost_does_not_depend_on_how_many_members_change(desk: Desk, what: str) -> None:
    accounts = [desk.make("account", name=f"account {number}")["id"] for number in range(4)]
    sent: list[dict[str, Any]] = [{"name": f"topic {n}", "accounts": accounts[n : n + 3], **SETS[n]} for n in range(2)]
    id_ = desk.make("topic", **sent[0])["id"]
    desk.ask("PATCH", f"topic/{id_}", body=sent[1])
    with statements(desk) as found:
        if what == "create":
            made = desk.ask("POST", "topic", body=sent[0]).json()["data"]
        else:
            made = desk.ask("PATCH", f"topic/{id_}", body=sent[0]).json()["data"]
    assert (sorted(made["tags"]), sorted(made["ways"])) == (["a", "b"], ["mail", "web"])
    assert sorted(one["id"] for one in made["accounts"]) == sorted(accounts[:3])
    # SQLite writes to one table in a statement, so that each changed set takes its own there.
    tables = {"create": 3, "update": 6}[what] if desk.workspace.database.kind == "sqlite" else 0
    assert len(counted(found)) <= MOST[what] + tables, "\n".join(found)


def counted(found: list[str]) -> list[str]:
    """The statements that count: SQLite's writer asks who may write by one of its own, which stands for BEGIN."""
    return [one for one in found if not one.upper().startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
