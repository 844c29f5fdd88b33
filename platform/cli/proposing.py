"""A folder as a proposal to a database: what of it is planned, and what is said where the database has gone on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.opening import model_of
from kith.cli.saying import app_folder
from kith.problems import Problem, Words

if TYPE_CHECKING:
    from kith.metadata.layers.standing import Standing
    from kith.metadata.model import Layer, Model
    from kith.runtime.workspace import Workspace

Anyway = Annotated[
    bool, typer.Option("--anyway", help="The folder is right, also where the database was changed by others since.")
]
MOST = 12
"""Documents that are listed of one layer."""


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

    def model(self) -> Model:
        """The folder's model; leaves with all its problems where it has errors."""
        if self._model is None:
            self._model = model_of(self.layers, self.problems, self.language)
        return self._model

    def standing(self, workspace: Workspace, *, anyway: bool = False) -> Standing:
        """How the folder stands to the current release."""
        from kith.runtime.folders import standing

        return standing(workspace, self.folder, self.layers, anyway=anyway)

    def candidate(self, workspace: Workspace, found: Standing) -> Model:
        """The model that is proposed; leaves with all problems where there are errors, also in files that are no documents."""
        if list(found.layers) == list(self.layers):
            return self.model()
        if not found.brings and not self.problems:
            return workspace.current().model
        return model_of(found.layers, self.problems, self.language)

    def settled(self, workspace: Workspace, found: Standing) -> None:
        """Remember that the database has all of it."""
        from kith.runtime.folders import settle

        settle(workspace, self.folder, self.layers, found)

    def say(self, workspace: Workspace, found: Standing) -> None:
        """Tell where the database has gone on without the folder."""
        for words in self.words(workspace, found):
            typer.echo(words.in_(self.language), err=True)

    def words(self, workspace: Workspace, found: Standing) -> list[Words]:
        """The same, line by line."""
        if not found.both and not found.ahead:
            return []
        if found.both:
            lines = [
                Words(
                    "The folder and the database have both been changed since they were last the same:",
                    "文件夹和数据库自上次一致以来都有更改：",
                )
            ]
            lines += [line for name in found.both for line in self._documents(workspace, name)]
            return [
                *lines,
                Words(
                    f"`kith pull {self.folder}` brings the database's changes into the folder; `--anyway` leaves them behind.",
                    f"请先用 `kith pull {self.folder}` 将数据库的更改取回文件夹；`--anyway` 则放弃这些更改。",
                ),
            ]
        names = Words(", ".join(found.ahead), "、".join(found.ahead))
        if found.behind:
            return [
                Words(
                    f"The folder is as an earlier release was ({names.en}), and the database has gone on. "
                    f"`kith pull {self.folder}` brings it up to date; `--anyway` sets the database back to the folder.",
                    f"文件夹与较早的发布一致（{names.zh}），数据库之后已有更新。可用 `kith pull {self.folder}` 更新文件夹；"
                    f"`--anyway` 则使数据库退回到文件夹的状态。",
                )
            ]
        return [
            Words(
                f"The database has changes that the folder does not have ({names.en}): they stay. `kith pull` brings them.",
                f"数据库中有文件夹没有的更改（{names.zh}），予以保留。可用 `kith pull` 取回。",
            )
        ]

    def _documents(self, workspace: Workspace, name: str) -> list[Words]:
        from kith.runtime.folders import changed_documents

        changed = changed_documents(workspace, self.folder, self.layers, name)
        parts = (
            (Words("in both", "双方"), changed.in_both),
            (Words("in the folder", "文件夹"), changed.in_folder),
            (Words("in the database", "数据库"), changed.in_release),
        )
        return [
            Words(f"  {name}, {where.en}: {_listed(paths)}", f"  {name}，{where.zh}：{_listed(paths)}")
            for where, paths in parts
            if paths
        ]


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(paths[:MOST]) + (", …" if len(paths) > MOST else "")
