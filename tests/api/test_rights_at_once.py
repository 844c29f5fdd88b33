"""Who somebody is may be remembered, but nothing is answered before the database has said that it still holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from kith.runtime.accounts import issue_token, revoke_token
from kith.runtime.context import SYSTEM, context_of
from kith.runtime.schema import system
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save
from tests.api.world import NOW, Desk, statements


def change(desk: Desk, entity: str, id_: str | None, **values: Any) -> str:
    context = context_of(SYSTEM, NOW, language="en", time_zone="Asia/Shanghai")
    asked = Change("create" if id_ is None else "update", entity, id_, values)
    done = save(desk.workspace.database, context, desk.workspace.current(), asked, Cause("system"))
    assert isinstance(done, Saved), done
    return done.id


def tokens_of(desk: Desk, who: str) -> sa.Update:
    return sa.update(system.token).where(system.token.c.user == desk.users[who])


def revoke(desk: Desk) -> None:
    with desk.workspace.database.write() as connection:
        (id_,) = connection.execute(
            sa.select(system.token.c.id).where(system.token.c.user == desk.users["ann"])
        ).scalars()
        assert revoke_token(connection, id_, NOW)


def let_expire(desk: Desk) -> None:
    desk.workspace.database.run(
        lambda connection: connection.execute(tokens_of(desk, "ann").values(expires_at=NOW - timedelta(seconds=1)))
    )


ENDS: Mapping[str, tuple[Callable[[Desk], object], int]] = {
    "the token is revoked": (revoke, 401),
    "the token has expired": (let_expire, 401),
    "the user may not sign in any more": (lambda desk: change(desk, "user", desk.users["ann"], active=False), 401),
    "the roles are taken away": (lambda desk: change(desk, "user", desk.users["ann"], roles=[]), 404),
}


@pytest.mark.parametrize("path", ["account", "account/{id}", "account/00000000-0000-0000-0000-000000000001", "meta"])
@pytest.mark.parametrize("ends", ENDS)
def test_what_ends_somebodys_rights_ends_them_at_once(desk: Desk, ends: str, path: str) -> None:
    path = path.replace("{id}", desk.make("account", "ann", name="Acme")["id"])
    before = [desk.get(path, "ann").status_code for _ in range(3)]
    assert before == [before[0]] * 3
    assert before[0] in (200, 404)
    end, status = ENDS[ends]
    end(desk)
    after = desk.get(path, "ann")
    if path == "meta" and status == 404:
        assert not after.json()["data"]["entities"]
    else:
        assert after.status_code == status


WRITES: Mapping[str, tuple[str, str, Any]] = {
    "a new record": ("POST", "account", {"name": "Beyond"}),
    "a change": ("PATCH", "account/{id}", {"name": "Beyond"}),
    "a deletion": ("DELETE", "account/{id}", None),
    "what is refused": ("POST", "account", {"name": None}),
    "what is not there": ("PATCH", "account/00000000-0000-0000-0000-000000000001", {"name": "Beyond"}),
}


@pytest.mark.parametrize("asked", WRITES)
@pytest.mark.parametrize("ends", ["the token is revoked", "the user may not sign in any more"])
def test_nothing_is_written_for_who_has_lost_his_rights(desk: Desk, ends: str, asked: str) -> None:
    id_ = desk.make("account", "ann", name="Acme", owner=desk.users["ann"])["id"]
    method, path, body = WRITES[asked]
    assert [desk.ask("PATCH", f"account/{id_}", "ann", {"name": f"Acme {n}"}).status_code for n in range(3)] == [
        200
    ] * 3
    before = desk.get("account?count=exact").json()
    ENDS[ends][0](desk)
    assert desk.ask(method, path.replace("{id}", id_), "ann", body).status_code == 401
    assert desk.get("account?count=exact").json() == before


def test_a_remembered_writer_costs_postgresql_no_journey_of_its_own(desk: Desk) -> None:
    id_ = desk.make("memo", text="first")["id"]
    for number in range(2):
        desk.ask("PATCH", f"memo/{id_}", body={"text": f"{number}"})
    with statements(desk) as found:
        assert desk.ask("PATCH", f"memo/{id_}", body={"text": "last"}).status_code == 200
    assert sum("kith_token" in one for one in found) == 1
    asking = [one for one in found if one.startswith("SELECT") and "FROM kith_token" in one]
    assert ("encode(sha256" in asking[0]) == (desk.workspace.database.kind == "postgresql")
    assert "memo" in asking[0] or desk.workspace.database.kind == "sqlite"


def test_what_gives_somebody_rights_gives_them_at_once(desk: Desk) -> None:
    desk.make("account", name="Acme")
    assert [desk.get("account", "nobody").status_code for _ in range(3)] == [404] * 3
    change(desk, "user", desk.users["nobody"], roles=["rep"])
    assert desk.get("account", "nobody").status_code == 200


def test_teams_below_are_those_of_now(desk: Desk) -> None:
    top = change(desk, "team", None, name="Top")
    below = change(desk, "team", None, name="Below", parent=top)
    change(desk, "user", desk.users["ann"], team=top, roles=["administrator"])
    change(desk, "user", desk.users["bob"], team=below)
    desk.make("account", name="Bob's", owner=desk.users["bob"])
    found = "account?filter=owner.team in me.teams_below".replace(" ", "%20")
    assert [len(desk.get(found, "ann").json()["data"]) for _ in range(3)] == [1] * 3
    change(desk, "team", below, parent=None)
    assert desk.get(found, "ann").json()["data"] == []
    change(desk, "team", below, parent=top)
    # A cycle ends.
    change(desk, "team", top, parent=below)
    assert len(desk.get(found, "ann").json()["data"]) == 1


def test_a_remembered_caller_costs_postgresql_no_journey_of_its_own(desk: Desk) -> None:
    id_ = desk.make("memo", text="first")["id"]
    for _ in range(2):
        desk.get(f"memo/{id_}")
    with statements(desk) as found:
        assert desk.get(f"memo/{id_}").status_code == 200
    run = [one for one in found if not one.startswith("BEGIN")]
    assert len(run) == (1 if desk.workspace.database.kind == "postgresql" else 2)


def test_a_token_that_no_user_has_is_proven_too(desk: Desk) -> None:
    with desk.workspace.database.write() as connection:
        id_, desk.tokens["robot"] = issue_token(connection, "robot", NOW, roles=["administrator"])
    assert [desk.get("memo", "robot").status_code for _ in range(3)] == [200] * 3
    with desk.workspace.database.write() as connection:
        revoke_token(connection, id_, NOW)
    assert desk.get("memo", "robot").status_code == 401
