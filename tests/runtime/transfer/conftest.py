"""The shop that tests of imports and exports work in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.transfer.shop import Shop


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    """An empty shop, on each database."""
    opened = Shop.open(database_url, tmp_path)
    yield opened
    opened.workspace.close()
