from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from kith.metadata.layers import load
from kith.metadata.layers.loading import SHIPPED
from kith.metadata.model import Layer, Model
from kith.problems import Problem
from kith.runtime.clock import system_clock
from kith.runtime.publishing import hooks
from kith.runtime.release import CACHED, make_release
from kith.runtime.schema.names import Names
from kith.runtime.workspace import NoRelease, Unbuildable, Workspace, builder
from tests.runtime.models import entity, field, model

ONE = model(entity("shop", field("name")))
TWO = model(entity("shop", field("name"), field("city")))


def build(layers: Sequence[Layer]) -> tuple[Model | None, Sequence[Problem]]:
    known = {one.layers[0].documents["entities/all.yaml"]: one for one in (ONE, TWO)}
    return known.get(layers[0].documents["entities/all.yaml"]), []


@pytest.fixture
def workspace(database_url: str) -> Iterator[Workspace]:
    opened = Workspace.open(database_url, build=build)
    yield opened
    opened.close()


def test_a_new_database_has_no_release(workspace: Workspace) -> None:
    assert workspace.release is None
    with pytest.raises(NoRelease):
        workspace.current()


def test_other_processes_see_a_release_within_a_second_and_finish_on_the_old_one(
    workspace: Workspace, database_url: str
) -> None:
    workspace.apply(workspace.plan(ONE))
    other = Workspace.open(database_url, build=build, watch=True)
    before = other.current()
    workspace.apply(workspace.plan(TWO))
    end = time.monotonic() + 1.5
    while other.current().number == 1 and time.monotonic() < end:
        time.sleep(0.02)
    assert (before.number, other.current().number) == (1, 2)
    assert "city" in other.current().tables["shop"].columns
    assert "city" not in before.tables["shop"].columns
    other.close()


def test_a_release_that_cannot_be_built_is_told_and_the_old_one_stays(workspace: Workspace) -> None:
    workspace.apply(workspace.plan(ONE))
    other = Workspace(workspace.database, lambda layers: (None, []))
    with pytest.raises(Unbuildable):
        other.look()
    assert workspace.current().number == 1


def test_what_is_prepared_for_a_release_is_made_once_and_bounded(sqlite_url: str) -> None:
    workspace = Workspace.open(sqlite_url, build=build)
    release = make_release(
        1, ONE, Names.from_data({"shop": {"table": "shop", "columns": {"name": "name"}}}), workspace.database.facts
    )
    workspace.close()
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [release.cached("x", make), release.cached("x", make)] == [1, 1]
    for number in range(CACHED + 10):
        release.cached(number, lambda: 0)
    assert len(release._cache) == CACHED


@pytest.mark.filterwarnings("ignore:Cannot correctly sort tables")
@pytest.mark.parametrize("app", sorted(path.name for path in SHIPPED.iterdir() if (path / "app.yaml").is_file()))
def test_a_shipped_app_is_planned_applied_and_then_there_is_nothing_to_do(app: str, database_url: str) -> None:
    layers, _ = load(SHIPPED / app)
    candidate, problems = builder()(layers)
    assert candidate is not None, [problem.message() for problem in problems if problem.is_error]
    workspace = Workspace.open(database_url)
    workspace.apply(workspace.plan(candidate), hooks=hooks(system_clock))
    again = workspace.plan(candidate)
    assert (again.changes, again.drift) == ((), ())
    other = Workspace.open(database_url)
    assert other.plan(candidate).changes == ()
    assert [layer.documents for layer in other.current().model.layers] == [layer.documents for layer in layers]
    other.close()
    workspace.close()


def test_a_folder_takes_from_the_release_what_both_have_and_its_problems_name_its_own_files(sqlite_url: str) -> None:
    layers = [replace(layer, root="stored") for layer in load(SHIPPED / "b2b_crm")[0]]
    stored, _ = builder()(layers)
    assert stored is not None
    first = Workspace.open(sqlite_url)
    first.apply(first.plan(stored))
    first.close()
    workspace = Workspace.open(sqlite_url)
    now = workspace.current().model
    top = replace(layers[-1], root="elsewhere/b2b")
    read, _ = workspace.built((*layers[:-1], top))
    assert read is not None
    rules = [one for name in now.rules for one in zip(now.rules[name], read.rules[name], strict=True)]
    assert any(mine is theirs for mine, theirs in rules)
    path = "entities/account.yaml"
    torn = replace(top, documents={**top.documents, path: top.documents[path] + "\nwrong: 1\n"})
    _, problems = workspace.built((*layers[:-1], torn))
    workspace.close()
    assert {problem.span.source.path for problem in problems if problem.span} == {f"elsewhere/b2b/{path}"}
