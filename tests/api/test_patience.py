"""Who has to wait is told so, and for how long: a busy database (503), and trying things out too often (429)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from kith.runtime.accounts.throttling import LIMITS
from tests.api.world import Desk, opened
from tests.support import postgresql


@contextmanager
def locked(server: str) -> Iterator[tuple[Desk, psycopg.Connection]]:
    """A desk that waits a tenth of a second for a lock, and somebody who may hold one."""
    with (
        postgresql.fresh_schema(server) as url,
        opened(f"{url}%20-clock_timeout%3D100") as desk,
        psycopg.connect(postgresql.libpq(url)) as other,
    ):
        yield desk, other


def test_a_busy_database_is_told_with_when_to_try_again(postgresql_server: str) -> None:
    with locked(postgresql_server) as (desk, other):
        other.execute("LOCK TABLE memo IN ACCESS EXCLUSIVE MODE")
        asked = (
            desk.get("memo"),
            desk.get("memo", accept_language="zh-CN"),
            desk.ask("POST", "memo", body={"text": "?"}),
        )
        assert [(one.status_code, one.json()["code"], one.headers["retry-after"]) for one in asked] == [
            (503, "busy", "2")
        ] * 3
        assert "try again in 2 seconds" in asked[0].json()["detail"]
        assert "请在 2 秒后重试" in asked[1].json()["detail"]
        other.rollback()
        assert desk.get("memo").status_code == 200


def test_who_sends_token_after_token_that_is_not_good_has_to_wait(desk: Desk) -> None:
    tries = LIMITS["token"].tries
    answers = [desk.get("memo", "", authorization=f"Bearer kith_{number}") for number in range(tries + 1)]
    assert [one.status_code for one in answers] == [401] * (tries - 1) + [429] * 2
    last = answers[-1]
    assert (last.json()["code"], last.headers["retry-after"]) == ("too_many_tokens", "30")
    # Others behind the same address go on.
    assert desk.get("memo").status_code == 200
    assert desk.get("memo", "", accept_language="zh-CN", authorization="Bearer x").json()["detail"] == (
        "来自此地址的无效令牌过多，请在 30 秒后重试。"
    )


def test_who_tries_out_values_of_a_key_is_stopped_before_he_is_told(desk: Desk) -> None:
    desk.make("account", name="Acme")
    items = [{"op": "create", "values": {"name": "Acme"}}] * (LIMITS["key"].tries - 1)
    assert desk.ask("POST", "account/bulk", "ann", {"mode": "each", "items": items}).status_code == 200
    assert desk.ask("POST", "account", "ann", {"name": "Acme"}).status_code == 422
    for name in ("Acme", "Free"):
        stopped = desk.ask("POST", "account", "ann", {"name": name})
        assert (stopped.status_code, stopped.json()["code"]) == (429, "too_many_taken")
        assert stopped.headers["retry-after"] == "30"
    assert desk.ask("POST", "account/bulk", "ann", {"items": items[:1]}).status_code == 429
    assert desk.get("account", "ann").status_code == 200
    assert desk.ask("POST", "account", body={"name": "Free"}).status_code == 201
