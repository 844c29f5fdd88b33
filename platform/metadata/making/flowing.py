"""Workflows, and the named actions of entities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kith.metadata.making import slots
from kith.metadata.making.at import At
from kith.metadata.making.context import Context, humanize
from kith.metadata.making.declaring import shell_of
from kith.metadata.making.scopes import EntityScope
from kith.metadata.model import Entity, Field, Label, NamedAction, State, Transition, Workflow
from kith.metadata.shapes.flows import INPUT_TYPES
from kith.rules.scope import Slot
from kith.rules.types import TEXT, Type


def actions_of(context: Context, scope: EntityScope, at: At) -> dict[str, NamedAction]:
    """The named actions of an entity."""
    return {name: action_of(context, scope, name, part) for name, part in at.parts("actions")}


def action_of(context: Context, scope: EntityScope, name: str, at: At) -> NamedAction:
    """One action with what it asks for."""
    return NamedAction(
        name=name,
        label=context.label(at, fallback=humanize(name)),
        help=context.label(at, "help"),
        icon=at.text("icon"),
        when=context.expression(at.get("when"), scope, slots.ACTION_WHEN),
        inputs={key: input_of(context, scope, name, key, part) for key, part in at.parts("inputs")},
        confirm=context.label(at, "confirm"),
        danger=at.flag("danger"),
        span=at.span,
        layer=context.layer(at.span),
    )


def input_of(context: Context, scope: EntityScope, action: str, name: str, at: At) -> Field:
    """What an action asks for, as a field that no table has; its options are a type of the action's own."""
    shell = shell_of(context, f"{scope.entity}.{action}", name, at, context.currency)
    known = shell.type is not None and shell.kind.name in INPUT_TYPES
    return Field(
        entity=scope.entity,
        name=name,
        type_name=shell.kind.name if known else "text",
        type=shell.type if known and shell.type is not None else TEXT.or_null(),
        label=shell.label,
        help=context.label(at, "help"),
        span=at.span,
        layer=context.layer(at.span),
        required=shell.required,
        default=at.data("default", shell.kind.value) if shell.kind.value is not None else None,
        options=shell.options,
        to=shell.to,
        params=shell.params,
    )


def workflows_of(
    context: Context, world: Mapping[str, EntityScope], entities: Mapping[str, Entity]
) -> dict[str, Workflow]:
    """All workflows."""
    found: dict[str, Workflow] = {}
    for document, at in context.documents("workflow"):
        entity = entities.get(at.text("of"))
        field = entity.fields.get(at.text("field")) if entity else None
        scope = world.get(at.text("of"))
        found[document.name] = Workflow(
            name=document.name,
            of=at.text("of"),
            field=at.text("field"),
            label=context.label(at, fallback=humanize(document.name)),
            initial=at.texts("initial"),
            states={name: state_of(context, field, name, part) for name, part in at.parts("states")},
            transitions={name: transition_of(context, scope, name, part) for name, part in at.parts("transitions")},
            span=at.span,
            layer=document.layer,
        )
    return found


def state_of(context: Context, field: Field | None, name: str, at: At) -> State:
    """One state, called as the option unless it says otherwise."""
    label = context.label(at, lint=False)
    option = field.options.get(name) if field else None
    if not label.texts:
        label = option.label if option else Label({context.languages[0]: humanize(name)})
    return State(name, label, at.texts("required"), at.flag("final"), at.span)


def transition_of(context: Context, scope: EntityScope | None, name: str, at: At) -> Transition:
    """One transition."""
    return Transition(
        name=name,
        label=context.label(at, fallback=humanize(name)),
        origins=at.texts("from"),
        to=at.text("to"),
        when=context.expression(at.get("when"), scope, slots.GUARD),
        roles=at.texts("roles"),
        confirm=context.label(at, "confirm"),
        span=at.span,
    )


def asking(slot: Slot, entity: Entity | None, actions: Iterable[str], alone: bool) -> Slot:
    """A slot of a rule that actions wake: what all of them ask for can be read by name.

    A rule that wakes at other times as well finds nothing there then.
    """
    asked = [entity.actions[name].inputs for name in actions if name in entity.actions] if entity else []
    if not asked:
        return slot
    first, *others = asked
    shared = ((name, one.type) for name, one in first.items())
    lets: list[tuple[str, Type]] = [
        (name, type_.or_null(type_.nullable or not alone))
        for name, type_ in shared
        if entity is not None
        and name not in entity.fields
        and all(name in other and other[name].type.or_null() == type_.or_null() for other in others)
    ]
    return replace(slot, lets=tuple(lets))
