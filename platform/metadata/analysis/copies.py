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
    found: dict[tuple[str, str, tuple[str, ...]], set[str]] = {}
    for other in model.entities.values():
        for field in other.fields.values():
            if field.is_copy:
                for through, name in _hops(field, entity):
                    found.setdefault((other.name, field.name, through), set()).add(name)
    return tuple(Copied(*key, frozenset(reads)) for key, reads in found.items())


def _hops(field: Field, entity: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """How a field reaches records of an entity through references, and what it reads there."""
    for use in field.value.uses if field.value is not None else ():
        if use.root != "this" or use.relation:
            continue
        reads = [*((step.entity, step.name) for step in use.through[1:]), (use.entity, use.field)]
        for depth, (at, name) in enumerate(reads[: len(use.through)], 1):
            if at == entity:
                yield tuple(step.name for step in use.through[:depth]), name
