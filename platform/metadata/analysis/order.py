"""The exact order in which a save of a record of an entity does things, and why: the order page, `kith explain ENTITY`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from kith.metadata.analysis.steps import Step, awaits, is_rollup, steps_of
from kith.metadata.model import Entity, Field, Model, Rule
from kith.problems import Span
from kith.rules.program import Expression, Program, Use
from kith.rules.tree import Aggregate, walk

Stage = Literal["input", "defaults", "lines", "rollups", "before", "fields", "requires", "write", "others", "after"]
CONDITIONS = ("required_when", "invalid_when", "options_when", "locked_when")
"""What is asked of each field before the write."""


@dataclass(frozen=True, slots=True)
class Because:
    """Why something comes when it does: it reads what `of` makes (`fields`), or, without `of`, it stands where it was declared."""

    of: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a save does; `name` is a field, `rule set/rule`, a relation, or `entity.field` of another entity.

    `kind` is the word that its document has for it: default, default_from, formula, rollup, require, do …
    """

    stage: Stage
    kind: str
    name: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    because: tuple[Because, ...] = ()
    text: str = ""
    when: str = ""
    span: Span | None = field(default=None, compare=False)


def order_of(model: Model, entity: Entity) -> tuple[Act, ...]:
    """Everything that a save of a record of this entity does, in its order."""
    rules = model.rules.get(entity.name, ())
    return (
        *_input(entity),
        *_defaults(entity),
        *_lines(entity),
        *_rollups(entity),
        *_steps(steps_of(entity, rules)),
        *_conditions(entity),
        *(_rule("requires", "require", rule) for rule in rules if rule.require is not None),
        Act("write", "write", entity.name),
        *_others(model, entity),
        *_woken(model, entity),
        *(_rule("after", "do", rule) for rule in rules if rule.do is not None and not rule.before),
    )


def _input(entity: Entity) -> Iterator[Act]:
    names = tuple(one.name for one in entity.fields.values() if not one.is_computed)
    if names:
        yield Act("input", "input", entity.name, writes=names)


def _defaults(entity: Entity) -> Iterator[Act]:
    for one in entity.fields.values():
        if one.default is not None and not one.is_computed:
            yield Act("defaults", "default", one.name, writes=(one.name,), span=one.span)
        elif one.default_from is not None:
            yield _field_act("defaults", "default_from", one, one.default_from)


def _lines(entity: Entity) -> Iterator[Act]:
    for inverse in entity.inverses.values():
        if inverse.owned:
            yield Act("lines", "lines", inverse.name, writes=(inverse.entity,))


def _rollups(entity: Entity) -> Iterator[Act]:
    for one in entity.fields.values():
        if one.value is not None and one.storage != "computed" and is_rollup(one):
            yield _field_act("rollups", "rollup", one, one.value)


def _steps(steps: tuple[Step, ...]) -> Iterator[Act]:
    for index, step in enumerate(steps):
        because = tuple(
            Because(other.name, tuple(sorted(other.writes & step.reads)))
            for other in steps[:index]
            if awaits(step, other)
        )
        if step.field is not None and step.field.value is not None:
            yield _field_act("before", "formula", step.field, step.field.value, because or (Because(),))
        elif step.rule is not None:
            yield _rule("before", "do", step.rule, because or (Because(),))


def _conditions(entity: Entity) -> Iterator[Act]:
    for one in entity.fields.values():
        for kind in CONDITIONS:
            found = getattr(one, kind)
            for expression in found.values() if kind == "options_when" else filter(None, [found]):
                yield _field_act("fields", kind, one, expression, writes=())


def _others(model: Model, entity: Entity) -> Iterator[Act]:
    """The roll-ups of other entities that records of this one feed."""
    for parent in model.entities.values():
        for one in parent.fields.values():
            if one.value is None or one.storage == "computed":
                continue
            nodes = [node for node in walk(one.value.tree) if isinstance(node, Aggregate) and not node.via.steps]
            fed = sorted({parent.inverses[node.relation].field for node in nodes if _over(parent, node, entity)})
            if fed:
                name = f"{parent.name}.{one.name}"
                because = (Because(entity.name, tuple(fed)),)
                yield Act(
                    "others", "rollup", name, reads_of([one.value]), (name,), because, text(one.value), span=one.span
                )


def _over(parent: Entity, node: Aggregate, entity: Entity) -> bool:
    return node.entity == entity.name and node.relation in parent.inverses


def _woken(model: Model, entity: Entity) -> Iterator[Act]:
    """The rules of other entities that are asked again because they read, or wait for, records of this one."""
    for name, rules in model.rules.items():
        parent = model.entities.get(name)
        for rule in rules if parent is not None else ():
            relations = watched(rule)
            mine = sorted(one for one in relations if parent and _is_of(parent, one, entity))
            if mine:
                kind = "require" if rule.require is not None else "do"
                yield _rule("others", kind, rule, (Because(entity.name, tuple(mine)),))


def _is_of(parent: Entity, relation: str, entity: Entity) -> bool:
    return relation in parent.inverses and parent.inverses[relation].entity == entity.name


def watched(rule: Rule) -> frozenset[str]:
    """The relations whose records wake a rule: those that it waits for, and those that a `require` reads."""
    found = {rule.trigger.child} - {""}
    if rule.require is not None:
        for expression in filter(None, (rule.require, rule.when)):
            nodes = (node for node in walk(expression.tree) if isinstance(node, Aggregate))
            found |= {node.relation for node in nodes if not node.via.steps}
    return frozenset(found)


def _field_act(
    stage: Stage,
    kind: str,
    one: Field,
    expression: Expression,
    because: tuple[Because, ...] = (),
    writes: tuple[str, ...] | None = None,
) -> Act:
    made = (one.name,) if writes is None else writes
    return Act(stage, kind, one.name, reads_of([expression]), made, because, text(expression), span=one.span)


def _rule(stage: Stage, kind: str, rule: Rule, because: tuple[Because, ...] = ()) -> Act:
    reads = reads_of(part for part in (rule.when, rule.require) if part is not None)
    if rule.do is not None:
        reads = tuple(dict.fromkeys((*reads, *map(told, rule.do.uses))))
    slot = rule.require or rule.do
    when = text(rule.when) if rule.when is not None else ""
    return Act(stage, kind, rule.path, reads, writes_of(rule), because, text(slot) if slot else "", when, rule.span)


def writes_of(rule: Rule) -> tuple[str, ...]:
    """What a rule may write: own fields by their names, others as `entity.field`, new records as `entity`."""
    if rule.do is None:
        return ()
    own = rule.do.sets
    others = (pair for pair in rule.do.writes if pair[0] != rule.of or pair[1] not in own)
    return (*own, *(f"{entity}.{name}" if name else entity for entity, name in others))


def reads_of(expressions: Iterable[Expression]) -> tuple[str, ...]:
    """What expressions read, as their authors would write it."""
    return tuple(dict.fromkeys(told(use) for one in expressions for use in one.uses))


def told(use: Use) -> str:
    """One reading: `account.owner.email`, `lines.amount`, `old.stage`, `me`."""
    root = "" if use.root in ("this", "row") else use.root
    way = [step.name for step in use.through]
    beyond = [step.name for step in use.beyond]
    return ".".join(filter(None, [root, *way, use.relation, *beyond, use.field]))


def text(slot: Expression | Program) -> str:
    """What the author wrote there, on one line and without comments."""
    lines = (line.strip() for line in slot.excerpt.text.splitlines())
    return " ".join(" ".join(line for line in lines if not line.startswith("#")).split())
