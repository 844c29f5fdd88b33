"""Every place of an app's documents at which a rule, formula, condition or scope stands, and how to put another there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from kith.metadata.model import Entity, Field, Grant, Model, Rule
from kith.metadata.model_flows import NamedAction, Transition, Workflow
from kith.problems import Span
from kith.rules.program import Expression, Program
from kith.rules.rewriting import apart, block_apart

Code = Expression | Program
Kind = Literal["rule", "formula", "condition", "scope"]
FIELD_KEYS: Mapping[str, Kind] = {
    "value": "formula",
    "default_from": "formula",
    "required_when": "condition",
    "locked_when": "condition",
    "invalid_when": "condition",
}


@dataclass(frozen=True, slots=True)
class Site:
    """One place: what it belongs to (`opportunity_discounts/discount_approval`), its key there, and what stands in it.

    `put` gives the model with something else there; None takes it away: a rule goes as a whole, a field goes without
    its condition, a scope becomes a plain no.
    """

    kind: Kind
    owner: str
    key: str
    code: Code
    put: Callable[[Model, Code | None], Model]

    @property
    def name(self) -> str:
        """How it is called: `account.tier: value`."""
        return f"{self.owner}: {self.key}"

    @property
    def document(self) -> str:
        """The file that it stands in."""
        return self.code.excerpt.source.path

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.code.excerpt.span(0, len(self.code.excerpt.text))

    @property
    def is_test(self) -> bool:
        """Whether its value is a plain yes or no that decides something."""
        return isinstance(self.code, Expression) and self.kind != "formula"


def sites_of(model: Model) -> list[Site]:
    """The places of a model, in the order of its documents; those of the layers below are left to their own tests."""
    roots = tuple(f"{layer.root}/" for layer in model.layers[:-1] if layer.root)
    found = [*_of_entities(model), *_of_rules(model), *_of_workflows(model), *_of_roles(model)]
    return [site for site in found if not (roots and site.document.startswith(roots))]


def with_own_trees(model: Model) -> Model:
    """The model, with a tree of its own at each place: equal texts share one, and are told apart here."""
    for site in sites_of(model):
        code = site.code
        own = replace(code, tree=apart(code.tree)) if isinstance(code, Expression) else block_apart(code)
        model = site.put(model, own)
    return model


def _of_entities(model: Model) -> Iterator[Site]:
    for entity in model.entities.values():
        for field in entity.fields.values():
            yield from _of_field(entity, field)
        for action in entity.actions.values():
            if action.when is not None:
                yield Site(
                    "condition", f"{entity.name}.{action.name}", "when", action.when, _put_action(entity, action)
                )


def _of_field(entity: Entity, field: Field) -> Iterator[Site]:
    owner = f"{entity.name}.{field.name}"
    for key, kind in FIELD_KEYS.items():
        code = getattr(field, key)
        if isinstance(code, Expression):
            yield Site(kind, owner, key, code, _put_field(entity.name, field.name, key))
    for option, condition in field.options_when.items():
        yield Site(
            "condition", owner, f"options_when.{option}", condition, _put_option(entity.name, field.name, option)
        )


def _put_field(entity: str, name: str, key: str) -> Callable[[Model, Code | None], Model]:
    def put(model: Model, code: Code | None) -> Model:
        part: dict[str, Any] = {key: code}
        return _with_field(model, entity, replace(model.entities[entity].fields[name], **part))

    return put


def _put_option(entity: str, name: str, option: str) -> Callable[[Model, Code | None], Model]:
    def put(model: Model, code: Code | None) -> Model:
        field = model.entities[entity].fields[name]
        conditions = {key: one for key, one in field.options_when.items() if key != option}
        if isinstance(code, Expression):
            conditions = {key: code if key == option else one for key, one in field.options_when.items()}
        return _with_field(model, entity, replace(field, options_when=conditions))

    return put


def _put_action(entity: Entity, action: NamedAction) -> Callable[[Model, Code | None], Model]:
    def put(model: Model, code: Code | None) -> Model:
        declared = model.entities[entity.name]
        when = code if isinstance(code, Expression) else None
        actions = {**declared.actions, action.name: replace(declared.actions[action.name], when=when)}
        return replace(model, entities={**model.entities, entity.name: replace(declared, actions=actions)})

    return put


def _with_field(model: Model, entity: str, field: Field) -> Model:
    declared = model.entities[entity]
    changed = replace(declared, fields={**declared.fields, field.name: field})
    return replace(model, entities={**model.entities, entity: changed})


def _of_rules(model: Model) -> Iterator[Site]:
    for rules in model.rules.values():
        for rule in rules:
            if rule.every is not None and rule.over is not None:
                # What `due` asks of a record is written by nobody; what `every` is for is.
                yield Site("condition", rule.path, "for", rule.over, _put_rule(rule, "over"))
            for key in ("when", "require", "do"):
                code = getattr(rule, key)
                if code is not None:
                    yield Site("rule", rule.path, key, code, _put_rule(rule, key))


def _put_rule(rule: Rule, key: str) -> Callable[[Model, Code | None], Model]:
    def put(model: Model, code: Code | None) -> Model:
        rules = model.rules[rule.of]
        part: dict[str, Any] = {key: code}
        if code is None and key != "when":
            kept = tuple(one for one in rules if one.path != rule.path)
        else:
            kept = tuple(replace(one, **part) if one.path == rule.path else one for one in rules)
        return replace(model, rules={**model.rules, rule.of: kept})

    return put


def _of_workflows(model: Model) -> Iterator[Site]:
    for flow in model.workflows.values():
        for way in flow.transitions.values():
            if way.when is not None:
                yield Site("condition", f"{flow.name}/{way.name}", "when", way.when, _put_guard(flow, way))


def _put_guard(flow: Workflow, way: Transition) -> Callable[[Model, Code | None], Model]:
    def put(model: Model, code: Code | None) -> Model:
        declared = model.workflows[flow.name]
        when = code if isinstance(code, Expression) else None
        ways = {**declared.transitions, way.name: replace(declared.transitions[way.name], when=when)}
        return replace(model, workflows={**model.workflows, flow.name: replace(declared, transitions=ways)})

    return put


def _of_roles(model: Model) -> Iterator[Site]:
    for role in model.roles.values():
        for grant in role.grants.values():
            for table in ("rights", "actions"):
                for key, scope in getattr(grant, table).items():
                    if isinstance(scope, Expression):
                        owner = f"{role.name}.{grant.entity}"
                        yield Site("scope", owner, key, scope, _put_scope(role.name, grant.entity, table, key))


def _put_scope(role: str, entity: str, table: str, key: str) -> Callable[[Model, Code | None], Model]:
    def put(model: Model, code: Code | None) -> Model:
        declared = model.roles[role]
        grant: Grant = declared.grants[entity]
        right = code if isinstance(code, Expression) else False
        part: dict[str, Any] = {table: {**getattr(grant, table), key: right}}
        changed = replace(grant, **part)
        grants = {**declared.grants, entity: changed}
        return replace(model, roles={**model.roles, role: replace(declared, grants=grants)})

    return put
