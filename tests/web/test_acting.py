"""An administrator acts as somebody else: what he sees then, what everything says, and what stays closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from kith.runtime.clock import system_clock
from kith.runtime.context import SYSTEM, context_of
from kith.runtime.explaining.saves import explain_save
from kith.runtime.schema import system
from kith.runtime.sealing import seal, verify
from kith.runtime.write.change import Change
from tests.web.accounts import happened, somebody
from tests.web.shop import ADMIN, Shop

BANNER = 'action="/acting/end"'


def acting(shop: Shop, user: str, admin: str = ADMIN) -> TestClient:
    """The administrator's browser, in which he acts as a user; its forms have the new secret."""
    client = shop.client(admin)
    answer = client.post(f"/accounts/{shop.users[user]}/act")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    with shop.workspace.database.read() as connection:
        asked = sa.select(system.session.c.csrf).where(system.session.c.acting == shop.users[user])
        client.headers["x-csrf-token"] = str(connection.scalar(asked))
    return client


def test_each_page_says_who_acts_as_whom_until_it_ends(shop: Shop) -> None:
    user = somebody(shop)
    client = acting(shop, user)
    (member,) = shop.ids("member")[:1]
    for path in ("/", "/records/member", f"/records/member/{member}", "/search?q=x", "/nothing", "/bin", "/password"):
        page = client.get(path).text
        assert (path, BANNER in page, "Quinn" in page, "Ada Admin" in page) == (path, True, True, True)
    assert client.get("/jobs").status_code == 404
    assert client.post("/acting/end").headers["location"] == f"/accounts/{shop.users[user]}"
    page = client.get("/").text
    assert (BANNER in page, "Welcome, Ada" in page) == (False, True)
    admin = shop.users[ADMIN]
    assert happened(shop, user) == [("acting_ended", admin), ("acting_began", admin)]


def test_what_is_saved_carries_both_names_and_the_chain_still_holds(shop: Shop) -> None:
    user = somebody(shop)
    client = acting(shop, user)
    note = {"name": "Bell & Sons", "_new": "1"}
    made = client.post("/records/member/new", data={"name": "Acted upon", "mobile": "+8613800138123", **note})
    history, save = system.history, system.save
    asked = sa.select(history.c.actor, history.c.acted_by, save.c.acted_by).join(save, save.c.id == history.c.save)
    with shop.workspace.database.write() as connection:
        found = connection.execute(asked.where(history.c.actor == shop.users[user])).first()
        assert found is not None, made.text
        assert tuple(found) == (shop.users[user], shop.users[ADMIN], shop.users[ADMIN])
        record = connection.scalar(sa.select(history.c.record).where(history.c.actor == shop.users[user]))
        seal(connection, system_clock())
    with shop.workspace.database.read() as connection:
        assert verify(connection).broken == ""
    context = context_of(SYSTEM, system_clock(), language="en", time_zone="UTC")
    with shop.workspace.database.read() as connection:
        explained = explain_save(connection, context, shop.workspace.current(), "member", str(record))
    assert explained is not None
    assert explained.actor.endswith("(Ada Admin was acting as this user)")
    page = shop.client(ADMIN).get(f"/records/member/{record}").text
    assert "Ada Admin was acting as this user" in page


@pytest.mark.parametrize(
    "path",
    ["/account", "/account/codes", "/account/email", "/account/tokens/new", "/account/devices/end", "/account/history"],
)
def test_nobodys_secrets_are_touched_meanwhile(shop: Shop, path: str) -> None:
    client = acting(shop, somebody(shop))
    assert client.get(path).status_code == 403
    sent = {"name": "x", "days": "30", "password": "a heron under water", "again": "a heron under water"}
    for target in (path, "/password"):
        assert client.post(target, data=sent).status_code in (403, 404)
    assert client.get("/accounts").status_code == 404


def test_an_administrator_is_never_acted_as(shop: Shop) -> None:
    other, user = somebody(shop, "administrator"), somebody(shop)
    client = shop.client(ADMIN)
    assert client.get(f"/accounts/{shop.users[other]}/act").status_code == 404
    assert client.post(f"/accounts/{shop.users[other]}/act").status_code == 404
    assert client.post(f"/accounts/{shop.users[ADMIN]}/act").status_code == 404
    # Who becomes one meanwhile is not acted as any more.
    client = acting(shop, user)
    shop.save(Change("update", "user", shop.users[user], {"roles": ["administrator"]}))
    assert client.get("/").status_code == 303


def test_acting_ends_with_the_administrators_rights_and_with_the_hour(shop: Shop) -> None:
    admin, user = somebody(shop, "administrator"), somebody(shop)
    client = acting(shop, user, admin)
    shop.save(Change("update", "user", shop.users[admin], {"roles": ["store_clerk"]}))
    assert client.get("/").status_code == 303
    shop.save(Change("update", "user", shop.users[admin], {"roles": ["administrator"]}))
    assert BANNER in client.get("/").text
    session, now = system.session, system_clock()
    mine = session.c.user == shop.users[admin]
    with shop.workspace.database.write() as connection:
        until = connection.scalar(sa.select(session.c.expires_at).where(mine))
        assert until is not None
        assert until < now + timedelta(hours=1)
        long_ago = {"seen_at": now - timedelta(minutes=30)}
        connection.execute(sa.update(session).where(mine).values(**long_ago))
    # A session that is used lasts longer; not this one.
    client.get("/records/member")
    with shop.workspace.database.read() as connection:
        assert connection.scalar(sa.select(session.c.expires_at).where(mine)) == until


def test_a_form_that_was_open_before_is_not_sent_as_somebody_else(shop: Shop) -> None:
    client = shop.client(ADMIN)
    csrf = client.headers["x-csrf-token"]
    client.post(f"/accounts/{shop.users[somebody(shop)]}/act")
    answer = client.post("/records/member/new", data={"name": "Typed before"}, headers={"x-csrf-token": csrf})
    assert (answer.status_code, "Typed before" in answer.text) == (403, True)


def test_signing_out_ends_both(shop: Shop) -> None:
    user = somebody(shop)
    client = acting(shop, user)
    assert client.post("/sign-out").headers["location"] == "/sign-in"
    assert client.get("/").status_code == 303
    assert happened(shop, user)[0] == ("acting_ended", shop.users[ADMIN])
