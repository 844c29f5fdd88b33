"""Of many broken documents every mistake is told in one run, each in its place."""

from __future__ import annotations

from tests.metadata.broken import rows


def test_every_mistake_of_at_least_sixty_broken_documents_is_told_in_its_place() -> None:
    told = list(rows())
    assert len(told) >= 60
    assert [row for row in told if row.expected != row.found] == []
