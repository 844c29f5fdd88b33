"""A database: how Kith opens SQLite and PostgreSQL, and what a reading and a writing transaction are."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kith.problems import Words
from kith.runtime import engines

T = TypeVar("T")
Kind = Literal["sqlite", "postgresql"]
Connection = sa.Connection
"""What the gates are handed, by a name that doors may know."""

RETRIES = 5
"""How often a transaction that lost against another one is begun anew."""
WRITER_PATIENCE = 30.0
"""Seconds that a writer of this process waits for its turn on SQLite."""
LOST = frozenset({"40001", "40P01"})
"""PostgreSQL's states for "begin again": serialization failure and deadlock."""


class Overtaken(Exception):
    """Raised within `Database.run` where another transaction has changed what this one relies on: it is begun anew."""


class Unfit(Exception):
    """A database that Kith cannot use; `words` say why and what to do."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class Busy(Exception):
    """Somebody else has been writing for longer than a writer waits."""


BUSY_AGAIN = 2
"""Seconds after which it is worth trying again where the database was busy."""
FULL_AGAIN = 60
"""The same where its disk was full."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found out about the database when it was opened.

    `fold` is how lower-casing by full Unicode is written there: "function" (SQLite's registered one), the name of a
    collation of PostgreSQL, or "" where there is none.
    """

    kind: Kind
    version: tuple[int, ...]
    fold: str


@dataclass(frozen=True)
class Database:
    """An open database; one per workspace and process."""

    url: URL
    engine: sa.Engine
    facts: Facts
    reading: sa.Engine
    """The engine of connections that are only read from; SQLite's is the same."""
    _writers: threading.Lock = field(default_factory=threading.Lock)

    @property
    def kind(self) -> Kind:
        """`sqlite` or `postgresql`."""
        return self.facts.kind

    @property
    def engines(self) -> tuple[sa.Engine, ...]:
        """Each engine once: who counts statements listens to all."""
        return (self.engine,) if self.reading is self.engine else (self.engine, self.reading)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection for reading: one snapshot on SQLite, statement by statement on PostgreSQL (no round trip more)."""
        with self.reading.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A connection in a transaction that commits at the end, and rolls back where an exception leaves it.

        SQLite has one writer at a time: those of this process queue here, which is fair and fast, those of others wait
        in the database.
        """
        with self.turn(), self.engine.connect() as connection:
            connection = connection.execution_options(kith_write=True)
            with connection.begin():
                yield connection

    @contextmanager
    def rebuild(self) -> Iterator[sa.Connection]:
        """As `write`, for what makes tables anew: SQLite looks at foreign keys at the end instead of on the way.

        Inside of a transaction its switch for that does nothing, and a table that is dropped would take along what points
        to it.
        """
        if self.kind == "postgresql":
            with self.write() as connection:
                yield connection
            return
        with self.turn(), self.engine.connect() as connection:
            connection = connection.execution_options(kith_write=True)
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("PRAGMA foreign_keys = OFF")
            # What a table made anew is sorted and journaled by is as large as the table.
            raw.execute("PRAGMA temp_store = FILE")
            try:
                with connection.begin():
                    yield connection
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                    if broken is not None:
                        raise RuntimeError(f"a row of {broken[0]} points to a row of {broken[2]} that is not there")
            finally:
                raw.execute("PRAGMA foreign_keys = ON")
                raw.execute("PRAGMA temp_store = MEMORY")

    def run(self, work: Callable[[sa.Connection], T]) -> T:
        """What `work` returns, in a writing transaction; begun anew where another transaction won, at most 5 times.

        `work` may therefore touch nothing but the connection: effects outside come after this call.
        """
        for attempt in range(RETRIES):
            try:
                with self.write() as connection:
                    return work(connection)
            except (DBAPIError, Overtaken) as error:
                if not (isinstance(error, Overtaken) or lost(error)) or attempt == RETRIES - 1:
                    raise
                # Those who collided shall not meet again.
                time.sleep(random.uniform(0.5, 1) * 0.02 * 2**attempt)  # noqa: S311
        raise AssertionError("unreachable")

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The turn to write among the threads of this process; PostgreSQL needs none."""
        if self.kind == "postgresql":
            yield
            return
        if not self._writers.acquire(timeout=WRITER_PATIENCE):
            raise Busy("another thread has been writing for too long")
        try:
            yield
        finally:
            self._writers.release()

    def learn(self) -> None:
        """Let SQLite look at how values are spread, so that it chooses indexes well; PostgreSQL does so by itself."""
        if self.kind == "sqlite":
            with self.write() as connection:
                connection.exec_driver_sql("PRAGMA analysis_limit=1000")
                connection.exec_driver_sql("ANALYZE")

    def close(self) -> None:
        """Close all connections."""
        for engine in self.engines:
            engine.dispose()


OVERLOADED = frozenset({"53300", "53400", "55P03", "57014", "57P01", "57P02", "57P03", "58030"})
"""PostgreSQL's states for "not now": no connection or lock to be had, a statement that took too long, a server that stops
or starts, a disk that fails."""
NOT_NOW = frozenset({5, 6, 10, 14})
"""SQLite's codes for the same: others have been writing for longer than one waits, a disk that fails, a file that cannot be
opened."""


def is_busy(error: BaseException) -> bool:
    """Whether something failed only because the database has too much to do or is away: trying again is all it takes."""
    if not isinstance(error, DBAPIError):
        return isinstance(error, Busy | PoolTimeout)
    state = getattr(error.orig, "sqlstate", None)
    away = error.connection_invalidated or (state is None and getattr(error.orig, "pgconn", None) is not None)
    not_now = (getattr(error.orig, "sqlite_errorcode", 0) & 0xFF) in NOT_NOW
    return lost(error) or state in OVERLOADED or (state or "").startswith("08") or away or not_now


FULL = ("53100", 13)
"""PostgreSQL's state and SQLite's code for a disk without room."""


def is_full(error: BaseException) -> bool:
    """Whether something failed because the database has no room left on its disk."""
    if not isinstance(error, DBAPIError):
        return False
    state, code = FULL
    return getattr(error.orig, "sqlstate", None) == state or getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == code


def lost(error: DBAPIError) -> bool:
    """Whether a transaction failed only because another one was faster."""
    return getattr(error.orig, "sqlstate", None) in LOST


def open_database(url: str, *, connections: int = 10) -> Database:
    """Open the database of a URL with at most that many connections kept; raises Unfit.

    An SQLite file is made where there is none yet, a schema of PostgreSQL by the first `apply`.
    """
    parsed = normal_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = reading = engines.sqlite(parsed, connections)
        facts = Facts("sqlite", *_probe(engine, engines.probe_sqlite))
    else:
        from kith.runtime import engine_postgresql  # its driver takes a tenth of a second to load

        engine = engine_postgresql.postgresql(parsed, connections)
        reading = engine_postgresql.reading(parsed, connections)
        facts = Facts("postgresql", *_probe(engine, engine_postgresql.probe_postgresql))
    if facts.version < engines.OLDEST[facts.kind]:
        oldest = ".".join(map(str, engines.OLDEST[facts.kind]))
        found = ".".join(map(str, facts.version))
        raise Unfit(
            Words(
                f"{facts.kind} {found} is too old: Kith needs {oldest} or newer.",
                f"{facts.kind} {found} 版本过旧：Kith 需要 {oldest} 或更新版本。",
            )
        )
    return Database(parsed, engine, facts, reading)


def _probe(
    engine: sa.Engine, probe: Callable[[sa.Connection], tuple[tuple[int, ...], str]]
) -> tuple[tuple[int, ...], str]:
    try:
        with engine.connect() as connection:
            return probe(connection)
    except DBAPIError as error:
        engine.dispose()
        reason = str(error.orig).strip()
        raise Unfit(Words(f"The database cannot be opened: {reason}", f"无法打开数据库：{reason}")) from error


def normal_url(url: str) -> URL:
    """A database's URL as SQLAlchemy reads it; a bare path is an SQLite file."""
    if "://" not in url:
        url = f"sqlite:///{url}"
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            return parsed.set(drivername="sqlite+pysqlite")
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise Unfit(
                Words(
                    f"“{other}” is no database that Kith knows. Write postgresql://…, sqlite:///file or a file's path.",
                    f"Kith 不支持数据库“{other}”。请写 postgresql://…、sqlite:///文件 或文件路径。",
                )
            )


def choose_url(option: str | None, environment: str | None, app: str | None, folder: Path) -> str:
    """The database that a command uses: `--db`, else KITH_DB, else an SQLite file named after the app in the folder.

    Without an app the folder must hold exactly one such file.
    """
    named = option or environment
    if named:
        return named
    if app:
        return f"sqlite:///{folder / f'{app}.db'}"
    files = sorted(folder.glob("*.db"))
    if len(files) == 1:
        return f"sqlite:///{files[0]}"
    raise Unfit(
        Words(
            "Which database? Give --db, set KITH_DB, or run this in the folder of its file.",
            "请指定数据库：使用 --db、设置 KITH_DB，或在数据库文件所在的文件夹中运行。",
        )
    )
