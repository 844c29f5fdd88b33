"""The B2B template from 1.0 to 1.1 with its demo data, and a dealer of machine tools that stands on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kith.metadata.build import build
from kith.metadata.checking import check
from kith.metadata.layers import load
from kith.runtime.loading import load_demo
from kith.runtime.plan.planning import Plan
from kith.runtime.publishing import hooks, system_context
from kith.runtime.testing.running import run_tests
from kith.runtime.workspace import Workspace
from tests.support.upgrades import UPGRADES, company, template
from tests.support.worlds import Time, built

APP = "b2b_crm"
COMPANY = UPGRADES / APP / "company"
EXPECTED = UPGRADES / APP / "plan.txt"
NOW = Time(datetime(2026, 6, 15, 4, tzinfo=UTC))


def stack(version: str, into: Path) -> Path:
    """The company's folder beside the template's in a version."""
    template(APP, version, into)
    return company(APP, into)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Workspace]:
    """Version 1.0 at work, with its demo data."""
    opened = Workspace.open(f"sqlite:///{tmp_path / 'crm.db'}", clock=NOW)
    release = opened.apply(opened.plan(built(template(APP, "1.0", tmp_path / "1.0"))), hooks=hooks(NOW))
    with opened.database.write() as connection:
        load_demo(connection, system_context(release, NOW), release)
    yield opened
    opened.close()


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_both_versions_have_no_problems(version: str, tmp_path: Path) -> None:
    assert [problem.message() for problem in check(template(APP, version, tmp_path))] == []


def test_the_company_has_no_problems_on_the_version_it_was_made_for(tmp_path: Path) -> None:
    assert [problem.message() for problem in check(stack("1.0", tmp_path))] == []


def said() -> Iterator[str]:
    """The cases that the company adds or says otherwise."""
    for path in (COMPANY / "tests").glob("*.yaml"):
        cases = path.read_text("utf-8").partition("cases:")[2]
        yield from (f"{path.stem}/{name}" for name in re.findall(r"^  (\w+):", cases, re.MULTILINE))


def test_the_cases_that_the_company_has_a_say_in_pass(tmp_path: Path) -> None:
    model = built(stack("1.0", tmp_path))
    outcomes = run_tests(model, wanted=list(said()), jobs=1)
    assert [(one.test, one.case, one.mismatches) for one in outcomes if not one.passed] == []


def test_the_upgrade_is_planned_as_written_down_and_leaves_nothing_to_do(
    running: Workspace, tmp_path: Path, update: bool
) -> None:
    new = built(template(APP, "1.1", tmp_path / "1.1"))
    planned = running.plan(new)
    if update:
        EXPECTED.write_text(in_both_languages(planned), "utf-8")
    assert in_both_languages(planned) == EXPECTED.read_text("utf-8")
    running.apply(planned, hooks=hooks(NOW), allow_loss=True)
    again = running.plan(new)
    assert (again.changes, again.drift) == ((), ())


def in_both_languages(planned: Plan) -> str:
    return "\n".join(planned.as_text(language) for language in ("en", "zh-CN"))


def test_the_new_version_leaves_the_company_names_that_are_gone(tmp_path: Path) -> None:
    layers, _ = load(stack("1.1", tmp_path))
    _, problems = build(layers)
    told = [problem.span for problem in problems if problem.is_error and problem.span]
    lost = {span.source.text[span.start : span.end] for span in told}
    assert {"employees", "max_discount"} <= lost
    assert all("yongli_tools" in span.source.path for span in told)
