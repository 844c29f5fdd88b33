"""What somebody wants published: an edited company layer or an older release, and against which release.

Whoever asks twice gets one release: a wish that the next release has fulfilled is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kith.metadata.layers.company import with_company
from kith.metadata.model import Layer, Model
from kith.problems import Problem, Words
from kith.runtime import releases
from kith.runtime.applying.progress import STALE, CannotApply
from kith.runtime.context import Actor
from kith.runtime.loading import NotLoaded
from kith.runtime.plan.planning import Plan
from kith.runtime.plan.rolling import CannotGoBack, plan_back, target_of
from kith.runtime.publishing import hooks
from kith.runtime.workspace import Workspace


class Outdated(CannotApply):
    """Another release came first; `current` is its number."""

    def __init__(self, current: int) -> None:
        super().__init__(STALE)
        self.current = current


class Wrong(Exception):
    """Documents that make no model, with what is wrong with them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.message() for problem in problems[:5]))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish made while release `base` was the current one: to go back to release `back`, else to have these layers."""

    base: int
    back: int = 0
    layers: tuple[Layer, ...] = ()


def edited(workspace: Workspace, base: int, documents: Mapping[str, str | None]) -> Wanted:
    """Other documents in the company layer of a release; raises ValueError for paths that none has."""
    return Wanted(base, layers=with_company(layers_at(workspace, base), documents))


def back_to(workspace: Workspace, base: int, number: int | None) -> Wanted:
    """Going back from a release, to the one before it where no number is given; raises CannotGoBack."""
    return Wanted(base, target_of(number, base))


def layers_at(workspace: Workspace, number: int) -> tuple[Layer, ...]:
    """The layers of a release."""
    current = workspace.current()
    if number == current.number:
        return current.model.layers
    with workspace.database.read() as connection:
        return releases.load(connection, number).layers


def plan_of(workspace: Workspace, wanted: Wanted) -> Plan:
    """What fulfilling a wish would do now; raises Outdated and Wrong."""
    workspace.look()
    current = workspace.current()
    if current.number != wanted.base:
        raise Outdated(current.number)
    if not wanted.back:
        return workspace.plan(_model(workspace, wanted.layers))
    with workspace.database.read() as connection:
        stored = releases.load(connection, wanted.back)
    return plan_back(stored, _model(workspace, stored.layers), current, workspace.database)


def publish(workspace: Workspace, wanted: Wanted, actor: Actor, *, note: str = "", allow_loss: bool = False) -> int:
    """Fulfil a wish and return the release that has it; raises Outdated, Wrong, CannotApply and NotLoaded."""
    workspace.look()
    if is_fulfilled(workspace, wanted):
        return workspace.current().number
    planned = plan_of(workspace, wanted)
    try:
        release = workspace.apply(planned, actor=actor, hooks=hooks(workspace.clock), note=note, allow_loss=allow_loss)
    except CannotApply as cannot:
        if cannot.words is not STALE:
            raise
        workspace.look()
        if not is_fulfilled(workspace, wanted):
            raise Outdated(workspace.current().number) from cannot
        return workspace.current().number
    return release.number


def is_fulfilled(workspace: Workspace, wanted: Wanted) -> bool:
    """Whether the release after the one that a wish was made against is just what was wished for."""
    current = workspace.current()
    if current.number != wanted.base + 1:
        return False
    layers = layers_at(workspace, wanted.back) if wanted.back else wanted.layers
    return [(one.name, one.digest) for one in layers] == [(one.name, one.digest) for one in current.model.layers]


def why_not(error: CannotApply | CannotGoBack | NotLoaded | Wrong) -> Words:
    """Why something was not published."""
    if isinstance(error, NotLoaded):
        return Words(f"Reference data was refused: {error}", f"参考数据被拒绝：{error}")
    if isinstance(error, Wrong):
        told = [" ".join(f"{one.message(language)}" for one in error.problems[:5]) for language in ("en", "zh-CN")]
        return Words(*told)
    return error.words


def _model(workspace: Workspace, layers: Sequence[Layer]) -> Model:
    model, problems = workspace.built(layers)
    if model is None:
        raise Wrong(problems)
    return model
