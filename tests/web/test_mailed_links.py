"""Links that go by mail: who gets one, what it says, and that no secret waits in the queue."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from kith.jobs.worker import Worker
from kith.runtime.accounts.actors import actor_of_user
from kith.runtime.clock import system_clock
from kith.runtime.context import Actor, context_of
from kith.runtime.schema import system
from kith.runtime.settings import Mail, Settings
from kith.runtime.write.change import Cause, Change, Refused
from kith.runtime.write.gate import save
from tests.web.accounts import choose, happened, hidden, nobody, opened, served, sign_in, somebody, told
from tests.web.shop import ADMIN, PASSWORD, Shop

ADDRESS, NEW = "https://crm.example.com", "a heron under water"


class Inbox:
    """The letters that have come."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        from email import policy
        from email.parser import BytesParser

        self.letters.append(BytesParser(policy=policy.default).parsebytes(envelope.content))
        return "250 OK"

    def link(self) -> str:
        """The path of the link in the latest letter."""
        (link,) = re.findall(rf"{ADDRESS}(/link/\S+)", self.text(-1))
        return str(link)

    def text(self, which: int) -> str:
        """What a letter says."""
        body = self.letters[which].get_body()
        assert body is not None
        return str(body.get_content())


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Inbox, int]]:
    inbox = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield inbox, port
    controller.stop()


@pytest.fixture
def inbox(server: tuple[Inbox, int], shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    server[0].letters.clear()
    monkeypatch.setenv("KITH_URL", ADDRESS)
    monkeypatch.setenv("KITH_SMTP_URL", f"smtp://127.0.0.1:{server[1]}?tls=none")
    monkeypatch.setenv("KITH_MAIL_FROM", "Kith <crm@example.com>")
    shop.workspace.database.run(lambda connection: connection.execute(sa.delete(system.job)))
    return server[0]


def settings() -> Settings:
    return Settings(ADDRESS, Mail("127.0.0.1", 25, secure=False, plain=True, user="", password="", sender="x@y.z"))


def work(shop: Shop) -> None:
    """Let a worker do what is to be done."""
    worker = Worker(shop.workspace)
    while worker.turn():
        pass


def queued(shop: Shop) -> str:
    with shop.workspace.database.read() as connection:
        rows = connection.execute(sa.select(system.job.c.kind, system.job.c.payload)).all()
    return json.dumps([(kind, payload) for kind, payload in rows if kind == "email"])


def test_a_forgotten_password_is_replaced_by_a_letter(shop: Shop, inbox: Inbox) -> None:
    email, client = somebody(shop), served(shop, settings())
    assert client.get("/forgot").status_code == 200
    sent = client.post("/forgot", data={"email": f" {email.upper()} "})
    assert "on its way" in told(sent)
    waiting = queued(shop)
    work(shop)
    letter = inbox.letters[0]
    assert (letter["to"], letter["from"]) == (email, "Kith <crm@example.com>")
    assert "A new password for" in letter["subject"]
    assert "good once, for 4 hours" in inbox.text(0)
    link = inbox.link()
    assert link.rpartition("/")[2] not in waiting
    assert choose(client, link, NEW).status_code == 303
    assert sign_in(nobody(shop), email, NEW).status_code == 303


def test_known_and_unknown_addresses_are_told_the_same(shop: Shop, inbox: Inbox) -> None:
    inactive = somebody(shop)
    shop.save(Change("update", "user", shop.users[inactive], {"active": False}))
    asked = [somebody(shop), "nobody@example.com", inactive]
    answers = [served(shop, settings()).post("/forgot", data={"email": email}) for email in asked]
    assert {told(answer) for answer in answers} == {told(answers[0])}
    work(shop)
    assert [letter["to"] for letter in inbox.letters] == asked[:1]


def test_nobody_is_flooded_with_letters(shop: Shop, inbox: Inbox) -> None:
    email = somebody(shop)
    answers = [served(shop, settings()).post("/forgot", data={"email": email}).status_code for _ in range(6)]
    assert answers == [200] * 3 + [429] * 3
    work(shop)
    assert len(inbox.letters) == 3


def test_an_invitation_goes_by_letter_in_the_language_of_the_invited(shop: Shop, inbox: Inbox) -> None:
    client = served(shop, settings())
    secret, csrf = shop.session(ADMIN)
    client.cookies.set("kith", secret)
    client.headers["x-csrf-token"] = csrf
    email = f"yaoqing.{shop.workspace.database.kind}@example.com"
    made = client.post("/accounts/new", data={"kind": "person", "email": email, "name": "林晓"})
    assert (made.status_code, "secret" in made.text) == (303, False)
    work(shop)
    assert "good once, for 7 days" in inbox.text(-1)
    with shop.workspace.database.read() as connection:
        (user,) = connection.execute(
            sa.select(system.link.c.user)
            .where(system.link.c.kind == "invite")
            .order_by(system.link.c.created_at.desc())
            .limit(1)
        ).one()
    shop.save(Change("update", "user", str(user), {"language": "zh-CN"}))
    first = inbox.link()
    assert client.post(f"/accounts/{user}/link").status_code == 303
    work(shop)
    assert "林晓，您好" in inbox.text(-1)
    assert "邀请您使用" in inbox.letters[-1]["subject"]
    assert [opened(nobody(shop), link).status_code for link in (first, inbox.link())] == [410, 200]


def test_a_server_that_is_away_is_tried_again_and_the_letter_that_goes_is_the_good_one(
    shop: Shop, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = somebody(shop)
    served(shop, settings()).post("/forgot", data={"email": email})
    with monkeypatch.context() as patch:
        patch.setenv("KITH_SMTP_URL", "smtp://127.0.0.1:9?tls=none")
        work(shop)
    assert inbox.letters == []
    retried = sa.update(system.job).where(system.job.c.kind == "email").values(due_at=system.job.c.created_at)
    shop.workspace.database.run(lambda connection: connection.execute(retried))
    work(shop)
    assert opened(nobody(shop), inbox.link()).status_code == 200


def test_without_outgoing_mail_a_person_is_told_whom_to_ask(shop: Shop) -> None:
    client = nobody(shop)
    page = client.get("/forgot").text
    assert ("who administers" in page, 'action="/forgot"' in page) == (True, False)
    assert client.post("/forgot", data={"email": ADMIN}).status_code == 404


# ---- another address of one's own -----------------------------------------------------------------------------------


def test_an_address_is_changed_with_the_password_and_by_the_link_that_goes_to_it(shop: Shop, inbox: Inbox) -> None:
    email, wanted = somebody(shop), f"moved.{shop.workspace.database.kind}@example.com"
    client, reset = served(shop, settings()), nobody(shop)
    assert sign_in(client, email).status_code == 303
    csrf = hidden(client.get("/account/email"), "_csrf")
    sent = {"email": wanted, "password": PASSWORD, "_csrf": csrf}
    for wrong in ({"password": "not my password"}, {"email": "nobody"}, {"email": email}):
        assert client.post("/account/email", data=sent | wrong).status_code == 422
    assert client.post("/account/email", data=sent).headers["location"] == "/account"
    assert "secret" not in queued(shop)
    work(shop)
    assert (len(inbox.letters), inbox.letters[0]["to"]) == (1, wanted)
    assert sign_in(nobody(shop), wanted).status_code == 401
    assert wanted in opened(reset, inbox.link()).text
    assert wanted in told(reset.post("/link"))
    assert reset.post("/link").status_code == 410
    work(shop)
    assert (inbox.letters[1]["to"], "/link/" in inbox.text(1)) == (email, False)
    assert (sign_in(nobody(shop), wanted).status_code, sign_in(nobody(shop), email).status_code) == (303, 401)
    shop.users[wanted] = shop.users[email]
    assert "email_changed" in [what for what, _ in happened(shop, wanted)]


def test_an_address_that_somebody_else_has_is_told_to_who_reads_its_mail_alone(shop: Shop, inbox: Inbox) -> None:
    email, taken = somebody(shop), somebody(shop)
    client = served(shop, settings())
    assert sign_in(client, email).status_code == 303
    sent = {"email": taken, "password": PASSWORD, "_csrf": hidden(client.get("/account/email"), "_csrf")}
    assert client.post("/account/email", data=sent).status_code == 303
    work(shop)
    browser = nobody(shop)
    opened(browser, inbox.link())
    assert browser.post("/link").status_code == 422
    assert sign_in(nobody(shop), email).status_code == 303


@pytest.mark.parametrize("door", ["page", "api"])
def test_ones_own_address_is_changed_by_no_other_door(shop: Shop, door: str) -> None:
    context = context_of(actor(shop, ADMIN), system_clock(), language="en", time_zone="UTC")
    change = Change("update", "user", shop.users[ADMIN], {"email": "elsewhere@example.com"})
    refused = save(
        shop.workspace.database, context, shop.workspace.current(), change, Cause("form" if door == "page" else "api")
    )
    assert isinstance(refused, Refused)
    assert [failure.field for failure in refused.failures] == ["email"]


def test_without_outgoing_mail_the_password_is_the_proof(shop: Shop) -> None:
    email, wanted = somebody(shop), f"at.once.{shop.workspace.database.kind}@example.com"
    client = shop.client(email)
    assert client.post("/account/email", data={"email": wanted, "password": "wrong one"}).status_code == 422
    assert client.post("/account/email", data={"email": ADMIN, "password": PASSWORD}).status_code == 422
    assert client.post("/account/email", data={"email": wanted, "password": PASSWORD}).status_code == 303
    assert sign_in(nobody(shop), wanted).status_code == 303


def actor(shop: Shop, email: str) -> Actor:
    with shop.workspace.database.read() as connection:
        found = actor_of_user(connection, shop.workspace.current(), shop.users[email])
    assert found is not None
    return found
