"""Each kind of syntax mistake has an example that raises it and one that raises nothing."""

from __future__ import annotations

import pytest

from kith.problems import Excerpt, Mistake, Problem, render
from kith.rules import mistakes_syntax
from kith.rules.mistakes_syntax import BLOCK_EXAMPLES, MISTAKES
from kith.rules.parsing import parse_block, parse_expression


def problems(code: str, text: str) -> list[Problem]:
    return (parse_block if code in BLOCK_EXAMPLES else parse_expression)(Excerpt.whole(text))[1]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.code)
def test_the_bad_example_raises_its_code_only_and_the_good_one_nothing(mistake: Mistake) -> None:
    bad, good = problems(mistake.code, mistake.bad), problems(mistake.code, mistake.good)
    assert [problem.code for problem in bad] == [mistake.code], "\n".join(map(render, bad))
    assert good == [], "\n".join(map(render, good))


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.code)
def test_the_sentence_has_all_its_values_in_both_languages(mistake: Mistake) -> None:
    places = {"found", "expected", "text", "good", "limit", "size", "name", "known", "word", "unit"}
    for problem in problems(mistake.code, mistake.bad):
        for language in ("en", "zh-CN"):
            sentence = problem.message(language)
            assert not [place for place in places if "{" + place + "}" in sentence], sentence


FIXES = {
    'stage = "won"': 'stage == "won"',
    "a && b": "a and b",
    "a || b": "a or b",
    "!a": "not a",
    "a <> b": "a != b",
    "a AND NOT b": "a and not b",
    "name == 'Ann'": 'name == "Ann"',
    "name == “金卡”": 'name == "金卡"',
    "round（amount，2）": "round(amount,2)",
    "amount ＞＝ １００": "amount >= 100",
    "email is null": "email is not set",
    "email is not empty": "email is set",
    "stage is other": "stage == other",
    "1 < amount < 5": "1 < amount and amount < 5",
    "owner == None": "owner == null",
    ".5 < rate": "0.5 < rate",
    "due < @2026-1-3": "due < @2026-01-03",
    "now() + 3minutes": "now() + 3min",
    r'path == "C:\data"': r'path == "C:\\data"',
}


@pytest.mark.parametrize(("bad", "good"), FIXES.items(), ids=FIXES.keys())
def test_fixes_mend_the_text(bad: str, good: str) -> None:
    found = problems("E101", bad)
    assert found
    for problem in reversed(found):
        assert problem.fix is not None
        bad = bad[: problem.fix.span.start] + problem.fix.text + bad[problem.fix.span.end :]
    assert bad == good
    assert problems("E101", bad) == []


def test_codes_are_in_order_and_used_once() -> None:
    codes = [mistake.code for mistake in mistakes_syntax.MISTAKES]
    assert codes == sorted(set(codes))
