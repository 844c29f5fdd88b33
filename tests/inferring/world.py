"""A proposed app is checked, put into a database, and fed with the files that it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kith.inferring.inferring import Inferred, infer
from kith.inferring.proving import built
from kith.inferring.report import as_text
from kith.metadata.model import Model
from kith.runtime.context import Context
from kith.runtime.publishing import hooks, system_context
from kith.runtime.read.aggregates import aggregate
from kith.runtime.read.query import AggregateQuery
from kith.runtime.release import Release
from kith.runtime.transfer.importing import Order, run_import
from kith.runtime.transfer.result import Result
from kith.runtime.workspace import Workspace

NOW = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)


def said(found: Inferred, language: str = "en") -> str:
    """The report as a text."""
    return "\n".join(as_text(found.proposal, language)) + "\n"


def model_of(found: Inferred) -> Model:
    """The model of a proposed app, which has no problem of any weight."""
    model, problems = built(found.proposal, found.documents)
    assert [f"{problem.code} {problem.message()}" for problem in problems] == []
    assert model is not None
    return model


class World:
    """An open workspace with a proposed app."""

    def __init__(self, workspace: Workspace, release: Release, found: Inferred) -> None:
        self.workspace = workspace
        self.release = release
        self.found = found
        self.context: Context = system_context(release, workspace.clock, "en")

    def feed(self) -> dict[str, Result]:
        """Import all files in their order."""
        database = self.workspace.database
        return {
            one.name: run_import(database, self.context, self.release, Order(one.name, one.path))
            for one in self.found.proposal.imports
        }

    def ask(self, entity: str, measure: str, filter_: str = "") -> Any:
        """A measure of an entity."""
        query = AggregateQuery(entity, (), {"value": measure}, filter_, (), 1)
        with self.workspace.database.read() as connection:
            return aggregate(connection, self.context, self.release, query)[0]["value"]


@contextmanager
def world_of(paths: Sequence[Path], folder: Path) -> Iterator[World]:
    """The app of some files, in a new SQLite database."""
    found = infer(paths, "proposed")
    workspace = Workspace.open(f"sqlite:///{folder / 'proposed.db'}", clock=lambda: NOW)
    try:
        release = workspace.apply(workspace.plan(model_of(found)), hooks=hooks(workspace.clock))
        yield World(workspace, release, found)
    finally:
        workspace.close()
