"""Patterns mean what regular expressions mean, are told where they are none, and never take longer than their text."""

from __future__ import annotations

import random
import re
import time

import pytest

from kith.rules.patterns import BadPattern, matcher, spelled

PIECES = ["a", "b", ".", "[ab]", "[^a]", "(", "|", ")", "*", "+", "?", "{2}", "{1,3}", "{1,}", "\\d", "\\.", "[a-c]"]


def test_random_patterns_match_what_regular_expressions_match() -> None:
    rng = random.Random(1)  # noqa: S311  # repeatable on purpose
    compared = 0
    while compared < 3_000:
        pattern = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 7)))
        try:
            made = matcher(pattern)
        except BadPattern:
            continue
        text = "".join(rng.choice("abc1.\n") for _ in range(rng.randint(0, 6)))
        assert made.matches(text) == bool(re.fullmatch(pattern, text, re.DOTALL)), (pattern, text)
        compared += 1


BAD = [
    "(a", "a)", "[a", "[]", "*a", "a**", "a+?", "^a", "a$", "a{", "a{2", "a{x}", "a{3,2}", "a{101}", "a{101,}", "a{,2}",
    "\\q", "\\", "(?:a)", "[b-a]", "(a{100}){100}", "(" * 17 + ")" * 17,
]  # fmt: skip


@pytest.mark.parametrize("pattern", BAD)
def test_what_is_no_pattern_is_told(pattern: str) -> None:
    with pytest.raises(BadPattern) as bad:
        matcher(pattern)
    assert bad.value.words.en and bad.value.words.zh


HARD = ["(a+)+", "(a|aa)+", "(a*)*b", "(a|b)*a(a|b){60}", ".*.*.*.*b"]


@pytest.mark.parametrize("pattern", HARD)
def test_no_pattern_takes_longer_than_its_text(pattern: str) -> None:
    start = time.process_time()
    matcher(pattern).matches("ab" * 1_000 + "a" * 2_000 + "!")
    assert time.process_time() - start < 2


def test_postgresql_gets_every_character_by_its_number() -> None:
    spelled_out = r"^(?:[\U00000061].(?:[\U00000062-\U00000064\U0000005f]){2,2})$"
    assert spelled("a.[b-d_]{2}") == spelled_out
