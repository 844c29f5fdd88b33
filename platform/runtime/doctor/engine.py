"""The database itself: its files and the settings that promises rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from kith.problems import Words
from kith.runtime.database import Facts
from kith.runtime.doctor.findings import SHOWN, Found, Visit

PRAGMAS = {"journal_mode": ("wal",), "synchronous": ("2", "3"), "foreign_keys": ("1",)}
SETTINGS = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "remote_apply", "remote_write", "local"),
    "server_encoding": ("UTF8",),
}
"""The values under which no acknowledged save is lost."""
WAL_RESET = (3, 51, 3)
"""The version of SQLite from which on two checkpoints at once cannot damage a file any more."""


def look(visit: Visit) -> Found:
    """Settings are as they must be; SQLite's file is whole, and so are its foreign keys."""
    facts = visit.database.facts
    version = ".".join(map(str, facts.version))
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[facts.kind]
    with visit.database.read() as connection:
        settings = PRAGMAS if facts.kind == "sqlite" else SETTINGS
        flaws = [*_settings(connection, facts.kind, settings)]
        if facts.kind == "sqlite":
            flaws += _file(connection, "integrity_check" if visit.deep else "quick_check")
    return Found(
        Words(f"{name} {version}, {len(settings)} settings", f"{name} {version}，{len(settings)} 项设置"),
        len(settings),
        flaws,
        notes_on(facts),
    )


def notes_on(facts: Facts) -> Sequence[Words]:
    """What is worth knowing about a version."""
    if facts.kind != "sqlite" or facts.version >= WAL_RESET:
        return ()
    return (
        Words(
            "SQLite before 3.51.3 can, very rarely, damage a file that several processes write to (the WAL reset bug); "
            "serve and work in one process, or install a newer SQLite",
            "3.51.3 之前的 SQLite 在多个进程同时写入时，极少数情况下可能损坏文件（WAL 重置缺陷）；"
            "请只用一个进程，或安装更新的 SQLite",
        ),
    )


def _settings(connection: sa.Connection, kind: str, wanted: dict[str, tuple[str, ...]]) -> Iterator[Words]:
    for name, values in wanted.items():
        asked = f"PRAGMA {name}" if kind == "sqlite" else f"SHOW {name}"
        value = str(connection.exec_driver_sql(asked).scalar())
        if value.lower() not in {one.lower() for one in values}:
            yield Words(f"{name} is {value}; it must be {values[0]}", f"{name} 为 {value}，应为 {values[0]}")


def _file(connection: sa.Connection, pragma: str) -> Iterator[Words]:
    for (line,) in connection.exec_driver_sql(f"PRAGMA {pragma}({SHOWN})"):
        if line != "ok":
            yield Words(f"the file is damaged: {line}", f"数据库文件已损坏：{line}")
