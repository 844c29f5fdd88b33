"""Whatever both apps declare takes another name everywhere, and data keeps up; or a person is told why not."""

from __future__ import annotations

import pytest

from kith.metadata.assisting import Project
from kith.metadata.assisting.renaming import KINDS
from tests.metadata.assisting.cases import HERE
from tests.metadata.assisting.fuzz import APPS, NAMES
from tests.metadata.assisting.renames import renamed

EACH = 1_000
LARGE = ("action", "entity", "field", "option", "role", "state")
"""Tried in both apps, where a renaming takes a second; the shop has one of every kind."""


def test_everything_in_the_shop_takes_another_name() -> None:
    done = list(renamed(Project.of(HERE / "shop"), EACH, seed=1))
    assert [one for one in done if one.wrong or one.refused] == []
    assert {one.kind for one in done} == KINDS


@pytest.mark.parametrize("app", NAMES)
def test_a_renamed_name_is_nowhere_left_and_the_plan_sees_no_new_thing(app: str) -> None:
    done = list(renamed(Project.of(APPS / app), 1, seed=4, kinds=LARGE))
    assert [one for one in done if one.wrong] == []
    assert [one for one in done if one.refused] == []
    assert {one.kind for one in done} == set(LARGE)
