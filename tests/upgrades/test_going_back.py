"""Both templates from 1.0 to 1.1 and back with their demo data: without edits in between every table is as it was."""

from __future__ import annotations

import pytest

from kith.metadata.model import Model
from kith.runtime.applying import finishing
from kith.runtime.clock import system_clock
from kith.runtime.loading import load_demo
from kith.runtime.plan.planning import Plan
from kith.runtime.publishing import hooks, system_context
from kith.runtime.schema.drift import find_drift
from kith.runtime.workspace import Workspace
from tests.support.checksums import checksums
from tests.support.upgrades import template
from tests.support.worlds import built


def carry_out(workspace: Workspace, planned: Plan) -> None:
    assert not planned.is_refused, planned.as_text()
    workspace.apply(planned, hooks=hooks(system_clock), allow_loss=True)
    release = workspace.current()
    with workspace.database.read() as connection:
        assert find_drift(connection, release.tables, release.names) == ()


def publish(workspace: Workspace, candidate: Model) -> None:
    carry_out(workspace, workspace.plan(candidate))


@pytest.fixture(scope="module", params=["retail_crm", "b2b_crm"])
def versions(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Model, Model]:
    """Both versions of a template."""
    first, second = (
        built(template(request.param, version, tmp_path_factory.mktemp(version))) for version in ("1.0", "1.1")
    )
    return first, second


def test_a_template_that_goes_back_has_every_value_that_it_had(
    versions: tuple[Model, Model], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finishing, "TAKEN_OVER", 0.1)
    workspace = Workspace.open(database_url)
    try:
        first, second = versions
        publish(workspace, first)
        with workspace.database.write() as connection:
            load_demo(connection, system_context(workspace.current(), system_clock), workspace.current())
        before = checksums(workspace)
        publish(workspace, second)
        assert checksums(workspace) != before
        _, planned = workspace.plan_back()
        carry_out(workspace, planned)
        assert checksums(workspace) == before
        assert workspace.plan(first).is_empty
    finally:
        workspace.close()
