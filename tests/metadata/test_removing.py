"""What a company takes away and the template still uses is told at every place at once."""

from __future__ import annotations

import pytest

from kith.metadata.build import build
from kith.metadata.layers import layer_of, load
from kith.metadata.layers.loading import SHIPPED

COMPANY = "app: ours\nversion: 1.0.0\nextends: retail_crm\n"


@pytest.mark.parametrize(
    ("says", "users"),
    [
        (
            "tier: {result: {options: {gold: {~remove: true}}}}",
            "entities/member rules/member_rules rules/purchase_settlement segments/gold_and_up tests/member_value",
        ),
        ("birthday: {~remove: true}", "entities/member forms/member_main"),
    ],
    ids=["an option that a formula comes to", "a field"],
)
def test_what_is_taken_away_is_told_wherever_it_is_used(says: str, users: str) -> None:
    layers, _ = load(SHIPPED / "retail_crm")
    ours = layer_of({"app.yaml": COMPANY, "entities/member.yaml": f"entity: member\nfields:\n  {says}\n"}, "ours")
    _, problems = build((*layers, ours), advice=False)
    places = {problem.span.source.path for problem in problems if problem.is_error and problem.span}
    assert {f"{layers[-1].root}/{user}.yaml" for user in users.split()} <= places
