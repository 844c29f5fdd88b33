"""The examples of the pages about rules that time wakes are sound, and the same in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.metadata.example import problems_of

PAGES = Path(__file__).parents[2] / "docs" / "rules"


def examples(page: str) -> list[str]:
    """The YAML that stands in a page."""
    return re.findall(r"```yaml\n(.*?)```", (PAGES / page).read_text(encoding="utf-8"), flags=re.DOTALL)


def test_both_languages_have_the_same_examples() -> None:
    assert examples("time.md") == examples("time.zh-CN.md")


@pytest.mark.parametrize("example", examples("time.md"), ids=lambda example: example.split("\n", 1)[0])
def test_an_example_has_no_mistake(example: str, tmp_path: Path) -> None:
    assert [problem.message() for problem in problems_of(tmp_path, example)] == []
