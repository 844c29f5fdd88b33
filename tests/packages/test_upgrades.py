"""Upgrades of a template under a company's layer, a folder per case."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.packages.upgrade_cases import CASES, played

EXPECTED = ("proposed.yaml", "left.txt", "after")


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_everything_to_be_decided_is_told_and_what_is_decided_is_done(case: str, update: bool) -> None:
    folder = CASES / case
    found = played(folder)
    if update:
        _write(folder, found)
    expected = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.*")
        if path.is_file() and path.relative_to(folder).parts[0] in EXPECTED
    }
    assert found == expected


def _write(folder: Path, found: dict[str, str]) -> None:
    shutil.rmtree(folder / "after", ignore_errors=True)
    (folder / "left.txt").unlink(missing_ok=True)
    for name, text in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
