"""Boards with cards in a database of their own, and the rules that a test gives them."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kith.metadata.build import build
from kith.metadata.layers import load
from kith.metadata.model import Model
from kith.problems import Problem
from kith.runtime.schema import system
from kith.runtime.workspace import Workspace
from tests.runtime.write.shop_world import Shop

GO = "{field: [go]}"
"""What wakes the rules of most tests: that somebody sets `go`."""


def boards(folder: Path, rules: Mapping[str, str], of: str = "board") -> tuple[Model | None, list[Problem]]:
    """The model of the boards with rules: by name, what stands in each (a block alone waits for `go`)."""
    shutil.copytree(Path(__file__).parent / "board", folder, dirs_exist_ok=True)
    (folder / "rules").mkdir(exist_ok=True)
    for name, text in rules.items():
        entity, _, rule = name.rpartition(".")
        body = (
            text
            if ":\n" in text or text.lstrip().startswith("on:")
            else f"on: [{GO}]\ndo: |\n{textwrap.indent(text, '  ')}"
        )
        item = textwrap.indent(textwrap.dedent(body), "    ")
        document = f"rules: {rule}\nof: {entity or of}\nitems:\n  {rule}:\n{item}\n"
        (folder / "rules" / f"{rule}.yaml").write_text(document, "utf-8")
    layers, problems = load(folder)
    model, found = build(layers)
    return model, [*problems, *found]


class Boards(Shop):
    """An open workspace of boards."""

    @classmethod
    def with_rules(cls, url: str, folder: Path, rules: Mapping[str, str]) -> Boards:
        """Boards with rules, in an empty database."""
        model, problems = boards(folder, rules)
        assert model is not None, [problem.message() for problem in problems]
        workspace = Workspace.open(url)
        return cls(workspace, workspace.apply(workspace.plan(model)))

    def jobs(self) -> list[Any]:
        """What waits to be sent, in the order in which it was asked for."""
        wanted = sa.select(system.job.c.kind, system.job.c.payload, system.job.c.save, system.job.c.state)
        with self.workspace.database.read() as connection:
            return list(connection.execute(wanted.order_by(system.job.c.id)).mappings())

    def all(self, entity: str, *names: str) -> list[tuple[Any, ...]]:
        """The values of all live records, by the first of them."""
        table = self.release.tables[entity]
        with self.workspace.database.read() as connection:
            ids = [str(id_) for id_ in connection.scalars(sa.select(table.id).where(table.live))]
        return sorted(tuple(self.look(entity, id_, *names).values()) for id_ in ids)
