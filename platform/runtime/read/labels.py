"""Labels of records by their ids, one statement for all of an entity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from kith.rules.types import ref
from kith.runtime.context import Context
from kith.runtime.read.arrays import members_of
from kith.runtime.read.prepared import Prepared, array, fetch, prepare
from kith.runtime.read.query import Reference
from kith.runtime.read.reader import Reader
from kith.runtime.read.statement import statement_about
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


def _make(connection: sa.Connection, context: Context, reader: Reader, entity: str) -> Labelling:
    statement = statement_about(reader, entity)
    id_ = statement.this.source.c.id
    statement.want(id_)
    title = want_title(statement, statement.this, context)
    statement.limit_to(id_.in_(members_of("ids", ref(""), statement.tables.dialect)))
    statement.limit_to(reader.allowed(statement.tables, statement.this))
    return Labelling(prepare(connection, statement.select()), title)
