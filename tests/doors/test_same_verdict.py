"""One record, one change, one verdict: whichever way it comes, on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from kith.runtime.ids import new_id
from tests.doors.office_world import DOORS, Office, opened
from tests.support import postgresql

NEW: Mapping[str, str] = {}
OFFERED = {"stage": "offer", "amount": "500"}

NO_APPROVER = "Discount 20% is over 15%: name an approver."
GIFT = "Nothing is given away."
LONG = "The text has 21 characters; 20 are allowed."
NEGATIVE = "The value must be at least 0."
NO_WAY = "cannot go from “New” to “Won”"
NEEDS_AMOUNT = "Amount is missing."
TOO_SMALL = "“Propose” is not possible yet."
TOLD = (NO_APPROVER, GIFT, LONG, NEGATIVE, NO_WAY, NEEDS_AMOUNT, TOO_SMALL)

CASES: Mapping[str, tuple[Mapping[str, str], Mapping[str, str], set[str]]] = {
    "a discount that somebody approves": (NEW, {"discount": "20%", "approver": "Ann"}, set()),
    "a small discount": (NEW, {"discount": "15%"}, set()),
    "a discount that nobody approves": (NEW, {"discount": "20%"}, {NO_APPROVER}),
    "two rules at once": (NEW, {"discount": "100%", "approver": "Ann"}, {GIFT}),
    "a text that is too long": (NEW, {"name": "x" * 21}, {LONG}),
    "a number below its least": (NEW, {"amount": "-5"}, {NEGATIVE}),
    "a step that does not exist": (NEW, {"stage": "won"}, {NO_WAY, NEEDS_AMOUNT}),
    "a state without what it needs": (NEW, {"stage": "offer"}, {NEEDS_AMOUNT}),
    "a guard that does not hold": (NEW, {"stage": "offer", "amount": "50"}, {TOO_SMALL}),
    "a step with what it needs": (NEW, {"stage": "offer", "amount": "500"}, set()),
    "a step on": (OFFERED, {"stage": "won"}, set()),
    "all that is wrong at once": (
        NEW,
        {"name": "x" * 21, "amount": "-5", "discount": "20%"},
        {LONG, NEGATIVE, NO_APPROVER},
    ),
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for all cases; each makes a deal of its own."""
    folder: Path = tmp_path_factory.mktemp("office")
    if request.param == "sqlite":
        with opened(f"sqlite:///{folder / 'kith.db'}", folder) as found:
            yield found
    else:
        with postgresql.fresh_schema(request.getfixturevalue("postgresql_server")) as url, opened(url, folder) as found:
            yield found


WAYS = [
    (case, door)
    for case, (_, values, _) in CASES.items()
    for door in DOORS
    if door != "inline edit" or len(values) == 1
]
"""Inline edit takes one field at a time."""


@pytest.mark.parametrize(("case", "door"), WAYS)
def test_a_change_has_the_same_verdict_through_every_door(office: Office, case: str, door: str) -> None:
    start, values, told = CASES[case]
    deal = office.deal(new_id(), {**start, "short": "x"})
    before = office.look(deal)
    answer = DOORS[door](office, deal, values)
    after = office.look(deal)
    assert {one for one in TOLD if one in answer} == told, answer
    assert (after == before) == bool(told), (before, after, answer)


def test_a_default_is_held_to_its_fields_limits_too(office: Office) -> None:
    assert office.deal("longer than ten", {}) == "The text has 15 characters; 10 are allowed."
    deal = office.deal("ten at mo", {})
    assert office.look(deal)["code"] == "ten at mo"
