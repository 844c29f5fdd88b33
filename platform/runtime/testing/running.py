"""The cases of an app, run in parallel: on any back end, with what they reach, and against mutants of what they test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from kith.metadata.model import Case, Model, TestSet
from kith.runtime.clock import Clock, system_clock
from kith.runtime.testing.backend import BACKENDS, DEFAULT, Backend
from kith.runtime.testing.coverage import Coverage, coverage_of
from kith.runtime.testing.outcome import Mismatch, Outcome
from kith.runtime.testing.playing import mismatches_of
from kith.runtime.testing.sites import Site, sites_of, with_own_trees
from kith.runtime.testing.spreading import jobs_for, spread
from kith.runtime.testing.stage import Seen, Stage, set_of

Chosen: TypeAlias = tuple[TestSet, Case]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Traced:
    """A run that was watched: what became of each case, and what it reached of which place."""

    model: Model
    """The app, with a tree of its own at each place."""
    sites: tuple[Site, ...]
    cases: tuple[Chosen, ...]
    outcomes: tuple[Outcome, ...]
    seen: tuple[Seen, ...]
    """By case."""

    @property
    def coverage(self) -> Coverage:
        """What all cases together reach."""
        return coverage_of(self.sites, set().union(*self.seen))


def chosen_of(model: Model, wanted: Sequence[str] = ()) -> list[Chosen]:
    """The cases that names mean: documents, or `document/case`; none means all."""
    return [(test, case) for test in model.tests.values() for case in test.cases.values() if _is(test, case, wanted)]


def _is(test: TestSet, case: Case, wanted: Sequence[str]) -> bool:
    return not wanted or test.name in wanted or f"{test.name}/{case.name}" in wanted


def run_tests(
    model: Model,
    *,
    wanted: Sequence[str] = (),
    backend: Backend = BACKENDS[DEFAULT],
    jobs: int = 0,
    clock: Clock = system_clock,
    progress: Progress | None = None,
) -> list[Outcome]:
    """What became of the app's cases, in the order of its documents."""
    chosen = chosen_of(model, wanted)
    if not chosen:
        return []
    with set_of(model, clock, backend) as made:
        found = spread(made.stage, _played, chosen, jobs_for(len(chosen), jobs), progress)
    return outcomes_of(chosen, found, backend.name)


def _played(stage: Stage, chosen: Chosen) -> tuple[Mismatch, ...]:
    return mismatches_of(stage, *chosen)


def outcomes_of(chosen: Sequence[Chosen], found: Sequence[tuple[Mismatch, ...]], backend: str = "") -> list[Outcome]:
    """What became of each case, with its place."""
    return [
        Outcome(test.name, case.name, case.span, mismatches, backend)
        for (test, case), mismatches in zip(chosen, found, strict=True)
    ]


def run_traced(
    model: Model,
    *,
    wanted: Sequence[str] = (),
    jobs: int = 0,
    clock: Clock = system_clock,
    progress: Progress | None = None,
) -> Traced:
    """The same under the tracing interpreter, with what each case reaches."""
    own = with_own_trees(model)
    chosen = chosen_of(own, wanted)
    if not chosen:
        return Traced(own, tuple(sites_of(own)), (), (), ())
    with set_of(own, clock, BACKENDS["reference"], traced=True) as made:
        found = spread(made.stage, _watched, chosen, jobs_for(len(chosen), jobs), progress)
    outcomes = outcomes_of(chosen, [mismatches for mismatches, _ in found], "reference")
    return Traced(own, tuple(sites_of(own)), tuple(chosen), tuple(outcomes), tuple(seen for _, seen in found))


def _watched(stage: Stage, chosen: Chosen) -> tuple[tuple[Mismatch, ...], Seen]:
    stage.seen.clear()
    return mismatches_of(stage, *chosen), set(stage.seen)
