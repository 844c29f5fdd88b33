"""What a check is given: the model, the documents it was made of, and a way to say where something stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from kith.metadata.analysis.reasoning import Reasoning
from kith.metadata.fields import FIELD_TYPES, FieldType
from kith.metadata.layers.documents import APP, Document
from kith.metadata.making.at import At
from kith.metadata.making.context import Context
from kith.metadata.making.scopes import EntityScope
from kith.metadata.mistakes import model as mistakes
from kith.metadata.model import Entity, Model
from kith.metadata.names import SYSTEM
from kith.metadata.shapes.checking import check_value, place
from kith.problems import Mistake, Problem, Source, Span, Words, did_you_mean
from kith.rules.proving.assuming import Patience, Proof
from kith.source import Node, Scalar, Style

MOST_STEPS = 100_000
"""Steps of thought about all rules of a model: some seconds at most, and several times what 500 rules take."""

LONG = 200
"""Characters of a value that is not worth remembering."""


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

    def unless_sound(
        self, what: str, sources: Sequence[Source], find: Callable[[], Iterable[Problem]]
    ) -> list[Problem]:
        """The problems of documents, which depend on them and on the entities; none are looked for where none were found."""
        key = (what, tuple(sources), self.context.declared)
        if self.context.memo.get(key):
            return []
        found = list(find())
        if not found:
            self.context.memo.put(key, True)
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


def value_problems(kind: FieldType, node: Node) -> list[Problem]:
    """What is wrong with the form of a value."""
    if kind.value is None or (
        isinstance(node, Scalar) and len(node.text) < LONG and _fits(kind.name, node.style, node.text)
    ):
        return []
    return check_value(node, kind.value)


@lru_cache(16_384)
def _fits(kind: str, style: Style, text: str) -> bool:
    """Whether a text has the form of a type: most values stand in an app many times, and in every build of it."""
    return not check_value(Scalar(text, style, Span(Source("", ""), 0, 0)), FIELD_TYPES[kind].value or {})


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
