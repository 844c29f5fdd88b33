"""What cases reach and what they would notice: coverage and mutants of a small app; back ends and processes agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.model import Model
from kith.runtime.testing.backend import backend_of
from kith.runtime.testing.mutants import Mutation, run_mutants
from kith.runtime.testing.running import Traced, run_tests, run_traced
from tests.runtime.testing.test_running import DOCUMENTS, PASSING

RULES = """\
rules: visit_rules
of: visit
items:
  small:
    on: [create, update]
    require: amount is not set or amount < 100
    message: "Too much."
  named:
    on: [create]
    do: |
      if amount ?? 0 > 50 { set note = "Big" } else { set note = "Small" }
  lonely:
    on: [delete]
    require: shop is not set
    message: "It has a shop."
"""
CASES = """\
tests: visits
of: visit
cases:
  large: {given: {subject: x}, act: {update: {amount: 5000}}, expect: {refused: [small]}}
  little: {act: {create: {subject: x, amount: 3}}, expect: {values: {note: Small}}}
  nothing: {act: {create: {subject: x}}, expect: {values: {note: Small}}}
"""


def made(root: Path, documents: dict[str, str]) -> Model:
    """A model of documents."""
    for path, text in documents.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    layers, problems = load(root)
    built, found = build(layers)
    assert built is not None, [problem.message() for problem in (*problems, *found)]
    return built


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """The corner shop, with rules for visits of which some are not tested."""
    root = tmp_path_factory.mktemp("corner")
    own = {"rules/visit_rules.yaml": RULES, "tests/visits.yaml": CASES, "tests/shops.yaml": PASSING}
    return made(root, DOCUMENTS | own)


@pytest.fixture(scope="module")
def traced(model: Model) -> Traced:
    """The cases about visits, watched."""
    return run_traced(model, wanted=["visits"], jobs=1)


@pytest.fixture(scope="module")
def mutation(traced: Traced) -> Mutation:
    """What became of the mutants."""
    return run_mutants(traced, jobs=1)


def missing(traced: Traced, document: str) -> list[tuple[str, str]]:
    """What is not reached in a document, by line and column."""
    (share,) = (one for one in traced.coverage.documents if one.name.endswith(document))
    return [(one.span.place.split(":", 1)[1], one.said("en")) for one in share.missing]


def test_what_no_case_reaches_is_told_with_its_place_and_side(traced: Traced) -> None:
    assert all(one.passed for one in traced.outcomes)
    assert missing(traced, "visit_rules.yaml") == [
        ("11:10", "amount ?? 0 > 50: never true"),
        ("11:29", 'set note = "Big": never reached'),
        ("14:14", "shop is not set: never true, never false"),
    ]


def test_a_share_is_what_is_reached_of_everything_and_never_rounded_up(traced: Traced) -> None:
    (rules,) = (one for one in traced.coverage.documents if one.name.endswith("visit_rules.yaml"))
    assert (rules.reached, rules.total) == (11, 15)
    assert rules.percent == 73.3


def test_mutants_that_no_case_notices_survive_with_what_to_test(mutation: Mutation) -> None:
    told = {(one.span.place.rsplit("/", 1)[1], one.words.en) for one in mutation.survivors}
    assert ("visit_rules.yaml:6:35", "<= ← <: amount < 100") in told
    assert ("visit_rules.yaml:6:44", "one step +: 100") in told
    assert ("visit_rules.yaml:11:24", "one step -: 50") in told


def test_mutants_that_a_case_notices_do_not_survive(mutation: Mutation) -> None:
    told = {one.words.en for one in mutation.survivors}
    assert "without the rule visit_rules/small" not in told
    assert "without amount is not set" not in told
    assert not any(one.startswith("branches swapped") for one in told)


def test_mutants_where_no_case_comes_are_counted_apart(mutation: Mutation) -> None:
    assert not any("lonely" in one.name for one in mutation.survivors)
    assert mutation.unreached


def test_a_limit_takes_the_same_mutants_each_time(traced: Traced) -> None:
    first, second = (run_mutants(traced, limit=5, seed=7, jobs=1) for _ in range(2))
    assert first.tried == 5
    assert [one.words for one in first.survivors] == [one.words for one in second.survivors]


@pytest.mark.parametrize("backend", ["reference", "python", "sqlite"])
def test_a_case_comes_out_the_same_on_every_back_end(model: Model, backend: str) -> None:
    outcomes = run_tests(model, backend=backend_of(backend), jobs=1)
    assert [(one.test, one.case, one.mismatches) for one in outcomes if not one.passed] == []


def test_a_case_comes_out_the_same_on_postgresql(model: Model, postgresql_server: str) -> None:
    outcomes = run_tests(
        model, wanted=["visits", "shops/computed"], backend=backend_of("postgresql", postgresql_server)
    )
    assert [(one.test, one.case, one.mismatches) for one in outcomes if not one.passed] == []


def test_several_processes_find_the_same_in_the_same_order(model: Model) -> None:
    one, three = (run_tests(model, jobs=jobs) for jobs in (1, 3))
    assert one == three
