"""A few of the batches at random; `make nightly` takes back hundreds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.runtime.past.undone import trial


@pytest.fixture
def urls(sqlite_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    return (f"sqlite:///{tmp_path_factory.mktemp('undone') / 'kith.db'}" for _ in range(100))


def test_batches_are_taken_back_while_others_work_on(urls: Iterator[str]) -> None:
    found = [trial(next(urls), seed) for seed in (5, 8, 14, 40)]
    assert [one.wrong for one in found] == [[], [], [], []]
    assert sum(one.counts["returned"] for one in found) > 20
    assert sum(one.counts["kept_count"] for one in found) > 0


def test_postgresql_takes_back_the_same(postgresql_url: str) -> None:
    assert trial(postgresql_url, 40).wrong == []
