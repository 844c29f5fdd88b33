"""What holds for every request, whatever its address: names, rates, sizes, headers, ids."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from httpx2 import Response as Answer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from kith.cli.serving import application
from kith.runtime.measuring import Measures
from kith.runtime.operating import Hosts, Operation
from kith.web import addresses
from kith.web.gate import MACHINES, Gate, Rates
from tests.web import shop as shops

OPERATION = Operation(Hosts(frozenset({"crm.example.com", "*.kith.example"})), secure=True, rate=50)
ADDRESSES = (
    "/",
    "/member",
    "/sign-in",
    "/api/v1/meta",
    "/api/nowhere",
    "/healthz",
    "/readyz",
    "/metrics",
    "/assets/no.css",
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[shops.Shop]:
    """A shop whose pages nobody has to look at."""
    with shops.opened(f"sqlite:///{tmp_path_factory.mktemp('gate') / 'kith.db'}", demo=False) as found:
        yield found


@pytest.fixture(scope="module")
def app(shop: shops.Shop) -> ASGIApp:
    """What stands behind the gate."""
    gate = application(shop.workspace, OPERATION)
    assert isinstance(gate, Gate)
    return gate.app


def client_of(app: ASGIApp, operation: Operation = OPERATION, machine: str = "192.0.2.7") -> TestClient:
    gate = Gate(app, operation, Measures())
    return TestClient(gate, base_url="https://crm.example.com", follow_redirects=False, client=(machine, 50_000))


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("crm.example.com", True), ("CRM.example.com:8443", True), ("crm.example.com.", True), ("a.kith.example", True),
        ("localhost:8000", True), ("app.localhost", True), ("127.0.0.1", True), ("10.1.2.3:80", True), ("[::1]:8000", True),
        ("evil.example", False), ("crm.example.com.evil.example", False), ("a.b.kith.example", False), ("kith.example", False),
        ("localhost.evil.example", False), ("127.0.0.1.evil.example", False), ("", False), ("crm.example.com@evil.example", False),
    ],
)  # fmt: skip
def test_a_server_answers_to_its_own_names_only(host: str, ours: bool) -> None:
    assert OPERATION.hosts.has(host) is ours


def test_a_request_for_another_host_sees_neither_page_nor_api(app: ASGIApp) -> None:
    client = client_of(app)
    for address in ADDRESSES:
        answer = client.get(address, headers={"host": "evil.example"})
        assert answer.status_code == 400, address
        assert "KITH_HOSTS" in answer.text
    said = client.get("/", headers={"host": "evil.example", "accept-language": "zh-CN"})
    assert "运维人员" in said.text


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_has_the_headers_that_keep_browsers_safe(app: ASGIApp, address: str) -> None:
    headers = client_of(app).get(address).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("secure", [True, False])
def test_over_https_every_cookie_goes_over_nothing_else(secure: bool) -> None:
    async def answer(request: Request) -> Response:
        response = Response("ok")
        response.set_cookie("said", "saved", httponly=True)
        response.set_cookie("session", "secret", secure=True)
        return response

    gate = Gate(Starlette(routes=[Route("/", answer)]), Operation(rate=0, secure=secure), Measures())
    said, session = TestClient(gate).get("/").headers.get_list("set-cookie")
    assert said.lower().count("; secure") == int(secure)
    assert session.lower().count("; secure") == 1
    assert [one.startswith("__Host-") for one in (said, session)] == [secure, secure]
    assert all("Path=/" in one and "Domain" not in one for one in (said, session))


def test_over_https_a_cookie_that_another_host_could_have_set_is_not_looked_at() -> None:
    async def answer(request: Request) -> Response:
        return Response(repr(sorted(request.cookies.items())))

    app = Starlette(routes=[Route("/", answer)])
    sent = {"cookie": "kith=forged; __Host-kith=mine; language=zh-CN;__Host-theme=dark"}
    secure = TestClient(Gate(app, Operation(rate=0, secure=True), Measures())).get("/", headers=sent).text
    assert secure == "[('kith', 'mine'), ('theme', 'dark')]"
    plain = TestClient(Gate(app, Operation(rate=0), Measures())).get("/", headers={"cookie": "kith=mine"}).text
    assert plain == "[('kith', 'mine')]"


def test_without_https_browsers_are_not_told_to_use_it(app: ASGIApp) -> None:
    assert "strict-transport-security" not in client_of(app, Operation(rate=0)).get("/sign-in").headers


def test_who_asks_too_often_is_told_when_to_come_again(app: ASGIApp) -> None:
    client = client_of(app, Operation(rate=1))
    answers = [client.get(address) for address in ("/healthz", "/sign-in", "/api/v1/meta") * 5]
    late = [answer for answer in answers if answer.status_code == 429]
    assert late
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in late)
    # Others are answered meanwhile, and so is this machine itself.
    assert client_of(app, Operation(rate=1)).get("/healthz").status_code == 200
    local = client_of(app, Operation(rate=1), machine="127.0.0.1")
    assert {local.get("/healthz").status_code for _ in range(30)} == {200}


def test_a_bucket_fills_again_and_only_so_many_are_kept() -> None:
    rates = Rates(2)
    waits = [rates.wait("a", 0.0) for _ in range(21)]
    assert waits[:20] == [0.0] * 20
    assert waits[20] == pytest.approx(0.5)
    assert rates.wait("a", 1.0) == 0.0
    for number in range(MACHINES + 5):
        rates.wait(f"m{number}", 2.0)
    assert len(rates._buckets) <= MACHINES


def test_a_network_of_the_new_kind_counts_as_one_machine(app: ASGIApp) -> None:
    gate = Gate(app, Operation(rate=1), Measures())
    statuses = set()
    for number in range(15):
        client = TestClient(gate, base_url="https://crm.example.com", client=(f"2001:db8:1:2::{number}", 1))
        statuses.add(client.get("/healthz").status_code)
    assert statuses == {200, 429}


def test_heads_have_a_limit(app: ASGIApp) -> None:
    client = client_of(app)
    assert client.get("/sign-in", headers={"x-much": "x" * 200_000}).status_code == 431
    assert client.get("/api/v1/meta?" + "x" * 60_000, headers={"x-much": "x" * 80_000}).status_code == 431


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
def test_methods_that_nobody_needs_are_refused(app: ASGIApp, method: str) -> None:
    answer = client_of(app).request(method, "/sign-in")
    assert (answer.status_code, answer.headers["allow"].split(", ")[0]) == (405, "GET")


def test_every_request_has_an_id_and_a_callers_own_is_kept_where_it_is_one(app: ASGIApp) -> None:
    client = client_of(app)
    made = client.get("/healthz").headers["x-request-id"]
    assert len(made) == 16
    assert client.get("/healthz").headers["x-request-id"] != made
    assert client.get("/healthz", headers={"x-request-id": "trace-1.2_3"}).headers["x-request-id"] == "trace-1.2_3"
    for wrong in ("a b", "x" * 65, "é", '"', "a;b"):
        assert client.get("/healthz", headers={b"x-request-id": wrong.encode()}).headers["x-request-id"] != wrong


@pytest.mark.parametrize(("token", "machine"), [("", "127.0.0.1"), ("figures-please", "192.0.2.7")])
def test_figures_are_told_to_this_machine_or_to_who_has_the_token(shop: shops.Shop, token: str, machine: str) -> None:
    app = application(shop.workspace, Operation(metrics=token, rate=0))

    def asked(machine: str, given: str) -> Answer:
        headers = {"authorization": f"Bearer {given}"} if given else {}
        return TestClient(app, client=(machine, 50_000)).get("/metrics", headers=headers)

    client = TestClient(app, follow_redirects=False)
    client.get(addresses.SIGN_IN)
    for number in range(20):
        client.get(f"/nowhere{number}/very-secret")
        client.get(f"/api/v1/very-secret{number}")
    found = asked(machine, token)
    assert found.status_code == 200
    counted = [line for line in found.text.splitlines() if line.startswith("kith_requests_total")]
    assert f'kith_requests_total{{method="GET",route="{addresses.SIGN_IN}",status="200"}} 1.0' in counted
    assert 'kith_jobs{state="waiting"}' in found.text
    assert "kith_release 1.0" in found.text
    assert "very-secret" not in found.text
    assert asked("192.0.2.7", "").status_code == 404
    assert asked("192.0.2.7", "no").status_code == 404
    assert asked("127.0.0.1", "no").status_code == (404 if token else 200)
