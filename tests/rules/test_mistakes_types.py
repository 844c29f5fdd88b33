"""Each kind of mistake of names, types and null has an example that raises it and one that raises nothing."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import pytest

from kith.problems import Excerpt, Mistake, Problem, render
from kith.rules import mistakes_names, mistakes_types, mistakes_values
from kith.rules.compiling import compile_expression, compile_program
from kith.rules.scope import Slot
from kith.rules.types import TEXT
from tests.rules.scopes import REQUIRE, WHEN, demo

TABLES = (mistakes_names, mistakes_types, mistakes_values)
MISTAKES = [mistake for table in TABLES for mistake in table.MISTAKES]
BLOCK_EXAMPLES = frozenset[str]().union(*(table.BLOCK_EXAMPLES for table in TABLES))
SLOTS = {
    "E207": replace(WHEN, actor=False),
    "E208": replace(WHEN, saving=False),
    "E213": replace(WHEN, volatile=False),
    "E214": replace(WHEN, relations=False),
    "E301": Slot("text", TEXT),
    "E401": REQUIRE,
    "E501": replace(WHEN, database=True, saving=False),
}
"""Places other than a `when`, where an example needs one."""


def problems(code: str, text: str) -> list[Problem]:
    slot: Slot = SLOTS.get(code, WHEN)
    compile_ = compile_program if code in BLOCK_EXAMPLES else compile_expression
    return compile_(Excerpt.whole(text), demo(), slot)[1]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.code)
def test_the_bad_example_raises_its_code_only_and_the_good_one_nothing(mistake: Mistake) -> None:
    bad, good = problems(mistake.code, mistake.bad), problems(mistake.code, mistake.good)
    assert [problem.code for problem in bad] == [mistake.code], "\n".join(map(render, bad))
    assert good == [], "\n".join(map(render, good))


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.code)
def test_the_sentence_has_all_its_values_in_both_languages(mistake: Mistake) -> None:
    for problem in problems(mistake.code, mistake.bad):
        for language in ("en", "zh-CN"):
            sentence = problem.message(language)
            assert "{" not in sentence.replace("{a} {b}", ""), sentence
            assert problem.hint is None or "{" not in problem.hint.in_(language)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_codes_are_in_order_and_used_once(table: ModuleType) -> None:
    codes = [mistake.code for mistake in table.MISTAKES]
    assert codes == sorted(set(codes))
