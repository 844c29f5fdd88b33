"""Compiled texts for the next build: they hold as long as everything that the compiler asked for has the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from kith.problems import Words
from kith.rules.scope import Name, Relation, Scope

T = TypeVar("T")
Question = tuple[str, str, str]
"""What was asked, of which entity, by which name."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A scope that remembers what is asked of it and of the scopes that it leads to."""

    scope: Scope
    answers: dict[Question, Any]

    @property
    def entity(self) -> str:
        """The entity's name."""
        return self.scope.entity

    @property
    def label(self) -> Words:
        """The entity's label; it stands in problems only, and what has problems is not kept."""
        return self.scope.label

    def name(self, name: str) -> Name | None:
        """The field of that name."""
        return self._noted("name", name, self.scope.name(name))

    def relation(self, name: str) -> Relation | None:
        """The relation of that name."""
        return self._noted("relation", name, self.scope.relation(name))

    def names(self) -> Iterable[str]:
        """Every field and relation."""
        return self._noted("names", "", tuple(self.scope.names()))

    def of(self, entity: str) -> Scope | None:
        """The names of another entity."""
        found = self.scope.of(entity)
        self._noted("of", entity, found is not None)
        return Asking(found, self.answers) if found is not None else None

    def _noted(self, what: str, name: str, answer: T) -> T:
        self.answers[what, self.scope.entity, name] = answer
        return answer


@dataclass(frozen=True, slots=True)
class Kept:
    """A compiled text without any problem, and what it hangs on."""

    result: Any
    answers: Mapping[Question, Any]

    def holds(self, world: Mapping[str, Scope]) -> bool:
        """Whether compiling it again would give the same."""
        return all(_same(world, question, answer) for question, answer in self.answers.items())


def _same(world: Mapping[str, Scope], question: Question, answer: Any) -> bool:
    what, entity, name = question
    scope = world.get(entity) or next(iter(world.values())).of(entity)
    if scope is None:
        return False
    match what:
        case "name":
            found: Any = scope.name(name)
        case "relation":
            found = scope.relation(name)
        case "of":
            found = scope.of(name) is not None
        case _:
            found = tuple(scope.names())
    return bool(found is answer or found == answer)
