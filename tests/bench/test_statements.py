"""The counted figures of the design: statements that requests and saves run, and statements that they build."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.measuring import Figure
from bench.requests import both, counts
from bench.saving import Deals, counted
from bench.world import World, opened


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A hundred tickets."""
    with opened(database_url, tickets=100) as found:
        yield found


def broken(figures: Iterator[Figure]) -> list[str]:
    """The figures that do not hold."""
    return [f"{one.what}: {one.measured} {one.note}" for one in figures if not one.holds]


def test_a_warm_request_runs_few_statements_and_builds_none(world: World, database_url: str) -> None:
    with both(world, database_url) as found:
        assert broken(counts("", found)) == []


def test_the_one_save_runs_few_statements(world: World) -> None:
    assert broken(counted("", Deals(world))) == []
