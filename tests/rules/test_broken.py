"""Broken action blocks and documents of rules, made by chance: `make broken` makes thousands of them."""

from __future__ import annotations

from tests.rules import broken_documents
from tests.rules.broken import run


def test_broken_blocks_have_mistakes_in_their_places_and_nothing_raises() -> None:
    told, wrong = run(400, 7)
    assert wrong == []
    assert len(told) > 15


def test_broken_documents_of_rules_have_all_their_mistakes_in_their_places_and_nothing_raises() -> None:
    looked = broken_documents.run(250, 7)
    assert looked.wrong == []
    assert len(looked.told) > 50


def test_the_documents_are_good_before_they_are_broken() -> None:
    made, problems = broken_documents.Breaker(1).problems(broken_documents.document([*broken_documents.RULES]))
    assert made
    assert [problem.code for problem in problems] == []
