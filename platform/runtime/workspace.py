"""A workspace: one database with its current release, which every process sees within a second of its publishing."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from kith.metadata.model import Layer, Model
from kith.problems import Problem, Words
from kith.runtime import releases
from kith.runtime.clock import Clock, system_clock
from kith.runtime.context import SYSTEM, Actor
from kith.runtime.database import Database, is_busy, open_database
from kith.runtime.release import Release, make_release
from kith.runtime.schema.install import install, is_installed

if TYPE_CHECKING:
    from kith.runtime.applying.applying import Hooks
    from kith.runtime.plan.planning import Plan

LOOK_EVERY = 0.1
"""Seconds between two looks for a newer release; a look is one small query."""
LOOK_AGAIN = 1.0
"""Seconds more after a look that failed."""

Build = Callable[[Sequence[Layer]], tuple[Model | None, Sequence[Problem]]]
"""Makes a model of layers, or says what is wrong with them."""

log = logging.getLogger(__name__)


class NoRelease(Exception):
    """The database has no release yet; `words` say what to do."""

    words = Words(
        "Nothing has been applied to this database yet. Run `kith apply APP` first.",
        "此数据库还没有任何发布。请先运行 `kith apply 应用`。",
    )


class Unbuildable(Exception):
    """Stored documents that this version of Kith finds wrong."""

    def __init__(self, number: int, problems: Sequence[Problem]) -> None:
        super().__init__(f"release {number}: " + "; ".join(problem.message() for problem in problems[:5]))
        self.number = number
        self.problems = problems


def builder() -> Build:
    """The metadata room's way to make a model, which takes over what has not changed since its last one."""
    from kith.metadata.build import build
    from kith.metadata.memo import Memo

    return partial(build, memo=Memo(), advice=False)


class Workspace:
    """An open workspace. Requests take `current()` once and work with it to their end."""

    def __init__(self, database: Database, build: Build | None = None, clock: Clock = system_clock) -> None:
        self.database = database
        self.clock = clock
        self._build = build or builder()
        self._release: Release | None = None
        self._looking = threading.Lock()
        self._building = threading.Lock()
        self._closing = threading.Event()
        self._watcher: threading.Thread | None = None

    @classmethod
    def open(cls, url: str, *, watch: bool = False, connections: int = 10, **options: Any) -> Workspace:
        """Open the workspace of a URL; raises Unfit and Unbuildable.

        With `watch` a thread looks for newer releases: for servers and workers, which live longer than a release.
        """
        workspace = cls(open_database(url, connections=connections), **options)
        try:
            if workspace._is_installed():
                install(workspace.database)
            workspace.look()
        except BaseException:
            workspace.close()
            raise
        if watch:
            workspace._watcher = threading.Thread(target=workspace._watch, name="kith-releases", daemon=True)
            workspace._watcher.start()
        return workspace

    @property
    def release(self) -> Release | None:
        """The current release, or None where there is none yet."""
        return self._release

    def current(self) -> Release:
        """The current release, without asking the database; raises NoRelease."""
        if self._release is None:
            raise NoRelease
        return self._release

    def look(self) -> bool:
        """Ask the database for a newer release and take it over; whether there was one."""
        with self._looking:
            with self.database.read() as connection:
                before = self._release.number if self._release else 0
                number = releases.current_number(connection) if before or is_installed(connection) else 0
                if number == before:
                    return False
                stored = releases.load(connection, number)
            model, problems = self.built(stored.layers)
            if model is None:
                raise Unbuildable(number, problems)
            self._release = make_release(number, model, stored.names, self.database.facts)
            return True

    def edited(self, changes: Mapping[str, str | None]) -> tuple[Model | None, Sequence[Problem]]:
        """The candidate with other documents in the company layer, None for those that go; no other layer is touched.

        `plan` and `apply` do the rest. Raises ValueError for paths that are none of documents.
        """
        from kith.metadata.layers.company import with_company

        return self.built(with_company(self.current().model.layers, changes))

    def built(self, layers: Sequence[Layer]) -> tuple[Model | None, Sequence[Problem]]:
        """The model of layers, or what is wrong with them; one at a time, since a build takes over from the last one.

        What the release has as well is taken from there wherever it was read; problems name the places of `layers`.
        """
        stored = self._release.model.layers if self._release else ()
        roots = {layer.name: layer.root for layer in stored}
        alike = [replace(layer, root=roots.get(layer.name, layer.root)) for layer in layers]
        with self._building:
            model, problems = self._build(alike)
            return (model, problems) if not problems or alike == list(layers) else self._build(layers)

    def plan(self, candidate: Model) -> Plan:
        """What publishing a candidate would do now."""
        from kith.runtime.plan.planning import plan

        self.look()
        return plan(candidate, self._release, self.database)

    def plan_back(self, number: int | None = None) -> tuple[int, Plan]:
        """The release to go back to, the one before where no number is given, and what that would do now.

        Raises CannotGoBack, and Unbuildable where its documents are wrong by now.
        """
        from kith.runtime.plan.rolling import plan_back, target_of

        self.look()
        wanted = target_of(number, self.current().number)
        with self.database.read() as connection:
            stored = releases.load(connection, wanted)
        model, problems = self.built(stored.layers)
        if model is None:
            raise Unbuildable(wanted, problems)
        return wanted, plan_back(stored, model, self.current(), self.database)

    def apply(
        self,
        planned: Plan,
        *,
        actor: Actor = SYSTEM,
        hooks: Hooks | None = None,
        note: str = "",
        allow_loss: bool = False,
    ) -> Release:
        """Carry a plan out and work with the new release from now on; raises CannotApply."""
        from kith.runtime.applying.applying import apply

        release = apply(
            planned, self.database, actor=actor, clock=self.clock, hooks=hooks, note=note, allow_loss=allow_loss
        )
        with self._looking:
            if self._release is None or release.number > self._release.number:
                self._release = release
        return release

    def close(self) -> None:
        """Stop looking and close the database."""
        self._closing.set()
        if self._watcher is not None:
            self._watcher.join()
        self.database.close()

    def _is_installed(self) -> bool:
        with self.database.read() as connection:
            return is_installed(connection)

    def _watch(self) -> None:
        while not self._closing.wait(LOOK_EVERY):
            try:
                self.look()
            except Exception as error:
                # The release at hand goes on serving; the next look tries again.
                if is_busy(error):
                    log.warning("the database is away or has too much to do: %s", error)
                else:
                    log.exception("a newer release could not be taken over")
                self._closing.wait(LOOK_AGAIN)
