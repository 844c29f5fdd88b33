"""The club that tests of duplicates work in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.runtime.likeness.club_world import Club


@pytest.fixture
def club(database_url: str) -> Iterator[Club]:
    """An empty club, on each database."""
    opened = Club.open(database_url)
    yield opened
    opened.close()
