"""Who may read what of records as they were: what he may not read of a record now, he reads of no earlier state of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from kith.rules.types import ref
from kith.runtime.context import Context
from kith.runtime.read.arrays import members_of
from kith.runtime.read.cells import want_flag
from kith.runtime.read.histories import Flag
from kith.runtime.read.prepared import Prepared, array, fetch, prepare
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.read.statement import statement_about
from kith.runtime.release import Release

States = Mapping[str, str]
"""By field "read" or "mask"; fields that are neither are left out."""


@dataclass(frozen=True, slots=True)
class Access:
    """The statement that says which records may be seen, and which fields of each."""

    prepared: Prepared
    read: Mapping[str, Flag]
    masked: Mapping[str, Flag]


def readable(
    connection: sa.Connection, context: Context, release: Release, entity: str, ids: Iterable[str]
) -> dict[str, States]:
    """The records among some, live or deleted, that the reader may see, with the fields that he may read: one statement."""
    reader = reader_of(context, release)
    wanted = sorted(set(ids))
    if not wanted or not reader.may_read(entity):
        return {}
    access = release.cached(("past access", reader.key, entity), lambda: _make(connection, reader, entity))
    given = {"ids": array(wanted, ref(""), release.tables.engine)}
    found: dict[str, States] = {}
    for row in fetch(connection, context, release, access.prepared, given):
        masked = {name: "mask" for name, flag in access.masked.items() if flag(row)}
        found[str(row[0])] = masked | {name: "read" for name, flag in access.read.items() if flag(row)}
    return found


def _make(connection: sa.Connection, reader: Reader, entity: str) -> Access:
    statement = statement_about(reader, entity)
    id_ = statement.this.source.c.id
    statement.want(id_)
    statement.limit_to(id_.in_(members_of("ids", ref(""), statement.tables.dialect)))
    statement.limit_to(reader.allowed(statement.tables, statement.this))
    read: dict[str, Flag] = {}
    masked: dict[str, Flag] = {}
    for name in reader.entity(entity).fields:
        access = reader.access(entity, name)
        for condition, flags in ((access.read, read), (access.mask, masked)):
            if not condition.never:
                flags[name] = want_flag(statement, statement.tables.condition(statement.this, condition))
    return Access(prepare(connection, statement.select()), read, masked)
