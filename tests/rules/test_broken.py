"""Broken action blocks, made by chance: `python -m tests.rules.broken 5000 1` makes more of them."""

from __future__ import annotations

from tests.rules.broken import run


def test_broken_blocks_have_mistakes_in_their_places_and_nothing_raises() -> None:
    told, wrong = run(400, 7)
    assert wrong == []
    assert len(told) > 15
