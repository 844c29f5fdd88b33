"""Labels of records by their ids: one statement for all of an entity, or for all entities whose titles are texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kith.rules.types import ref
from kith.runtime.context import Context
from kith.runtime.read.arrays import members_of
from kith.runtime.read.prepared import Prepared, array, fetch, prepare
from kith.runtime.read.query import Reference
from kith.runtime.read.reader import Reader
from kith.runtime.read.statement import Statement, statement_about
from kith.runtime.read.titles import Titler, want_title


@dataclass(frozen=True, slots=True)
class Labelling:
    """The statement for the titles of some records."""

    prepared: Prepared
    title: Titler


def labels_of(
    connection: sa.Connection, context: Context, reader: Reader, entity: str, ids: Iterable[str]
) -> dict[str, Reference]:
    """References to records, live or deleted; one that is out of the reader's scope has no label."""
    wanted = set(ids)
    found = {id_: Reference(id_, "", False) for id_ in wanted}
    if not wanted or not reader.may_read(entity):
        return found
    key = ("labels", reader.key, entity, context.language)
    labelling = reader.release.cached(key, lambda: _make(connection, context, reader, entity))
    given = {"ids": array(wanted, ref(""), reader.release.tables.engine)}
    for row in fetch(connection, context, reader.release, labelling.prepared, given):
        found[row[0]] = Reference(row[0], labelling.title(row))
    return found


@dataclass(frozen=True, slots=True)
class Together:
    """One statement for the titles of several entities, each numbered by its place; None where there is none."""

    prepared: Prepared | None
    titles: Mapping[str, Titler]


def labels_of_all(
    connection: sa.Connection, context: Context, reader: Reader, kinds: Sequence[str], ids: Mapping[str, Iterable[str]]
) -> dict[str, dict[str, Reference]]:
    """The same for records of several entities, which are among `kinds`: those whose titles are texts come together."""
    key = ("labels together", reader.key, tuple(kinds), context.language)
    together = reader.release.cached(key, lambda: _together(connection, context, reader, kinds))
    entities = [*together.titles]
    found = {entity: {id_: Reference(id_, "", False) for id_ in some} for entity, some in ids.items()}
    engine = reader.release.tables.engine
    given = {f"ids{number}": array({*ids.get(one, ())}, ref(""), engine) for number, one in enumerate(entities)}
    if together.prepared is not None and any(entity in ids for entity in entities):
        for number, *row in fetch(connection, context, reader.release, together.prepared, given):
            found[entities[number]][row[0]] = Reference(row[0], together.titles[entities[number]](tuple(row)))
    for entity, some in ids.items():
        if entity not in together.titles:
            found[entity] = labels_of(connection, context, reader, entity, some)
    return found


def _together(connection: sa.Connection, context: Context, reader: Reader, kinds: Sequence[str]) -> Together:
    made = [(entity, *_statement(context, reader, entity, "ids")) for entity in kinds if reader.may_read(entity)]
    plain = [
        entity for entity, statement, _ in made if all(isinstance(one.type, sa.String) for one in statement.wanted[1:])
    ]
    titles, parts = {}, []
    width = max((len(statement.wanted) for entity, statement, _ in made if entity in plain), default=0)
    for number, entity in enumerate(plain):
        statement, titles[entity] = _statement(context, reader, entity, f"ids{number}")
        id_, *texts = statement.wanted
        texts += [sa.null()] * (width - len(statement.wanted))
        columns = [sa.cast(text, sa.Text()).label(f"c{place}") for place, text in enumerate(texts)]
        parts.append(statement.select(sa.literal_column(str(number)).label("n"), id_.label("id"), *columns))
    return Together(prepare(connection, sa.union_all(*parts)) if parts else None, titles)


def _make(connection: sa.Connection, context: Context, reader: Reader, entity: str) -> Labelling:
    statement, title = _statement(context, reader, entity, "ids")
    return Labelling(prepare(connection, statement.select()), title)


def _statement(context: Context, reader: Reader, entity: str, ids: str) -> tuple[Statement, Titler]:
    """A statement about the records whose ids a parameter holds; it wants their ids first, then what titles are made of."""
    statement = statement_about(reader, entity)
    id_ = statement.this.source.c.id
    statement.want(id_)
    title = want_title(statement, statement.this, context)
    statement.limit_to(id_.in_(members_of(ids, ref(""), statement.tables.dialect)))
    statement.limit_to(reader.allowed(statement.tables, statement.this))
    return statement, title
