"""A workspace of each engine, made once for all tests of a module: reading changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kith.runtime.database import open_database
from tests.runtime.read.world import World, fill
from tests.support import postgresql


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("world")
        yield from _opened(f"sqlite:///{folder / 'kith.db'}")
    else:
        with postgresql.fresh_schema(request.getfixturevalue("postgresql_server")) as url:
            yield from _opened(url)


def _opened(url: str) -> Iterator[World]:
    database = open_database(url)
    yield fill(database)
    database.close()
