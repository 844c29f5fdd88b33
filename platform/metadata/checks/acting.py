"""Checks of roles, rules, imports and tests."""

from __future__ import annotations

from collections.abc import Iterator

from kith.metadata.analysis.steps import circle_of, steps_of
from kith.metadata.analysis.waking import cycles_of
from kith.metadata.checks.checking import Checking, tells
from kith.metadata.fields import FIELD_TYPES
from kith.metadata.making.at import At
from kith.metadata.mistakes import lint
from kith.metadata.mistakes import model as mistakes
from kith.metadata.model import Entity, Field, ImportStep, ImportValue, Role
from kith.problems import Problem, Value, Words, did_you_mean
from kith.source import Mapping as MappingNode
from kith.source import Sequence

HIDDEN = ("none", "mask")


@tells(mistakes.NO_FIELD)
def roles_speak_of_fields(c: Checking) -> Iterator[Problem]:
    """The fields that a role lists are fields of the entity."""
    for role in c.model.roles.values():
        for grant in role.grants.values():
            entity = c.model.entities.get(grant.entity)
            for name in grant.fields if entity else ():
                span = c.span("role", role.name, "entities", grant.entity, "fields", name, key=True)
                yield from c.field_problem(c.model.entities[grant.entity], name, span, system=True)


@tells(lint.DISCLOSES)
def roles_disclose_nothing(c: Checking) -> Iterator[Problem]:
    """A role that may not read a field may not read what is computed from it either."""
    for role in c.model.roles.values():
        for grant in role.grants.values():
            entity = c.model.entities.get(grant.entity)
            for field in entity.fields.values() if entity else ():
                hidden = (
                    _disclosed(c, role, field)
                    if _level(grant.fields, grant.other_fields, field) not in HIDDEN
                    else None
                )
                if hidden:
                    listed = field.name in grant.fields
                    where = ("fields", field.name) if listed else ()
                    span = c.span("role", role.name, "entities", grant.entity, *where, key=True)
                    yield Problem(
                        lint.DISCLOSES,
                        span,
                        {"name": f"{entity.name}.{field.name}" if entity else "", "hidden": hidden},
                    )


def _level(fields: object, others: str, field: Field) -> str:
    listed = fields.get(field.name) if isinstance(fields, dict) else None
    return listed or ("none" if field.personal == "sensitive" else others)


def _disclosed(c: Checking, role: Role, field: Field) -> str | None:
    """The first field that a computed one lets its reader know of although it is hidden from him."""
    for use in field.value.uses if field.value else ():
        grant, entity = role.grants.get(use.entity), c.model.entities.get(use.entity)
        used = entity.fields.get(use.field) if entity else None
        if grant and used and _level(grant.fields, grant.other_fields, used) == "none":
            return f"{use.entity}.{use.field}"
    return None


MOST_ROUNDS = 8
"""Waves of rules that one save may have (docs/rules/grammar.md)."""


@tells(mistakes.ENDLESS, lint.SETS_OFF)
def rules_come_to_an_end(c: Checking) -> Iterator[Problem]:
    """No rules set each other off without end; where they may go on for long, the way round is named."""
    for cycle in cycles_of(c.model):
        mistake = mistakes.ENDLESS if cycle.sure else lint.SETS_OFF
        yield Problem(mistake, cycle.rules[0].span, {"path": cycle.path, "limit": MOST_ROUNDS})


@tells(mistakes.RULE_CYCLE)
def rules_have_an_order(c: Checking) -> Iterator[Problem]:
    """A rule does not set what a formula is made of that it reads itself, or that decides what it reads."""
    for entity in c.model.entities.values():
        circle = circle_of(steps_of(entity, c.model.rules.get(entity.name, ())))
        rules = [step.rule for step in circle if step.rule is not None]
        # Circles of nothing but formulas, or nothing but rules, are told where these are made.
        if rules and len(rules) < len(circle):
            shown = " → ".join(step.name for step in (*reversed(circle), circle[-1]))
            yield Problem(mistakes.RULE_CYCLE, rules[0].span, {"path": shown})


@tells(mistakes.NO_FIELD, mistakes.NO_RELATION, mistakes.SEVERAL_CHILDREN)
def rules_are_woken_by_what_exists(c: Checking) -> Iterator[Problem]:
    """A rule's fields and relation are those of its entity, and it listens to one relation."""
    for document, at in c.documents("rules"):
        entity = c.model.entities.get(at.text("of"))
        for name, part in at.parts("items") if entity else ():
            path = ("rules", document.name, "items", name)
            if entity and part.scalar("field"):
                yield from c.field_problem(entity, part.text("field"), c.span(*path, "field"))
            yield from _triggers(c, entity, part, path) if entity else ()


def _triggers(c: Checking, entity: Entity, at: At, path: tuple[str, ...]) -> Iterator[Problem]:
    node, known = at.get("on"), c.world[entity.name].relations
    children = 0
    for index, item in enumerate(node.items if isinstance(node, Sequence) else ()):
        if not isinstance(item, MappingNode):
            continue
        part = At(item, at.path, at.span)
        for number, name in enumerate(part.texts("field")):
            yield from c.field_problem(entity, name, c.span(path[0], path[1], *path[2:], "on", index, "field", number))
        if child := part.text("child"):
            children += 1
            span = c.span(path[0], path[1], *path[2:], "on", index, "child")
            if child not in known:
                values: dict[str, Value] = {"entity": c.called(entity.name), "name": child}
                yield Problem(mistakes.NO_RELATION, span, values, did_you_mean(child, known))
            elif children > 1:
                yield Problem(mistakes.SEVERAL_CHILDREN, span)


@tells(
    mistakes.NO_KEY, mistakes.NO_FIELD, mistakes.NO_OPTION, mistakes.NOT_WRITABLE, mistakes.NO_STEP, mistakes.NO_COLUMN
)
def imports_write_what_exists(c: Checking) -> Iterator[Problem]:
    """Every step of an import writes fields of its entity, from columns and steps that are there."""
    for mapping in c.model.imports.values():
        columns = mapping.file.get("columns")
        earlier: list[str] = []
        for step in mapping.steps.values():
            entity = c.model.entities.get(step.entity)
            path = ("import", mapping.name, "steps", step.name)
            if entity:
                yield from key_problem(c, entity, step.key, path)
                yield from _values(c, entity, step, path)
            yield from _sources(c, step, earlier, columns if isinstance(columns, list) else None, path)
            earlier.append(step.name)


def key_problem(c: Checking, entity: Entity, key: str, path: tuple[str, ...]) -> Iterator[Problem]:
    """The problem that an entity has no such key; nothing where it has one."""
    if key and key not in entity.keys:
        hint = did_you_mean(key, entity.keys)
        if hint is None and entity.keys:
            listed = ", ".join(entity.keys)
            hint = Words(f"keys: {listed}", f"可用的键：{listed}")
        values: dict[str, Value] = {"entity": c.called(entity.name), "name": key}
        yield Problem(mistakes.NO_KEY, c.span(path[0], path[1], *path[2:], "key"), values, hint)


def _values(c: Checking, entity: Entity, step: ImportStep, path: tuple[str, ...]) -> Iterator[Problem]:
    for name, value in step.values.items():
        span = c.span(path[0], path[1], *path[2:], "values", name, key=True)
        yield from c.field_problem(entity, name, span)
        field = entity.fields.get(name)
        if field and not FIELD_TYPES[field.type_name].writable and step.mode != "match":
            yield Problem(mistakes.NOT_WRITABLE, span, {"entity": c.called(entity.name), "name": name})
        if field and field.options and not field.is_computed:
            yield from _options(c, field, value, (*path, "values", name))
        if field and value.match and (target := c.model.entities.get(field.to)) and value.match not in target.keys:
            where = c.span(path[0], path[1], *path[2:], "values", name, "match")
            values: dict[str, Value] = {"entity": c.called(target.name), "name": value.match}
            yield Problem(mistakes.NO_KEY, where, values, did_you_mean(value.match, target.keys))


def _options(c: Checking, field: Field, value: ImportValue, path: tuple[str, ...]) -> Iterator[Problem]:
    """What texts are made into, and a constant, are options of a choice."""
    made: list[tuple[object, tuple[str, ...]]] = [(key, ("map", text)) for text, key in value.map.items()]
    made += [(value.constant, ("constant",))] if value.constant is not None else []
    for key, where in made:
        if isinstance(key, str) and key not in field.options:
            span = c.span(path[0], path[1], *path[2:], *where)
            yield Problem(
                mistakes.NO_OPTION, span, {"name": key, "field": field.name}, did_you_mean(key, field.options)
            )


def _sources(
    c: Checking, step: ImportStep, earlier: list[str], columns: list[str] | None, path: tuple[str, ...]
) -> Iterator[Problem]:
    for name, value in step.values.items():
        where = (*path[2:], "values", name)
        if value.step and value.step not in earlier:
            span = c.span(path[0], path[1], *where, "step")
            yield Problem(mistakes.NO_STEP, span, {"name": value.step}, did_you_mean(value.step, earlier))
        if value.column and columns is not None and value.column not in columns:
            span = c.span(path[0], path[1], *where, "column")
            yield Problem(mistakes.NO_COLUMN, span, {"name": value.column}, did_you_mean(value.column, columns))


CHECKS = (
    roles_speak_of_fields,
    roles_disclose_nothing,
    rules_are_woken_by_what_exists,
    rules_come_to_an_end,
    rules_have_an_order,
    imports_write_what_exists,
)
