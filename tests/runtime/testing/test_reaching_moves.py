"""Guards of workflows, conditions of named actions and whom schedules are for: reached, mutated, and chosen alike."""

from __future__ import annotations

import pytest

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.model import Model
from kith.runtime.testing.mutants import run_mutants
from kith.runtime.testing.running import Traced, run_traced
from tests.runtime.testing.test_reaching import missing

JOB = """\
entity: job
label: Job
plural: Jobs
title: "{name}"
fields:
  name: {type: text, required: true, label: Name}
  hours: {type: integer, label: Hours}
  due: {type: date, label: Due}
  state: {type: choice, required: true, default: open, label: State, options: {open: {label: Open}, done: {label: Done}}}
actions:
  book: {label: Book, when: state == "open"}
"""
FLOW = """\
workflow: job_flow
of: job
field: state
states: {open: {}, done: {final: true}}
transitions:
  finish: {label: Finish, from: [open], to: done, when: hours > 0}
"""
RULES = """\
rules: job_rules
of: job
items:
  booked: {on: [{action: book}], do: set hours = (hours ?? 0) + 1}
  put_off:
    every: day at 06:00
    for: state == "open" and due < today()
    do: set due = today() + 7d
"""
CASES = """\
tests: jobs
of: job
cases:
  booked: {given: {name: a}, act: {action: book}, expect: {values: {hours: 1}}}
  finished: {given: {name: a, hours: 5}, act: {transition: finish}, expect: {saved: true}}
  unfinished: {given: {name: a, hours: 0}, act: {transition: finish}, expect: {refused: [finish]}}
  late:
    at: 2026-06-15T06:00
    given: {name: a, due: 2026-06-14}
    act: {schedule: put_off}
    expect: {values: {due: 2026-06-22}}
  in_time:
    at: 2026-06-15T06:00
    given: {name: a, due: 2026-06-15}
    act: {schedule: put_off}
    expect: {values: {due: 2026-06-15}}
"""
APP = "app: yard\nversion: 1.0.0\ntitle: Yard\nlanguages: [en]\nnavigation: {jobs: {entity: job}}\n"
DOCUMENTS = {
    "app.yaml": APP,
    "entities/job.yaml": JOB,
    "workflows/job_flow.yaml": FLOW,
    "rules/job_rules.yaml": RULES,
    "tests/jobs.yaml": CASES,
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A yard whose jobs are booked, finished and put off."""
    root = tmp_path_factory.mktemp("yard")
    for path, text in DOCUMENTS.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    built, found = build(load(root)[0])
    assert built is not None, [problem.message() for problem in found]
    return built


@pytest.fixture(scope="module")
def traced(model: Model) -> Traced:
    """Its cases, watched."""
    return run_traced(model, jobs=1)


def test_guards_actions_and_schedules_count_for_what_is_reached(traced: Traced) -> None:
    assert [one.mismatches for one in traced.outcomes if not one.passed] == []
    assert missing(traced, "workflows/job_flow.yaml") == [("6:57", "hours: never empty")]
    assert ("11:29", 'state == "open": never false') in missing(traced, "entities/job.yaml")
    assert ("7:10", 'state == "open": never false') in missing(traced, "rules/job_rules.yaml")
    assert not any("due < today()" in said for _, said in missing(traced, "rules/job_rules.yaml"))


def test_mutants_of_them_survive_where_no_case_decides(traced: Traced) -> None:
    told = {(one.name, one.words.en) for one in run_mutants(traced, jobs=1).survivors}
    assert ("job_flow/finish: when", "one step +: 0") in told
    assert ("job.book: when", "without job.book: when") in told
    assert ("job_rules/put_off: for", 'without state == "open"') in told
    assert not any("<= ← <" in words for _, words in told)
