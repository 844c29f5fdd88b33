"""What a record's page shows of its workflows and named actions: the path of states, and buttons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kith.metadata.model import Workflow
from kith.runtime.write.offering import Offer, offers
from kith.web.subject import Subject
from kith.web.view import Link, Stage

ONE_ACTION = "/records/{entity}/{id}/do/{name}"
AT_ONCE = 2
"""Buttons beside "edit"; the others are under "more"."""


@dataclass(frozen=True, slots=True)
class Path:
    """The states of a workflow, in their order."""

    label: str
    stages: Sequence[Stage]


@dataclass(frozen=True, slots=True)
class Moves:
    """The paths of a record's workflows, and the buttons of what is on none of them."""

    paths: Sequence[Path] = ()
    actions: Sequence[Link] = ()
    more: Sequence[Link] = ()


def moves_of(subject: Subject) -> Moves:
    """What can be done with a record beside writing its fields."""
    visit, entity = subject.visit, subject.entity
    flows = visit.model.workflows_of(entity.name)
    if subject.record.deleted or not (flows or entity.actions):
        return Moves()
    found = offers(visit.connection, visit.context, visit.release, entity.name, subject.record.id) or ()
    shown = [flow for flow in flows if flow.field in subject.record.values and flow.field not in subject.record.masked]
    paths = [Path(flow.label.in_(visit.language), [*_stages(subject, flow, found)]) for flow in shown]
    on_paths = {stage.value for path in paths for stage in path.stages}
    rest = [one for one in found if one.action is not None and one.possible]
    others = [one for one in found if one.action is None and one.name not in on_paths]
    links = [_link(subject, one) for one in rest]
    return Moves(paths, links[:AT_ONCE], [*links[AT_ONCE:], *(_link(subject, one) for one in others)])


def _link(subject: Subject, one: Offer) -> Link:
    icon = (one.action.icon if one.action is not None else "") or "arrow-right"
    danger = one.action is not None and one.action.danger
    return Link(one.label.in_(subject.visit.language), address_of(subject, one), icon, danger=danger, dialog=True)


def address_of(subject: Subject, one: Offer) -> str:
    """Where an action or transition is asked for and done."""
    return f"{subject.address}/do/{one.name}"


def _stages(subject: Subject, flow: Workflow, found: Sequence[Offer]) -> Iterator[Stage]:
    """The states: those behind the record, the one it is in, where it can go, and the others."""
    current = subject.record.values[flow.field]
    behind = _before(flow, str(current))
    for name, state in flow.states.items():
        label = state.label.in_(subject.visit.language)
        offer = next((one for one in found if one.flow is flow and one.transition and one.transition.to == name), None)
        if name == current:
            yield Stage(name, label, "current")
        elif offer is not None:
            is_open = offer.possible or bool(offer.asked)
            note = "" if is_open else subject.visit.texts("mark.reasons").join(offer.why)
            yield Stage(offer.name, label, "next" if is_open else "blocked", note, address_of(subject, offer))
        else:
            yield Stage(name, label, "done" if name in behind else "todo")


def _before(flow: Workflow, current: str) -> set[str]:
    """The states that stand before the current one and from which it is reached."""
    reaching = {current}
    while (
        more := {origin for one in flow.transitions.values() if one.to in reaching for origin in one.origins} - reaching
    ):
        reaching |= more
    names = [*flow.states]
    return reaching & set(names[: names.index(current)]) if current in names else set()
