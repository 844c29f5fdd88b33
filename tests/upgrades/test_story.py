"""The story of a small company's upgrade reads as written down; `python -m tests.upgrades.story` tells those of the templates."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from kith.runtime.applying import finishing
from kith.runtime.doctor import engine
from tests.upgrades.plots import PLOTS
from tests.upgrades.story import Story
from tests.upgrades.terminal import Terminal

EXPECTED = Path(__file__).parent / "stock"
MASKED = (
    (r"kith_[\w-]{30,}", "kith_…"),
    (r"\b\w{4}-\w{4}-\w{4}-\w{4}\b", "····-····-····-····"),
    (r"\b[0-9a-f]{64}\b", "…"),
    (r"\b[0-9a-f]{12}\b", "············"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", "····-··-·· ··:··:··Z"),
    (r"SQLite [\d.]+", "SQLite"),
)
"""What differs from run to run: secrets, hashes, checksums of records with new ids, times, versions of what is below."""


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_an_upgrade_and_the_ways_back_are_told_as_written_down(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, update: bool
) -> None:
    monkeypatch.setattr(finishing, "TAKEN_OVER", 0.1)
    # What is told of an older SQLite depends on the machine.
    monkeypatch.setattr(engine, "WAL_RESET", (0,))
    out = io.StringIO()
    Story(PLOTS["stock"], Terminal(tmp_path, f"sqlite:///{tmp_path / 'crm.db'}", out, language)).tell()
    told = out.getvalue().replace(str(tmp_path), "…")
    for pattern, instead in MASKED:
        told = re.sub(pattern, instead, told)
    expected = EXPECTED / f"story.{language}.txt"
    if update:
        expected.write_text(told, "utf-8")
    assert told == expected.read_text("utf-8")
