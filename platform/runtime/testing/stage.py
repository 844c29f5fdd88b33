"""A workspace for tests: the app applied once, and every case in a transaction that leaves nothing behind."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from kith.metadata.model import Entity, Field, Model
from kith.runtime.clock import Clock
from kith.runtime.publishing import hooks
from kith.runtime.release import Release, make_release
from kith.runtime.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Stage:
    """`release` is the app; `bare` is the same without rules and conditions, for what is given."""

    workspace: Workspace
    release: Release
    bare: Release

    @contextmanager
    def case(self) -> Iterator[sa.Connection]:
        """A connection for one case; what it writes is undone."""
        with self.workspace.database.write() as connection:
            nested = connection.begin_nested()
            try:
                yield connection
            finally:
                nested.rollback()


@contextmanager
def stage_of(model: Model, clock: Clock) -> Iterator[Stage]:
    """An app with its reference data in an SQLite file that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="kith-test-") as folder:
        workspace = Workspace.open(f"sqlite:///{Path(folder) / 'test.db'}", clock=clock)
        try:
            release = workspace.apply(workspace.plan(model), hooks=hooks(clock))
            bare = make_release(release.number, without_rules(model), release.names, workspace.database.facts)
            yield Stage(workspace, release, bare)
        finally:
            workspace.close()


def without_rules(model: Model) -> Model:
    """The model as far as it says what records are, not what must hold."""
    entities: Mapping[str, Entity] = {name: _without_conditions(entity) for name, entity in model.entities.items()}
    return replace(model, entities=entities, rules={})


def _without_conditions(entity: Entity) -> Entity:
    fields: Mapping[str, Field] = {
        name: replace(field, required_when=None, locked_when=None, invalid_when=None, options_when={})
        for name, field in entity.fields.items()
    }
    return replace(entity, fields=fields)
