"""A second step that is required: of a role, or of everybody; who has none sets one up before anything else."""

from __future__ import annotations

import pyotp
import pytest
from starlette.testclient import TestClient

from kith.runtime.settings import Settings
from tests.web.accounts import (
    forget_step,
    happened,
    hidden,
    nobody,
    second_step_for,
    served,
    sign_in,
    somebody,
    told,
    with_codes,
)
from tests.web.shop import ADMIN, PASSWORD, Shop


def set_up(client: TestClient, at: str) -> str:
    """Set the second step up where one was led to; the address to go on at."""
    page = client.get(at)
    assert (page.status_code, "takes a second step" in page.text, "<nav" in page.text) == (200, True, False)
    sent = {"key": hidden(page, "key"), "next": hidden(page, "next"), "_csrf": hidden(page, "_csrf")}
    assert client.post("/account/codes", data=sent | {"code": "000000"}).status_code == 422
    made = client.post("/account/codes", data=sent | {"code": pyotp.TOTP(sent["key"]).now()})
    assert (made.status_code, "<nav" in made.text) == (200, False), told(made)
    return sent["next"]


@pytest.mark.parametrize("of", ["a role", "all"])
def test_who_has_none_sets_one_up_before_anything_else(shop: Shop, of: str) -> None:
    email = somebody(shop)
    client = nobody(shop) if of == "a role" else served(shop, Settings(second_step=True))
    with second_step_for(shop, "store_clerk" if of == "a role" else "administrator"):
        assert sign_in(client, email).status_code == 303
        led = client.get("/records/member?q=a").headers["location"]
        assert led == "/account/codes?next=%2Frecords%2Fmember%3Fq%3Da"
        csrf = hidden(client.get(led), "_csrf")
        assert client.post("/records/member/new", data={"name": "x", "_csrf": csrf}).status_code == 303
        assert client.get("/account").headers["location"].startswith("/account/codes")
        assert set_up(client, led) == "/records/member?q=a"
        assert client.get("/records/member?q=a").status_code == 200
        forget_step(shop, email)
        assert "secret" in sign_in(nobody(shop), email).text


def test_others_are_asked_for_nothing(shop: Shop) -> None:
    with second_step_for(shop, "store_clerk"):
        assert shop.client(ADMIN).get("/account").status_code == 200


def test_it_can_be_signed_out_instead(shop: Shop) -> None:
    with second_step_for(shop, "store_clerk"):
        client = shop.client(somebody(shop))
        assert 'action="/sign-out"' in client.get("/account/codes").text
        assert client.post("/sign-out").headers["location"] == "/sign-in"


def test_who_has_lost_the_phone_and_the_codes_gets_a_new_step_from_an_administrator(shop: Shop) -> None:
    email = somebody(shop)
    with_codes(shop, email)
    with second_step_for(shop, "store_clerk"):
        client = shop.client(email)
        assert client.get("/account").status_code == 200
        assert shop.client(ADMIN).post(f"/accounts/{shop.users[email]}/codes/off").status_code == 303
        assert happened(shop, email)[0] == ("codes_off", shop.users[ADMIN])
        assert client.get("/account").headers["location"].startswith("/account/codes")
        again = nobody(shop)
        assert sign_in(again, email, PASSWORD).status_code == 303
        set_up(again, again.get("/").headers["location"])


def test_an_administrator_who_acts_as_somebody_has_taken_his_own(shop: Shop) -> None:
    email, admin = somebody(shop), shop.client(ADMIN)
    assert admin.post(f"/accounts/{shop.users[email]}/act").status_code == 303
    with second_step_for(shop, "store_clerk"):
        assert admin.get("/").status_code == 200
