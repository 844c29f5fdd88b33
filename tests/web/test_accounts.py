"""Accounts on the pages: invitations and resets, the second step, devices, tokens, what is written down."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
import sqlalchemy as sa

from kith.runtime.accounts.links import LIFETIMES, make_link
from kith.runtime.clock import system_clock
from kith.runtime.schema import system
from kith.runtime.write.change import Change
from tests.web.accounts import (
    choose,
    forget_step,
    happened,
    hidden,
    invited,
    nobody,
    opened,
    secret_shown,
    sign_in,
    somebody,
    told,
    with_codes,
)
from tests.web.shop import ADMIN, PASSWORD, Shop

NEW = "a heron under water"


def test_an_invitation_is_good_once_and_leads_in(shop: Shop) -> None:
    email = f"new.{shop.workspace.database.kind}@example.com"
    link = invited(shop, email=email, name="Nora New")
    client = nobody(shop)
    assert "Welcome, Nora New" in opened(client, link).text
    assert opened(client, link).status_code == 200
    entered = choose(client, link, NEW)
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert client.get("/account").status_code == 200
    for again in (opened(nobody(shop), link), choose(nobody(shop), link, NEW)):
        assert (again.status_code, "not good any more" in again.text) == (410, True)
    assert sign_in(nobody(shop), email, NEW).status_code == 303


def test_the_secret_of_a_link_leaves_the_address_at_once_and_stands_on_no_page(shop: Shop) -> None:
    link = invited(shop, email=f"unseen.{shop.workspace.database.kind}@example.com")
    client = nobody(shop)
    cookie = client.get(link).headers["set-cookie"]
    assert [part in cookie for part in ("kith_link=", "HttpOnly", "SameSite=lax", "Max-Age=1800")] == [True] * 4
    page = client.get("/link")
    assert (page.status_code, link.removeprefix("/link/") in page.text) == (200, False)
    assert client.post("/link", data={"password": NEW, "again": NEW}).status_code == 303
    assert client.get("/link").status_code == 410
    assert "kith_link" not in client.cookies


REFUSED: Mapping[str, tuple[str, str]] = {
    "short": ("too short", "short"),
    "aaaaaaaaaaaaa": ("repeats", "aaaaaaaaaaaaa"),
    "password2024": ("many people use", "password2024"),
    "novak-novak-77": ("your name", "novak-novak-77"),
    "another one entirely": ("do not match", NEW),
}


@pytest.mark.parametrize("password", REFUSED)
def test_a_password_that_is_refused_says_why_and_does_not_use_the_link_up(shop: Shop, password: str) -> None:
    email = f"novak{[*REFUSED].index(password)}{shop.workspace.database.kind}@example.com"
    link, (why, again) = invited(shop, email=email, name="Nela Novak"), REFUSED[password]
    answer = choose(nobody(shop), link, password, again)
    assert (answer.status_code, why in answer.text) == (422, True), told(answer)
    assert f'value="{password}"' not in answer.text
    assert choose(nobody(shop), link, NEW).status_code == 303


def test_a_link_is_over_with_its_time_and_with_the_next_one(shop: Shop) -> None:
    email = somebody(shop)
    user, database, now = shop.users[email], shop.workspace.database, system_clock()
    past = now - LIFETIMES["reset"]
    old = database.run(lambda connection: make_link(connection, "reset", user, past)[0])
    assert opened(nobody(shop), f"/link/{old}").status_code == 410
    first, second = (
        secret_shown(shop.client(ADMIN).post(f"/accounts/{user}/link")).removeprefix("http://kith.test")
        for _ in range(2)
    )
    assert [opened(nobody(shop), link).status_code for link in (first, second)] == [410, 200]


def test_a_reset_ends_all_sessions_and_an_inactive_user_has_none(shop: Shop) -> None:
    email = somebody(shop)
    user, client = shop.users[email], shop.client(email)
    assert client.get("/").status_code == 200
    link = secret_shown(shop.client(ADMIN).post(f"/accounts/{user}/link")).removeprefix("http://kith.test")
    assert client.get("/").status_code == 200
    assert choose(nobody(shop), link, NEW).status_code == 303
    assert client.get("/").status_code == 303
    assert sign_in(nobody(shop), email).status_code == 401
    link = secret_shown(shop.client(ADMIN).post(f"/accounts/{user}/link")).removeprefix("http://kith.test")
    shop.save(Change("update", "user", user, {"active": False}))
    assert opened(nobody(shop), link).status_code == 410


def test_links_that_are_tried_out_are_slowed_down(shop: Shop) -> None:
    link = invited(shop, email=f"throttled.{shop.workspace.database.kind}@example.com")
    client = nobody(shop)
    statuses = {opened(client, f"/link/guess{number}").status_code for number in range(25)}
    assert (statuses, opened(client, link).status_code) == ({410}, 410)
    assert opened(nobody(shop), link).status_code == 200


# ---- the second step ------------------------------------------------------------------------------------------------


def test_signing_in_takes_a_code_once_it_is_turned_on(shop: Shop) -> None:
    email = somebody(shop)
    phone, recovery = with_codes(shop, email)
    client = nobody(shop)
    asked = client.post("/sign-in", data={"email": email, "password": PASSWORD, "next": "/records/member"})
    assert (asked.status_code, "set-cookie" in asked.headers) == (200, False)
    sent = {"secret": hidden(asked, "secret"), "next": hidden(asked, "next")}
    assert client.post("/sign-in/code", data=sent | {"code": "123"}).status_code == 401
    entered = client.post("/sign-in/code", data=sent | {"code": phone.now()})
    assert (entered.status_code, entered.headers["location"]) == (303, "/records/member")
    assert client.get("/account").status_code == 200
    assert [what for what, _ in happened(shop, email)] == ["code", "wrong_code", "codes_on"]
    assert len(recovery) == len(set(recovery)) == 10


def test_a_code_and_a_recovery_code_are_taken_once(shop: Shop) -> None:
    email = somebody(shop)
    phone, recovery = with_codes(shop, email)
    code = phone.now()
    for typed, good in ((code, 303), (code, 401), (recovery[0].upper(), 303), (recovery[0], 401)):
        secret = hidden(sign_in(nobody(shop), email), "secret")
        assert nobody(shop).post("/sign-in/code", data={"secret": secret, "code": typed}).status_code == good, typed
    assert "9 recovery codes are left" in told(shop.client(email).get("/account"))


def test_a_second_step_belongs_to_one_first_step(shop: Shop) -> None:
    email = somebody(shop)
    phone, _ = with_codes(shop, email)
    secret = hidden(sign_in(nobody(shop), email), "secret")
    assert nobody(shop).post("/sign-in/code", data={"secret": secret, "code": phone.now()}).status_code == 303
    forget_step(shop, email)
    for stale in (secret, "", "made up"):
        answer = nobody(shop).post("/sign-in/code", data={"secret": stale, "code": phone.now()})
        assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)


def test_guessing_codes_is_slowed_down_whatever_first_step_they_come_with(shop: Shop) -> None:
    email = somebody(shop)
    phone, _ = with_codes(shop, email)
    for _ in range(5):
        secret = hidden(sign_in(nobody(shop), email), "secret")
        nobody(shop).post("/sign-in/code", data={"secret": secret, "code": "000000"})
    secret = hidden(sign_in(nobody(shop), email), "secret")
    assert nobody(shop).post("/sign-in/code", data={"secret": secret, "code": phone.now()}).status_code == 429


def test_turning_the_second_step_off_takes_the_password(shop: Shop) -> None:
    email = somebody(shop)
    with_codes(shop, email)
    client = shop.client(email)
    assert client.post("/account/codes/off", data={"password": "wrong"}).status_code == 422
    assert client.post("/account/codes/off", data={"password": PASSWORD}).status_code == 303
    assert sign_in(nobody(shop), email).status_code == 303
    assert client.get("/account/codes/off").status_code == 404


def test_a_reset_still_takes_the_code(shop: Shop) -> None:
    email = somebody(shop)
    phone, _ = with_codes(shop, email)
    link = secret_shown(shop.client(ADMIN).post(f"/accounts/{shop.users[email]}/link")).removeprefix("http://kith.test")
    asked = choose(nobody(shop), link, NEW)
    assert (asked.status_code, "kith=" in asked.headers["set-cookie"]) == (200, False)
    sent = {"secret": hidden(asked, "secret"), "code": phone.now()}
    assert nobody(shop).post("/sign-in/code", data=sent).status_code == 303


# ---- devices --------------------------------------------------------------------------------------------------------


def test_devices_are_listed_and_signed_out_one_by_one_and_all_at_once(shop: Shop) -> None:
    email = somebody(shop)
    phone, laptop, mine = (nobody(shop) for _ in range(3))
    for client, agent in ((phone, "iPhone Safari/1"), (laptop, "Windows Firefox/1"), (mine, "X11; Linux Chrome/1")):
        client.headers["user-agent"] = agent
        assert sign_in(client, email).status_code == 303
    page = mine.get("/account").text
    assert ["Safari · iPhone" in page, "Firefox · Windows" in page, "This one" in page] == [True] * 3
    handles = re.findall(r'href="/account/devices/(\w+)/end"', page)
    assert len(handles) == 2
    csrf = {"x-csrf-token": re.findall(r'name="_csrf" value="([^"]+)"', page)[0]}
    assert mine.post(f"/account/devices/{handles[0]}/end", headers=csrf).status_code == 303
    assert sorted(client.get("/").status_code for client in (phone, laptop)) == [200, 303]
    assert mine.post("/account/devices/end", headers=csrf).status_code == 303
    assert [client.get("/").status_code for client in (phone, laptop, mine)] == [303, 303, 200]


def test_nobody_ends_the_device_of_somebody_else(shop: Shop) -> None:
    theirs, mine = somebody(shop), somebody(shop)
    victim = shop.client(theirs)
    with shop.workspace.database.read() as connection:
        asked = sa.select(system.session.c.digest).where(system.session.c.user == shop.users[theirs])
        handle = str(connection.scalar(asked))[:24]
    client = shop.client(mine)
    client.post(f"/account/devices/{handle}/end")
    for short in ("%", "_" * 24, handle[:3]):
        client.post(f"/account/devices/{short}/end")
    assert victim.get("/").status_code == 200
    assert client.get(f"/accounts/{shop.users[theirs]}").status_code == 404
    assert client.post(f"/accounts/{shop.users[theirs]}/devices/end").status_code == 404


ADMINISTERING: Mapping[str, Callable[[str], str]] = {
    path: (lambda user, path=path: path.format(user=user))  # type: ignore[misc]
    for path in (
        "/accounts",
        "/accounts/new",
        "/accounts/{user}",
        "/accounts/{user}/history",
        "/accounts/{user}/link",
        "/accounts/{user}/act",
        "/accounts/{user}/devices/end",
        "/accounts/{user}/tokens/new",
    )
}


@pytest.mark.parametrize("path", ADMINISTERING)
def test_accounts_of_others_are_there_for_those_who_administer_only(shop: Shop, path: str) -> None:
    address = ADMINISTERING[path](shop.users[somebody(shop)])
    client = shop.client(somebody(shop))
    answers = [client.get(address), client.post(address, data={"email": "x@example.com", "kind": "person"})]
    assert {answer.status_code for answer in answers} == {404}


# ---- tokens and what happened ---------------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_revoked_at_once(shop: Shop) -> None:
    email = somebody(shop, "store_clerk")
    client = shop.client(email)
    made = client.post("/account/tokens/new", data={"name": "Till", "roles": "store_clerk", "days": "30"})
    secret = secret_shown(made)
    assert secret.startswith("kith_")
    page = client.get("/account").text
    assert ("Till" in page, secret in page, "Not yet" in page) == (True, False, True)
    (token,) = re.findall(r'href="/account/tokens/([^/]+)/revoke"', page)
    assert shop.client(somebody(shop)).post(f"/account/tokens/{token}/revoke").headers["location"] == "/account"
    assert "Till" in client.get("/account").text
    client.post(f"/account/tokens/{token}/revoke")
    assert "Till" not in client.get("/account").text
    assert [what for what, _ in happened(shop, email)] == ["token_revoked", "token_made"]


@pytest.mark.parametrize("sent", [{"roles": "administrator"}, {"days": "9999"}, {"days": "x"}])
def test_a_token_has_no_role_that_its_user_lacks_and_an_end(shop: Shop, sent: dict[str, str]) -> None:
    client = shop.client(somebody(shop, "store_clerk"))
    answer = client.post("/account/tokens/new", data={"name": "x", "days": "30", **sent})
    assert answer.status_code == 400
    assert client.post("/account/tokens/new", data={"name": "", "days": "30"}).status_code == 422


def test_an_account_of_a_program_has_tokens_and_no_way_in(shop: Shop) -> None:
    admin, email = shop.client(ADMIN), f"till.{shop.workspace.database.kind}@example.com"
    sent = {"kind": "service", "email": email, "name": "Till", "roles": "store_clerk"}
    address = admin.post("/accounts/new", data=sent).headers["location"]
    assert "Program" in admin.get(address).text
    made = admin.post(f"{address}/tokens/new", data={"name": "API", "days": "365"})
    assert secret_shown(made).startswith("kith_")
    assert [admin.get(f"{address}/{way}").status_code for way in ("link", "act")] == [404, 404]
    assert sign_in(nobody(shop), email, "").status_code == 401


def test_a_session_of_a_program_would_open_nothing(shop: Shop) -> None:
    email = somebody(shop)
    client, account = shop.client(email), system.account
    assert client.get("/account").status_code == 200
    made = sa.update(account).where(account.c.user == shop.users[email]).values(service=True)
    shop.workspace.database.run(lambda connection: connection.execute(made))
    assert client.get("/account").headers["location"].startswith("/sign-in")
    assert sign_in(nobody(shop), email).status_code == 401
    assert nobody(shop).post("/forgot", data={"email": email}).status_code == 404


def test_what_happened_is_told_page_by_page_and_goes_after_half_a_year(shop: Shop) -> None:
    email = somebody(shop)
    for _ in range(3):
        sign_in(nobody(shop), email)
    sign_in(nobody(shop), email, "wrong")
    client = shop.client(email)
    page = told(client.get("/account/history"))
    assert page.count("Signed in") == 3
    assert "Wrong password" in page
    assert client.get("/account/history?before=nonsense").status_code == 404
    from kith.runtime.accounts.entries import forget_entries

    later = system_clock() + timedelta(days=181)
    with shop.workspace.database.write() as connection:
        assert forget_entries(connection, later) >= 4
    assert happened(shop, email) == []


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_page_of_an_account_is_there_in_both_languages(shop: Shop, language: str) -> None:
    admin, user = shop.client(ADMIN, language), shop.users[somebody(shop)]
    paths = [
        "/account",
        "/account/codes",
        "/account/email",
        "/account/history",
        "/account/tokens/new",
        "/account/devices/end",
    ]
    paths += ["/accounts", "/accounts/new", *(f"/accounts/{user}{rest}" for rest in ("", "/link", "/act", "/history"))]
    for path in paths:
        answer = admin.get(path)
        assert (path, answer.status_code, "{" in told(answer)) == (path, 200, False)
    guest = nobody(shop, language)
    assert [guest.get(path).status_code for path in ("/forgot", "/link", "/sign-in")] == [200, 410, 200]
