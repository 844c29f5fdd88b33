"""May the actor do this, with this record, to these fields: asked before the write and again of what would be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kith.runtime.rights import ALWAYS, Condition, EntityRights, Rights, rights_of
from kith.runtime.write.draft import Draft
from kith.runtime.write.messages import failure
from kith.runtime.write.plans import compiled

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


def holds(session: Session, condition: Condition, record: Values) -> bool:
    """Whether a record satisfies a condition of a grant."""
    if condition.always or not condition.scopes:
        return condition.always
    env = session.env_of(record)
    return any(compiled(session.release, scope)(env) for scope in condition.scopes)


def may_see(session: Session, entity: str, record: Values) -> bool:
    """Whether the actor may read a record at all."""
    return is_free(session) or holds(session, rights(session, entity).right("read"), record)


def authorise_before(session: Session, draft: Draft) -> None:
    """The action on the record as it is, and the fields that were sent."""
    if is_free(session):
        return
    granted = rights(session, draft.entity)
    right = granted.right(RIGHT[draft.op])
    subject = draft.before if draft.before is not None else None
    if right.never or (subject is not None and not holds(session, right, subject)):
        draft.fail(failure(session, f"may_not_{draft.op}", draft, entity=draft.plan.entity.label))
        return
    for name in sorted(draft.given):
        condition = granted.writing(name, RIGHT[draft.op] if draft.op != "restore" else "update")
        if condition.never or (subject is not None and not holds(session, condition, subject)):
            label = draft.plan.entity.fields[name].label
            draft.fail(failure(session, "may_not_write", draft, name, label=label))
    authorise_transfer(session, draft, granted)


def authorise_transfer(session: Session, draft: Draft, granted: EntityRights) -> None:
    """Giving a record to somebody else needs the right to transfer it."""
    owner = draft.plan.entity.fields.get("owner")
    if draft.op == "update" and owner is not None and owner.name in draft.given and draft.changed("owner"):
        transfer = granted.right("transfer")
        if draft.before is not None and not holds(session, transfer, draft.before):
            draft.fail(failure(session, "may_not_transfer", draft, "owner", entity=draft.plan.entity.label))


def authorise_after(session: Session, draft: Draft) -> None:
    """The record as it will be must still be one that the actor may create or update."""
    if is_free(session) or draft.op in ("delete", "restore"):
        return
    right = rights(session, draft.entity).right(RIGHT[draft.op])
    if right is not ALWAYS and not right.never and not holds(session, right, draft.after):
        draft.fail(failure(session, "outside_scope", draft, entity=draft.plan.entity.label))
