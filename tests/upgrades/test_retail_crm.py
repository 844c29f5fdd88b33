"""What the tea houses on the retail template say, and what version 1.1 does to them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from kith.metadata.build import build
from kith.metadata.checking import check
from kith.metadata.layers import load
from kith.metadata.layers.loading import SHIPPED
from kith.metadata.shapes.kinds import KINDS
from kith.runtime.applying.applying import apply
from kith.runtime.database import open_database
from kith.runtime.plan.planning import plan
from kith.runtime.publishing import hooks
from kith.runtime.testing.running import run_tests
from tests.support.upgrades import UPGRADES, company, template
from tests.support.worlds import Time, built, model_of

APP = "retail_crm"
COMPANY = UPGRADES / APP / "company"
NOW = Time(datetime(2026, 6, 15, tzinfo=UTC))
CHANGES = {
    "+ entity case_topic",
    "+ entity service_case",
    "~ option post of consent.channel is retired",
    "- field household.note",
    "+ option livestream of member.source",
    "+ field member.preferred_channel (choice)",
    "+ field member.open_cases (rollup)",
    "~ field product.season changes from choice<spring,summer,autumn,winter,all_year> to choices",
    "~ field purchase.clerk is now called sold_by",
    "+ option inspected of purchase_return.status",
    "~ field store.floor_area changes from integer to decimal(8,1)",
    "~ role marketing on purchase loses: export was yes, becomes no",
    "~ form household_main, member_main, purchase_main changed",
    (
        "~ view all_members, gold_members, members_near_next_tier, new_members, open_purchases, purchases_without_member,"
        " slipping_members, store_members, store_purchases, todays_purchases changed"
    ),
    "~ segment near_next_tier changed",
    "~ rules member, purchase_line, purchase, purchase_return changed",
    "+ workflow service_case_flow added",
    "+ data case_topics: 6 records added",
    "+ data categories: 2 records added",
    "~ data categories: 1 record changed",
}
"""What somebody who knows both versions expects a plan to tell, among other things."""


def stack(version: str, into: Path) -> Path:
    """The company's folder beside the template's in a version."""
    template(APP, version, into)
    return company(APP, into)


def test_the_former_version_has_no_problems(tmp_path: Path) -> None:
    assert [problem.message() for problem in check(template(APP, "1.0", tmp_path))] == []


def test_the_company_is_clean_on_the_version_it_was_made_for_and_passes_its_tests(tmp_path: Path) -> None:
    layers, problems = load(stack("1.0", tmp_path))
    model, found = build(layers)
    assert [problem.message() for problem in (*problems, *found)] == []
    assert model
    own = [
        f"{test.name}/{case.name}"
        for test in model.tests.values()
        for case in test.cases.values()
        if (COMPANY / f"tests/{test.name}.yaml").is_file()
        and f"\n  {case.name}:" in (COMPANY / f"tests/{test.name}.yaml").read_text(encoding="utf-8")
    ]
    outcomes = run_tests(model, wanted=own, jobs=1)
    assert [(one.test, one.case, one.mismatches) for one in outcomes if not one.passed] == []
    assert len(outcomes) == len(own) > len(list((COMPANY / "tests").glob("*.yaml")))


def test_the_upgrade_is_planned_as_one_expects_and_nothing_is_left_to_do(tmp_path: Path) -> None:
    old, new = (built(template(APP, version, tmp_path / version)) for version in ("1.0", "1.1"))
    database = open_database(f"sqlite:///{tmp_path / 'crm.db'}")
    first = apply(plan(old, None, database), database, clock=NOW, hooks=hooks(NOW))
    planned = plan(new, first, database)
    told = {line.strip() for line in planned.as_text("en").splitlines()}
    assert CHANGES - told == set()
    assert not [line for line in told if "household" in line and line.startswith("~ role")]
    second = apply(planned, database, clock=NOW, hooks=hooks(NOW), allow_loss=True)
    again = plan(new, second, database)
    assert (again.changes, again.drift) == ((), ())
    database.close()


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


def test_under_the_new_version_what_a_test_of_the_company_does_is_not_to_be_chosen() -> None:
    channel = model_of(SHIPPED / APP).entities["consent"].fields["channel"]
    assert channel.options["post"].retired
    assert "channel: post" in (COMPANY / "tests/letters.yaml").read_text(encoding="utf-8")
