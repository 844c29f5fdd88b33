"""Which records hang on a person: those that lead to him by an owned, a cascading or a personal reference."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kith.metadata.model import Field, Model
from kith.runtime.read.cursors import ID
from kith.runtime.release import Release
from kith.runtime.schema.storage import VALUE
from kith.runtime.schema.tables import Column

CHUNK = 400
"""Ids that one statement names."""
Ids = Mapping[str, Sequence[str]]
"""Ids of records by entity."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A field of `entity` whose values lead to records of `to`; "" where each value says of which entity its record is."""

    entity: str
    field: Field
    to: str

    @property
    def binds(self) -> bool:
        """Whether what leads there is about it, and not merely mentions it."""
        return bool(self.field.owned or self.field.on_delete == "cascade" or self.field.personal)


def ties_to(release: Release, entity: str) -> Sequence[Tie]:
    """Every stored field by which records lead to those of an entity."""
    return release.cached(("ties", entity), lambda: tuple(_ties(release.model, entity)))


def _ties(model: Model, entity: str) -> Iterator[Tie]:
    for other in model.entities.values():
        for field in other.fields.values():
            if field.is_computed:
                continue
            if field.type_name == "any_reference":
                yield Tie(other.name, field, "")
            elif field.to == entity and field.type.kind in ("ref", "set"):
                yield Tie(other.name, field, entity)


def is_there(connection: sa.Connection, release: Release, entity: str, id_: str) -> bool:
    """Whether there is such a record, in the bin or not."""
    table = release.tables[entity]
    return (
        bool(ID.fullmatch(id_)) and connection.execute(sa.select(table.id).where(table.id == id_)).first() is not None
    )


def chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    """Ids in portions that a statement can name."""
    listed = sorted(set(ids))
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def leading(
    connection: sa.Connection, release: Release, tie: Tie, entity: str, ids: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """The records that lead to some records, in the bin or not, each with the one that it leads to."""
    record, value, also = _columns(release, tie, entity)
    for some in chunks(ids):
        for row in connection.execute(sa.select(record, value).where(value.in_(some), *also)):
            yield str(row[0]), str(row[1])


def _columns(release: Release, tie: Tie, entity: str) -> tuple[Column, Column, list[sa.ColumnElement[bool]]]:
    table = release.tables[tie.entity]
    if tie.field.name in table.links:
        link = table.links[tie.field.name]
        return link.record, link.value, []
    parts = table.columns[tie.field.name].parts
    if tie.to:
        return table.id, parts[VALUE], []
    return table.id, parts["id"], [parts["entity"] == release.tables[entity].stable_name]


def about(connection: sa.Connection, release: Release, entity: str, ids: Iterable[str]) -> dict[str, list[str]]:
    """Records and all that hang on them, at whatever distance, by entity; other people are where that ends."""
    found: dict[str, dict[str, None]] = {entity: dict.fromkeys(sorted(ids))}
    waiting = [(entity, list(found[entity]))]
    while waiting:
        here, some = waiting.pop()
        for tie in ties_to(release, here):
            if not tie.binds or (release.model.entities[tie.entity].person and not tie.field.owned):
                continue
            known = found.setdefault(tie.entity, {})
            new = [one for one, _ in leading(connection, release, tie, here, some) if one not in known]
            known |= dict.fromkeys(new)
            if new:
                waiting.append((tie.entity, list(dict.fromkeys(new))))
    return {name: list(known) for name, known in found.items() if known}


def held_by_others(connection: sa.Connection, release: Release, going: Mapping[str, Collection[str]]) -> Ids:
    """Which of the records that are to go are needed by records that stay."""
    held: dict[str, set[str]] = {}
    for entity, ids in going.items():
        for tie in ties_to(release, entity):
            leaving = going.get(tie.entity, ())
            for one, to in leading(connection, release, tie, entity, ids):
                if one not in leaving:
                    held.setdefault(entity, set()).add(to)
    return {entity: sorted(ids) for entity, ids in held.items()}
