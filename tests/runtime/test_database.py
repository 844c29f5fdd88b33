from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from kith.runtime.database import Database, Unfit, choose_url, normal_url, open_database

TABLE = sa.Table("t", sa.MetaData(), sa.Column("x", sa.Integer))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


def _count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(TABLE)) or 0)


def test_a_writing_transaction_takes_ddl_and_rows_back_together(database: Database) -> None:
    def make() -> None:
        with database.write() as connection:
            TABLE.create(connection)
            connection.execute(TABLE.insert(), {"x": 1})
            raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        make()
    with database.read() as connection:
        assert not sa.inspect(connection).has_table("t")


def test_writers_take_turns_and_readers_go_on(database: Database) -> None:
    with database.write() as connection:
        TABLE.create(connection)
    started, go = threading.Event(), threading.Event()

    def first() -> None:
        with database.write() as connection:
            connection.execute(TABLE.insert(), {"x": 1})
            started.set()
            assert go.wait(10)

    def second() -> None:
        with database.write() as connection:
            connection.execute(TABLE.insert(), {"x": 2})

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert started.wait(10)
    threads[1].start()
    assert _count(database) in (0, 1)
    go.set()
    for thread in threads:
        thread.join(10)
    assert _count(database) == 2


def test_a_transaction_that_lost_is_begun_anew(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    tries = []

    def work(connection: sa.Connection) -> str:
        tries.append(1)
        if len(tries) < 3:
            connection.exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$")
        return "done"

    assert database.run(work) == "done"
    assert len(tries) == 3
    database.close()


def test_sqlite_keeps_its_settings(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with database.read() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_postgresql_gives_ids_as_text_numbers_as_decimals_and_instants_in_utc(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    statement = (
        "SELECT '01890000-0000-7000-8000-00000000000a'::uuid, 1.50::numeric(5,2), '2026-01-01 00:00+08'::timestamptz"
    )
    with database.read() as connection:
        row = connection.exec_driver_sql(statement).one()
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"
    database.close()
    assert tuple(row) == (
        "01890000-0000-7000-8000-00000000000a",
        Decimal("1.50"),
        datetime(2025, 12, 31, 16, tzinfo=UTC),
    )
    assert database.facts.fold in ("pg_unicode_fast", "und-x-icu", "")


def test_another_process_is_waited_for_on_sqlite(sqlite_url: str) -> None:
    one, other = open_database(sqlite_url), open_database(sqlite_url)
    with one.write() as connection:
        TABLE.create(connection)
        with other.read() as reading:
            assert not sa.inspect(reading).has_table("t")
        with other.engine.connect() as late:
            late.exec_driver_sql("PRAGMA busy_timeout = 10")
            late.rollback()
            with pytest.raises(OperationalError, match="locked"):
                late.execution_options(kith_write=True).begin()
    one.close()
    other.close()


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("crm.db", "sqlite+pysqlite:///crm.db"),
        ("sqlite:////tmp/crm.db", "sqlite+pysqlite:////tmp/crm.db"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
    ],
)
def test_urls_are_read(url: str, normal: str) -> None:
    assert normal_url(url).render_as_string() == normal


@pytest.mark.parametrize("url", ["mysql://h/d", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(Unfit):
        normal_url(url)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("not a database" * 100, "utf-8")
    with pytest.raises(Unfit, match="cannot be opened"):
        open_database(str(tmp_path / "x.db"))


def test_the_database_of_a_command(tmp_path: Path) -> None:
    assert choose_url("a", "b", "app", tmp_path) == "a"
    assert choose_url(None, "b", "app", tmp_path) == "b"
    assert choose_url(None, None, "app", tmp_path) == f"sqlite:///{tmp_path / 'app.db'}"
    with pytest.raises(Unfit, match="--db"):
        choose_url(None, None, None, tmp_path)
    (tmp_path / "crm.db").touch()
    assert choose_url(None, None, None, tmp_path) == f"sqlite:///{tmp_path / 'crm.db'}"
