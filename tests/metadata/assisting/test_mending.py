"""What the checker says to write instead is offered as a change, and the change mends what it is offered for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kith.metadata.assisting import Project, State, applied, mends, problems_of
from tests.metadata.assisting.cases import shop

CASES = sorted(path for path in (Path(__file__).parents[1] / "cases").iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_mend_takes_its_problem_away_and_leaves_the_document_readable(folder: Path) -> None:
    project = Project.of(folder)
    before = project.state()
    for path, text in before.texts.items():
        for mend in mends(before, path, 0, len(text)):
            project.take({path: applied(text, [mend.edit])})
            was, now = codes(before, path), codes(project.state(), path)
            assert now[mend.problem.code] < was[mend.problem.code], mend
            assert unreadable(now) <= unreadable(was), mend
            assert all(mend.title.in_(language) for language in ("en", "zh-CN"))
    project.take({})


@pytest.mark.parametrize(
    ("rule", "mended"),
    [
        (
            "{require: discount <= 15%, M}",
            {"{require: (discount is not set or discount <= 15%), M}", "{require: discount ?? 0% <= 15%, M}"},
        ),
        ("{require: stage == 'new', M}", {'{require: stage == "new", M}'}),
        ("{require: \"stage == 'new'\", M}", {'{require: stage == "new", M}'}),
        ('{require: stge == "new", M}', {'{require: stage == "new", M}'}),
    ],
)
def test_each_way_to_mend_an_expression_is_offered_with_the_quotes_that_it_needs(rule: str, mended: set[str]) -> None:
    message = "message: {en: No, zh-CN: 不}"
    text = f"rules: more\nof: order\nitems:\n  one: {rule.replace('M', message)}\n"
    shop().take({"rules/more.yaml": text})
    state = shop().state()
    found = {applied(text, [one.edit]) for one in mends(state, "rules/more.yaml", 0, len(text))}
    shop().take({})
    assert found == {f"rules: more\nof: order\nitems:\n  one: {one.replace('M', message)}\n" for one in mended}


def codes(state: State, path: str) -> Counter[str]:
    """How many problems of each kind a document has."""
    return Counter(one.code for one in problems_of(state, path))


def unreadable(found: Counter[str]) -> int:
    """How many of them are of YAML itself."""
    return sum(count for code, count in found.items() if code.startswith("D1"))
