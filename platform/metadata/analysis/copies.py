"""Which stored values are copies of fields of referenced records (`keep: copy`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kith.metadata.model import Field, Model


@dataclass(frozen=True, slots=True)
class Copied:
    """A stored field of `entity` that is worked out from fields (`reads`) of the record at the end of `through`."""

    entity: str
    field: str
    through: tuple[str, ...]
    reads: frozenset[str]


def copies_of(model: Model, entity: str) -> tuple[Copied, ...]:
    """The copies that are made of fields of an entity's records."""
    return copies(model).get(entity, ())


def copies(model: Model) -> dict[str, tuple[Copied, ...]]:
    """By entity, the copies that are made of fields of its records."""
    found: dict[str, dict[tuple[str, str, tuple[str, ...]], set[str]]] = {}
    for other in model.entities.values():
        for field in other.fields.values():
            if field.is_copy:
                for entity, through, name in _hops(field):
                    found.setdefault(entity, {}).setdefault((other.name, field.name, through), set()).add(name)
    return {entity: tuple(Copied(*key, frozenset(reads)) for key, reads in of.items()) for entity, of in found.items()}


def _hops(field: Field) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Which records a field reaches through references: their entity, how, and what it reads there."""
    for use in field.value.uses if field.value is not None else ():
        if use.root != "this" or use.relation:
            continue
        reads = [*((step.entity, step.name) for step in use.through[1:]), (use.entity, use.field)]
        for depth, (at, name) in enumerate(reads[: len(use.through)], 1):
            yield at, tuple(step.name for step in use.through[:depth]), name
