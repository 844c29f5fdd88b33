"""Random expressions over hostile records have one value on every back end; each planted bug is found.

`KITH_AGREE=long` makes it the long run; `python -m tests.agreement` takes the size and prints the report.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agreement.comparing import chunks, compare, compiled
from tests.agreement.engines import NAMES, Database, Engine, engine
from tests.agreement.planted import PLANTED
from tests.agreement.running import run
from tests.agreement.shrinking import CASES, differs, load

LONG = os.environ.get("KITH_AGREE") == "long"
SHARDS = 8 if LONG else 2
EXPRESSIONS = 20_000 // SHARDS if LONG else 300
RECORDS = 200 if LONG else 60
SEED = 20_261_125


@pytest.fixture(scope="module")
def server(postgresql_server: str) -> Iterator[dict[str, Engine]]:
    engines = {name: engine(name, postgresql_server) for name in NAMES}
    yield engines
    for one in engines.values():
        if isinstance(one, Database):
            one.close()


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_back_end_means_the_same(shard: int, server: dict[str, Engine]) -> None:
    report = run(SEED + shard, EXPRESSIONS, RECORDS, server)
    print("\n".join(report.lines()))  # noqa: T201  # pytest shows it where it fails, and with -s
    assert report.disagreements == []
    assert report.constant < report.expressions / 2


@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")), ids=lambda path: path.stem)
def test_what_once_was_different_stays_the_same(path: Path, server: dict[str, Engine]) -> None:
    case = load(path)
    assert compiled(case.expr, case.world().scope, saving=case.saving) is not None
    assert [name for name, one in server.items() if differs(case, name, one)] == []


@pytest.mark.parametrize("title", PLANTED)
def test_a_planted_bug_is_found(title: str, postgresql_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, plant = PLANTED[title]
    plant(monkeypatch)
    one = engine(name, postgresql_server)
    try:
        found = (
            disagreement
            for shard in range(3 * SHARDS)
            for asked, where in chunks(SEED + shard, EXPRESSIONS, RECORDS, size=50)
            for disagreement in compare(asked, where, {name: one})
        )
        assert next(found, None) is not None
    finally:
        if isinstance(one, Database):
            one.close()
