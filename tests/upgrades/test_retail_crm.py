"""What the tea houses on the retail template say, and what version 1.1 does to them."""

from __future__ import annotations

import re
from pathlib import Path

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.shapes.kinds import KINDS
from kith.runtime.testing.running import run_tests
from tests.support.upgrades import UPGRADES, company, template
from tests.support.worlds import built

APP = "retail_crm"
COMPANY = UPGRADES / APP / "company"


def stack(version: str, into: Path) -> Path:
    """The company's folder beside the template's in a version."""
    template(APP, version, into)
    return company(APP, into)


def test_the_company_has_documents_of_every_kind() -> None:
    (layer,) = (layer for layer in load(COMPANY)[0] if layer.name == "qinghe_tea")
    kinds = {text.partition(":")[0] for text in (strip(text) for text in layer.documents.values())}
    assert kinds == set(KINDS)
    said = "\n".join(layer.documents.values())
    assert all(re.search(pattern, said) for pattern in (r"~remove: true", r"~after: ", r"~before: ", r": ~\n"))


def strip(text: str) -> str:
    """A document from its first line that is no comment."""
    return re.sub(r"\A(#.*\n)+", "", text)


def test_under_the_new_version_the_company_misses_what_is_gone(tmp_path: Path) -> None:
    layers, _ = load(stack("1.1", tmp_path))
    _, problems = build(layers)
    told = [problem for problem in problems if problem.is_error and problem.span]
    assert {problem.span.source.text[problem.span.start : problem.span.end] for problem in told if problem.span} == {
        "clerk",
        "note",
        "on_the_thirtieth_day",
        "after_thirty_days",
        "after_thirty_days_with_approval",
        "women",
    }
    (row,) = (problem for problem in told if problem.code == "D503")
    assert [also.words.en for also in row.related] == ['the layer qinghe_tea removes "women" here']


def test_under_the_new_version_a_test_of_the_company_fails(tmp_path: Path) -> None:
    folder = stack("1.1", tmp_path)
    for lost in ("entities/household", "entities/purchase", "forms/household_main", "tests/returns", "data/categories"):
        (folder / f"{lost}.yaml").unlink()
    for uses in ("views/todays_purchases", "views/purchases_by_tea_master", "roles/tea_master", "roles/store_clerk"):
        (folder / f"{uses}.yaml").unlink()
    (folder / "tests/till_of_tea.yaml").unlink()
    outcomes = run_tests(built(folder), wanted=["letters"], jobs=1)
    assert [one.passed for one in outcomes] == [False]
