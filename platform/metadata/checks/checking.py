"""What a check is given: the model, the documents it was made of, and a way to say where something stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kith.metadata.analysis.reasoning import Reasoning
from kith.metadata.layers.documents import APP, Document
from kith.metadata.making.at import At
from kith.metadata.making.context import Context
from kith.metadata.making.scopes import EntityScope
from kith.metadata.mistakes import model as mistakes
from kith.metadata.model import Entity, Model
from kith.metadata.names import SYSTEM
from kith.metadata.shapes.checking import place
from kith.problems import Mistake, Problem, Span, Words, did_you_mean
from kith.rules.proving.assuming import Patience, Proof

MOST_STEPS = 100_000
"""Steps of thought about all rules of a model: some seconds at most, and several times what 500 rules take."""


@dataclass(frozen=True)
class Checking:
    """One round of checks."""

    model: Model
    context: Context
    world: dict[str, EntityScope]
    patience: Patience = field(default_factory=lambda: Patience(MOST_STEPS))
    thoughts: dict[str, Reasoning] = field(default_factory=dict)
    """By entity, what has been found out of its rules."""

    def thought(self, entity: Entity) -> Reasoning:
        """Thoughts about the rules of an entity, which all checks share."""
        found = self.thoughts.get(entity.name)
        if found is None:
            found = self.thoughts[entity.name] = Reasoning(self.model, entity, Proof(patience=self.patience))
        return found

    def documents(self, kind: str) -> list[tuple[Document, At]]:
        """The documents of a kind, each with its reader."""
        return self.context.documents(kind)

    def span(self, kind: str, name: str, *path: str | int, key: bool = False) -> Span:
        """Where a path inside a document leads; `key` asks for the key itself."""
        document = self.context.merged.documents[APP if kind == "app" else (kind, name)]
        return place(document.node, list(path), key)

    def field_problem(self, entity: Entity, name: str, span: Span, system: bool = False) -> Iterator[Problem]:
        """The problem that an entity has no field of that name; nothing where it has one."""
        if name in entity.fields or (system and name in SYSTEM):
            return
        hint = did_you_mean(name, [*entity.fields, *(SYSTEM if system else ())])
        yield Problem(mistakes.NO_FIELD, span, {"entity": self.called(entity.name), "name": name}, hint)

    def entity_problem(self, name: str, span: Span) -> Iterator[Problem]:
        """The problem that there is no entity of that name; nothing where there is one."""
        if name and name not in self.model.entities:
            yield Problem(mistakes.NO_ENTITY, span, {"name": name}, did_you_mean(name, self.model.entities))

    def called(self, entity: str) -> Words:
        """An entity in words of messages."""
        scope = self.world.get(entity)
        return scope.label if scope else Words(entity, entity)


Check = Callable[[Checking], Iterable[Problem]]


def tells(*told: Mistake) -> Callable[[Check], Check]:
    """Mark a check with the mistakes it tells, for the documentation."""

    def marked(check: Check) -> Check:
        check.mistakes = told  # type: ignore[attr-defined]  # functions carry attributes
        return check

    return marked


def finds_errors(check: Any) -> bool:
    """Whether a check tells of more than warnings."""
    return any(mistake.severity == "error" for mistake in told_by(check))


def told_by(check: Any) -> tuple[Mistake, ...]:
    """The mistakes that a check tells."""
    found: tuple[Mistake, ...] = check.mistakes
    return found
