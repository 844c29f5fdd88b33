"""Why a record is in somebody's list or is not: the conditions of a view or a segment, and what they make of the record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from kith.metadata.model import Segment, View
from kith.rules.explaining import reasons
from kith.rules.program import Expression
from kith.rules.reference import holds
from kith.runtime.context import Actor, Context
from kith.runtime.explaining.visibility import explain_visibility
from kith.runtime.read.lists import list_records
from kith.runtime.read.query import Denied, Query
from kith.runtime.release import Release
from kith.runtime.write.authorising import may_see
from kith.runtime.write.change import Cause
from kith.runtime.write.explaining import reader_of
from kith.runtime.write.messages import texts
from kith.runtime.write.session import Session, Values


@dataclass(frozen=True, slots=True)
class Listing:
    """Whether a record is in a list, with a line for each condition and for what it reads."""

    name: str
    label: str
    inside: bool
    lines: tuple[str, ...]


def explain_list(
    connection: sa.Connection, context: Context, release: Release, entity: str, id_: str, name: str, who: Actor
) -> Listing | None:
    """Explain to the context's actor whether a view or a segment lists a record to `who`.

    None where there is no such list of these records, or where the asker does not see the record himself.
    """
    asker = Session(connection, context, release, Cause("form", dry_run=True))
    found, record = lists_of(release, entity).get(name), asker.load(entity, id_)
    if found is None or record is None or not may_see(asker, entity, record):
        return None
    hers = Session(connection, context.as_(who), release, Cause("form", dry_run=True))
    inside = _is_inside(hers, entity, id_, found)
    return Listing(
        name, found.label.in_(context.language) or name, bool(inside), tuple(_told(asker, hers, record, found, inside))
    )


def lists_of(release: Release, entity: str) -> dict[str, View | Segment]:
    """The views and segments of an entity by name."""
    model = release.model
    every: list[View | Segment] = [*model.segments.values(), *model.views.values()]
    return {one.name: one for one in every if one.of == entity}


def _is_inside(hers: Session, entity: str, id_: str, found: View | Segment) -> bool | None:
    """What the list itself says; None where the list may not be opened."""
    view, segment = (found.name, "") if isinstance(found, View) else ("", found.name)
    query = Query(entity, ("id",), filter=f'id == "{id_}"', view=view, segment=segment, limit=1, count="none")
    try:
        return bool(list_records(hers.connection, hers.context, hers.release, query).rows)
    except Denied:
        return None


def _told(asker: Session, hers: Session, record: Values, found: View | Segment, inside: bool | None) -> Iterator[str]:
    say = texts(asker.context.language)
    if not may_see(hers, record.entity, record) or record["deleted_at"] is not None:
        args = (asker.connection, asker.context, asker.release, record.entity, str(record["id"]))
        seen = explain_visibility(*args, hers.context.actor)
        yield from seen.lines if seen is not None else ()
        return
    if inside is None:
        yield say("explain.list.denied")
        return
    label, condition = _condition(hers.release, found, asker.context.language)
    if condition is None:
        yield say("explain.list.all")
        return
    env = hers.env_of(record)
    verdict = holds(condition.tree, env)
    yield say(f"explain.list.{str(verdict).lower()}", name=label)
    yield from (f"  {line}" for line in reasons(reader_of(asker, env, condition.excerpt.text), condition.tree))
    if verdict is not inside:
        yield say("explain.list.masked")


def _condition(release: Release, found: View | Segment, language: str) -> tuple[str, Expression | None]:
    """The condition of a list, and which document has it: a view's own or its segment's."""
    segment = release.model.segments.get(found.segment) if isinstance(found, View) else None
    holder = segment or found
    return holder.label.in_(language) or holder.name, holder.filter
