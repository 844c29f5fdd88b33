"""At random places of both apps' documents, whole and torn, the help for authors fails nowhere."""

from __future__ import annotations

import pytest

from kith.metadata.assisting import Project, Proposal
from tests.metadata.assisting.fuzz import APPS, NAMES, asked

PLACES = 60
SEED = 20_261_126


@pytest.mark.parametrize("app", NAMES)
def test_help_never_fails_wherever_the_cursor_stands(app: str) -> None:
    answered = set()
    for one in asked(Project.of(APPS / app), PLACES, SEED):
        if one.answer:
            answered.add(one.what)
        for proposal in one.answer if isinstance(one.answer, list) else ():
            assert isinstance(proposal, Proposal)
            assert 0 <= proposal.start <= one.offset <= len(one.text)
            assert proposal.start <= proposal.end <= len(one.text)
    assert answered == {"complete", "describe", "found_at"}
