"""Signing in and out: who gets in, who does not, and what forged requests get."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from kith.runtime.accounts import CHEAP, set_password
from kith.runtime.clock import system_clock
from kith.runtime.measuring import Measures
from kith.runtime.operating import Operation
from kith.runtime.schema import system
from kith.runtime.write.change import Change
from kith.web import addresses
from kith.web.gate import Gate
from tests.web.shop import ADMIN, CLERK, PASSWORD, Shop


def new_user(shop: Shop, email: str, *, must_change: bool = False) -> None:
    """Somebody who may sign in with the usual password."""
    values = {"name": "Nobody in particular", "email": email, "roles": ["store_clerk"], "active": True}
    saved = shop.save(Change("create", "user", values=values))
    hashed = CHEAP.hash(PASSWORD)
    database = shop.workspace.database
    database.run(lambda connection: set_password(connection, saved.id, hashed, system_clock(), must_change=must_change))
    shop.users[email] = saved.id


@pytest.mark.parametrize(
    "path", ["/", "/records/member", "/records/member?filter=x", "/bin", "/search?q=a", "/nothing"]
)
def test_nothing_shows_without_signing_in(shop: Shop, path: str) -> None:
    answer = shop.client().get(path)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")


def test_signing_in_leads_to_where_one_was_going(shop: Shop) -> None:
    client = shop.client()
    asked = client.get("/records/member?view=gold_members").headers["location"]
    assert 'value="/records/member?view=gold_members"' in client.get(asked).text
    sent = {"email": ADMIN.upper(), "password": PASSWORD, "next": "/records/member?view=gold_members"}
    answer = client.post("/sign-in", data=sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/records/member?view=gold_members")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "x"])
def test_nobody_is_led_elsewhere(shop: Shop, target: str) -> None:
    sent = {"email": ADMIN, "password": PASSWORD, "next": target}
    assert shop.client().post("/sign-in", data=sent).headers["location"] == "/"


def test_known_and_unknown_addresses_get_the_same_answer(shop: Shop) -> None:
    client = shop.client()
    answers = [client.post("/sign-in", data={"email": email, "password": "wrong"}) for email in (CLERK, "no@body.x")]
    assert [answer.status_code for answer in answers] == [401, 401]
    first, second = (re.sub(r'value="[^"]*"', "", answer.text) for answer in answers)
    assert first == second
    assert "E-mail or password is not right" in first


def test_guessing_is_slowed_down(shop: Shop) -> None:
    new_user(shop, "guessed@example.com")
    client = shop.client()
    statuses = [
        client.post("/sign-in", data={"email": "guessed@example.com", "password": "x"}).status_code for _ in range(6)
    ]
    assert statuses[-1] == 429
    answer = client.post("/sign-in", data={"email": "guessed@example.com", "password": PASSWORD})
    assert answer.status_code == 429
    assert "Please wait" in answer.text


def test_a_one_time_password_is_replaced_first(shop: Shop) -> None:
    new_user(shop, "first@example.com", must_change=True)
    client = shop.client("first@example.com")
    asked = client.get("/records/member")
    assert asked.headers["location"] == "/password?next=%2Frecords%2Fmember"
    assert "one-time password" in client.get(asked.headers["location"]).text
    for new, again, status in (("short", "short", 422), ("a long new password", "another", 422)):
        assert client.post("/password", data={"password": new, "again": again}).status_code == status
    sent = {"password": "a long new password", "again": "a long new password", "next": "/records/member"}
    assert client.post("/password", data=sent).headers["location"] == "/records/member"
    assert client.get("/records/member").status_code == 200


def test_a_new_password_wants_the_present_one(shop: Shop) -> None:
    new_user(shop, "careful@example.com")
    client = shop.client("careful@example.com")
    sent = {"current": "wrong", "password": "a long new password", "again": "a long new password"}
    answer = client.post("/password", data=sent)
    assert answer.status_code == 422
    assert "not your present password" in answer.text
    assert client.post("/password", data=sent | {"current": PASSWORD}).headers["location"] == "/"
    assert "new password is kept" in client.get("/").text


def test_signing_out_ends_the_session(shop: Shop) -> None:
    client = shop.client(CLERK)
    assert client.get("/").status_code == 200
    answer = client.post("/sign-out")
    assert answer.headers["location"] == "/sign-in"
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert client.get("/").status_code == 303


def sign_out(shop: Shop, user: str) -> None:
    ended = sa.delete(system.session).where(system.session.c.user == shop.users[user])
    shop.workspace.database.run(lambda connection: connection.execute(ended))


def change(shop: Shop, user: str, **values: object) -> None:
    shop.save(Change("update", "user", shop.users[user], values))


ENDS: Mapping[str, tuple[Callable[[Shop, str], None], int]] = {
    "he is signed out elsewhere": (sign_out, 303),
    "he may not sign in any more": (lambda shop, user: change(shop, user, active=False), 303),
    "his roles are taken away": (lambda shop, user: change(shop, user, roles=[]), 404),
}


@pytest.mark.parametrize("path", ["/records/member", "/records/member/{id}", "/records/member/{id}/edit"])
@pytest.mark.parametrize("ends", ENDS)
def test_what_ends_somebodys_rights_ends_them_at_once(shop: Shop, ends: str, path: str) -> None:
    user = f"ends{[*ENDS].index(ends)}.{len(path)}@example.com"
    new_user(shop, user)
    change(shop, user, roles=["administrator"])
    client, path = shop.client(user), path.format(id=shop.ids("member")[0])
    assert [client.get(path).status_code for _ in range(3)] == [200] * 3
    end, status = ENDS[ends]
    end(shop, user)
    assert client.get(path).status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"x-csrf-token": "wrong"},
    ],
)
def test_a_forged_request_changes_nothing(shop: Shop, headers: dict[str, str]) -> None:
    client = shop.client(CLERK)
    assert client.post("/sign-out", headers=headers).status_code == 403
    assert client.get("/").status_code == 200


def test_a_forged_sign_in_is_refused(shop: Shop) -> None:
    sent = {"email": ADMIN, "password": PASSWORD}
    assert shop.client().post("/sign-in", data=sent, headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_what_was_typed_into_a_form_survives_the_end_of_its_session(shop: Shop) -> None:
    client = shop.client()
    answer = client.post("/records/member/new", data={"name": "陈静", "note": 'a "quoted" <word>', "_csrf": "old"})
    assert answer.status_code == 401
    assert "what you typed is kept" in answer.text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text))
    assert hidden["_typed.name"] == "陈静"
    assert "_typed._csrf" not in hidden
    sent = {**hidden, "_typed.note": 'a "quoted" <word>', "email": ADMIN, "password": PASSWORD}
    answer = client.post("/sign-in", data=sent)
    assert answer.status_code == 200
    assert 'action="/records/member/new"' in answer.text
    assert '<input type="hidden" name="name" value="陈静">' in answer.text
    assert '<input type="hidden" name="_resume" value="1">' in answer.text


def test_a_form_that_was_open_since_before_one_signed_in_loses_nothing(shop: Shop) -> None:
    client = shop.client(ADMIN)
    (member,) = shop.ids("member")[:1]
    path = f"/records/member/{member}/edit"
    version = re.findall(r'name="_version" value="(\d+)"', client.get(path).text)[0]
    sent = {"_csrf": "of the session before", "_version": version, "_id": member, "name": "<b>Typed</b>"}
    del client.headers["x-csrf-token"]
    answer = client.post(path, data=sent)
    assert answer.status_code == 403
    assert "This page was open for too long" in answer.text
    assert "role" not in re.sub(r"<[^>]*>", "", answer.text.split("<main")[1])
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text.split("<h1")[1]))
    assert hidden["name"] == "&lt;b&gt;Typed&lt;/b&gt;"
    form = client.post(path, data={name: unescape(value) for name, value in hidden.items()})
    assert "What you typed is still here." in form.text
    assert 'value="&lt;b&gt;Typed&lt;/b&gt;"' in form.text


def test_a_form_that_failed_can_be_sent_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    client = shop.client(ADMIN)
    (member,) = shop.ids("member")[:1]
    path, sent = f"/records/member/{member}/edit", {"_csrf": client.headers["x-csrf-token"], "name": 'A "name"'}
    with monkeypatch.context() as patch:
        patch.setattr("kith.web.pages.form.saved", lambda visit, change: 1 / 0)
        answer = client.post(path, data=sent)
    assert answer.status_code == 500
    assert f'<form method="post" action="{path}">' in answer.text
    assert 'name="name" value="A &#34;name&#34;"' in answer.text
    with monkeypatch.context() as patch:
        patch.setattr("kith.web.pages.passwords.change_password", lambda *given, **named: 1 / 0)
        sent = {"current": PASSWORD, "password": "a long new password", "again": "a long new password"}
        answer = client.post("/password", data=sent)
    assert (answer.status_code, "a long new password" in answer.text) == (500, False)
    assert '<a class="button ghost" href="/password">Try again</a>' in answer.text


def test_every_page_says_what_a_browser_must_not_do(shop: Shop) -> None:
    for path, user in (("/sign-in", ""), ("/", CLERK), ("/nothing", CLERK)):
        headers = shop.client(user).get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_a_part_of_a_page_is_never_a_page_to_sign_in(shop: Shop) -> None:
    headers = {"hx-request": "true", "hx-target": "div#results"}
    answer = shop.client().get("/records/member?q=a", headers=headers)
    assert answer.headers["hx-redirect"] == "/sign-in?next=%2Frecords%2Fmember%3Fq%3Da"
    headers = {"hx-request": "true", "hx-current-url": "http://kith.test/records/member?q=b"}
    answer = shop.client().get("/records/member/filter?field=name", headers=headers)
    assert answer.headers["hx-redirect"] == "/sign-in?next=%2Frecords%2Fmember%3Fq%3Db"
    assert answer.text == ""
    assert shop.client().post("/records/member/new", data={"name": "x"}, headers=headers).status_code == 204


def test_over_https_the_cookie_is_bound_to_the_host(shop: Shop) -> None:
    gate = Gate(shop.app, Operation(rate=0, secure=True), Measures())
    client = TestClient(gate, base_url="https://kith.test", follow_redirects=False)
    cookie = client.post("/sign-in", data={"email": ADMIN, "password": PASSWORD}).headers["set-cookie"]
    assert cookie.startswith("__Host-kith=")
    assert "; Secure" in cookie
    assert client.get("/").status_code == 200


def test_a_session_lasts_as_long_as_it_is_used(shop: Shop) -> None:
    new_user(shop, "lasting@example.com")
    client, session = shop.client("lasting@example.com"), system.session
    mine = session.c.user == shop.users["lasting@example.com"]
    now = system_clock()
    long_ago = {"seen_at": now - timedelta(days=13), "expires_at": now + timedelta(hours=1)}
    shop.workspace.database.run(
        lambda connection: connection.execute(sa.update(session).where(mine).values(**long_ago))
    )
    assert "kith=" in client.get("/").headers["set-cookie"]
    with shop.workspace.database.read() as connection:
        seen, until = connection.execute(sa.select(session.c.seen_at, session.c.expires_at).where(mine)).one()
    assert (seen >= now, until > now + timedelta(days=13)) == (True, True)
    assert "set-cookie" not in client.get("/").headers


def test_a_session_ends_after_ninety_days_however_much_it_is_used(shop: Shop) -> None:
    new_user(shop, "always@example.com")
    client, session = shop.client("always@example.com"), system.session
    mine = session.c.user == shop.users["always@example.com"]
    now = system_clock()
    since = {"created_at": now - timedelta(days=80), "seen_at": now - timedelta(days=1)}
    left = {"expires_at": now + timedelta(days=10)}
    shop.workspace.database.run(
        lambda connection: connection.execute(sa.update(session).where(mine).values(**since, **left))
    )
    assert client.get("/").status_code == 200
    with shop.workspace.database.read() as connection:
        seen, until = connection.execute(sa.select(session.c.seen_at, session.c.expires_at).where(mine)).one()
    assert seen >= now
    assert abs(until - left["expires_at"]) < timedelta(seconds=1)


@pytest.mark.parametrize("address", [addresses.SIGN_IN, "/_look"])
def test_a_form_that_grows_beyond_its_limit_is_let_go_whatever_it_said_of_its_length(shop: Shop, address: str) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while taken < 64 * 1024 * 1024:
            taken += 64 * 1024
            yield b"x" * 64 * 1024

    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert shop.client().post(address, content=endless(), headers=headers).status_code == 413
    told = {**headers, "content-length": "99999999999"}
    assert shop.client().post(address, content=b"a=b", headers=told).status_code == 413


def test_how_pages_look_is_changed_by_our_own_pages_only(shop: Shop) -> None:
    client = shop.client()
    forged = client.post("/_look", data={"theme": "dark"}, headers={"sec-fetch-site": "cross-site"})
    assert forged.status_code == 403
    ours = client.post(
        "/_look", data={"theme": "dark", "back": "//evil.example"}, headers={"sec-fetch-site": "same-origin"}
    )
    assert (ours.status_code, ours.headers["location"]) == (303, "/")
