"""Stored values that run out with the day: worked out anew in batches, and the rules that read them woken where they changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.rules.sql.values import to_database
from kith.rules.types import DATETIME
from kith.runtime.write.change import Cause
from kith.runtime.write.draft import Draft
from kith.runtime.write.plans import plan_of
from kith.runtime.write.renewing import renew
from kith.runtime.write.session import Session, Values
from kith.runtime.write.shelf import shelf_of
from kith.runtime.write.wakening import BATCH, Wakening, added

if TYPE_CHECKING:
    from kith.metadata.model import Rule
    from kith.runtime.context import Context
    from kith.runtime.release import Release

CAUSE = Cause("job", detail="renew")
Records = Mapping[str, Mapping[str, Any]]


def renew_overdue(
    connection: sa.Connection, context: Context, release: Release, so_far: Mapping[str, Any]
) -> tuple[dict[str, Any], bool]:
    """Renew the next records of what has run out: what has come of it so far, and whether there may be more.

    Until a value is renewed, readers work it out themselves: nobody ever sees an old one.
    """
    entities = sorted(name for name in release.model.entities if plan_of(release, name).fresh)
    at, after = so_far.get("entity", ""), so_far.get("after", "")
    for entity in entities:
        if entity >= at:
            ids = overdue(connection, context, release, entity, after if entity == at else "")
            if ids:
                told = _batch(connection, context, release, entity, ids)
                return {**added(so_far, told), "entity": entity, "after": ids[-1]}, True
    return {"refusals": [], **so_far}, False


def _batch(
    connection: sa.Connection, context: Context, release: Release, entity: str, ids: Sequence[str]
) -> dict[str, Any]:
    """Renew some records of an entity; what came of it."""
    shelf, plan = shelf_of(release, entity), plan_of(release, entity)
    before = {record["id"]: record for record in shelf.select(connection, ids, lock=True)}
    renew(connection, context, release, entity, plan.fresh, ids)
    now = {record["id"]: record for record in shelf.select(connection, ids, lock=False)}
    changed = {
        id_: frozenset(name for name in plan.fresh if record[name] != now[id_][name]) for id_, record in before.items()
    }
    woken = [id_ for id_, names in changed.items() if names]
    woken_by = waking(connection, context, release, entity, before, frozenset().union(*changed.values()))
    if woken_by.rules:
        woken_by.wake(woken)
    return {"renewed": len(ids), "changed": len(woken), **woken_by.told()}


def overdue(connection: sa.Connection, context: Context, release: Release, entity: str, after: str = "") -> list[str]:
    """The live records of an entity of which a stored value has run out, in the order of their ids."""
    table, now = release.tables[entity], to_database(context.now, DATETIME, release.tables.engine)
    columns = [columns.fresh_until for columns in table.columns.values() if columns.fresh_until is not None]
    wanted = sa.select(table.id).where(table.live, sa.or_(*(column <= now for column in columns)))
    if after:
        wanted = wanted.where(table.id > after)
    return [str(id_) for id_ in connection.scalars(wanted.order_by(table.id).limit(BATCH))]


def waking(
    connection: sa.Connection,
    context: Context,
    release: Release,
    entity: str,
    before: Records,
    changed: frozenset[str],
) -> Wakening:
    """What wakes the rules that read one of the values that changed; a `require` cannot refuse that time passes."""
    rules = [rule for rule in release.model.rules.get(entity, ()) if rule.do and not changed.isdisjoint(_reads(rule))]

    def seeds(session: Session, ids: Sequence[str]) -> Iterator[Draft]:
        plan = session.plan(entity)
        for top, id_ in enumerate(ids):
            record = session.records[entity].get(id_)
            if record is not None:
                old = Values(dict(before[id_]), session, entity)
                yield Draft(plan, id_, "update", old, record, top)

    return Wakening(connection, context, release, CAUSE, entity, rules, seeds)


def _reads(rule: Rule) -> Iterator[str]:
    """The fields of the record itself that a rule waits for or reads."""
    yield from rule.trigger.fields
    for part in (rule.when, rule.do):
        for use in part.uses if part else ():
            if use.root == "this" and not use.relation:
                yield use.through[0].name if use.through else use.field
