"""What is said of rules beside each other is so: records by the hundred look for the lie."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import permutations

import pytest

from kith.metadata.analysis.reasoning import Reasoning
from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.model import Model, Rule
from kith.rules.proving.assuming import Patience, Proof
from kith.rules.reference import holds
from kith.rules.values import Env
from tests.metadata.example import BASE, write

ENTITY = """
entity: box
title: "{code}"
fields:
  n: {type: integer}
  k: {type: integer, required: true}
  due: {type: date}
  since: {type: date, required: true}
  stage: {type: choice, options: {new: {}, open: {}, won: {}}}
  level: {type: choice, required: true, options: {low: {}, mid: {}, high: {}}}
  flag: {type: boolean, required: true}
  code: {type: text, required: true}
  is_high: {type: formula, value: level == "high" or k > 2}
  band: {type: formula, result: {type: choice, options: {a: {}, b: {}}}, value: 'if n ?? 0 > 1 then "b" else "a"'}
"""
TESTS = (
    "(n ?? 0) > {i}", "n is set", "n is not set", "k <= {i}", "k > {i}", "k != n", "since > @2026-06-1{i}", "due is not set",
    'stage == "{s}"', '(stage ?? "new") in ["{s}", "{t}"]', 'stage != "{s}"', 'level >= "{l}"', 'level != "{l}"', "flag", "is_high",
    'band == "b"', "changed(stage)", 'changed(stage to "{s}")', 'old.stage == "{s}"', "old.is_high", "is_new()",
    "(due ?? since) > @2026-06-1{i}",
)  # fmt: skip
STAGES, LEVELS = ("new", "open", "won"), ("low", "mid", "high")
DAYS = [date(2026, 6, 10 + number) for number in range(5)]
NOW = datetime(2026, 6, 15, 9, tzinfo=UTC)


def condition(rng: random.Random, depth: int = 2) -> str:
    """A condition over the fields of a box."""
    if depth == 0 or rng.random() < 0.3:
        words = {"i": str(rng.randint(0, 3)), "s": rng.choice(STAGES), "t": rng.choice(STAGES), "l": rng.choice(LEVELS)}
        text = rng.choice(TESTS)
        for mark, word in words.items():
            text = text.replace("{" + mark + "}", word)
        return text
    parts = [f"({condition(rng, depth - 1)})" for _ in range(2)]
    return rng.choice([f"{parts[0]} and {parts[1]}", f"{parts[0]} or {parts[1]}", f"not {parts[0]}"])


def values(rng: random.Random) -> dict[str, object]:
    """A box as it may be stored."""
    n, k, level = rng.choice([None, 0, 1, 2, 3]), rng.randint(0, 4), rng.choice(["low", "mid", "high"])
    own = {
        "n": n,
        "k": k,
        "due": rng.choice([None, *DAYS]),
        "since": rng.choice(DAYS),
        "level": level,
        "flag": rng.random() < 0.5,
    }
    stage = rng.choice([None, "new", "open", "won"])
    return {
        "id": "b",
        "code": "c",
        "stage": stage,
        **own,
        "is_high": level == "high" or k > 2,
        "band": "b" if (n or 0) > 1 else "a",
    }


def environments(rng: random.Random, count: int) -> Iterator[Env]:
    """Boxes as they are saved."""
    for _ in range(count):
        this, old = values(rng), values(rng) if rng.random() < 0.7 else None
        if old is not None and rng.random() < 0.5:
            this |= {name: old[name] for name in rng.sample(["n", "k", "stage"], 2)}
            this |= {
                "is_high": this["level"] == "high" or int(str(this["k"])) > 2,
                "band": "b" if int(str(this["n"] or 0)) > 1 else "a",
            }
        yield Env(this, NOW, UTC, old, old is None)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    rng = random.Random(5)  # noqa: S311  # repeatable on purpose
    triggers = ("[create]", "[update]", "[create, update]", "[{field: [stage]}]")
    items = "".join(
        f"  r{number}:\n    on: {rng.choice(triggers)}\n    message: No\n"
        f"    when: '{condition(rng)}'\n    require: '{condition(rng)}'\n"
        for number in range(120)
    )
    files = BASE | {"entities/box.yaml": ENTITY.lstrip(), "rules/r.yaml": f"rules: r\nof: box\nitems:\n{items}"}
    found, problems = build(load(write(tmp_path_factory.mktemp("app"), files))[0])
    assert found is not None, [problem.message() for problem in problems if problem.is_error]
    return found


def thinking(model: Model) -> Reasoning:
    """Thoughts that nothing cuts short."""
    return Reasoning(model, model.entities["box"], Proof(patience=Patience(10_000_000)))


def is_asked(rule: Rule, env: Env) -> bool:
    """Whether the trigger of a rule is met."""
    changed = bool(rule.trigger.fields) and (env.old or {}).get("stage") != env.this["stage"]
    return ("create" if env.is_new else "update") in rule.trigger.events or changed


def runs(rule: Rule, env: Env) -> bool:
    """Whether a rule is asked, and its condition holds."""
    return is_asked(rule, env) and (rule.when is None or holds(rule.when.tree, env))


def refuses(rule: Rule, env: Env) -> bool:
    """Whether it does not let a box be saved."""
    assert rule.require is not None
    return runs(rule, env) and not holds(rule.require.tree, env)


def test_a_rule_that_is_said_never_to_run_or_to_refuse_never_does(model: Model) -> None:
    thought, envs = thinking(model), list(environments(random.Random(6), 400))  # noqa: S311
    idle = [rule for rule in model.rules["box"] if not thought.running(rule)]
    content = [rule for rule in model.rules["box"] if rule not in idle and not thought.refusing(rule)]
    assert len(idle) > 3
    assert len(content) > 3
    for rule in idle:
        assert not any(runs(rule, env) for env in envs), rule.path
    for rule in content:
        assert not any(refuses(rule, env) for env in envs), rule.path


def test_wherever_a_shadowed_rule_refuses_the_other_does(model: Model) -> None:
    thought, envs = thinking(model), list(environments(random.Random(7), 400))  # noqa: S311
    refused = {
        rule.path: {place for place, env in enumerate(envs) if refuses(rule, env)} for rule in model.rules["box"]
    }
    found = 0
    for one, other in permutations(model.rules["box"], 2):
        if one.trigger == other.trigger and thought.refuses_in_all(one, thought.refusing(other)):
            found += bool(refused[other.path])
            assert refused[other.path] <= refused[one.path], (one.path, other.path)
    assert found > 20


def test_a_formula_stands_for_its_field_before_the_save_too(model: Model) -> None:
    thought = thinking(model)
    assert {*thought.formulas} == {"is_high", "band"}
