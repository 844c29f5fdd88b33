"""Checks of the values in tests: what is given, done and expected reads as values of its fields, however deep it stands."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kith.metadata.checks.checking import Checking, tells, value_problems
from kith.metadata.checks.records import exists
from kith.metadata.fields import FIELD_TYPES
from kith.metadata.making.at import At
from kith.metadata.making.moving import IS_SET, is_dated, steps_of
from kith.metadata.mistakes import data as mistakes
from kith.metadata.mistakes import model as model_mistakes
from kith.metadata.model import Entity, Field
from kith.problems import Problem, Words, did_you_mean
from kith.source import Mapping, Node, Scalar, Sequence

GIVEN = (("given",), ("act", "create"), ("act", "update"), ("act", "fill"), ("act", "values"))
EXPECTED = ("expect", "values")


@tells(model_mistakes.NO_FIELD, model_mistakes.NO_OPTION, mistakes.UNREADABLE, mistakes.NO_SUCH_DAY)
def tests_hold_readable_values(c: Checking) -> Iterator[Problem]:
    """Every value in a test reads as one of its field; whether a rule or a bound refuses it is for the test to say."""
    for document, at in c.documents("tests"):
        if entity := c.model.entities.get(at.text("of")):
            yield from c.unless_sound("given", document.sources, partial(_cases, c, entity, at))


def _cases(c: Checking, entity: Entity, at: At) -> Iterator[Problem]:
    for _, case in at.parts("cases"):
        if isinstance(me := case.get("me"), Mapping) and "user" in c.model.entities:
            yield from _record(c, c.model.entities["user"], me)
        for part in {id(one.node): one.node for one in (case, *steps_of(case))}.values():
            yield from _part(c, entity, part)


def _part(c: Checking, entity: Entity, part: Mapping) -> Iterator[Problem]:
    """The values of a case, or of one of its acts."""
    for place in (*GIVEN, EXPECTED):
        node = _at(part, place)
        if isinstance(node, Mapping):
            yield from _record(c, entity, node, outermost=True, expected=place == EXPECTED)
    created = _at(part, ("expect", "created"))
    for name, entry in created.entries.items() if isinstance(created, Mapping) else ():
        other = c.model.entities.get(name)
        yield from _records(c, other, entry.value, expected=True) if other else ()


def _at(node: Node | None, place: tuple[str, ...]) -> Node | None:
    """What stands at a place."""
    for key in place:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node


def _records(c: Checking, entity: Entity, node: Node, *, expected: bool) -> Iterator[Problem]:
    """The values of a record or of several."""
    for item in node.items if isinstance(node, Sequence) else (node,):
        yield from _record(c, entity, item, expected=expected) if isinstance(item, Mapping) else ()


def _record(
    c: Checking, entity: Entity, node: Mapping, *, outermost: bool = False, expected: bool = False
) -> Iterator[Problem]:
    """The values of a record; names in the outermost one are told by another check."""
    scope = c.world[entity.name]
    for name, entry in node.entries.items():
        field, relation = entity.fields.get(name), scope.relation(name)
        behind = c.model.entities.get(field.to if field else relation.entity if relation else "")
        if field and field.targets and isinstance(entry.value, Mapping):
            yield from _any_record(c, field, entry.value, expected=expected)
        elif behind and isinstance(entry.value, Mapping | Sequence):
            yield from _records(c, behind, entry.value, expected=expected)
        elif expected and isinstance(entry.value, Scalar) and entry.value.text == IS_SET:
            continue
        elif field and not is_dated(entry.value, scope.shells[name]):
            yield from _value(field, entry.value)
        elif field is None and relation is None and not outermost:
            yield from c.field_problem(entity, name, entry.key.span, system=True)


def _any_record(c: Checking, field: Field, node: Mapping, *, expected: bool) -> Iterator[Problem]:
    """The values of a record that a reference to any record names, below its entity."""
    for name, entry in node.entries.items():
        if name in field.targets:
            yield from _records(c, c.model.entities[name], entry.value, expected=expected)
        else:
            hint = did_you_mean(name, field.targets)
            yield Problem(model_mistakes.NO_ENTITY, entry.key.span, {"name": name}, hint)


def _value(field: Field, node: Node) -> Iterator[Problem]:
    """A value that is none of its field's type."""
    if (isinstance(node, Scalar) and node.is_null) or field.to:
        return
    found = value_problems(FIELD_TYPES[field.type_name], node)
    for problem in found:
        why = Words(problem.message("en"), problem.message("zh"))
        yield Problem(mistakes.UNREADABLE, problem.span, {"field": field.name, "why": why}, problem.hint)
    for item in () if found else node.items if isinstance(node, Sequence) else (node,):
        if isinstance(item, Scalar) and field.options and item.text not in field.options:
            hint = did_you_mean(item.text, field.options)
            yield Problem(model_mistakes.NO_OPTION, item.span, {"name": item.text, "field": field.name}, hint)
        elif isinstance(item, Scalar) and not exists(field.type_name, item.text):
            yield Problem(mistakes.NO_SUCH_DAY, item.span, {"value": item.text})


CHECKS = (tests_hold_readable_values,)
