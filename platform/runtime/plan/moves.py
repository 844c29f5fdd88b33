"""What changes in workflows: who may take which transition, and all else as documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kith.metadata.model import Workflow
from kith.runtime.plan.changes import Change
from kith.runtime.plan.changes_told import ANYBODY, ChangeDocument, ChangeMove
from kith.runtime.plan.pairs import Pairs
from kith.runtime.plan.plain import plain


def compare_workflows(pairs: Pairs) -> Iterator[Change]:
    """Added, removed and changed workflows; where roles of a transition differ, what people may do changes."""
    before, after = pairs.before.workflows, pairs.after.workflows
    for name in {**after, **before}:
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            yield ChangeDocument("workflow", name, "removed" if new is None else "added")
        elif _otherwise(old, new) != _otherwise(new, old):
            yield ChangeDocument("workflow", name, "changed")
        yield from _moves(name, old, new)


def _otherwise(flow: Workflow, other: Workflow) -> object:
    """A workflow without what `_moves` tells: transitions that only one of two has, and the roles of the others."""
    shared = {name: replace(way, roles=()) for name, way in flow.transitions.items() if name in other.transitions}
    return plain(replace(flow, transitions=shared))


def _moves(name: str, old: Workflow | None, new: Workflow | None) -> Iterator[Change]:
    names = {**(old.transitions if old else {}), **(new.transitions if new else {})}
    for transition in names:
        was, becomes = _takers(old, transition), _takers(new, transition)
        if was != becomes and _is_told(old, new, transition):
            yield ChangeMove(name, transition, was, becomes, effect="rights")


def _is_told(old: Workflow | None, new: Workflow | None, transition: str) -> bool:
    """A transition that comes or goes with its workflow says something of rights only where it names roles."""
    return all(flow is not None for flow in (old, new)) or any(
        flow.transitions[transition].roles for flow in (old, new) if flow is not None
    )


def _takers(flow: Workflow | None, transition: str) -> tuple[str, ...]:
    if flow is None:
        return ANYBODY
    found = flow.transitions.get(transition)
    return () if found is None else tuple(sorted(found.roles)) or ANYBODY
