"""A workspace for tests: the app applied once, and every case in a transaction that leaves nothing behind."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import sqlalchemy as sa

from kith.metadata.model import Entity, Field, Model
from kith.rules.evaluators import Evaluator
from kith.rules.tracing import Side, tracing
from kith.runtime.clock import Clock
from kith.runtime.database import Database, open_database
from kith.runtime.publishing import hooks
from kith.runtime.release import Release
from kith.runtime.testing.backend import Backend
from kith.runtime.workspace import Workspace

Seen = set[tuple[int, Side]]
"""What was reached: the ids of nodes and statements, with the side on which they were."""


@dataclass(frozen=True, slots=True)
class Stage:
    """`release` is the app; `bare` is the same without rules and conditions, for what is given."""

    database: Database
    clock: Clock
    release: Release
    bare: Release
    reads_back: bool = True
    """Whether expected values are also read as lists see them: computed by the database."""
    seen: Seen = field(default_factory=set)

    @contextmanager
    def case(self) -> Iterator[sa.Connection]:
        """A connection for one case; what it writes is undone."""
        with self.database.write() as connection:
            nested = connection.begin_nested()
            try:
                yield connection
            finally:
                nested.rollback()

    def of(self, model: Model) -> Stage:
        """The same stage for a model that differs in what is computed or must hold only."""
        return replace(self, release=self.release.again(model), bare=self.bare.again(without_rules(model)))


@dataclass(frozen=True, slots=True)
class Set:
    """What stages are made of, once for all of them: the model on a back end, and the folder of its files."""

    model: Model
    backend: Backend
    clock: Clock
    folder: Path
    release: Release | None = None
    """The app applied to a file that stages copy, where the back end keeps files."""
    traced: bool = False

    @contextmanager
    def stage(self) -> Iterator[Stage]:
        """A stage of its own for whoever plays: nobody else writes to its database."""
        if self.release is None:
            with self.backend.schema() as url, applied(self.model, url, self.clock) as (database, release):
                yield self._on(database, release)
            return
        own = self.folder / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(master(self.folder), own)
        database = open_database(f"sqlite:///{own}")
        try:
            yield self._on(database, self.release)
        finally:
            database.close()
            own.unlink()

    def _on(self, database: Database, release: Release) -> Stage:
        seen: Seen = set()

        def hears(part: object, side: Side) -> None:
            seen.add((id(part), side))

        evaluator: Evaluator = tracing(hears) if self.traced else self.backend.evaluator()
        played = release.again(self.model, evaluator)
        bare = played.again(without_rules(self.model))
        return Stage(database, self.clock, played, bare, self.backend.reads_back, seen)


@contextmanager
def set_of(model: Model, clock: Clock, backend: Backend, *, traced: bool = False) -> Iterator[Set]:
    """An app with its reference data, ready to be played; its files are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="kith-test-") as name:
        folder = Path(name)
        release = None
        if backend.kind == "sqlite":
            with applied(model, f"sqlite:///{master(folder)}", clock) as (_, release):
                pass
        yield Set(model, backend, clock, folder, release, traced)


@contextmanager
def applied(model: Model, url: str, clock: Clock) -> Iterator[tuple[Database, Release]]:
    """An app applied to an empty database."""
    workspace = Workspace.open(url, clock=clock)
    try:
        yield workspace.database, workspace.apply(workspace.plan(model), hooks=hooks(clock))
    finally:
        workspace.close()


def master(folder: Path) -> Path:
    """The file that stages are copies of."""
    return folder / "master.db"


def without_rules(model: Model) -> Model:
    """The model as far as it says what records are, not what must hold."""
    entities: Mapping[str, Entity] = {name: _without_conditions(entity) for name, entity in model.entities.items()}
    return replace(model, entities=entities, rules={}, workflows={})


def _without_conditions(entity: Entity) -> Entity:
    fields: Mapping[str, Field] = {
        name: replace(field, required_when=None, locked_when=None, invalid_when=None, options_when={})
        for name, field in entity.fields.items()
    }
    return replace(entity, fields=fields)
