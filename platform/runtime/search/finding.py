"""Search over all entities: one statement finds the records, one makes the titles that are texts, others one for each entity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kith.runtime.context import Context
from kith.runtime.read.labels import labels_of_all
from kith.runtime.read.messages import no_entity
from kith.runtime.read.prepared import Prepared, fetch, prepare
from kith.runtime.read.query import Hit
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.read.searching import Searched, limit_to_search
from kith.runtime.read.statement import statement_about
from kith.runtime.release import Release
from kith.runtime.search.matching import searched
from kith.runtime.search.terms import normal

MOST = 100


@dataclass(frozen=True, slots=True)
class Plan:
    """The statement of a search; `entities` are numbered as in its tuples."""

    prepared: Prepared | None
    entities: tuple[str, ...]
    searched: tuple[Searched, ...]


def search(
    connection: sa.Connection,
    context: Context,
    release: Release,
    text: str,
    *,
    entities: Sequence[str] = (),
    limit: int = 20,
) -> list[Hit]:
    """The records in which every word of the text is found; those whose title begins with it come first."""
    reader = reader_of(context, release)
    for entity in entities:
        if not reader.may_read(entity):
            raise no_entity(context, entity)
    plan = release.cached(("search", reader.key, tuple(entities)), lambda: _make(connection, reader, tuple(entities)))
    if plan.prepared is None or not normal(text).strip():
        return []
    limit = max(1, min(limit, MOST))
    given: dict[str, object] = {"limit": limit}
    for one in plan.searched:
        given |= one.values(text)
    found = [(plan.entities[row[0]], row[1]) for row in fetch(connection, context, release, plan.prepared, given)]
    return _ranked(text, plan.entities, _titled(connection, context, reader, plan, found))[:limit]


def _titled(
    connection: sa.Connection, context: Context, reader: Reader, plan: Plan, found: list[tuple[str, str]]
) -> list[Hit]:
    ids: dict[str, list[str]] = {}
    for entity, id_ in found:
        ids.setdefault(entity, []).append(id_)
    labels = labels_of_all(connection, context, reader, plan.entities, ids)
    return [Hit(entity, id_, labels[entity][id_].label) for entity, id_ in found]


def _ranked(text: str, entities: tuple[str, ...], hits: list[Hit]) -> list[Hit]:
    """In one order, whatever order the database found them in."""
    typed = normal(text).strip()

    def rank(hit: Hit) -> tuple[int, int, str, str]:
        title = normal(hit.title)
        near = 0 if title.startswith(typed) else 1 if typed in title else 2
        return near, entities.index(hit.entity), title, hit.id

    return sorted(hits, key=rank)


def _make(connection: sa.Connection, reader: Reader, wanted: tuple[str, ...]) -> Plan:
    entities = tuple(
        name
        for name, entity in reader.release.model.entities.items()
        if (name in wanted or not wanted) and reader.may_read(name) and searched(entity)
    )
    parts, codes = [], []
    for number, entity in enumerate(entities):
        statement = statement_about(reader, entity)
        statement.only()
        codes.append(limit_to_search(statement, f"search{number}"))
        id_ = statement.this.source.c.id
        limit = sa.bindparam("limit", type_=sa.Integer())
        chosen = statement.select(sa.literal_column(str(number)).label("n"), id_.label("id")).limit(limit).subquery()
        parts.append(sa.select(chosen.c.n, chosen.c.id))
    prepared = prepare(connection, sa.union_all(*parts)) if parts else None
    return Plan(prepared, entities, tuple(codes))
