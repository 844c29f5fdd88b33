"""Broken apps, each with the full list of problems that the checker prints; `--update` writes the lists anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from kith.metadata.checking import check
from kith.problems import LANGUAGES, render

HERE = Path(__file__).parent
CASES = sorted(path for path in (HERE / "cases").iterdir() if path.is_dir())
EXPECTED = "expected.txt"


def rendered(folder: Path, language: str) -> str:
    """The list of problems as `kith check` prints it, without where the checkout is."""
    problems = check(folder)
    return (
        "\n\n".join(render(problem, language) for problem in problems)
        .replace(f"{folder}/", "")
        .replace(str(folder), folder.name)
        + "\n"
    )


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_broken_app_gives_this_list_of_problems(folder: Path, update: bool) -> None:
    found = rendered(folder, "en")
    if update:
        (folder / EXPECTED).write_text(found, encoding="utf-8")
    assert found == (folder / EXPECTED).read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_the_list_is_complete_in_chinese(folder: Path) -> None:
    english, chinese = (rendered(folder, language) for language in LANGUAGES)
    assert english != chinese
    assert english.count("\n") == chinese.count("\n")
