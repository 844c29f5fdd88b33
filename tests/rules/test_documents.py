"""The pages of `docs/rules/` that are made from tables are current; `--update` writes them anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kith.rules.checking.calls import OTHERS
from kith.rules.documenting import PAGES, mistakes
from kith.rules.operations import FUNCTIONS
from kith.rules.types import NUMBERS

FOLDER = Path(__file__).parents[2] / "docs/rules"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_made_from_the_tables(name: str, update: bool) -> None:
    make, language = PAGES[name]
    if update:
        (FOLDER / name).write_text(make(language), "utf-8")
    assert (FOLDER / name).read_text("utf-8") == make(language), (
        "write it anew with: pytest tests/rules/test_documents.py --update"
    )


def test_each_code_names_one_mistake() -> None:
    codes = [mistake.code for mistake in mistakes()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("name", ["types.md", "types.zh-CN.md"])
def test_the_page_of_types_tells_of_each_kind_of_number(name: str) -> None:
    text = (FOLDER / name).read_text("utf-8")
    assert all(f"`{kind}" in text for kind in NUMBERS)


def ours(name: str) -> list[str]:
    """The code in the last column of a page of tables."""
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    cells = [re.split(r"(?<!\\)\|", line)[-2] for line in lines if line.startswith("| ")]
    return [code for cell in cells for code in re.findall(r"`([^`]+)`", cell)]


def test_what_is_told_to_those_who_come_from_elsewhere_exists() -> None:
    called = {name for code in ours("coming-from.md") for name in re.findall(r"\b([a-z_]+)\(", code)}
    assert called - {*FUNCTIONS, *OTHERS} == set()
    assert ours("coming-from.md") == ours("coming-from.zh-CN.md")
