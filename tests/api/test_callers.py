"""Who may ask: tokens that end, sessions of the pages, and requests that arrive twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from kith.runtime.accounts import issue_token, list_tokens, revoke_token
from kith.runtime.idempotency import KEPT, forget_old
from kith.runtime.schema import system
from tests.api.world import NOW, Desk


def test_a_token_ends_when_it_is_revoked_or_its_time_has_come(desk: Desk) -> None:
    with desk.workspace.database.write() as connection:
        id_, desk.tokens["short"] = issue_token(connection, "short", NOW, roles=["administrator"])
        _, desk.tokens["late"] = issue_token(
            connection, "late", NOW, roles=["administrator"], expires_at=NOW - timedelta(1)
        )
    assert desk.get("account", "short").status_code == 200
    assert desk.get("account", "late").status_code == 401
    with desk.workspace.database.write() as connection:
        revoke_token(connection, id_, NOW)
    assert desk.get("account", "short").status_code == 401


def test_the_use_of_a_token_is_noted(desk: Desk) -> None:
    desk.get("account", "ann")
    with desk.workspace.database.read() as connection:
        used = {token.name: token.used_at for token in list_tokens(connection)}
    assert (used["ann"], used["bob"]) == (NOW, None)


def test_a_token_acts_with_its_own_roles_in_its_users_name(desk: Desk) -> None:
    with desk.workspace.database.write() as connection:
        _, desk.tokens["less"] = issue_token(connection, "less", NOW, user=desk.users["admin"], roles=["rep"])
    desk.make("account", name="Mine", owner=desk.users["admin"])
    desk.make("account", name="Yours", owner=desk.users["ann"])
    assert [row["name"] for row in desk.get("account?fields=name", "less").json()["data"]] == ["Mine"]


def test_a_session_without_the_second_step_that_is_required_reads_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kith.api.credentials.lacks_second", lambda *_: True)
    desk.client.cookies.set("kith", desk.session("admin")[0])
    refused = desk.get("account", "")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_step")
    desk.client.cookies.clear()
    assert desk.get("account", "admin").status_code == 200


def test_the_pages_session_may_read_and_with_its_secret_write(desk: Desk) -> None:
    cookie, csrf = desk.session("admin")
    desk.client.cookies.set("kith", cookie)
    assert desk.get("account", "").status_code == 200
    refused = desk.ask("POST", "account", "", {"name": "x"})
    assert (refused.status_code, refused.json()["code"]) == (403, "no_csrf")
    assert desk.ask("POST", "account", "", {"name": "x"}, x_csrf_token="wrong").status_code == 403
    forged = desk.ask("POST", "account", "", {"name": "x"}, x_csrf_token=csrf, sec_fetch_site="cross-site")
    assert forged.status_code == 403
    assert (
        desk.ask("POST", "account", "", {"name": "x"}, x_csrf_token=csrf, sec_fetch_site="same-origin").status_code
        == 201
    )
    desk.client.cookies.set("kith", "stale")
    assert desk.get("account", "").json()["code"] == "bad_session"
    desk.client.cookies.clear()


@pytest.mark.parametrize("path", ["account", "account/1", "search?q=a", "meta", "openapi.json"])
def test_nothing_is_answered_to_nobody(shared: Desk, path: str) -> None:
    response = shared.get(path, "")
    assert (response.status_code, response.headers["www-authenticate"]) == (401, 'Bearer realm="kith"')


@pytest.mark.parametrize("path", ["account/bulk", "account/aggregate", "account", "account/1/actions/restore"])
def test_nothing_is_done_for_nobody(shared: Desk, path: str) -> None:
    assert shared.ask("POST", path, "", {}).status_code == 401


def test_an_app_may_want_every_change_to_name_its_version(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    memo = desk.make("memo", text="first")["id"]
    release = desk.workspace.current()
    wants = replace(release.model.app.settings["versions_required"], value=True)
    app = replace(release.model.app, settings={"versions_required": wants})
    monkeypatch.setattr(desk.workspace, "_release", replace(release, model=replace(release.model, app=app)))
    assert desk.ask("PATCH", f"memo/{memo}", body={"stars": 1}).json()["code"] == "version_needed"
    assert desk.ask("DELETE", f"memo/{memo}").status_code == 428
    assert desk.ask("PATCH", f"memo/{memo}", body={"stars": 1, "version": 1}).status_code == 200
    assert desk.ask("DELETE", f"memo/{memo}", if_match='"2-0"').status_code == 204


def test_requests_with_one_key_at_once_make_one_record(desk: Desk) -> None:
    def send(_: int) -> tuple[int, str]:
        response = desk.ask("POST", "memo", body={"text": "once"}, idempotency_key="k")
        return response.status_code, response.json()["data"]["id"]

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(24)))
    assert len(answers) == 1
    assert desk.get("memo").json()["count"] == 1


def test_a_bulk_with_a_key_is_carried_out_once(desk: Desk) -> None:
    body = {"items": [{"op": "create", "values": {"text": f"{n}"}} for n in range(3)]}
    first = desk.ask("POST", "memo/bulk", body=body, idempotency_key="k")
    assert desk.ask("POST", "memo/bulk", body=body, idempotency_key="k").content == first.content
    assert desk.get("memo").json()["count"] == 3
    # The same key for another address is another request.
    assert desk.ask("POST", "account/bulk", body=body, idempotency_key="k").json()["code"] == "key_reused"


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb"])
def test_a_key_is_printable_and_short(shared: Desk, key: str) -> None:
    response = shared.ask("POST", "memo", body={"text": "x"}, idempotency_key=key)
    assert (response.status_code, response.json()["code"]) == (400, "bad_idempotency_key")


def test_answers_are_kept_for_more_than_a_day(desk: Desk) -> None:
    desk.ask("POST", "memo", body={"text": "once"}, idempotency_key="k")
    with desk.workspace.database.write() as connection:
        assert forget_old(connection, NOW + timedelta(hours=25)) == 0
        assert forget_old(connection, NOW + KEPT + timedelta(seconds=1)) == 1
        assert connection.scalar(sa.select(sa.func.count()).select_from(system.idempotency)) == 0


def test_ten_thousand_records_are_saved_in_one_request(desk: Desk) -> None:
    items = [{"op": "create", "values": {"text": f"memo {number}", "stars": number % 5}} for number in range(10_000)]
    made = desk.ask("POST", "memo/bulk", body={"items": items}).json()
    assert (made["saved"], made["refused"]) == (10_000, 0)
    assert desk.get("memo?limit=1&count=exact").json()["count"] == 10_000
