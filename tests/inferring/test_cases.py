"""Small files, each with the whole report on it; the app is sound and takes every row that can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from kith.inferring.inferring import infer
from tests.inferring.world import said, world_of

HERE = Path(__file__).parent
CASES = sorted(path for path in (HERE / "cases").iterdir() if path.is_dir())
EXPECTED = "expected.txt"


def files_of(folder: Path) -> list[Path]:
    """The files of a case; not the report on them."""
    return sorted(path for path in folder.iterdir() if path.name != EXPECTED)


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_files_give_this_report(folder: Path, update: bool) -> None:
    found = said(infer(files_of(folder)))
    if update:
        (folder / EXPECTED).write_text(found, encoding="utf-8")
    assert found == (folder / EXPECTED).read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_the_report_is_complete_in_chinese(folder: Path) -> None:
    found = infer(files_of(folder))
    english, chinese = said(found, "en"), said(found, "zh-CN")
    assert english != chinese
    assert english.count("\n") == chinese.count("\n")


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_the_app_is_sound_and_takes_the_files_it_came_from(folder: Path, tmp_path: Path) -> None:
    with world_of(files_of(folder), tmp_path) as world:
        results = world.feed()
        failed = {name: result.reasons for name, result in results.items() if result.failed}
        assert list(failed) == (["ragged"] if folder.name == "ragged" else [])
        for entity in world.found.proposal.entities.values():
            assert world.ask(entity.name, "count()") >= entity.count
