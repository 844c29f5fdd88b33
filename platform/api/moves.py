"""Named actions and workflows of an entity, as far as the caller may know them."""

from __future__ import annotations

from kith.api.calls import Call
from kith.metadata.model import Entity, NamedAction, Transition, Workflow
from kith.runtime.rights import moving


def named_of(call: Call, entity: Entity) -> list[NamedAction]:
    """The named actions that the caller may carry out on some record."""
    rights = call.reader.rights[entity.name]
    return [one for one in entity.actions.values() if not rights.named(one.name).never]


def flows_of(call: Call, entity: Entity) -> list[Workflow]:
    """The workflows whose states the caller may read."""
    flows, reader = call.release.model.workflows_of(entity.name), call.reader
    may_read = reader.may_read(entity.name)
    return [flow for flow in flows if may_read and not reader.access(entity.name, flow.field).read.never]


def ways_of(call: Call, entity: Entity) -> list[Transition]:
    """The transitions that the caller may take of some record."""
    rights, roles, model = call.reader.rights[entity.name], call.context.actor.roles, call.release.model
    return [
        one
        for flow in model.workflows_of(entity.name)
        if not rights.right("update").never and not rights.writing(flow.field, "update").never
        for one in flow.transitions.values()
        if not moving(model, roles, flow, one).never
    ]
