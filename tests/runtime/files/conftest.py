"""The studio that tests of files work in: one for all tests of a module, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.world import Desk
from tests.runtime.files.world import studio
from tests.support import postgresql


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A studio; each test makes works of its own."""
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("studio")
        with studio(f"sqlite:///{folder / 'kith.db'}") as opened:
            yield opened
        return
    server = request.getfixturevalue("postgresql_server")
    with postgresql.fresh_schema(server) as url, studio(url) as opened:
        yield opened
