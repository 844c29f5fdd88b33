"""The desk that tests of the API ask: a fresh one for each test, or one for all tests of a module that only read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.world import Desk, opened
from tests.support import postgresql


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """An empty desk, on each database."""
    with opened(database_url) as found:
        yield found


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for a module, on each database."""
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("desk")
        with opened(f"sqlite:///{folder / 'kith.db'}") as found:
            yield found
    else:
        server = request.getfixturevalue("postgresql_server")
        with postgresql.fresh_schema(server) as url, opened(url) as found:
            yield found
