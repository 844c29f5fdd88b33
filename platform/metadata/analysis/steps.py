"""The computations before a write, in the order in which a save takes them: formulas, and rules that set own fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kith.metadata.model import Entity, Field, Rule
from kith.rules.tree import Aggregate, Node, Path, walk


@dataclass(frozen=True, slots=True)
class Step:
    """One computation before the write: a formula into its field, or a rule's `set`s."""

    name: str
    reads: frozenset[str]
    writes: frozenset[str]
    field: Field | None = None
    rule: Rule | None = None


def steps_of(entity: Entity, rules: Sequence[Rule]) -> tuple[Step, ...]:
    """The steps of an entity in the order in which they are taken."""
    return in_order([*_formulas(entity), *_before_rules(entity, rules)])


def is_rollup(field: Field) -> bool:
    """Whether a field's value comes from related records."""
    return field.value is not None and any(isinstance(node, Aggregate) for node in walk(field.value.tree))


def own_reads(node: Node) -> frozenset[str]:
    """The fields of the record itself that a tree reads, directly or as the first step of a path."""
    first = [part.steps[0] for part in walk(node) if isinstance(part, Path) and part.root == "this" and part.steps]
    return frozenset({name for step in first for name in (step.name, step.currency) if name})


def in_order(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Steps such that what one writes is there before another reads it; ties keep the declared order.

    The checker refuses cycles; should one slip through, its steps keep the declared order.
    """
    ordered: list[Step] = []
    waiting = list(steps)
    while waiting:
        ready = next((step for step in waiting if not any(awaits(step, other) for other in waiting)), waiting[0])
        waiting.remove(ready)
        ordered.append(ready)
    return tuple(ordered)


def circle_of(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Steps that each wait for the next, the last of them for the first; none where all of them have an order."""
    waiting = list(steps)
    while ready := [step for step in waiting if not any(awaits(step, other) for other in waiting)]:
        waiting = [step for step in waiting if step not in ready]
    way = waiting[:1]
    while way:
        way.append(next(other for other in waiting if awaits(way[-1], other)))
        if way[-1] in way[:-1]:
            return tuple(way[way.index(way[-1]) : -1])
    return ()


def awaits(step: Step, other: Step) -> bool:
    """Whether a step reads what another writes, where both can be taken in one save."""
    if step.rule is not None and other.rule is not None and not step.rule.trigger.meets(other.rule.trigger):
        return False
    return other is not step and not other.writes.isdisjoint(step.reads)


def _formulas(entity: Entity) -> Iterator[Step]:
    for field in entity.fields.values():
        if field.value is not None and field.storage != "computed" and not is_rollup(field):
            reads = own_reads(field.value.tree)
            yield Step(field.name, _converting(entity, reads), frozenset({field.name}), field=field)


def _before_rules(entity: Entity, rules: Sequence[Rule]) -> Iterator[Step]:
    for rule in rules:
        if rule.do is not None and rule.before:
            reads = {use.field for use in rule.do.uses if use.root == "this" and not use.relation}
            reads |= {use.through[0].name for use in rule.do.uses if use.root == "this" and use.through}
            if rule.when is not None:
                reads |= own_reads(rule.when.tree)
            writes = frozenset(rule.do.sets)
            yield Step(rule.path, _converting(entity, frozenset(reads) - writes) - writes, writes, rule=rule)


def _converting(entity: Entity, reads: frozenset[str]) -> frozenset[str]:
    """Who reads an amount in its record's own currency reads what that is converted by, too."""
    amounts = [entity.fields[name] for name in reads if name in entity.fields and entity.fields[name].currency_field]
    by = {name for one in amounts for name in (one.currency_field, str(one.params.get("rate_on") or ""))}
    return reads | (by - {""})
