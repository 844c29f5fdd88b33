"""The pages of `docs/rules/` that are made from tables are current; `--update` writes them anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from kith.rules.documenting import PAGES, mistakes
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
