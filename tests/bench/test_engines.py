"""Other rule engines beside Kith: the same verdicts where they are installed, and told where they are not."""

from __future__ import annotations

import pytest

from bench import rules, rules_condition
from bench.engines import ENGINES, Engine


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.distribution)
def test_an_engine_says_what_the_function_written_by_hand_says(engine: Engine) -> None:
    library = engine.load()
    if library is None:
        pytest.skip("not installed: make engines")
    holds = engine.compile(library, engine.condition)
    envs = rules_condition.environments()[:40]
    said = [bool(holds(engine.given(library, env.this))) for env in envs]
    assert said == [rules_condition.by_hand(env) for env in envs]


def test_what_is_not_installed_is_said_and_the_rest_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engine, "load", lambda self: None)
    monkeypatch.setattr(rules, "MANY", 3)
    found = list(rules.rules(rounds=1))
    beside = [figure for figure in found if figure.measured is None]
    assert [figure.what.split()[0] for figure in beside] == [engine.distribution for engine in ENGINES]
    assert all("requirements/bench.txt" in figure.note for figure in beside)
    assert found[0].measured == 0
