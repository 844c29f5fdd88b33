"""What of a model is used somewhere in it: the fields that anything shows, reads or writes, the entities one can go to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kith.metadata.model import Entity, Field, Form, Model, NavItem, Rule
from kith.rules.program import Expression, Program

Named = tuple[str, str]
"""An entity and a field of it."""


def navigated(model: Model) -> frozenset[str]:
    """The entities that the navigation leads to."""
    return frozenset(_entries(model.app.navigation)) - {""}


def _entries(items: Iterable[NavItem]) -> Iterator[str]:
    for item in items:
        yield item.entity
        yield from _entries(item.items)


def fields_used(model: Model) -> frozenset[Named]:
    """Every field that a form or view shows, or that an expression, block, key, import or workflow names."""
    return frozenset(_used(model))


def _used(model: Model) -> Iterator[Named]:
    for slot in slots_of(model):
        yield from ((use.entity, use.field) for use in slot.uses)
        yield from ((step.entity, step.name) for use in slot.uses for step in (*use.through, *use.beyond))
        yield from slot.writes if isinstance(slot, Program) else ()
    for form in model.forms.values():
        yield from ((form.of, name) for name in _shown(form))
    for view in model.views.values():
        yield from ((view.of, column.path.split(".")[0]) for column in view.columns)
        yield from ((view.of, name) for name in view.placing.values())
    for entity in model.entities.values():
        yield from ((entity.name, name) for name in _declared(entity))
        yield from ((inverse.entity, inverse.field) for inverse in entity.inverses.values())
    for flow in model.workflows.values():
        yield flow.of, flow.field
        yield from ((flow.of, name) for state in flow.states.values() for name in state.required)
    for mapping in model.imports.values():
        yield from ((step.entity, name) for step in mapping.steps.values() for name in step.values)
    for rules in model.rules.values():
        yield from ((rule.of, name) for rule in rules for name in _awaited(rule))


def _shown(form: Form) -> Iterator[str]:
    yield from form.highlights
    for section in form.sections.values():
        yield from section.items


def _declared(entity: Entity) -> Iterator[str]:
    """The fields that an entity's own declaration names beside themselves."""
    yield entity.variants
    yield entity.seen_with.field if entity.seen_with else ""
    for names in (*entity.indexes.values(), *(key.fields for key in entity.keys.values())):
        yield from names
    for duplicate in entity.duplicates.values():
        yield from duplicate.match
        yield from duplicate.tell
    for field in entity.fields.values():
        yield from (str(field.params.get(key) or "") for key in ("currency_field", "rate_on"))


def _awaited(rule: Rule) -> Iterator[str]:
    yield from rule.trigger.fields
    yield rule.field
    if rule.due is not None:
        yield rule.due.field


def slots_of(model: Model) -> Iterator[Expression | Program]:
    """Every expression and block of a model."""
    for entity in model.entities.values():
        yield entity.title
        for field in entity.fields.values():
            yield from _of_field(field)
        yield from _expressions(action.when for action in entity.actions.values())
        yield from _expressions((entity.seen_with.besides,) if entity.seen_with else ())
    yield from (segment.filter for segment in model.segments.values())
    for grant in (grant for role in model.roles.values() for grant in role.grants.values()):
        yield from _expressions((*grant.rights.values(), *grant.actions.values()))
    yield from _of_screens(model)
    for flow in model.workflows.values():
        yield from _expressions(one.when for one in flow.transitions.values())
    for rule in (rule for rules in model.rules.values() for rule in rules):
        yield from _of_rule(rule)


def _of_screens(model: Model) -> Iterator[Expression]:
    for view in model.views.values():
        yield from _expressions((view.filter, *(one.value for one in view.columns), *(one.value for one in view.sort)))
    for dashboard in model.dashboards.values():
        yield from (one for tile in dashboard.tiles.values() for one in tile.expressions)
    for section in (section for form in model.forms.values() for section in form.sections.values()):
        yield from _expressions((section.visible_when, *(item.visible_when for item in section.items.values())))


def _of_field(field: Field) -> Iterator[Expression]:
    slots = (field.value, field.default_from, field.required_when, field.locked_when, field.invalid_when)
    yield from _expressions((*slots, *_values(field.options_when)))


def _of_rule(rule: Rule) -> Iterator[Expression | Program]:
    yield from _expressions((rule.when, rule.require, rule.over, *_values(rule.message)))
    if rule.do is not None:
        yield rule.do


def _values(found: Mapping[str, Expression]) -> Iterable[Expression]:
    return found.values()


def _expressions(found: Iterable[object]) -> Iterator[Expression]:
    return (one for one in found if isinstance(one, Expression))
