"""Checks of what is done with files."""

from __future__ import annotations

from collections.abc import Iterator

from kith.metadata.checks.checking import Checking, tells
from kith.metadata.fields.files import FILES
from kith.metadata.mistakes import files as mistakes
from kith.problems import Problem
from kith.rules.program import Amend, Assign, Joining, Make
from kith.rules.rewriting import statements
from kith.rules.tree import Node


@tells(mistakes.HANDED_ON)
def rules_hand_on_no_files(c: Checking) -> Iterator[Problem]:
    """A rule empties a field of files, and puts none in."""
    for rules in c.model.rules.values():
        for rule in rules:
            for action in statements(rule.do.actions) if rule.do is not None else ():
                for entity, name in _given(action):
                    declared = c.model.entities[entity].fields.get(name) if entity in c.model.entities else None
                    if rule.do is not None and declared is not None and declared.type_name in FILES:
                        span = rule.do.excerpt.span(action.start, action.end)
                        yield Problem(mistakes.HANDED_ON, span, {"name": name})


def _given(action: object) -> Iterator[tuple[str, str]]:
    """The fields that a statement gives something else than nothing, with their entities."""
    match action:
        case Assign(target=target, value=value) if not _is_nothing(value):
            yield target[-1].entity, target[-1].name
        case Joining(target=target, gone=False):
            yield target[-1].entity, target[-1].name
        case Make(entity=entity, values=values):
            yield from ((entity, name) for name, value in values if not _is_nothing(value))
        case Amend(over=over, values=values):
            yield from ((over.rows.entity, name) for name, value in values if not _is_nothing(value))


def _is_nothing(value: Node) -> bool:
    return value.type.kind == "null" or (value.type.nullable and getattr(value, "value", value) is None)


CHECKS = (rules_hand_on_no_files,)
