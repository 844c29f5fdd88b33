"""Random expressions and blocks over hostile records mean one thing on every back end; each planted bug is found.

`python -m tests.agreement` is the long run; it takes the size and prints the report.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.agreement.blocks import taken
from tests.agreement.comparing import chunks, compare, compiled
from tests.agreement.engines import NAMES, Database, Engine, engine
from tests.agreement.planted import PLANTED
from tests.agreement.report import Report, merged
from tests.agreement.running import run
from tests.agreement.shrinking import CASES, Case, block_differs, differs, load

SHARDS, EXPRESSIONS, RECORDS = 2, 720, 25
SEED = 20_261_125
KEPT = {path.stem: load(path) for path in sorted(CASES.glob("*.json"))}


@pytest.fixture(scope="module")
def server(postgresql_server: str) -> Iterator[dict[str, Engine]]:
    engines = {name: engine(name, postgresql_server) for name in NAMES}
    yield engines
    for one in engines.values():
        if isinstance(one, Database):
            one.close()


@pytest.fixture(scope="module")
def reports(server: dict[str, Engine]) -> list[Report]:
    return [run(SEED + shard, EXPRESSIONS, RECORDS, server) for shard in range(SHARDS)]


def test_every_back_end_means_the_same(reports: list[Report]) -> None:
    assert [found for report in reports for found in report.disagreements] == []
    assert all(report.constant < report.expressions / 2 for report in reports)


def test_every_value_is_of_the_type_that_the_checker_says(reports: list[Report]) -> None:
    assert merged(reports).broken == []


def test_every_construct_function_and_statement_is_reached(reports: list[Report]) -> None:
    report = merged(reports)
    print("\n".join(report.lines()))  # noqa: T201  # pytest shows it where it fails, and with -s
    assert report.missing() == []


@pytest.mark.parametrize("case", KEPT.values(), ids=KEPT)
def test_what_once_was_different_stays_the_same(case: Case, server: dict[str, Engine]) -> None:
    if case.block:
        assert taken(case.expr, case.world().scope) is not None
        assert not block_differs(case)
        return
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
