"""The clinic that tests of personal data work in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.runtime.privacy.canary import Clinic, clinic


@pytest.fixture
def house(database_url: str) -> Iterator[Clinic]:
    """A clinic, on each database."""
    with clinic(database_url) as opened:
        yield opened


@pytest.fixture
def one_house(sqlite_url: str) -> Iterator[Clinic]:
    """A clinic in a file."""
    with clinic(sqlite_url) as opened:
        yield opened
