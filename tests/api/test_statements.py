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


SETS = {"memo": 0, "account": 2}
"""Fields of several values: each takes a statement of its own, however many records there are."""
MORE = {"list": 1, "update": 2}
"""Statements for each of them: a list reads them, an update reads them before and after."""


@pytest.mark.parametrize("entity", SETS)
@pytest.mark.parametrize("what", MOST)
def test_a_request_takes_few_statements(desk: Desk, what: str, entity: str) -> None:
    name = "text" if entity == "memo" else "name"
    id_ = desk.make(entity, **{name: "first"})["id"]
    desk.make(entity, **{name: "second"})
    send(desk, what, entity, id_, 1)
    with statements(desk) as found:
        assert send(desk, what, entity, id_, 2) in (200, 201)
    # SQLite's writer asks who may write by a statement of its own; it stands for BEGIN.
    run = [one for one in found if not one.upper().startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
    assert len(run) <= MOST[what] + SETS[entity] * MORE.get(what, 0), "\n".join(run)
