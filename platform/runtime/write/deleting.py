"""Deleting a record takes its lines along and asks everyone who refers to it; restoring brings back what went with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.runtime.schema import system
from kith.runtime.write.budgets import MAX_LEVELS
from kith.runtime.write.draft import Draft
from kith.runtime.write.messages import failure
from kith.runtime.write.referring import id_in, named_by, reference_to

if TYPE_CHECKING:
    from kith.runtime.write.session import Session, Values


@dataclass(frozen=True, slots=True)
class Referrer:
    """A reference field of any entity that points to an entity."""

    entity: str
    field: Field


def referrers(session: Session, entity: str) -> tuple[Referrer, ...]:
    """The reference fields that point to an entity, found once per release."""
    model = session.release.model

    def find() -> tuple[Referrer, ...]:
        return tuple(
            Referrer(other.name, field)
            for other in model.entities.values()
            for field in other.fields.values()
            if (entity in field.targets or (field.to == entity and field.type.kind == "ref")) and not field.is_computed
        )

    found: tuple[Referrer, ...] = session.release.cached(("referrers", entity), find)
    return found


def spread(session: Session, drafts: Sequence[Draft]) -> None:
    """Let deletions and restores reach owned lines and referring records, as further children of their drafts."""
    going: list[Draft] = []
    for draft in drafts:
        if draft.failures:
            # Who may not do this is not told who else would have a say.
            continue
        if draft.op == "delete":
            going.append(draft)
        elif draft.op == "restore":
            restore_lines(session, draft)
    while going:
        going = delete_dependants(session, going)


def delete_dependants(session: Session, drafts: Sequence[Draft]) -> list[Draft]:
    """Owned lines and `cascade` go along, `set_null` lets go, `restrict` refuses; those that go along, with theirs to come.

    All drafts of an entity are asked about together.
    """
    going: list[Draft] = []
    by_entity: dict[str, list[Draft]] = {}
    for draft in drafts:
        if len(draft.chain) >= MAX_LEVELS:
            draft.fail(failure(session, "over_levels", draft, limit=MAX_LEVELS))
        else:
            by_entity.setdefault(draft.entity, []).append(draft)
    for entity, mine in by_entity.items():
        for referrer in sorted(referrers(session, entity), key=lambda one: action_of(one) != "cascade"):
            for draft, records in referring(session, referrer, mine):
                going += let_go(session, draft, referrer, records)
    # Only now, so that a record which goes anyway is not asked to let go of another.
    return going


def let_go(session: Session, draft: Draft, referrer: Referrer, records: Sequence[Values]) -> list[Draft]:
    """What a deletion does to the records that refer to what is deleted; those that go along."""
    action = action_of(referrer)
    # Who takes back that a record was made does not take along what others have hung on it since.
    match "restrict" if session.cause.returns and not referrer.field.owned else action:
        case "restrict":
            label = session.release.model.entities[referrer.entity].label
            draft.fail(failure(session, "in_use", draft, count=len(records), entity=label))
            return []
        case "set_null":
            for record in records:
                dependant(session, draft, record, "update").after[referrer.field.name] = None
            return []
        case _:
            return [dependant(session, draft, record, "delete") for record in records]


def action_of(referrer: Referrer) -> str:
    """What becomes of the records that refer to a deleted one."""
    return "cascade" if referrer.field.owned else referrer.field.on_delete


def referring(session: Session, referrer: Referrer, drafts: Sequence[Draft]) -> Iterator[tuple[Draft, list[Values]]]:
    """By draft, the live records whose reference names its record, and that are not being deleted themselves."""
    name = referrer.field.name
    rows = session.shelf(referrer.entity).children(session.connection, name, [draft.id for draft in drafts])
    by_id: dict[str, list[Values]] = {}
    for record in held(session, referrer.entity, rows):
        by_id.setdefault(id_in(record.get(name)), []).append(record)
    for draft in drafts:
        found = [
            record
            for record in by_id.get(draft.id, ())
            if record["deleted_at"] is None and (referrer.entity, record["id"]) not in session.going
        ]
        if found:
            yield draft, found


def held(session: Session, entity: str, rows: Sequence[Mapping[str, Any]]) -> list[Values]:
    """Records that have been found and are about to be written, locked: what others have done to them meanwhile stays."""
    known = session.records.setdefault(entity, {})
    if session.release.tables.engine == "sqlite":
        # One writer: what has been read is as it is.
        return [known.setdefault(row["id"], session.values(entity, dict(row))) for row in rows]
    session.load_many(entity, [row["id"] for row in rows], lock=True)
    return [known[row["id"]] for row in rows if row["id"] in known]


def dependant(session: Session, draft: Draft, record: Values, op: Literal["delete", "update"]) -> Draft:
    """The draft of a record that a deletion reaches."""
    after = session.becoming(record, op)
    child = Draft(session.plan(record.entity), record["id"], op, record, after, draft.top)
    if op == "delete":
        session.going.add((record.entity, record["id"]))
    child.chain = (*draft.chain, f"{draft.entity}:delete")
    session.place(child)
    draft.children.setdefault(f"~{record.entity}", []).append(child)
    return child


def restore_lines(session: Session, draft: Draft) -> None:
    """What the same deletion took along comes back with the record."""
    deletion = draft.before["deletion"] if draft.before is not None else None
    if deletion is None:
        return
    for declared in draft.plan.references:
        if declared.on_delete == "set_null" and not declared.owned and names_deleted(session, draft, declared):
            draft.after[declared.name] = None
    for referrer in referrers(session, draft.entity):
        if not referrer.field.owned and referrer.field.on_delete == "set_null":
            refer_again(session, draft, referrer, deletion)
        if not referrer.field.owned and referrer.field.on_delete != "cascade":
            continue
        rows = session.shelf(referrer.entity).deleted_with(session.connection, deletion, referrer.field.name, draft.id)
        for record in held(session, referrer.entity, rows):
            if record["deleted_at"] is None:
                # Records that refer to each other in a circle lead back to one that is coming already.
                continue
            after = session.becoming(record, "restore")
            child = Draft(session.plan(record.entity), record["id"], "restore", record, after, draft.top)
            session.place(child)
            draft.children.setdefault(f"~{record.entity}", []).append(child)
            restore_lines(session, child)


def names_deleted(session: Session, draft: Draft, declared: Field) -> bool:
    """Whether a reference names a record that is in the recycle bin and stays there."""
    if declared.type.kind == "set":
        return False
    records = (session.load(*one) for one in named_by(declared, draft.after[declared.name]))
    return any(record is not None and record["deleted_at"] is not None for record in records)


def refer_again(session: Session, draft: Draft, referrer: Referrer, deletion: str) -> None:
    """References that the deletion emptied name the record again, where nobody has put another there since."""
    shelf = session.shelf(referrer.entity)
    column = session.release.names.entities[referrer.entity].columns[referrer.field.name]
    asked = {"save": deletion, "entity": shelf.table.stable_name}
    emptied = [
        record
        for record, values in session.connection.execute(_EMPTIED, asked)
        if values and (old := values.get(column, {}).get("old")) is not None and id_in(old) == draft.id
    ]
    session.load_many(referrer.entity, emptied, lock=True)
    for id_ in emptied:
        record = session.records[referrer.entity].get(id_)
        if record is not None and record["deleted_at"] is None and record[referrer.field.name] is None:
            emptied_field = dependant(session, draft, record, "update").after
            emptied_field[referrer.field.name] = reference_to(referrer.field, draft.entity, draft.id)


_EMPTIED = sa.select(system.history.c.record, system.history.c["values"]).where(
    system.history.c.save == sa.bindparam("save"), system.history.c.entity == sa.bindparam("entity")
)
