"""Databases that are made once and copied for every test that begins with one like them."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.engine import make_url

from kith.metadata.model import Layer, Model
from kith.problems import Problem
from kith.runtime.database import open_database
from kith.runtime.workspace import Build, Workspace, builder
from tests.support import run

T = TypeVar("T")

_made: dict[object, tuple[Path, Any]] = {}


def installed(url: str, model: Model, **options: Any) -> Workspace:
    """A workspace of an empty database to which a model, that many tests begin with, has been applied."""

    def fill(workspace: Workspace) -> None:
        workspace.apply(workspace.plan(model))

    return prepared(url, model, fill, key="installed", **options)[0]


def prepared(url: str, model: Model, fill: Callable[[Workspace], T], key: str, **options: Any) -> tuple[Workspace, T]:
    """A workspace of an empty database that `fill` has put a model and its data into, and what that returned.

    `key` names what `fill` does with that model.

    An SQLite file is made once in a process and copied from then on. PostgreSQL has nothing that copies a schema for less than
    it costs to make.
    """
    file = make_url(url)
    if file.get_backend_name() != "sqlite":
        workspace = Workspace.open(url, **options)
        return workspace, fill(workspace)
    made = key, _digests(model.layers)
    if made not in _made:
        source = run.folder() / f"{uuid.uuid4().hex}.db"
        workspace = Workspace.open(f"sqlite:///{source}", **options)
        _made[made] = source, fill(workspace)
        workspace.close()
    source, returned = _made[made]
    shutil.copyfile(source, str(file.database))
    workspace = Workspace(open_database(url), _beginning_with(model), **options)
    assert workspace.look()
    return workspace, returned


def _beginning_with(model: Model) -> Build:
    # What a test publishes later is built as ever.
    otherwise, known = builder(), _digests(model.layers)

    def build(layers: Sequence[Layer]) -> tuple[Model | None, Sequence[Problem]]:
        return (model, ()) if _digests(layers) == known else otherwise(layers)

    return build


def _digests(layers: Sequence[Layer]) -> tuple[tuple[str, str], ...]:
    return tuple((layer.name, layer.digest) for layer in layers)
