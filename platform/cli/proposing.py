"""A folder as a proposal to a database: what of it is planned, and what is said where the database has gone on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.opening import model_of
from kith.cli.saying import app_folder
from kith.problems import Problem

if TYPE_CHECKING:
    from kith.metadata.layers.standing import Standing
    from kith.metadata.model import Layer, Model
    from kith.runtime.workspace import Workspace

Anyway = Annotated[
    bool, typer.Option("--anyway", help="The folder is right, also where the database was changed by others since.")
]


class Proposal:
    """A folder with its layers as they were read."""

    def __init__(self, folder: Path, language: str) -> None:
        from kith.metadata.layers import load

        self.folder, self.language = app_folder(folder, language), language
        layers, problems = load(folder)
        self.layers: Sequence[Layer] = layers
        self.problems: Sequence[Problem] = problems
        self._model: Model | None = None

    @property
    def name(self) -> str:
        """The app's."""
        return self.layers[-1].name

    def model(self, workspace: Workspace | None = None) -> Model:
        """The folder's model, built beside that of an open workspace; leaves with all its problems where it has errors."""
        if self._model is None:
            self._model = model_of(self.layers, self.problems, self.language, workspace)
        return self._model

    def standing(self, workspace: Workspace, *, anyway: bool = False) -> Standing:
        """How the folder stands to the current release."""
        from kith.runtime.folders import standing

        return standing(workspace, self.folder, self.layers, anyway=anyway)

    def candidate(self, workspace: Workspace, found: Standing) -> Model:
        """The model that is proposed; leaves with all problems where there are errors, also in files that are no documents."""
        if list(found.layers) == list(self.layers):
            return self.model(workspace)
        if not found.brings and not self.problems:
            return workspace.current().model
        return model_of(found.layers, self.problems, self.language, workspace)

    def settled(self, workspace: Workspace, found: Standing) -> None:
        """Remember that the database has all of it."""
        from kith.runtime.folders import settle

        settle(workspace, self.folder, self.layers, found)

    def say(self, workspace: Workspace, found: Standing) -> None:
        """Tell where the database has gone on without the folder."""
        from kith.runtime.offered import apart

        for words in apart(workspace, self.folder, self.layers, found):
            typer.echo(words.in_(self.language), err=True)
