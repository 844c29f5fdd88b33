"""The rule language as generated Python, beside the same condition by hand."""

from __future__ import annotations

from collections.abc import Iterator

from bench import rules_condition as condition
from bench.measuring import Figure, ratio, timed
from kith.problems import Excerpt
from kith.rules.compiling import compile_expression
from kith.rules.python import compile_condition
from kith.rules.scope import Slot
from kith.rules.types import BOOL


def rules(*, rounds: int) -> Iterator[Figure]:
    """The ratio over records of which some fail early and some reach the end, and what compiling costs."""
    expression, problems = compile_expression(Excerpt.whole(condition.CONDITION), condition.Deal(), Slot("when", BOOL))
    assert expression is not None, problems
    generated, envs = compile_condition(expression.tree), condition.environments()
    works = {
        "generated": lambda: [generated(env) for env in envs],
        "by hand": lambda: [condition.by_hand(env) for env in envs],
        "compile": lambda: compile_condition(expression.tree),
    }
    measured = timed(works, rounds=rounds * 3, calls=20)
    speed = ratio(measured["generated"], measured["by hand"])
    yield Figure("Python", "condition of a rule over six fields ÷ hand-written", 1.3, speed)
    yield Figure("Python", "compiling it", 1, 1e3 * measured["compile"].median, "ms")
