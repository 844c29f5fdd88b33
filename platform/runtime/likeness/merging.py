"""Two records of the same put together: one takes values over and all that hangs on the other, which goes into the recycle bin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.metadata.model import Entity, Field
from kith.rules.plain import duration_text
from kith.runtime.context import Context
from kith.runtime.ids import new_id
from kith.runtime.schema import system
from kith.runtime.write.authorising import holds, is_free, may_see, rights
from kith.runtime.write.change import Cause, Change, Failure, Refused, Verdict
from kith.runtime.write.deleting import held
from kith.runtime.write.draft import Draft
from kith.runtime.write.gate import RolledBack, attempt, carry_drafts
from kith.runtime.write.messages import texts
from kith.runtime.write.referring import id_in, reference_to
from kith.runtime.write.session import Session
from kith.runtime.write.storing import as_json

if TYPE_CHECKING:
    from kith.runtime.database import Database
    from kith.runtime.release import Release

MOST = 5_000
"""Records that one merge moves."""
INTO = "into "
"""What the detail of a save begins with that took a record away because it went into another."""


@dataclass(frozen=True, slots=True)
class Merge:
    """The record that stays and the one that goes, of the versions that the author saw.

    `take` names the fields of which the first takes over the values of the second.
    """

    entity: str
    kept: str
    gone: str
    take: tuple[str, ...] = ()
    kept_version: int | None = None
    gone_version: int | None = None


def can_merge(entity: Entity) -> bool:
    """Whether records of an entity can be put together: lines belong to their parents, and users are accounts."""
    return not entity.owner_of_lines and entity.name != "user"


def merge(database: Database, context: Context, release: Release, asked: Merge) -> tuple[Verdict, str]:
    """Carry it out in one transaction; the verdict on the record that stays, and the batch that takes it back.

    What hangs on the record that goes is moved first, then that goes, so that its unique values are free to be taken over.
    """
    cause = Cause("merge", batch=new_id(), detail=f"{INTO}{asked.entity}/{asked.kept}")

    def work(connection: sa.Connection) -> Verdict:
        values = _taken(connection, context, release, asked, cause)
        if (refused := _moved(connection, context, release, asked, cause)) is not None:
            raise RolledBack([refused])
        going = Change("delete", asked.entity, asked.gone, version=asked.gone_version)
        taking = Change("update", asked.entity, asked.kept, values, version=asked.kept_version)
        verdict: Verdict | None = None
        for change in (going, taking):
            (verdict,) = attempt(connection, context, release, [change], cause)
            if isinstance(verdict, Refused):
                raise RolledBack([verdict])
        assert verdict is not None
        return verdict

    try:
        return database.run(work), cause.batch or ""
    except RolledBack as undone:
        return undone.verdicts[0], ""


def _taken(
    connection: sa.Connection, context: Context, release: Release, asked: Merge, cause: Cause
) -> Mapping[str, object]:
    """The values that are taken over; both records are locked, in the order in which others lock them."""
    session = Session(connection, context, release, cause)
    session.load_many(asked.entity, [asked.kept, asked.gone], lock=True)
    kept, gone = (session.load(asked.entity, id_) for id_ in (asked.kept, asked.gone))
    say = texts(context.language)
    for one in (kept, gone):
        if one is None or one["deleted_at"] is not None or kept is gone or not may_see(session, asked.entity, one):
            raise RolledBack([Refused("missing", (Failure("missing", say("failure.missing")),))])
    assert gone is not None
    for name in asked.take:
        # Nobody takes over what he may not read where it is.
        if not is_free(session) and not holds(session, rights(session, asked.entity).reading(name).read, gone):
            label = release.model.entities[asked.entity].fields[name].label.in_(context.language)
            message = say("failure.may_not_write", label=label)
            raise RolledBack([Refused("denied", (Failure("may_not_write", message, name),))])
    return {name: _sent(gone[name]) for name in asked.take}


def _sent(value: object) -> object:
    """A value as somebody would send it."""
    return duration_text(value) if isinstance(value, timedelta) else as_json(value)


def _moved(connection: sa.Connection, context: Context, release: Release, asked: Merge, cause: Cause) -> Refused | None:
    """Let everything that names the record that goes name the one that stays; whoever may merge need not own all that."""
    session = Session(connection, context, release, cause)
    drafts: dict[tuple[str, str], Draft] = {}
    for entity, declared in naming(release, asked.entity):
        for draft in _naming_drafts(session, entity, declared, asked, drafts):
            drafts[draft.entity, draft.id] = draft
        if len(drafts) > MOST:
            message = texts(context.language)("failure.too_many_to_merge", limit=MOST)
            return Refused("invalid", (Failure("too_many_to_merge", message),))
    found = list(drafts.values())
    if not found:
        return None
    session.tops = len(found)
    session.rule_time.limit *= len(found)
    for top, draft in enumerate(found):
        draft.top = top
    verdicts = carry_drafts(session, found)
    return next((one for one in verdicts if isinstance(one, Refused)), None)


def naming(release: Release, entity: str) -> Iterator[tuple[str, Field]]:
    """The fields that may name a record of an entity, sets of references included."""
    for other in release.model.entities.values():
        for declared in other.fields.values():
            if entity in declared.refers_to and not declared.is_computed:
                yield other.name, declared


def _naming_drafts(
    session: Session, entity: str, declared: Field, asked: Merge, known: Mapping[tuple[str, str], Draft]
) -> Iterator[Draft]:
    shelf = session.shelf(entity)
    if declared.type.kind == "set":
        link = shelf.table.links[declared.name]
        ids = [str(id_) for id_ in session.connection.scalars(sa.select(link.record).where(link.value == asked.gone))]
        session.load_many(entity, ids, lock=True)
        records = [session.records[entity][id_] for id_ in ids if id_ in session.records[entity]]
    else:
        records = held(session, entity, shelf.children(session.connection, declared.name, [asked.gone]))
    for record in records:
        if record["deleted_at"] is not None or (entity, record["id"]) == (asked.entity, asked.gone):
            continue
        draft = known.get((entity, record["id"]))
        if draft is None:
            draft = Draft(session.plan(entity), record["id"], "update", record, record.copy(), 0)
            draft.free = True
            session.place(draft)
        _rename(draft, declared, asked)
        yield draft


def _rename(draft: Draft, declared: Field, asked: Merge) -> None:
    """What named one names the other; a record does not come to name itself."""
    value = draft.after[declared.name]
    itself = (draft.entity, draft.id) == (asked.entity, asked.kept)
    if isinstance(value, frozenset):
        draft.after[declared.name] = (value - {asked.gone}) | (frozenset() if itself else {asked.kept})
    elif id_in(value) == asked.gone:
        draft.after[declared.name] = None if itself else reference_to(declared, asked.entity, asked.kept)


# ---- where it went ------------------------------------------------------------------------------------------------

_LAST = (
    sa.select(system.save.c.detail, system.save.c.batch)
    .join_from(system.history, system.save, system.save.c.id == system.history.c.save)
    .where(
        system.history.c.entity == sa.bindparam("entity"),
        system.history.c.record == sa.bindparam("record"),
        system.history.c.op == "delete",
        system.history.c.channel == "merge",
    )
    .order_by(system.history.c.version.desc())
    .limit(1)
)


def went_into(connection: sa.Connection, release: Release, entity: str, id_: str) -> tuple[str, str]:
    """The record that one in the recycle bin was merged into, and the batch; empty where it went otherwise."""
    asked = {"entity": release.tables[entity].stable_name, "record": id_}
    row = connection.execute(_LAST, asked).first()
    if row is None or not row[0].startswith(INTO):
        return "", ""
    return row[0].rpartition("/")[2], str(row[1])


def moving_counts(
    connection: sa.Connection, release: Release, entity: str, id_: str
) -> Sequence[tuple[Entity, Field, int]]:
    """How many live records of what would come along, by the field that names the record."""
    found = []
    for other, declared in naming(release, entity):
        table = release.tables[other]
        if declared.type.kind == "set":
            link = table.links[declared.name]
            rows = sa.select(table.id).join_from(link.table, table.table, table.id == link.record)
            rows = rows.where(link.value == id_, table.live)
        else:
            rows = sa.select(table.id).where(table.columns[declared.name].tie == id_, table.live)
        found.append((other, declared, rows))
    if not found:
        return ()
    counts = [sa.select(sa.func.count()).select_from(rows.subquery()).scalar_subquery() for _, _, rows in found]
    row = connection.execute(sa.select(*counts)).one()
    entities = release.model.entities
    return [
        (entities[other], declared, int(count)) for (other, declared, _), count in zip(found, row, strict=True) if count
    ]
