"""The workflow that a funnel goes through."""

from __future__ import annotations

from collections.abc import Iterator

from kith.metadata.model import Model, Workflow
from kith.metadata.model_dashboards import Tile
from kith.rules.tree import Path


def flow_of(model: Model, tile: Tile) -> Workflow | None:
    """The workflow over the field that a tile groups by."""
    if tile.group is None or not isinstance(tile.group.tree, Path) or not tile.group.tree.steps:
        return None
    step = tile.group.tree.steps[-1]
    return next((flow for flow in model.workflows_of(step.entity) if flow.field == step.name), None)


def leading_on(flow: Workflow) -> Iterator[str]:
    """The states from which some transition leads to a later one: those in which records are on their way."""
    order = list(flow.states)
    for place, name in enumerate(order):
        if any(one.to in order[place + 1 :] for one in flow.leaving(name)):
            yield name
