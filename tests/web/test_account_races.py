"""Many at once with one secret: it opens once. And no secret stands in the database as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pyotp
import pytest
import sqlalchemy as sa

from kith.runtime.accounts import CHEAP, Entered, enter_by_link, take_second_step
from kith.runtime.accounts.codes import SECONDS
from kith.runtime.accounts.entries import NOWHERE
from kith.runtime.accounts.links import make_link
from kith.runtime.clock import system_clock
from kith.runtime.schema import system
from kith.runtime.schema.own import SYSTEM
from tests.web.accounts import happened, hidden, invited, nobody, secret_shown, sign_in, somebody, with_codes
from tests.web.shop import ADMIN, PASSWORD, Shop

TOGETHER = 12


def together(work: Callable[[int], object]) -> list[object]:
    """What each of many gets who begin at the same moment."""
    barrier = Barrier(TOGETHER)

    def one(number: int) -> object:
        barrier.wait(20)
        return work(number)

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(one, range(TOGETHER)))


def test_a_link_opens_once_however_many_come_with_it(shop: Shop) -> None:
    email, database, now = somebody(shop), shop.workspace.database, system_clock()
    user, release = shop.users[email], shop.workspace.current()
    secret, _ = database.run(lambda connection: make_link(connection, "reset", user, now))

    def come(number: int) -> object:
        return type(enter_by_link(database, release, CHEAP, (secret, f"a heron {number} times"), now, NOWHERE))

    assert Counter(together(come))[Entered] == 1
    assert happened(shop, email) == [("link", None)]


@pytest.mark.parametrize("kind", ["code", "recovery"])
def test_a_code_opens_once_however_many_first_steps_come_with_it(shop: Shop, kind: str) -> None:
    email, database = somebody(shop), shop.workspace.database
    phone, recovery = with_codes(shop, email)
    firsts = [hidden(sign_in(nobody(shop), email), "secret") for _ in range(TOGETHER)]
    now = system_clock()
    typed = pyotp.TOTP(phone.secret, interval=SECONDS).at(now) if kind == "code" else recovery[3]

    def come(number: int) -> object:
        return type(take_second_step(database, firsts[number], typed, now))

    assert Counter(together(come))[Entered] == 1
    assert Counter(what for what, _ in happened(shop, email))[kind] == 1


def test_no_secret_stands_in_the_database_as_it_is(shop: Shop) -> None:
    email = somebody(shop)
    _, recovery = with_codes(shop, email)
    client = shop.client(email)
    token = secret_shown(client.post("/account/tokens/new", data={"name": "x", "days": "30"}))
    link = invited(shop, email=f"hashed.{shop.workspace.database.kind}@example.com").removeprefix("/link/")
    second = hidden(sign_in(nobody(shop), email), "secret")
    secrets = [PASSWORD, token, link, second, client.cookies["kith"], *recovery, shop.client(ADMIN).cookies["kith"]]
    found = []
    with shop.workspace.database.read() as connection:
        for table in SYSTEM.sorted_tables:
            columns = [sa.cast(column, sa.Text) for column in table.columns]
            for row in connection.execute(sa.select(*columns)):
                text = "\n".join(str(value) for value in row if value is not None)
                found += [(table.name, secret) for secret in secrets if secret in text]
        kept = connection.scalar(sa.select(sa.func.count()).select_from(system.session))
    assert found == []
    assert kept
