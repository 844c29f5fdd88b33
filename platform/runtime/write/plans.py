"""What saving a record of an entity involves: made once per release from the model, read by every save."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kith.metadata.analysis.copies import Copied, copies_of
from kith.metadata.analysis.steps import Step, is_rollup, steps_of
from kith.metadata.analysis.sums import ADDED
from kith.metadata.fields.files import FILES
from kith.metadata.model import Entity, Field, Model, Rule, Workflow
from kith.rules.evaluators import Evaluator, Function
from kith.rules.program import Expression
from kith.rules.tree import Aggregate, Convert, Node, Path, walk
from kith.rules.values import Env
from kith.runtime.write.converting import Conversion, conversions_of
from kith.runtime.write.referring import ANY

if TYPE_CHECKING:
    from kith.runtime.release import Release


@dataclass(frozen=True, slots=True)
class RollUp:
    """A stored roll-up of the entity itself: the relations it reads and its value from records at hand."""

    field: Field
    relations: frozenset[str]
    value: Function
    alone: bool = False
    """Whether over no records it is the same for every record: nothing beside the aggregate has a say."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A roll-up of `parent` over the records whose `reference` names it.

    With `delta` the parent moves by `contribution(child)`; otherwise its value is looked up again in the database.
    """

    reference: str
    parent: str
    rollup: Field
    aggregate: Aggregate
    delta: bool
    contribution: Function | None
    reads: frozenset[str]
    """Fields of the child that its contribution depends on."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A condition or block of a parent that reads the records whose `reference` names it."""

    reference: str
    parent: str
    relation: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a save needs to know of one entity."""

    entity: Entity
    steps: tuple[Step, ...]
    formulas: Mapping[str, Function]
    defaults: Mapping[str, Function]
    required_when: Mapping[str, Function]
    locked_when: Mapping[str, Function]
    invalid_when: Mapping[str, Function]
    options_when: Mapping[str, Mapping[str, Function]]
    requires: tuple[Rule, ...]
    after: tuple[Rule, ...]
    feeds: tuple[Feed, ...]
    watches: tuple[Watch, ...]
    rollups: Mapping[str, RollUp]
    """Stored roll-ups of this entity itself."""
    stored: tuple[Field, ...]
    """Fields with columns or link rows, in order."""
    inputs: tuple[Field, ...]
    """Fields that people and rules write."""
    references: tuple[Field, ...]
    """Input fields that name records of other entities."""
    files: tuple[Field, ...]
    """Input fields that hold files."""
    fresh: tuple[str, ...]
    """Stored fields whose value runs out."""
    flows: tuple[Workflow, ...]
    """The workflows of its records."""
    inputless: Mapping[str, None]
    """The names of all that its actions ask for."""
    hops: tuple[tuple[str, ...], ...]
    """Chains of references that this entity's expressions follow, to be loaded ahead."""
    copies: tuple[Copied, ...]
    """What is copied from its records into others."""
    conversions: Mapping[str, Conversion]
    """Amounts in their record's own currency, by the key of what they are worth in the workspace's."""


def plan_of(release: Release, entity: str) -> Plan:
    """The plan of an entity, made once per release."""
    return release.cached(("write plan", entity), lambda: make_plan(release, release.model.entities[entity]))


def compiled(release: Release, expression: Expression) -> Function:
    """An expression as a function, made once per release."""
    return release.cached(("function", id(expression)), lambda: release.evaluator.function(expression.tree))


def make_plan(release: Release, entity: Entity) -> Plan:
    """Work out the plan of an entity."""
    model, evaluator = release.model, release.evaluator
    fields = entity.fields.values()

    def function(expression: Expression) -> Function:
        return evaluator.function(expression.tree)

    rules = model.rules.get(entity.name, ())
    steps = steps_of(entity, rules)
    return Plan(
        entity=entity,
        steps=steps,
        formulas={one.name: function(one.field.value) for one in steps if one.field and one.field.value},
        defaults={one.name: function(one.default_from) for one in fields if one.default_from},
        required_when=_required_when(release, entity),
        locked_when={one.name: function(one.locked_when) for one in fields if one.locked_when},
        invalid_when={one.name: function(one.invalid_when) for one in fields if one.invalid_when},
        options_when={
            one.name: {key: function(expression) for key, expression in one.options_when.items()}
            for one in fields
            if one.options_when
        },
        requires=tuple(rule for rule in rules if rule.require is not None),
        after=tuple(rule for rule in rules if rule.do is not None and not rule.before),
        feeds=tuple(_feeds(release, entity)),
        watches=tuple(_watches(model, entity)),
        rollups={one.name: _rollup(evaluator, one) for one in fields if is_rollup(one) and one.storage != "computed"},
        stored=tuple(one for one in fields if one.storage != "computed"),
        inputs=tuple(one for one in fields if not one.is_computed),
        references=tuple(one for one in fields if (one.to or one.type_name == ANY) and not one.is_computed),
        files=tuple(one for one in fields if one.type_name in FILES),
        fresh=tuple(one.name for one in fields if one.storage == "fresh"),
        flows=model.workflows_of(entity.name),
        inputless={name: None for action in entity.actions.values() for name in action.inputs},
        hops=tuple(sorted(_hops(entity, rules))),
        copies=copies_of(model, entity.name),
        conversions=conversions_of(entity),
    )


def _required_when(release: Release, entity: Entity) -> dict[str, Function]:
    """When a field must have a value: by its own condition, or while the record is in a state that wants it."""
    evaluator = release.evaluator
    found = {
        one.name: evaluator.function(one.required_when.tree) for one in entity.fields.values() if one.required_when
    }
    for flow in release.model.workflows_of(entity.name):
        for name in {name for state in flow.states.values() for name in state.required}:
            states = frozenset(state.name for state in flow.states.values() if name in state.required)
            found[name] = _in_states(flow.field, states, found.get(name))
    return found


def _in_states(field: str, states: frozenset[str], otherwise: Function | None) -> Function:
    def needed(env: Env) -> bool:
        return env.this[field] in states or (otherwise is not None and bool(otherwise(env)))

    return needed


def _rollup(evaluator: Evaluator, field: Field) -> RollUp:
    if field.value is None:
        raise ValueError(f"{field.entity}.{field.name} is not computed")
    tree = field.value.tree
    relations = frozenset(node.relation for node in walk(tree) if isinstance(node, Aggregate))
    whole = tree.arg if isinstance(tree, Convert) else tree
    return RollUp(field, relations, evaluator.function(tree), isinstance(whole, Aggregate) and not whole.via.steps)


def _hops(entity: Entity, rules: tuple[Rule, ...]) -> set[tuple[str, ...]]:
    """The chains of references that formulas, conditions and rules of an entity follow."""
    trees: list[Node] = [
        expression.tree
        for field in entity.fields.values()
        for expression in (
            field.value if field.storage != "computed" else None,
            field.default_from,
            field.required_when,
            field.locked_when,
            field.invalid_when,
            *field.options_when.values(),
        )
        if expression is not None
    ]
    for rule in rules:
        trees += [expression.tree for expression in (rule.when, rule.require) if expression is not None]
    paths = (node for tree in trees for node in walk(tree) if isinstance(node, Path) and node.root == "this")
    hops = {tuple(step.name for step in path.steps[:-1]) for path in paths}
    used = {use.through for rule in rules if rule.do for use in rule.do.uses if use.root == "this"}
    return {hop for hop in hops | {tuple(step.name for step in through) for through in used} if hop}


def _feeds(release: Release, entity: Entity) -> Iterator[Feed]:
    """The roll-ups of other entities that records of this entity feed."""
    for parent in release.model.entities.values():
        for rollup in parent.fields.values():
            if rollup.value is None or rollup.storage == "computed":
                continue
            for node in walk(rollup.value.tree):
                if not isinstance(node, Aggregate) or node.via.steps or node.entity != entity.name:
                    continue
                inverse = parent.inverses.get(node.relation)
                if inverse is not None:
                    yield _feed(release.evaluator, parent, rollup, node, inverse.field)


def _feed(evaluator: Evaluator, parent: Entity, rollup: Field, node: Aggregate, reference: str) -> Feed:
    tree = rollup.value.tree if rollup.value else node
    whole = tree.arg if isinstance(tree, Convert) else tree
    parts = [part for part in (node.value, node.where, node.test) if part is not None]
    paths = [path for part in parts for path in walk(part) if isinstance(path, Path)]
    local = all(path.root == "row" and len(path.steps) == 1 for path in paths)
    delta = whole is node and node.function in ADDED and local and rollup.storage in ("stored", "soon")
    reads = frozenset(path.steps[0].key for path in paths if path.root == "row" and path.steps)
    contribution = _contribution(evaluator, node) if delta else None
    return Feed(reference, parent.name, rollup, node, delta, contribution, reads)


def _contribution(evaluator: Evaluator, node: Aggregate) -> Function:
    """What one child adds to a sum or count; the child is the row of the environment."""
    where = evaluator.function(node.where) if node.where is not None else None
    value = evaluator.function(node.value) if node.value is not None and node.function == "sum" else None

    def contribution(env: Env) -> object:
        if where is not None and not where(env):
            return 0
        if value is None:
            return 1
        return value(env) or 0

    return contribution


def _watches(model: Model, entity: Entity) -> Iterator[Watch]:
    """The parents whose rules read records of this entity, or are woken by them."""
    seen: set[Watch] = set()
    for parent_name, rules in model.rules.items():
        parent = model.entities[parent_name]
        for rule in rules:
            for relation in _relations(rule):
                inverse = parent.inverses.get(relation)
                if inverse is not None and inverse.entity == entity.name:
                    seen.add(Watch(inverse.field, parent_name, relation))
    yield from sorted(seen, key=lambda watch: (watch.parent, watch.reference))


def _relations(rule: Rule) -> set[str]:
    relations = {rule.trigger.child} if rule.trigger.child else set()
    if rule.require is not None:
        for tree in (rule.require.tree, rule.when.tree if rule.when else rule.require.tree):
            relations |= {n.relation for n in walk(tree) if isinstance(n, Aggregate) and not n.via.steps}
    return relations
