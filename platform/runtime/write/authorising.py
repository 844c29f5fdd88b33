"""May the actor do this, with this record, to these fields: asked before the write and again of what would be written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kith.runtime.rights import ALWAYS, Condition, EntityRights, Rights, rights_of
from kith.runtime.write.draft import Draft
from kith.runtime.write.messages import failure
from kith.runtime.write.plans import compiled
from kith.runtime.write.referring import Named, named_by

if TYPE_CHECKING:
    from kith.runtime.write.session import Session, Values

RIGHT = {"create": "create", "update": "update", "delete": "delete", "restore": "delete"}
"""The right that each operation needs."""


def is_free(session: Session) -> bool:
    """Whether this is the system's own work, which needs no grant."""
    return session.context.actor.kind == "system"


def rights(session: Session, entity: str) -> EntityRights:
    """What the actor's roles may do with an entity."""
    roles = session.context.actor.roles
    found: Rights = session.release.cached(("rights", roles), lambda: rights_of(session.release.model, roles))
    return found[entity]


def right(session: Session, entity: str, action: str) -> Condition:
    """The records on which the actor may do something, worked out once per release and roles."""
    key = ("right", session.context.actor.roles, entity, action)
    return session.release.cached(key, lambda: rights(session, entity).right(action))


def writable(session: Session, entity: str, action: str) -> Mapping[str, Condition]:
    """The records in which the actor may write each field, worked out once per release and roles."""

    def found() -> Mapping[str, Condition]:
        granted = rights(session, entity)
        return {name: granted.writing(name, action) for name in session.release.model.entities[entity].fields}

    return session.release.cached(("writable", session.context.actor.roles, entity, action), found)


def holds(session: Session, condition: Condition, record: Values) -> bool:
    """Whether a record satisfies a condition of a grant."""
    if condition.always or not condition.scopes:
        return condition.always
    env = session.env_of(record)
    return any(compiled(session.release, scope)(env) for scope in condition.scopes)


def may_see(session: Session, entity: str, record: Values) -> bool:
    """Whether the actor may read a record at all."""
    if is_free(session):
        return True
    return holds(session, right(session, entity, "read"), record) and is_seen_with(session, entity, record)


def is_seen_with(session: Session, entity: str, record: Values) -> bool:
    """Whether what a record is seen with may be read, where its entity asks for that."""
    named = seen_by(session, entity, record)
    if named is None:
        return True
    other = session.load(*named) if named[0] in session.release.model.entities else None
    return other is not None and may_see(session, named[0], other)


def seen_by(session: Session, entity: str, record: Values) -> Named | None:
    """The record that the actor must be able to read to read this one; None where there need be none."""
    seen_with = session.release.model.entities[entity].seen_with
    if seen_with is None or record[seen_with.field] is None or administers(session, entity):
        return None
    if seen_with.besides is not None and compiled(session.release, seen_with.besides)(session.env_of(record)):
        return None
    declared = session.release.model.entities[entity].fields[seen_with.field]
    (named,) = named_by(declared, record[seen_with.field])
    return named if named[0] in declared.refers_to else ("", named[1])


def administers(session: Session, entity: str) -> bool:
    """Whether some role of the actor reads everything, and so needs nothing to see it with."""
    return bool(rights(session, entity).wide)


def authorise_before(session: Session, draft: Draft) -> None:
    """The action on the record as it is, and the fields that were sent."""
    if is_free(session):
        return
    if draft.action in draft.plan.entity.actions:
        authorise_action(session, draft)
        if not (draft.given or draft.children):
            return
    allowed, subject = right(session, draft.entity, RIGHT[draft.op]), draft.before
    if allowed.never or (subject is not None and not holds(session, allowed, subject)):
        draft.fail(failure(session, f"may_not_{draft.op}", draft, entity=draft.plan.entity.label))
        return
    fields = writable(session, draft.entity, RIGHT[draft.op] if draft.op != "restore" else "update")
    for name in sorted(draft.given):
        condition = fields[name]
        if condition.never or (subject is not None and not holds(session, condition, subject)):
            label = draft.plan.entity.fields[name].label
            draft.fail(failure(session, "may_not_write", draft, name, label=label))
    authorise_transfer(session, draft)


def authorise_action(session: Session, draft: Draft) -> None:
    """A named action needs a right of its own, and no other: what it does, its rules do."""
    action = draft.plan.entity.actions[draft.action]
    key = ("named", session.context.actor.roles, draft.entity, action.name)
    allowed: Condition = session.release.cached(key, lambda: rights(session, draft.entity).named(action.name))
    if draft.before is None or not holds(session, allowed, draft.before):
        draft.fail(failure(session, "may_not_act", draft, label=action.label, entity=draft.plan.entity.label))


def authorise_transfer(session: Session, draft: Draft) -> None:
    """Giving a record to somebody else needs the right to transfer it."""
    owner = draft.plan.entity.fields.get("owner")
    if draft.op == "update" and owner is not None and owner.name in draft.given and draft.changed("owner"):
        transfer = right(session, draft.entity, "transfer")
        if draft.before is not None and not holds(session, transfer, draft.before):
            draft.fail(failure(session, "may_not_transfer", draft, "owner", entity=draft.plan.entity.label))


def authorise_after(session: Session, draft: Draft) -> None:
    """The record as it will be must still be one that the actor may create or update."""
    if is_free(session) or draft.free or draft.op in ("delete", "restore"):
        return
    if any(one.code in (f"may_not_{draft.op}", "may_not_act") for one in draft.failures):
        return
    if draft.action in draft.plan.entity.actions and not (draft.given or draft.children):
        return
    allowed = right(session, draft.entity, RIGHT[draft.op])
    if allowed is not ALWAYS and not allowed.never and not holds(session, allowed, draft.after):
        draft.fail(failure(session, "outside_scope", draft, entity=draft.plan.entity.label))
    elif draft.given:
        authorise_fields_after(session, draft)
    authorise_import(session, draft)


def authorise_fields_after(session: Session, draft: Draft) -> None:
    """A field is written by a role that grants the record as it will be, too: no role lends another one its fields."""
    fields = writable(session, draft.entity, RIGHT[draft.op])
    for name in sorted(draft.given):
        if not fields[name].never and not holds(session, fields[name], draft.after):
            label = draft.plan.entity.fields[name].label
            draft.fail(failure(session, "may_not_write", draft, name, label=label))


def authorise_import(session: Session, draft: Draft) -> None:
    """What a file brings needs the right to import it besides, of the record as it was and as it will be."""
    if session.cause.channel != "import" or not (draft.given or draft.op == "create"):
        return
    allowed = right(session, draft.entity, "import")
    if not all(holds(session, allowed, one) for one in (draft.before, draft.after) if one is not None):
        draft.fail(failure(session, "may_not_import", draft, entity=draft.plan.entity.label))
