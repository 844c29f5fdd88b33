"""Each kind of mistake is found in its bad example, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from kith.metadata.mistakes import ALL, FAMILIES
from kith.problems import LANGUAGES, Mistake
from tests.metadata.example import problems_of

APART = {"D222", "D223", "D308", "D311"}
"""Mistakes of whole folders and of sizes, whose examples no YAML can show; tests of layers and limits make them."""
WHOLE = {"W516", "W518", "W519"}
"""Hints at what an app as a whole never uses; the other examples are parts of apps."""
OURS = [mistake for family, mistakes in FAMILIES.items() if family != "D1" for mistake in mistakes]
SHOWN = [mistake for mistake in OURS if mistake.code not in APART]


@pytest.mark.parametrize("mistake", SHOWN, ids=lambda mistake: mistake.code)
def test_the_bad_example_has_this_mistake_and_no_other(mistake: Mistake, tmp_path: Path) -> None:
    problems = problems_of(tmp_path, mistake.bad)
    assert {problem.code for problem in problems} - (WHOLE - {mistake.code}) == {mistake.code}, [
        problem.message() for problem in problems
    ]


@pytest.mark.parametrize("mistake", SHOWN, ids=lambda mistake: mistake.code)
def test_the_good_example_has_no_mistake(mistake: Mistake, tmp_path: Path) -> None:
    problems = [
        problem for problem in problems_of(tmp_path, mistake.good) if problem.code not in WHOLE - {mistake.code}
    ]
    assert problems == [], [problem.message() for problem in problems]


def test_codes_are_of_their_families_and_told_once() -> None:
    for family, mistakes in FAMILIES.items():
        assert all(mistake.code.startswith((family, "E6")) for mistake in mistakes)
    assert len(ALL) == sum(len(mistakes) for mistakes in FAMILIES.values())


@pytest.mark.parametrize("mistake", ALL.values(), ids=lambda mistake: mistake.code)
def test_a_mistake_is_told_in_every_language(mistake: Mistake) -> None:
    for language in LANGUAGES:
        assert mistake.words.in_(language)
    assert mistake.words.en != mistake.words.zh
