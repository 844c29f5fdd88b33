"""Values of unique keys are tried out by nobody: one by one, in bulk or by file, whoever does it has to wait and is logged."""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kith.runtime.probing import MOST
from kith.runtime.read.query import Denied
from kith.runtime.transfer.importing import Order, run_import
from kith.runtime.transfer.result import Result
from kith.runtime.write.change import Change
from tests.access.firm_world import ADMIN, Firm, opened


@pytest.fixture
def firm(sqlite_url: str) -> Iterator[Firm]:
    """A firm whose stranger has numbered papers."""
    with opened(sqlite_url) as found:
        values = {"name": "p", "owner": found.users["stranger"]}
        found.put([Change("create", "paper", None, {**values, "code": f"K{number}"}) for number in range(MOST + 10)])
        yield found


def by_file(firm: Firm, who: str, folder: Path, codes: range, *, dry_run: bool = False) -> Result:
    """What an import says of papers with these codes."""
    path = folder / "papers.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = [["name", "code", "owner"], *(["p", f"K{number}", firm.users[who]] for number in codes)]
        csv.writer(out).writerows(rows)
    order = Order("paper", path, mode="create", dry_run=dry_run, batch_rows=20)
    return run_import(firm.workspace.database, firm.context(who), firm.workspace.current(), order)


def test_a_file_does_not_try_out_more_than_a_form(firm: Firm, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Denied, match="Too many values that are taken"):
        by_file(firm, "keeper", tmp_path, range(MOST + 10), dry_run=True)
    assert [one.message for one in caplog.records if one.levelno == logging.WARNING] == [
        "too many failures: somebody has to wait"
    ]
    with pytest.raises(Denied, match="Too many values that are taken"):
        by_file(firm, "keeper", tmp_path, range(1000, 1001))


def test_what_files_try_out_adds_up(firm: Firm, tmp_path: Path) -> None:
    assert by_file(firm, "keeper", tmp_path, range(MOST - 1), dry_run=True).failed == MOST - 1
    assert by_file(firm, "keeper", tmp_path, range(1)).failed == 1
    with pytest.raises(Denied):
        by_file(firm, "keeper", tmp_path, range(1000, 1001))


def test_who_may_read_the_keys_anyway_is_told_of_all_that_are_taken(firm: Firm, tmp_path: Path) -> None:
    assert by_file(firm, ADMIN, tmp_path, range(MOST + 10), dry_run=True).failed == MOST + 10


@pytest.mark.parametrize("mode", ["each", "all"])
def test_one_request_tells_of_no_more_taken_values_than_one_may_try_out(firm: Firm, mode: str) -> None:
    items = [
        {"op": "create", "values": {"name": "p", "code": f"K{number}", "owner": firm.users["keeper"]}}
        for number in [*range(MOST + 1), 1000]
    ]
    client = TestClient(firm.app)
    asked = {"mode": mode, "items": items}
    answer = client.post("/api/v1/paper/bulk", json=asked, headers=firm.headers("keeper"))
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_taken")
    assert "K1" not in answer.text
    listed = client.get("/api/v1/paper?count=exact&limit=1", headers=firm.headers(ADMIN)).json()
    assert listed["count"] == MOST + 10
