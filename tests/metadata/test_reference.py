"""The reference pages say what the tables say; `--update` writes them anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from kith.metadata.checks import CHECKS, told_by
from kith.metadata.fields import FIELD_TYPES
from kith.metadata.mistakes import ALL
from kith.metadata.reference import PAGES
from kith.metadata.shapes.kinds import KINDS

FOLDER = Path(__file__).resolve().parents[2] / "docs/reference"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_current(page: str, update: bool) -> None:
    if update:
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / page).write_text(PAGES[page](), encoding="utf-8")
    assert (FOLDER / page).read_text(encoding="utf-8") == PAGES[page]()


def test_every_kind_type_and_mistake_has_its_heading() -> None:
    assert all(f"\n## {name}\n" in PAGES["kinds.md"]() for name in KINDS)
    assert all(f"\n## {name}\n" in PAGES["field-types.md"]() for name in FIELD_TYPES)
    assert all(f"\n### {code}" in PAGES["problems.md"]() for code in ALL)


def test_every_check_says_what_must_hold_and_which_mistakes_it_tells() -> None:
    for check in CHECKS:
        assert check.__doc__
        assert told_by(check)
    names = [check.__name__ for check in CHECKS]
    assert len(set(names)) == len(names)
