"""The shop that tests of the past work in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest

from tests.runtime.past.past_world import Batches


@pytest.fixture
def shop(sqlite_url: str) -> Iterator[Batches]:
    """An empty shop on SQLite, where it is made in no time."""
    yield from _opened(sqlite_url)


@pytest.fixture
def either(database_url: str) -> Iterator[Batches]:
    """An empty shop, on each database."""
    yield from _opened(database_url)


def _opened(url: str) -> Iterator[Batches]:
    opened = cast("Batches", Batches.open(url))
    yield opened
    opened.close()
