"""Small slips in the shipped apps are told where they were made, and never break the checker."""

from __future__ import annotations

from tests.metadata.mutator import AT_USE, IN_PLACE, RELATED, run


def test_a_bounded_run_of_mutants_breaks_nothing_and_locates_nearly_all() -> None:
    outcome = run(40, seed=20)
    assert outcome.crashes == []
    assert outcome.noticed > 25
    assert outcome.share(IN_PLACE) >= 0.95, outcome.missed
    assert outcome.share(IN_PLACE, RELATED, AT_USE) == 1, outcome.missed
