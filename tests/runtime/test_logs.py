"""Logs are lines of JSON that say what happened in which request, and nothing of what people have typed."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from kith.runtime import logs
from kith.runtime.accounts.throttling import Subject, Throttle

CANARY = "kanarienvogel"
LOG = logging.getLogger("kith.test")


@contextmanager
def heard(level: str = "info", *, as_json: bool = True) -> Iterator[io.StringIO]:
    """What is logged meanwhile."""
    root, own, stream = logging.getLogger(), logging.getLogger("kith"), io.StringIO()
    before, levels = root.handlers[:], (root.level, own.level)
    try:
        logs.set_up(level, stream, as_json=as_json)
        yield stream
    finally:
        root.handlers[:] = before
        root.setLevel(levels[0])
        own.setLevel(levels[1])


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_when_where_and_in_which_request() -> None:
    with heard() as stream, logs.in_request("r-1"):
        LOG.warning("it took %d s", 3, extra={"ms": 3_000})
    (line,) = lines(stream)
    assert line.pop("at").endswith("Z")
    assert line == {"event": "it took 3 s", "level": "warning", "logger": "kith.test", "request": "r-1", "ms": 3_000}


def test_a_line_break_in_a_text_makes_no_second_line() -> None:
    with heard() as stream:
        LOG.warning('one\n{"event": "forged"}\u2028two %s', "three\r\nfour")
    assert len(stream.getvalue().splitlines()) == 1 + stream.getvalue().count("\u2028")
    assert lines(io.StringIO(stream.getvalue().replace("\u2028", "")))[0]["event"].startswith("one\n")


def failing() -> None:
    cause = ValueError(f"could not read {CANARY}")
    raise IntegrityError(f"INSERT … {CANARY}", {"name": CANARY}, cause) from cause


@pytest.mark.parametrize("way", ["exception", "argument"])
def test_an_error_is_told_by_kind_and_place_and_not_by_its_message(way: str) -> None:
    with heard() as stream:
        try:
            failing()
        except IntegrityError as error:
            if way == "exception":
                LOG.exception("it failed")
            else:
                LOG.warning("it failed: %s", error)
    assert CANARY not in stream.getvalue()
    (line,) = lines(stream)
    if way == "exception":
        assert line["error"] == "IntegrityError < ValueError"
        assert line["calls"][-1].split(":")[0].endswith("test_logs.py")
        assert line["calls"][-1].endswith("failing")
    else:
        assert line["event"] == "it failed: IntegrityError"


def test_the_kind_of_a_databases_error_has_its_code() -> None:
    engine = sa.create_engine("sqlite://")
    with heard() as stream, engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x TEXT UNIQUE)")
        connection.exec_driver_sql(f"INSERT INTO t VALUES ('{CANARY}')")
        try:
            connection.execute(sa.text("INSERT INTO t VALUES (:x)"), {"x": CANARY})
        except IntegrityError:
            LOG.exception("it failed")
    engine.dispose()
    assert (
        lines(stream)[0]["error"] == "IntegrityError SQLITE_CONSTRAINT_UNIQUE < IntegrityError SQLITE_CONSTRAINT_UNIQUE"
    )
    assert CANARY not in stream.getvalue()


def test_messages_of_errors_are_told_where_that_is_asked_for() -> None:
    with heard("debug") as stream:
        try:
            failing()
        except IntegrityError:
            LOG.exception("it failed")
    assert CANARY in stream.getvalue()


def test_an_address_that_slipped_into_an_event_is_taken_out() -> None:
    with heard() as stream:
        LOG.warning("mail to %s", "li.na@example.com")
    assert lines(stream)[0]["event"] == "mail to (address)"


def test_on_a_terminal_lines_are_for_people() -> None:
    with heard(as_json=False) as stream:
        LOG.warning("it took %d s", 3, extra={"ms": 3_000})
    assert "it took 3 s" in stream.getvalue()
    assert "{" not in stream.getvalue()


def test_who_has_to_wait_is_told_by_a_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    from kith.runtime.clock import system_clock

    class Database:
        def run(self, work: Any) -> Any:
            from datetime import timedelta

            return timedelta(seconds=30)

    subject = Subject("login", "li.na@example.com")
    with heard() as stream:
        Throttle().failed(Database(), subject, system_clock())  # type: ignore[arg-type]
    (line,) = lines(stream)
    assert line["subject"] == subject.digest[:16]
    assert "li.na" not in stream.getvalue()


def test_work_in_another_thread_knows_its_request() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool, logs.in_request("r-2"):
        assert pool.submit(logs.request_id).result() == ""
        assert pool.submit(logs.carried(logs.request_id)).result() == "r-2"
