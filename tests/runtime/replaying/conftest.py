"""The shop whose history is replayed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.runtime.write.shop_world import Shop


@pytest.fixture
def shop(database_url: str) -> Iterator[Shop]:
    """An empty shop, on each database."""
    opened = Shop.open(database_url)
    yield opened
    opened.close()
