"""Whoever comes and goes in the tests of accounts: people of a shop, what their pages show, and a phone with codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from itertools import count
from typing import cast

import pyotp
import sqlalchemy as sa
from httpx2 import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kith.metadata.model import Role
from kith.runtime.accounts import CHEAP, set_password
from kith.runtime.accounts.entries import entries
from kith.runtime.calling import Calling, Doors
from kith.runtime.clock import system_clock
from kith.runtime.schema import system
from kith.runtime.settings import Settings
from kith.runtime.write.change import Change
from kith.web.app import routes
from tests.web.shop import ADMIN, PASSWORD, Shop

_NUMBERS = count(1)
_SERVERS: dict[tuple[str, Settings], tuple[Shop, Starlette]] = {}


def somebody(shop: Shop, *roles: str) -> str:
    """A new person with the usual password; the address."""
    email = f"person{next(_NUMBERS)}@example.com"
    values = {"name": f"Quinn {email[6:-12]}", "email": email, "roles": list(roles or ["store_clerk"]), "active": True}
    saved, hashed = shop.save(Change("create", "user", values=values)), CHEAP.hash(PASSWORD)
    database, now = shop.workspace.database, system_clock()
    database.run(lambda connection: set_password(connection, saved.id, hashed, now, must_change=False))
    shop.users[email] = saved.id
    return email


def nobody(shop: Shop, language: str = "en") -> TestClient:
    """A browser of somebody unknown, at a machine of his own: whoever fails there slows nobody else down."""
    return _browser(shop.app, language)


def served(shop: Shop, settings: Settings) -> TestClient:
    """The same at a server with other settings; one server for all tests that want the same."""
    key = shop.workspace.database.kind, settings
    if key not in _SERVERS or _SERVERS[key][0] is not shop:
        doors = Doors(shop.workspace, Calling(shop.workspace.database), system_clock, settings=settings)
        _SERVERS[key] = shop, Starlette(routes=routes(doors, CHEAP))
    return _browser(_SERVERS[key][1], "en")


def _browser(app: Starlette, language: str) -> TestClient:
    number = next(_NUMBERS)
    machine = f"198.51.{number // 250}.{number % 250}", 50_000
    client = TestClient(app, base_url="http://kith.test", follow_redirects=False, client=machine)
    client.cookies.set("language", language)
    return client


def happened(shop: Shop, user: str) -> list[tuple[str, str | None]]:
    """What happened to somebody's account, and who did it in his stead; the latest first."""
    with shop.workspace.database.read() as connection:
        return [(one.what, one.acted_by) for one in entries(connection, shop.users[user])]


def secret_shown(answer: Response) -> str:
    """The secret that a page shows once."""
    (found,) = re.findall(r'<code class="secret">([^<]*)</code>', answer.text)
    return unescape(str(found))


def hidden(answer: Response, name: str) -> str:
    """What a form carries along under a name."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)">', answer.text)
    assert found, answer.text
    return unescape(found[1])


def told(answer: Response) -> str:
    """What stands on a page, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text.split("<main")[1])).split())


def invited(shop: Shop, **sent: str) -> str:
    """The path of the link with which somebody new is invited by the administrator."""
    answer = shop.client(ADMIN).post("/accounts/new", data={"kind": "person", "roles": "store_clerk", **sent})
    assert answer.status_code == 200, told(answer)
    return secret_shown(answer).removeprefix("http://kith.test")


def opened(client: TestClient, link: str) -> Response:
    """The page that a link leads to, whose secret has left the address."""
    left = client.get(link)
    assert (left.status_code, left.headers["location"], left.headers["referrer-policy"]) == (
        303,
        "/link",
        "no-referrer",
    )
    return client.get("/link")


def choose(client: TestClient, link: str, password: str, again: str = "") -> Response:
    """Choose a password with a link."""
    opened(client, link)
    return client.post("/link", data={"password": password, "again": again or password})


def sign_in(client: TestClient, email: str, password: str = PASSWORD) -> Response:
    """Try a password."""
    return client.post("/sign-in", data={"email": email, "password": password})


def with_codes(shop: Shop, email: str) -> tuple[pyotp.TOTP, list[str]]:
    """Turn somebody's second step on; the phone, and the recovery codes."""
    client = shop.client(email)
    phone = pyotp.TOTP(hidden(client.get("/account/codes"), "key"))
    answer = client.post("/account/codes", data={"key": phone.secret, "code": phone.now()})
    assert answer.status_code == 200, told(answer)
    forget_step(shop, email)
    return phone, re.findall(r"<li><code>([^<]*)</code></li>", answer.text)


def forget_step(shop: Shop, email: str) -> None:
    """As if the last code had been taken long ago: tests do not wait for the next."""
    account = system.account
    update = sa.update(account).where(account.c.user == shop.users[email]).values(totp_step=0)
    shop.workspace.database.run(lambda connection: connection.execute(update))


@contextmanager
def second_step_for(shop: Shop, role: str) -> Iterator[None]:
    """As if the model said that a role takes a second step."""
    roles = cast("dict[str, Role]", shop.workspace.current().model.roles)
    was = roles[role]
    roles[role] = replace(was, second_step=True)
    try:
        yield
    finally:
        roles[role] = was
