"""Who has to wait is told so, and for how long: a busy database (503), a full disk (507), and trying things out too often (429)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
import sqlalchemy as sa

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


@contextmanager
def failing(desk: Desk, error: Exception) -> Iterator[None]:
    """Whatever would write fails like this."""

    def fail(*arguments: object) -> None:
        statement = str(arguments[2])
        if statement.startswith(("INSERT", "UPDATE", "WITH")):
            raise sa.exc.DBAPIError.instance(statement, (), error, Exception)

    engine = desk.workspace.database.engine
    sa.event.listen(engine, "before_cursor_execute", fail)
    yield
    sa.event.remove(engine, "before_cursor_execute", fail)


def of_sqlite(code: int) -> sqlite3.OperationalError:
    """An error of SQLite's."""
    error = sqlite3.OperationalError("no")
    error.sqlite_errorcode = code
    return error


FULL = (of_sqlite(sqlite3.SQLITE_FULL), psycopg.errors.DiskFull("no"))
FAILING = (of_sqlite(sqlite3.SQLITE_IOERR | (3 << 8)), of_sqlite(sqlite3.SQLITE_CANTOPEN), psycopg.errors.IoError("no"))


@pytest.mark.parametrize(
    ("error", "status", "code", "seconds"),
    [*((error, 507, "full", "60") for error in FULL), *((error, 503, "busy", "2") for error in FAILING)],
)
def test_a_disk_that_is_full_or_fails_is_told_in_both_languages_and_reading_goes_on(
    desk: Desk, error: Exception, status: int, code: str, seconds: str
) -> None:
    with failing(desk, error):
        asked = [desk.ask("POST", "memo", body={"text": "?"}, accept_language=one) for one in ("en", "zh-CN")]
        assert [(one.status_code, one.json()["code"], one.headers["retry-after"]) for one in asked] == [
            (status, code, seconds)
        ] * 2
        assert asked[0].json()["detail"] != asked[1].json()["detail"]
        assert desk.get("memo").json()["data"] == []
    assert desk.ask("POST", "memo", body={"text": "!"}).status_code == 201
    assert len(desk.get("memo").json()["data"]) == 1


def test_an_sqlite_file_that_may_not_grow_refuses_saves_until_it_may(sqlite_url: str) -> None:
    with opened(sqlite_url) as desk:
        database = desk.workspace.database
        with database.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

        def limit(connection: sa.Connection) -> None:
            connection.connection.driver_connection.execute(f"PRAGMA max_page_count = {pages + 2}")  # type: ignore[union-attr]

        sa.event.listen(database.engine, "engine_connect", limit)
        answers = [desk.ask("POST", "memo", body={"text": "long" * 50}).status_code for _ in range(40)]
        assert answers[-1] == 507
        assert answers == sorted(answers)
        sa.event.remove(database.engine, "engine_connect", limit)
        database.engine.dispose()
        assert desk.ask("POST", "memo", body={"text": "!"}).status_code == 201
        assert len(desk.get("memo").json()["data"]) == answers.count(201) + 1


def test_connections_that_the_database_has_ended_are_replaced(postgresql_url: str, postgresql_server: str) -> None:
    with opened(postgresql_url) as desk:
        database = desk.workspace.database
        assert desk.ask("POST", "memo", body={"text": "!"}).status_code == 201
        pids = []
        for way in (database.read, database.write):
            with way() as connection:
                pids.append(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
        with psycopg.connect(postgresql.libpq(postgresql_server), autocommit=True) as other:
            for pid in pids:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        answers = [desk.get("memo").status_code for _ in range(3)]
        answers += [desk.ask("POST", "memo", body={"text": "!"}).status_code for _ in range(3)]
        assert set(answers[:2]) <= {200, 503}
        assert answers[2] == 200
        assert answers[3] in (201, 503)
        assert answers[4:] == [201, 201]


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
