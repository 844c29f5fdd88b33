"""A small crowd on one record by every channel, on both databases, and a judge that is not blind; nights send thousands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.edits.judging import Edit, Kept, judged
from tests.edits.running import run

CLIENTS = 30


def test_no_edit_of_a_crowd_is_lost_and_nobody_is_left_in_the_dark(database_url: str, tmp_path: Path) -> None:
    found = run(database_url, tmp_path, CLIENTS, seed=1)
    assert found.is_clean, "\n".join(found.lines())
    assert len({edit.channel for edit in found.edits}) >= 7
    assert {edit.outcome for edit in found.edits} == {"acknowledged", "told"}


def edit(value: str, outcome: str = "acknowledged", at: float = 0, **more: object) -> Edit:
    return Edit("form", "r", "note", value, at, at + 1, outcome, **more)  # type: ignore[arg-type]


CHAIN = (("a", None, "a"), ("b", "a", "b"), ("c", "b", "c"))


@pytest.mark.parametrize(
    ("edits", "lost", "flaws"),
    [
        ([edit("a"), edit("b"), edit("c")], 0, 0),
        ([edit("a"), edit("x")], 1, 0),
        ([edit("x", "told")], 0, 0),
        ([edit("b", "told")], 0, 1),
        ([edit("b", is_versioned=True, saw="a")], 0, 0),
        ([edit("c", is_versioned=True, saw="a")], 1, 0),
        ([edit("b", version=3)], 1, 0),
        ([edit("b", at=0), edit("a", at=5)], 0, 1),
    ],
    ids=["all there", "not there", "told", "told and there", "seen", "unseen", "other version", "out of order"],
)
def test_the_judge_sees(edits: list[Edit], lost: int, flaws: int) -> None:
    rows = [Kept("r", number, "update", {"note": (old, new)}) for number, (_, old, new) in enumerate(CHAIN, 1)]
    found = judged(edits, rows, {"r": {"note": "c"}})
    assert (len(found.lost), len(found.flaws)) == (lost, flaws), [*found.lines()]


@pytest.mark.parametrize(
    ("rows", "now"),
    [
        ([(1, None, "a"), (3, "a", "b")], "b"),
        ([(1, None, "a"), (2, "x", "b")], "b"),
        ([(1, None, "a")], "b"),
    ],
    ids=["a gap", "a change without a row", "an end without a row"],
)
def test_the_judge_reads_the_chain_of_versions(rows: list[tuple[int, str | None, str]], now: str) -> None:
    kept = [Kept("r", version, "update", {"note": (old, new)}) for version, old, new in rows]
    assert len(judged([], kept, {"r": {"note": now}}).flaws) == 1
