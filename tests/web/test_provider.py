"""Signing in by another provider of identities: who comes in, and what a lie gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from kith.runtime.settings import Provider, Settings
from kith.runtime.write.change import Change
from tests.support.provider import CLIENT, SECRET, Claims, Mock, provider
from tests.web.accounts import happened, hidden, second_step_for, served, sign_in, somebody, with_codes
from tests.web.shop import Shop

BACK = "/sign-in/provider/back"


@pytest.fixture(scope="module")
def running() -> Iterator[Mock]:
    with provider() as mock:
        yield mock


@pytest.fixture
def mock(running: Mock) -> Mock:
    running.person, running.lie, running.signed = {}, lambda claims: claims, "RS256"
    return running


def person(email: str, subject: str = "", *, verified: object = True) -> Claims:
    return {"sub": subject or email, "email": email, "email_verified": verified, "name": "Priya Provided"}


def browser(shop: Shop, mock: Mock, *roles: str) -> TestClient:
    return served(shop, Settings("http://kith.test", None, Provider(mock.address, CLIENT, SECRET, "Acme", roles)))


def come(client: TestClient, mock: Mock, who: Claims, **sent: str) -> Response:
    """Go to the provider and come back."""
    mock.person = who
    left = client.get("/sign-in/provider?next=/records/member")
    assert left.status_code == 303, left.text
    away = left.headers["location"]
    state = away.split("state=")[1].split("&")[0]
    return client.get(BACK, params={"state": state, "code": mock.authorise(away), **sent})


def test_whoever_is_known_by_his_address_comes_in_and_is_known_from_then_on(shop: Shop, mock: Mock) -> None:
    email = somebody(shop)
    client = browser(shop, mock)
    assert 'href="/sign-in/provider"' in client.get("/sign-in").text
    entered = come(client, mock, person(email.upper(), "p-1" + email))
    assert (entered.status_code, entered.headers["location"]) == (303, "/records/member")
    assert client.get("/account").status_code == 200
    assert happened(shop, email)[0] == ("provider", None)
    # His address at the provider may change: he is the same person.
    again = come(browser(shop, mock), mock, person("other@example.com", "p-1" + email))
    assert again.headers["location"] == "/records/member"
    # Who takes over the address there is somebody else.
    assert come(browser(shop, mock), mock, person(email, "p-2")).status_code == 401


def test_a_stranger_comes_in_only_where_the_operator_has_said_with_which_roles(shop: Shop, mock: Mock) -> None:
    email = f"priya.{shop.workspace.database.kind}@example.com"
    assert come(browser(shop, mock), mock, person(email)).status_code == 401
    assert come(browser(shop, mock, "no_such_role"), mock, person(email)).status_code == 401
    client = browser(shop, mock, "store_clerk")
    assert come(client, mock, person(email)).status_code == 303
    assert client.get("/accounts").status_code == 404
    assert "Priya Provided" in client.get("/").text
    assert sign_in(served(shop, Settings()), email, "").status_code == 401


def test_an_address_that_the_provider_has_not_seen_to_opens_nothing(shop: Shop, mock: Mock) -> None:
    email = somebody(shop, "administrator")
    for verified in (False, None, "true", 1):
        answer = come(browser(shop, mock, "store_clerk"), mock, person(email, verified=verified))
        assert (answer.status_code, "set-cookie" in answer.headers and "kith=" in answer.headers["set-cookie"]) == (
            401,
            False,
        )


def test_an_inactive_user_stays_outside(shop: Shop, mock: Mock) -> None:
    email = somebody(shop)
    assert come(browser(shop, mock), mock, person(email)).status_code == 303
    shop.save(Change("update", "user", shop.users[email], {"active": False}))
    assert come(browser(shop, mock, "store_clerk"), mock, person(email)).status_code == 401


def test_the_second_step_is_the_providers(shop: Shop, mock: Mock) -> None:
    email = somebody(shop)
    with_codes(shop, email)
    assert come(browser(shop, mock), mock, person(email)).headers["location"] == "/records/member"


LIES: Mapping[str, Callable[[Claims], Claims]] = {
    "another issuer": lambda claims: claims | {"iss": "https://elsewhere.example"},
    "another audience": lambda claims: claims | {"aud": "somebody-else"},
    "an answer to somebody else": lambda claims: claims | {"aud": [CLIENT, "x"], "azp": "x"},
    "an answer of long ago": lambda claims: claims | {"exp": claims["exp"] - 3600, "iat": claims["iat"] - 3600},
    "an answer without an end": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
    "another journey": lambda claims: claims | {"nonce": "replayed"},
    "no journey": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "nobody": lambda claims: {name: value for name, value in claims.items() if name != "sub"},
    "another token": lambda claims: claims | {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("lie", LIES)
def test_what_does_not_hold_opens_nothing(shop: Shop, mock: Mock, lie: str) -> None:
    mock.lie = LIES[lie]
    answer = come(browser(shop, mock), mock, person(somebody(shop)))
    assert (answer.status_code, "did not work" in answer.text) == (401, True)


@pytest.mark.parametrize("signed", ["HS256", "none", "another key"])
def test_a_signature_that_anybody_can_make_opens_nothing(shop: Shop, mock: Mock, signed: str) -> None:
    mock.signed = signed
    assert come(browser(shop, mock), mock, person(somebody(shop))).status_code == 401


def test_an_answer_fits_one_browser_once(shop: Shop, mock: Mock) -> None:
    email, client, other = somebody(shop), browser(shop, mock), browser(shop, mock)
    mock.person = person(email)
    away = client.get("/sign-in/provider").headers["location"]
    sent = {"state": away.split("state=")[1].split("&")[0], "code": mock.authorise(away)}
    assert other.get(BACK, params=sent).status_code == 401
    other.get("/sign-in/provider")
    assert other.get(BACK, params=sent).status_code == 401
    assert client.get(BACK, params=sent | {"state": "made up"}).status_code == 401
    # The failed try has ended the journey.
    assert client.get(BACK, params=sent).status_code == 401


def test_who_does_not_agree_and_a_provider_that_is_away_lead_back_to_the_password(shop: Shop, mock: Mock) -> None:
    client = browser(shop, mock)
    away = client.get("/sign-in/provider").headers["location"]
    state = away.split("state=")[1].split("&")[0]
    assert client.get(BACK, params={"state": state, "error": "access_denied"}).status_code == 401
    nowhere = served(shop, Settings("http://kith.test", None, Provider("http://127.0.0.1:9", CLIENT, SECRET, "Acme")))
    answer = nowhere.get("/sign-in/provider")
    assert (answer.status_code, 'name="password"' in answer.text) == (401, True)
    assert served(shop, Settings()).get("/sign-in/provider").status_code == 303


# ---- how strongly somebody has signed in there ----------------------------------------------------------------------

STRENGTHS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], Claims, bool]] = {
    "as strongly as asked": (("gold",), (), {"acr": "gold"}, True),
    "less strongly": (("gold",), (), {"acr": "tin"}, False),
    "nobody knows how": (("gold",), (), {}, False),
    "by one of the means": ((), ("mfa", "otp"), {"amr": ["pwd", "otp"]}, True),
    "by other means": ((), ("mfa", "otp"), {"amr": ["pwd"]}, False),
    "by means that are no list": ((), ("mfa",), {"amr": "mfa"}, False),
    "only one of both": (("gold",), ("mfa",), {"acr": "gold", "amr": ["pwd"]}, False),
}


def strict(shop: Shop, mock: Mock, acr: tuple[str, ...] = (), amr: tuple[str, ...] = ()) -> TestClient:
    asked = Provider(mock.address, CLIENT, SECRET, "Acme", acr=acr, amr=amr)
    return served(shop, Settings("http://kith.test", None, asked))


@pytest.mark.parametrize("strength", STRENGTHS)
def test_who_has_signed_in_there_less_strongly_than_asked_stays_outside(shop: Shop, mock: Mock, strength: str) -> None:
    acr, amr, said, inside = STRENGTHS[strength]
    client = strict(shop, mock, acr, amr)
    assert come(client, mock, person(somebody(shop)) | said).status_code == (303 if inside else 401)
    assert all(asked.get("acr_values", "") == "" for asked in mock.asked.values())
    assert ("acr_values=gold" in client.get("/sign-in/provider").headers["location"]) == bool(acr)


def test_a_second_step_that_is_required_is_the_providers_only_where_it_proves_one(shop: Shop, mock: Mock) -> None:
    with second_step_for(shop, "store_clerk"):
        proven = strict(shop, mock, amr=("mfa",))
        assert come(proven, mock, person(somebody(shop)) | {"amr": ["mfa"]}).headers["location"] == "/records/member"
        assert proven.get("/records/member").status_code == 200
        unproven = browser(shop, mock)
        assert come(unproven, mock, person(somebody(shop))).status_code == 303
        assert unproven.get("/records/member").headers["location"].startswith("/account/codes")
        email = somebody(shop)
        phone, _ = with_codes(shop, email)
        asked = come(browser(shop, mock), mock, person(email))
        assert (asked.status_code, "kith=" in asked.headers["set-cookie"]) == (200, False)
        sent = {"secret": hidden(asked, "secret"), "next": hidden(asked, "next"), "code": phone.now()}
        assert browser(shop, mock).post("/sign-in/code", data=sent).headers["location"] == "/records/member"
