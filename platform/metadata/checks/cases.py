"""Checks of tests: what their cases speak of is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from kith.metadata.checks.checking import Checking, tells
from kith.metadata.layers.documents import Document
from kith.metadata.making.at import At
from kith.metadata.making.moving import steps_of
from kith.metadata.mistakes import model as mistakes
from kith.metadata.mistakes import timing
from kith.metadata.model import Entity
from kith.problems import Problem, Value, Words, did_you_mean
from kith.source import Mapping as MappingNode
from kith.source import Node, Scalar, Sequence

VALUES = (("given",), ("act", "create"), ("act", "update"), ("act", "fill"), ("act", "values"), ("expect", "values"))
"""Where values of the entity's records stand in a case, or in one of its acts."""
FIELDS = (
    *("reads", "reads_not", "shown", "not_shown"),
    *("required", "not_required", "locked", "not_locked"),
)
"""Expectations that list fields."""


@tells(mistakes.NO_FIELD, mistakes.NO_RULE, mistakes.NO_DOCUMENT, mistakes.NO_ENTITY, timing.NO_TIMED_RULE)
def tests_speak_of_what_exists(c: Checking) -> Iterator[Problem]:
    """Tests give and expect values of fields, as a role that exists, and refusals by rules or fields that exist."""
    for of, documents in groupby(sorted(c.documents("tests"), key=_of), key=_of):
        entity = c.model.entities.get(of)
        known = Known(c, entity) if entity else None
        for _, at in documents if known else ():
            for _, case in at.parts("cases"):
                for part in {id(one.node): one for one in (case, *steps_of(case))}.values():
                    yield from _part(c, known, part) if known else ()


def _of(document: tuple[Document, At]) -> str:
    return document[1].text("of")


@dataclass(frozen=True)
class Known:
    """What tests of an entity may name."""

    c: Checking
    entity: Entity

    @cached_property
    def forms(self) -> set[str]:
        """Its forms."""
        return {form.name for form in self.c.model.forms.values() if form.of == self.entity.name}

    @cached_property
    def values(self) -> set[str]:
        """What a record is given values of."""
        return {*self.entity.fields, *self.c.world[self.entity.name].relations}

    @cached_property
    def refusals(self) -> set[str]:
        """What may refuse; rules of other entities may in a later wave."""
        model, entity = self.c.model, self.entity
        known = {name for rules in model.rules.values() for rule in rules for name in (rule.name, rule.path)}
        known |= entity.fields.keys() | entity.keys.keys() | entity.actions.keys()
        known |= {name for action in entity.actions.values() for name in action.inputs}
        return known | {name for flow in model.workflows_of(entity.name) for name in flow.transitions}

    @cached_property
    def timed(self) -> set[str]:
        """The rules that time wakes."""
        rules = (rule for rule in self.c.model.rules.get(self.entity.name, ()) if rule.schedule is not None)
        return {name for rule in rules for name in (rule.name, rule.path)}


def _part(c: Checking, known: Known, part: At) -> Iterator[Problem]:
    """A case, or one of its acts."""
    entity = known.entity
    yield from _named(part.scalar("as"), c.model.roles, Words("role", "角色"))
    yield from _named(part.scalar("form"), known.forms, Words("form", "表单"))
    for place in VALUES:
        values = _at(part.node, place)
        for name, entry in values.entries.items() if isinstance(values, MappingNode) else ():
            if name not in known.values:
                yield from c.field_problem(entity, name, entry.key.span, system=True)
    for key in FIELDS:
        for item in _items(part.part("expect").get(key)):
            if item.text not in entity.fields:
                yield from c.field_problem(entity, item.text, item.span, system=True)
    yield from _refusals(known, part)
    yield from _schedule(known, part.part("act").scalar("schedule"))
    created = _at(part.node, ("expect", "created"))
    for name, entry in created.entries.items() if isinstance(created, MappingNode) else ():
        yield from c.entity_problem(name, entry.key.span)


def _named(node: Scalar | None, known: Collection[str], kind: Words) -> Iterator[Problem]:
    """A name of something that is not there."""
    if node is not None and node.text not in known:
        values: dict[str, Value] = {"kind": kind, "name": node.text}
        yield Problem(mistakes.NO_DOCUMENT, node.span, values, did_you_mean(node.text, known))


def _at(node: Node | None, place: tuple[str, ...]) -> Node | None:
    """What stands at a place."""
    for key in place:
        node = node.get(key) if isinstance(node, MappingNode) else None
    return node


def _items(node: Node | None) -> Iterator[Scalar]:
    """The texts of a list."""
    yield from (item for item in node.items if isinstance(item, Scalar)) if isinstance(node, Sequence) else ()


def _refusals(known: Known, part: At) -> Iterator[Problem]:
    """Names of refusals that are neither rules nor fields."""
    for item in _items(part.part("expect").get("refused")):
        if item.text not in known.refusals:
            values: dict[str, Value] = {"name": item.text, "entity": known.c.called(known.entity.name)}
            yield Problem(mistakes.NO_RULE, item.span, values, did_you_mean(item.text, known.refusals))


def _schedule(known: Known, node: Scalar | None) -> Iterator[Problem]:
    """The name of no rule that time wakes."""
    if node is not None and node.text not in known.timed:
        values: dict[str, Value] = {"name": node.text, "entity": known.c.called(known.entity.name)}
        yield Problem(timing.NO_TIMED_RULE, node.span, values, did_you_mean(node.text, known.timed))


CHECKS = (tests_speak_of_what_exists,)
