"""Whatever somebody writes takes two seconds of the processor and 200 MB at most."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.rules import hostile

Measured = dict[str, hostile.Cost]


@pytest.fixture(scope="module")
def measured() -> Measured:
    """Each case in a process of its own, forked from a small one."""
    command = [sys.executable, "-m", "tests.rules.hostile", "--json"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.stdout, told.stderr
    return {row[0]: hostile.Cost(*row[:4]) for row in json.loads(told.stdout)}


@pytest.mark.parametrize("name", hostile.cases())
def test_a_hostile_text_keeps_within_time_and_memory(name: str, measured: Measured) -> None:
    assert measured[name].is_within, measured[name]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("checked: parentheses", "E104"),
        ("checked: a_number_of_5_000_digits", "E165"),
        ("checked: a_pattern_that_goes_back", "E341"),
        ("checked: dunders", "E161"),
        ("run: a_text_replaced_by_itself", "does not fit"),
        ("run: a_quotient_by_nothing", "None"),
        ("run: the_end_of_a_month", "datetime.date(2999, 2, 2"),
        ("run: template_like_data", "'{{7*7}} {name} true'"),
        ("sqlite: a_text_replaced_by_itself", "DoesNotFit"),
        ("acted: a_text_that_doubles_64_times", "DoesNotFit"),
        ("acted: a_loop_of_loops", "TooManyEffects"),
    ],
)
def test_what_is_said_of_it(name: str, said: str, measured: Measured) -> None:
    assert said in measured[name].said
