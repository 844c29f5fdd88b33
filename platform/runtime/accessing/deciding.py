"""What each role of somebody says of one action on one record, and what of that whoever asks may be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kith.metadata.model import Entity, Role
from kith.rules.explaining import reasons
from kith.rules.program import Expression
from kith.rules.reference import holds
from kith.runtime.rights import EntityRights
from kith.runtime.write.explaining import reader_of
from kith.runtime.write.session import Session, Values

Says = Literal["always", "never", "within", "outside", "hidden"]
"""All records, none, this one among others, not this one among others; or it hangs on what the asker may not read."""
GRANTING = ("always", "within")


@dataclass(frozen=True, slots=True)
class RoleSays:
    """What one role says: with its scope as the documents have it, and the parts of it that decide, line by line."""

    role: str
    label: str
    says: Says
    scope: str = ""
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody may do something with a record; of a line, `above` is what its parent says to that."""

    action: str
    label: str
    may: bool
    roles: tuple[RoleSays, ...]
    above: Verdict | None = None


def roles_held(hers: Session) -> list[Role]:
    """The roles of somebody that the release knows."""
    known = hers.release.model.roles
    return [known[name] for name in sorted(hers.context.actor.roles) if name in known]


def right_of(role: Role, entity: str, action: str) -> bool | Expression:
    """What a role grants: a right by its name, or a named action."""
    if role.all_entities == "write" or (role.all_entities == "read" and action in ("read", "export")):
        return True
    grant = role.grants.get(entity)
    if grant is None:
        return False
    return grant.rights[action] if action in grant.rights else grant.actions.get(action, False)


def state_of(role: Role, entity: Entity, field: str) -> str:
    """What a role says of a field: write, read, mask or none; "" where it says nothing of the entity."""
    grant = role.grants.get(entity.name)
    if role.all_entities:
        return role.all_entities
    return EntityRights(entity, (grant,), "").state(grant, field) if grant is not None else ""


def roles_say(asker: Session, hers: Session, record: Values, action: str) -> tuple[bool, tuple[RoleSays, ...]]:
    """Whether any role grants an action on a record, and what each says to it."""
    found: list[tuple[RoleSays, bool]] = []
    for role in roles_held(hers):
        right = right_of(role, record.entity, action)
        name = role.label.in_(asker.context.language)
        if isinstance(right, bool):
            found.append((RoleSays(role.name, name, "always" if right else "never"), True))
        else:
            found.append(_scoped(asker, hers, record, RoleSays(role.name, name, "outside"), right))
    return any(one.says in GRANTING for one, _ in found), tuple(_told(found))


def _scoped(asker: Session, hers: Session, record: Values, role: RoleSays, scope: Expression) -> tuple[RoleSays, bool]:
    env, text = hers.env_of(record), " ".join(scope.excerpt.text.split())
    reader = reader_of(asker, env, scope.excerpt.text)
    why = tuple(reasons(reader, scope.tree))
    says: Says = "within" if holds(scope.tree, env) else "outside"
    return replace(role, says=says, scope=text, why=why), reader.reads(scope.tree)


def _told(found: Sequence[tuple[RoleSays, bool]]) -> list[RoleSays]:
    """What may be told of each role.

    A scope that reads what the asker may not read stays hidden, unless the verdict as a whole gives it away: where nothing
    grants, no scope holds; where only one can be what grants, that one does.
    """
    granted = any(one.says in GRANTING for one, _ in found)
    open_ = any(one.says in GRANTING and is_read for one, is_read in found)
    unread = sum(not is_read for _, is_read in found)
    if not granted or (not open_ and unread == 1):
        return [one for one, _ in found]
    return [one if is_read else replace(one, says="hidden", why=()) for one, is_read in found]
