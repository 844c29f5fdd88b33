"""Roles with their grants."""

from __future__ import annotations

from kith.metadata.making import slots
from kith.metadata.making.at import At
from kith.metadata.making.context import Context, humanize
from kith.metadata.making.scopes import EntityScope
from kith.metadata.model import Grant, Role
from kith.metadata.shapes.acting import RIGHTS
from kith.rules.program import Expression
from kith.source import Node, Scalar


def roles_of(context: Context, world: dict[str, EntityScope]) -> dict[str, Role]:
    """All roles."""
    found: dict[str, Role] = {}
    for document, at in context.documents("role"):
        found[document.name] = Role(
            name=document.name,
            label=context.label(at, fallback=humanize(document.name)),
            grants={
                entity: grant_of(context, world.get(entity), entity, part) for entity, part in at.parts("entities")
            },
            all_entities=at.text("all_entities"),
            span=at.span,
            layer=document.layer,
            second_step=at.flag("second_step"),
        )
    return found


def grant_of(context: Context, scope: EntityScope | None, entity: str, at: At) -> Grant:
    """What a role may do with one entity."""
    rights = {name: right_of(context, scope, name, at.get(name)) for name in RIGHTS if at.get(name) is not None}
    actions = {name: right_of(context, scope, name, node) for name, node in at.entries("actions")}
    fields = {name: node.text for name, node in at.entries("fields") if isinstance(node, Scalar)}
    return Grant(entity, rights, fields, at.text("other_fields", "write"), actions, at.span)


def right_of(context: Context, scope: EntityScope | None, name: str, node: Node | None) -> bool | Expression:
    """A right: given, denied, or given where a condition holds; a faulty condition denies."""
    if isinstance(node, Scalar) and node.style == "plain" and node.text in ("true", "false"):
        return node.text == "true"
    slot = slots.CREATE_SCOPE if name in ("create", "import") else slots.SCOPE
    return context.expression(node, scope, slot) or False
