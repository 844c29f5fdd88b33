"""From what was asked to drafts: records found and locked, rights asked, input read, defaults put in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kith.metadata.model import Entity
from kith.runtime.coerce import Misread, coerce
from kith.runtime.ids import new_id
from kith.runtime.write.authorising import authorise_before, is_free, may_see, right
from kith.runtime.write.budgets import MAX_LEVELS
from kith.runtime.write.change import Change
from kith.runtime.write.conflicts import find_conflicts
from kith.runtime.write.converting import refresh
from kith.runtime.write.draft import Draft, Seen
from kith.runtime.write.filing import described, look_up
from kith.runtime.write.fitting import fitting
from kith.runtime.write.flows import take_up
from kith.runtime.write.messages import failure, misread
from kith.runtime.write.readings import reading_of
from kith.runtime.write.referring import by_todays_name

if TYPE_CHECKING:
    from kith.runtime.write.session import Session, Values


class Missing(Exception):
    """A record that is not there, or that the actor may not see: the same to him."""


def prepare(session: Session, changes: Sequence[Change]) -> list[Draft | None]:
    """The drafts of changes, in their order; None where there is no such record."""
    changes = [rooted(session, change) for change in found_by_key(session, changes)]
    for entity, ids in sorted(wanted(session, changes).items()):
        session.load_many(entity, sorted(ids), lock=True)
    gather_children(session, changes)
    look_up(session, changes)
    drafts: list[Draft | None] = []
    for top, change in enumerate(changes):
        try:
            drafts.append(draft_of(session, change, session.release.model.entities[change.entity], top))
        except Missing:
            drafts.append(None)
    live = [draft for draft in drafts if draft is not None]
    preload(session, [part for draft in live for part in draft.tree()])
    for draft in live:
        for part in draft.tree():
            fill_defaults(session, part)
            authorise_before(session, part)
    return drafts


def found_by_key(session: Session, changes: Sequence[Change]) -> list[Change]:
    """Upserts as updates of the record with that key, or as creates where there is none."""
    asked: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for index, change in enumerate(changes):
        if change.key is not None and change.id is None:
            asked.setdefault((change.entity, tuple(sorted(change.key))), []).append(index)
    result = list(changes)
    for (entity, names), indexes in asked.items():
        keys = [tuple(read_key(session, entity, name, changes[i].key or {}) for name in names) for i in indexes]
        found = session.shelf(entity).find(session.connection, names, keys)
        seen = seen_of(session, entity, found.values())
        for index, key in zip(indexes, keys, strict=True):
            change = changes[index]
            id_ = found.get(key) if found.get(key) in seen else None
            if change.op == "upsert" and id_ is None:
                values = {**dict(zip(names, key, strict=True)), **change.values}
                result[index] = replace(change, op="create", key=None, values=values)
            else:
                result[index] = replace(change, op="update" if change.op == "upsert" else change.op, id=id_ or "")
    return result


def seen_of(session: Session, entity: str, ids: Collection[str]) -> Collection[str]:
    """Those of some records that the actor may see: a key is no way to learn of others."""
    if is_free(session) or right(session, entity, "read").always:
        return ids
    session.load_many(entity, ids)
    return {id_ for id_ in ids if (one := session.load(entity, id_)) is not None and may_see(session, entity, one)}


def read_key(session: Session, entity: str, name: str, key: Mapping[str, object]) -> object:
    """A part of a key as a value of its field; what cannot be read matches nothing."""
    declared = session.release.model.entities[entity].fields[name]
    try:
        return coerce(declared, key[name], reading_of(session, declared))
    except Misread:
        return None


def rooted(session: Session, change: Change) -> Change:
    """A change of an owned line as a change of its parent, with which it is authorised and saved."""
    entity = session.release.model.entities[change.entity]
    if not entity.owner_of_lines:
        return change
    reference = entity.fields[entity.owner_of_lines]
    parent: object = change.values.get(reference.name)
    if change.id is not None:
        line = session.load(change.entity, change.id)
        parent = line.get(reference.name) if line is not None else None
    if isinstance(parent, Mapping):
        parent = parent.get("id")
    if not isinstance(parent, str) or not parent:
        return change
    above = Change("update", reference.to, parent, children={reference.inverse: (change,)})
    return rooted(session, above)


def wanted(session: Session, changes: Iterable[Change]) -> dict[str, set[str]]:
    """The ids of records that changes and their children name, by entity."""
    found: dict[str, set[str]] = {}
    for change in changes:
        if change.op not in ("create", "upsert") and change.id:
            found.setdefault(change.entity, set()).add(change.id)
        entity = session.release.model.entities[change.entity]
        for relation, lines in change.children.items():
            inverse = entity.inverses.get(relation)
            if inverse is not None and inverse.owned:
                for name, ids in wanted(session, (replace(line, entity=inverse.entity) for line in lines)).items():
                    found.setdefault(name, set()).update(ids)
    return found


def gather_children(session: Session, changes: Sequence[Change]) -> None:
    """Have at hand the owned lines of records whose lines change, for the roll-ups over them."""
    parents: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        entity = session.release.model.entities[change.entity]
        for relation in change.children:
            inverse = entity.inverses.get(relation)
            if inverse is not None and inverse.owned and change.id and change.op == "update":
                parents.setdefault((change.entity, relation), []).append(change.id)
    for (name, relation), ids in parents.items():
        session.gather(name, relation, ids)


def draft_of(
    session: Session, change: Change, entity: Entity, top: int, at: str = "", seen: Seen | None = None
) -> Draft:
    """The draft of one change and of its children; raises Missing.

    `seen` is what the author of a line saw of the record that it hangs on, where he says nothing of the line itself.
    """
    draft = (
        new_draft(session, change, entity, top, at)
        if change.op == "create"
        else known_draft(session, change, entity, top, at)
    )
    if draft.before is not None:
        draft.seen = Seen(draft.entity, draft.id, change.version) if change.version is not None else seen
    draft.seen_alike = change.seen_alike
    read_input(session, draft, change)
    if change.action:
        take_up(session, draft, change)
    session.place(draft)
    if change.children and (at.count(".") + 1) // 2 + 2 > MAX_LEVELS:
        draft.fail(failure(session, "over_levels", draft, limit=MAX_LEVELS))
        return draft
    for relation, lines in change.children.items():
        inverse = entity.inverses.get(relation)
        if inverse is None or not inverse.owned:
            draft.fail(failure(session, "unknown_relation", draft, relation, name=relation))
            continue
        child_entity = session.release.model.entities[inverse.entity]
        known = [line.id for line in lines if line.id]
        if len(known) != len(set(known)):
            draft.fail(failure(session, "line_twice", draft, relation))
        for number, line in enumerate(lines):
            place = f"{at}.{relation}.{number}" if at else f"{relation}.{number}"
            child = draft_of(session, replace(line, entity=inverse.entity), child_entity, top, place, draft.seen)
            adopt(session, draft, child, relation, inverse.field)
    return draft


def adopt(session: Session, parent: Draft, child: Draft, relation: str, reference: str) -> None:
    """Put a line under its parent; lines do not move to another."""
    named = child.after[reference] if reference in child.given else parent.id
    if named != parent.id or (child.before is not None and child.before[reference] != parent.id):
        child.fail(failure(session, "line_of_another", child, reference))
    child.after[reference] = parent.id
    child.given -= {reference}
    child.parent = parent
    session.place(child)
    parent.children.setdefault(relation, []).append(child)


def new_draft(session: Session, change: Change, entity: Entity, top: int, at: str) -> Draft:
    """The draft of a record that is to be created."""
    id_ = change.id or new_id()
    blank: dict[str, Any] = {one.name: None for one in session.plan(entity.name).stored if one.type.kind != "set"}
    blank |= {one.name: frozenset() for one in session.plan(entity.name).stored if one.type.kind == "set"}
    actor, now = session.context.actor.id, session.context.now
    blank |= {"id": id_, "version": 1, "computed": 0, "created_at": now, "created_by": actor}
    blank |= {"updated_at": now, "updated_by": actor, "deleted_at": None, "deletion": None}
    return Draft(session.plan(entity.name), id_, "create", None, session.values(entity.name, blank), top, at)


def known_draft(session: Session, change: Change, entity: Entity, top: int, at: str) -> Draft:
    """The draft of a record that is there; raises Missing where the actor may not see it."""
    record = session.load(entity.name, change.id) if change.id else None
    in_bin = record is not None and record["deleted_at"] is not None
    if record is None or in_bin != (change.op == "restore") or not may_see(session, entity.name, record):
        raise Missing(change.id)
    op = "update" if change.op == "upsert" else change.op
    return Draft(session.plan(entity.name), record["id"], op, record, session.becoming(record, op), top, at)


def read_input(session: Session, draft: Draft, change: Change) -> None:
    """Read the values that were sent into the draft; unknown and read-only fields are refused, not ignored."""
    given: set[str] = set()
    unread: set[str] = set()
    for name, raw in change.values.items():
        declared = draft.plan.entity.fields.get(name)
        if declared is None:
            draft.fail(failure(session, "unknown_field", draft, name, name=name))
        elif declared.is_computed or (declared.type_name == "autonumber" and not is_free(session)):
            draft.fail(failure(session, "read_only", draft, name, label=declared.label))
        else:
            try:
                value = coerce(
                    declared, by_todays_name(session.release.model, declared, raw), reading_of(session, declared)
                )
                draft.after[name] = described(session, draft, declared, value)
                given.add(name)
            except Misread as error:
                unread.add(name)
                draft.fail(misread(session, draft, declared, error))
    draft.given, draft.unread = frozenset(given), frozenset(unread)
    refresh(draft)
    find_conflicts(session, draft, exact=change.exact)


def preload(session: Session, drafts: Sequence[Draft]) -> None:
    """Have the records at hand that expressions of these drafts reach through references: one statement per hop and entity."""
    for depth in range(3):
        ids: dict[str, set[str]] = {}
        for draft in drafts:
            for hop in draft.plan.hops:
                if len(hop) > depth:
                    target = follow(session, draft.after, hop[: depth + 1])
                    if target is not None:
                        ids.setdefault(target[0], set()).add(target[1])
        if not ids:
            return
        session.load_all(ids)


def follow(session: Session, record: Values, hop: Sequence[str]) -> tuple[str, str] | None:
    """The entity and id at the end of a chain of references, or None where it breaks off."""
    entity = session.release.model.entities[record.entity]
    for name in hop[:-1]:
        declared = entity.fields[name]
        found = session.load(declared.type.entity, record.get(name))
        if found is None:
            return None
        record, entity = found, session.release.model.entities[declared.type.entity]
    last = entity.fields.get(hop[-1])
    id_ = record.get(hop[-1])
    return (last.type.entity, str(id_)) if last is not None and id_ is not None else None


def fill_defaults(session: Session, draft: Draft) -> None:
    """Put defaults into what a new record was not given, and into what an older one must have and has not.

    One that was saved a moment ago by a process on the release before lacks what came with this one until it is filled.
    """
    if draft.op == "delete":
        return
    for declared in draft.plan.inputs:
        if draft.op != "create" and not declared.required:
            continue
        if declared.name in draft.given or draft.after[declared.name] not in (None, frozenset()):
            continue
        if declared.default is not None:
            draft.after[declared.name] = declared.default
        elif declared.name in draft.plan.defaults:
            value = draft.plan.defaults[declared.name](session.env(draft))
            draft.after[declared.name] = fitting(session, draft, declared.name, value)
        refresh(draft)


def effects_first(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """Every draft of the trees, children before their parents."""
    for draft in drafts:
        for lines in draft.children.values():
            yield from effects_first(lines)
        yield draft
