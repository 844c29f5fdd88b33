"""The rule language beside the same condition by hand, beside other engines, and what loading many rules costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

from bench import rules_condition as condition
from bench.engines import ENGINES, Engine
from bench.measuring import Figure, Timed, ratio, timed
from kith.problems import Excerpt
from kith.rules.compiling import compile_expression
from kith.rules.program import Expression
from kith.rules.python import compile_condition
from kith.rules.scope import Slot
from kith.rules.types import BOOL
from kith.rules.values import Env
from kith.runtime.release import Release
from kith.runtime.write.plans import compiled
from kith.runtime.write.session import Values

MANY = 500
"""Rules that are loaded at once."""
BY_HAND, GATE, AROUND = "by hand", "write gate", "around"
Work = Callable[[], object]


def rules(*, rounds: int) -> Iterator[Figure]:
    """Ratios over records of which some fail early and some reach the end; all must say the same before anything is timed."""
    envs = condition.environments()
    wanted = [condition.by_hand(env) for env in envs]
    expression = checked(condition.CONDITION)
    works = {BY_HAND: partial(each, condition.by_hand, envs), **kith(expression, envs)}
    notes: dict[str, str] = {}
    for engine in ENGINES:
        library = engine.load()
        if library is None:
            notes[engine.distribution] = "not installed: requirements/bench.txt has it"
        else:
            holds, given = engine.compile(library, engine.condition), [engine.given(library, env.this) for env in envs]
            works[engine.distribution] = partial(each, holds, given)
            notes[engine.distribution] = engine.note
    saying = {name: work for name, work in works.items() if name != AROUND}
    other = [name for name, work in saying.items() if [bool(one) for one in cast("list[object]", work())] != wanted]
    yield Figure("Python", "engines that say something else of a record", 0, len(other), note=", ".join(other))
    measured = timed({name: work for name, work in works.items() if name not in other}, rounds=rounds * 3, calls=3)
    yield from _evaluated(measured, len(envs))
    yield from _beside(measured, notes, len(envs))
    yield from _loaded(expression)


def each(holds: Callable[[Any], object], given: list[Any]) -> list[object]:
    """The verdict about each record."""
    return [holds(one) for one in given]


def checked(text: str, *, advice: bool = False) -> Expression:
    """A condition in its slot, as a server reads it; with `advice`, as `kith check` does."""
    expression, problems = compile_expression(Excerpt.whole(text), condition.Deal(), Slot("when", BOOL, advice=advice))
    assert expression is not None, problems
    return expression


def kith(expression: Expression, envs: list[Env]) -> dict[str, Work]:
    """Generated Python, and the write gate's way to it: the release's function, over records as a save holds them.

    A save makes one environment for all rules about a record, so that is measured by itself.
    """
    nothing: Any = None
    release, now = Release(0, nothing, nothing, nothing, nothing), datetime(2026, 11, 25, tzinfo=UTC)
    records = [Values(dict(env.this), nothing, "deal") for env in envs]
    held = [Env(this=record, now=now, zone=UTC) for record in records]
    return {
        "generated": partial(each, compile_condition(expression.tree), envs),
        GATE: partial(each, lambda env: bool(compiled(release, expression)(env)), held),
        AROUND: partial(each, lambda record: Env(this=record, now=now, zone=UTC), records),
    }


def _evaluated(measured: Mapping[str, Timed], count: int) -> Iterator[Figure]:
    for name, what, limit in (
        ("generated", "condition of a rule over six fields ÷ hand-written", 1.3),
        (GATE, "the same as the write gate calls it ÷ hand-written", -1),
        (AROUND, "what a record's rules are given, once a save ÷ hand-written condition", -1),
    ):
        if name in measured:
            note = f"{each_ns(measured[name], count)} against {each_ns(measured[BY_HAND], count)}"
            yield Figure("Python", what, limit, ratio(measured[name], measured[BY_HAND]), note=note)


def _beside(measured: Mapping[str, Timed], notes: Mapping[str, str], count: int) -> Iterator[Figure]:
    """Other engines: how many times as long as the write gate they take for the same verdicts."""
    for name, note in notes.items():
        what = f"{name} ÷ Kith as the write gate calls it"
        if name in measured:
            note = "; ".join(filter(None, (each_ns(measured[name], count), note)))
            yield Figure("Python", what, -1, ratio(measured[name], measured[GATE]), note=note)
        else:
            yield Figure("Python", what, -1, None, note=note)


def _loaded(expression: Expression) -> Iterator[Figure]:
    """One condition compiled, and many loaded: read, checked and made ready to run."""
    once = timed({"compile": lambda: compile_condition(expression.tree)}, rounds=9, calls=20)["compile"]
    yield Figure("Python", "compiling it", 1, 1e3 * once.median, "ms")
    spent = seconds(lambda text: compile_condition(checked(text).tree), condition.CONDITION)
    yield Figure("Python", f"{MANY} rules read, checked and compiled", 1, spent, "s")
    spent = seconds(lambda text: checked(text, advice=True), condition.CONDITION)
    yield Figure("Python", f"{MANY} rules read and checked, with hints on what always or never holds", -1, spent, "s")
    for engine in ENGINES:
        library = engine.load()
        if library is not None:
            yield _others_loaded(engine, library)


def _others_loaded(engine: Engine, library: Any) -> Figure:
    spent = seconds(partial(engine.compile, library), engine.condition)
    return Figure("Python", f"{MANY} rules of {engine.distribution} read and compiled", -1, spent, "s")


def seconds(load: Callable[[str], object], text: str) -> float:
    """The processor's time for many conditions, each with a limit of its own."""
    begun = time.process_time()
    for number in range(MANY):
        load(text.replace("10000", str(10_000 + number)))
    return time.process_time() - begun


def each_ns(measured: Timed, count: int) -> str:
    """The time of one evaluation."""
    return f"{1e9 * measured.median / count:,.0f} ns"
