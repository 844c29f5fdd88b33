"""Candidates of a reference field: the records that somebody may name there, found by what he types."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import zip_longest

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.runtime.context import Context
from kith.runtime.read.messages import no_entity, no_field
from kith.runtime.read.prepared import Prepared, fetch, prepare
from kith.runtime.read.query import Reference
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.read.searching import NO_SEARCH, Searched, limit_to_search
from kith.runtime.read.statement import statement_about
from kith.runtime.read.titles import Titler, first_text, want_title
from kith.runtime.release import Release

MOST = 200


@dataclass(frozen=True, slots=True)
class Plan:
    """The statement for the candidates of an entity."""

    prepared: Prepared
    title: Titler
    searched: Searched


def choices(
    connection: sa.Connection,
    context: Context,
    release: Release,
    entity: str,
    field: str,
    text: str,
    *,
    limit: int = 20,
) -> list[Reference]:
    """Records that a reference field may name and that the actor may read, in the order of their titles.

    Of a reference to any record as many from each entity as there are, while there is room.
    """
    declared = _declared(context, reader_of(context, release), entity, field)
    if declared.type_name != "any_reference":
        return records_of(connection, context, release, _target(context, release, declared), text, limit=limit)
    found = [
        [replace(one, entity=to) for one in records_of(connection, context, release, to, text, limit=limit)]
        for to in declared.targets
    ]
    by_rank = [one for rank in zip_longest(*found) for one in rank if one is not None][:limit]
    return [one for to in declared.targets for one in by_rank if one.entity == to]


def records_of(
    connection: sa.Connection, context: Context, release: Release, target: str, text: str, *, limit: int = 20
) -> list[Reference]:
    """Records of an entity that the actor may read, in the order of their titles."""
    reader = reader_of(context, release)
    if not reader.may_read(target):
        return []
    key = ("choices", reader.key, target, bool(text.strip()), context.language)
    plan = release.cached(key, lambda: _make(connection, context, reader, target, bool(text.strip())))
    given = {"limit": max(1, min(limit, MOST)), **plan.searched.values(text)}
    found = fetch(connection, context, release, plan.prepared, given)
    return [Reference(row[0], plan.title(row)) for row in found]


def _declared(context: Context, reader: Reader, entity: str, field: str) -> Field:
    if entity not in reader.release.model.entities:
        raise no_entity(context, entity)
    declared = reader.field(entity, field)
    if declared is None or not _is_known(reader, declared):
        raise no_field(context, field)
    return declared


def _target(context: Context, release: Release, declared: Field) -> str:
    type_ = declared.type.item or declared.type
    if type_.kind != "ref" or type_.entity not in release.model.entities:
        raise no_field(context, declared.name)
    return type_.entity


def _is_known(reader: Reader, declared: Field) -> bool:
    """Whether the reader may read or write the field in some record."""
    rights = reader.rights[declared.entity]
    if reader.may_read(declared.entity) and not rights.reading(declared.name).read.never:
        return True
    return any(not rights.writing(declared.name, action).never for action in ("create", "update"))


def _make(connection: sa.Connection, context: Context, reader: Reader, target: str, is_searched: bool) -> Plan:
    statement = statement_about(reader, target)
    statement.only()
    id_ = statement.this.source.c.id
    statement.want(id_)
    title = want_title(statement, statement.this, context)
    searched = limit_to_search(statement) if is_searched else NO_SEARCH
    name = first_text(reader, target)
    declared = reader.field(target, name) if name else None
    key = statement.sort_column(statement.this, declared) if declared is not None else None
    order = [*([key.asc().nulls_last()] if key is not None else []), id_.asc()]
    select = statement.select().order_by(*order).limit(sa.bindparam("limit", type_=sa.Integer()))
    return Plan(prepare(connection, select), title, searched)
