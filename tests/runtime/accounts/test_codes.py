"""Codes of the second step, by the examples of RFC 6238 and around the edges of their time."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from kith.runtime.accounts.codes import address_of, step_of

KEY = base64.b32encode(b"12345678901234567890").decode()
"""The secret of the RFC's examples, for SHA-1."""
EXAMPLES = {59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"}


@pytest.mark.parametrize("seconds", EXAMPLES)
def test_the_examples_of_the_standard_hold(seconds: int) -> None:
    assert step_of(KEY, EXAMPLES[seconds], datetime.fromtimestamp(seconds, UTC)) == seconds // 30


@pytest.mark.parametrize(("late", "good"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_the_phones_clock_may_differ_by_one_step(late: int, good: bool) -> None:
    now = datetime.fromtimestamp(1111111109 + late, UTC)
    assert (step_of(KEY, "081804", now) is not None) == good


def test_a_code_of_a_step_that_was_taken_is_refused_and_so_are_all_before_it() -> None:
    now = datetime.fromtimestamp(1111111109, UTC)
    step = 1111111109 // 30
    assert step_of(KEY, "081804", now, after=step - 1) == step
    assert step_of(KEY, "081804", now, after=step) is None
    assert step_of(KEY, "050471", datetime.fromtimestamp(1111111111, UTC), after=step + 1) is None


@pytest.mark.parametrize("typed", ["", "81804", "0818044", "08180a", "０８１８０４", "081 80", "-81804"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert step_of(KEY, typed, datetime.fromtimestamp(1111111109, UTC)) is None


def test_spaces_are_as_people_type_them() -> None:
    assert step_of(KEY, " 081 804 ", datetime.fromtimestamp(1111111109, UTC)) is not None


def test_the_address_names_who_and_where() -> None:
    address = address_of(KEY, "ann@example.com", "Lake & Co")
    assert address == f"otpauth://totp/Lake%20%26%20Co:ann%40example.com?secret={KEY}&issuer=Lake%20%26%20Co"
