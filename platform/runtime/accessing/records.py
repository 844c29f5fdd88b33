"""What somebody may do with one record, which of its fields he reads, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from kith.metadata.model import Entity
from kith.runtime.accessing.deciding import GRANTING, Verdict, roles_say, state_of
from kith.runtime.context import Actor, Context
from kith.runtime.read.reader import Reader, reader_of
from kith.runtime.release import Release
from kith.runtime.rights import ACTIONS
from kith.runtime.write.authorising import may_see, seen_by
from kith.runtime.write.change import Cause
from kith.runtime.write.session import Session, Values

OF_RECORDS = tuple(action for action in ACTIONS if action != "create")
"""What can be done with a record that is there."""


@dataclass(frozen=True, slots=True)
class FieldTold:
    """How a field of the record stands to somebody, and by which roles."""

    field: str
    label: str
    state: str
    """How it reads: read, mask or none; unknown where that hangs on what the asker may not read."""
    writes: bool
    roles: tuple[str, ...]
    """The labels of the roles by which it reads so."""


@dataclass(frozen=True, slots=True)
class RecordAccess:
    """What somebody may do with a record: `verdicts` by action, reading first, and the fields in their order."""

    who: str
    sees: bool
    deleted: bool
    verdicts: tuple[Verdict, ...]
    fields: tuple[FieldTold, ...]


def record_access(
    connection: sa.Connection, context: Context, release: Release, entity: str, id_: str, who: Actor
) -> RecordAccess | None:
    """Tell the context's actor what `who` may do with a record.

    None where he does not see the record himself, and where he asks about somebody else without administering: whether
    another person's scope holds may hang on what he may not read.
    """
    asker = Session(connection, context, release, Cause("form", dry_run=True))
    reader = reader_of(context, release)
    record = asker.load(entity, id_)
    if record is None or not sees(asker, record) or not (is_oneself(context, who) or reader.administers):
        return None
    hers = beside(asker, who)
    named = release.model.entities[entity].actions
    actions = (*OF_RECORDS, *named)
    verdicts = tuple(verdict_of(asker, hers, record, action) for action in actions)
    told = tuple(_fields(asker, hers, record, reader))
    return RecordAccess(who.name, verdicts[0].may, record["deleted_at"] is not None, verdicts, told)


def is_oneself(context: Context, who: Actor) -> bool:
    """Whether the actor asks about himself, as he acts now."""
    return who == context.actor or context.actor.kind == "system"


def beside(asker: Session, who: Actor) -> Session:
    """Another one's view of what the asker's session has loaded."""
    context = asker.context.as_(who)
    return Session(asker.raw, context, asker.release, asker.cause, records=asker.records, relations=asker.relations)


def sees(session: Session, record: Values) -> bool:
    """Whether the session's actor sees a record; of a line, with its parent."""
    if not may_see(session, record.entity, record):
        return False
    above = parent_of(session, record)
    return above is None or session.context.actor.kind == "system" or sees(session, above)


def parent_of(session: Session, record: Values) -> Values | None:
    """The record that a line hangs on."""
    entity = session.release.model.entities[record.entity]
    if not entity.owner_of_lines:
        return None
    return session.load(entity.fields[entity.owner_of_lines].to, record[entity.owner_of_lines])


def verdict_of(asker: Session, hers: Session, record: Values, action: str) -> Verdict:
    """Whether somebody may do something with a record: a line is changed and deleted with its parent, a note seen with a record."""
    entity = hers.release.model.entities[record.entity]
    may, roles = roles_say(asker, hers, record, action)
    above, parent = None, parent_of(asker, record)
    if parent is not None:
        above = verdict_of(asker, hers, parent, "read" if action in ("read", "export") else "update")
    elif (named := seen_by(hers, record.entity, record)) is not None:
        other = asker.load(*named) if named[0] else None
        may = may and other is not None
        above = verdict_of(asker, hers, other, "read") if other is not None else None
    return Verdict(action, _label(asker, entity, action), may and (above is None or above.may), roles, above)


def _label(asker: Session, entity: Entity, action: str) -> str:
    if action in entity.actions:
        return entity.actions[action].label.in_(asker.context.language)
    return action


RANK = ("none", "mask", "read")


def _fields(asker: Session, hers: Session, record: Values, reader: Reader) -> Iterator[FieldTold]:
    """The fields that the asker may know of, in the order of the entity."""
    entity, known_roles = hers.release.model.entities[record.entity], hers.release.model.roles
    shows, changes = (roles_say(asker, hers, record, action)[1] for action in ("read", "update"))
    for declared in entity.fields.values():
        access = reader.access(entity.name, declared.name)
        if access.read.never and access.mask.never:
            continue
        states = [(one, state_of(known_roles[one.role], entity, declared.name)) for one in shows]
        known = [(one.label, _read(state)) for one, state in states if one.says in GRANTING]
        best = max((state for _, state in known), key=RANK.index, default="none")
        hidden = max((_read(state) for one, state in states if one.says == "hidden"), key=RANK.index, default="none")
        by = tuple(label for label, state in known if state == best)
        # What a hidden scope would add to the field is as hidden as the scope.
        state = "unknown" if RANK.index(hidden) > RANK.index(best) else best
        writes = any(
            one.says in GRANTING and state_of(known_roles[one.role], entity, declared.name) == "write"
            for one in changes
        )
        yield FieldTold(declared.name, declared.label.in_(asker.context.language), state, writes, by)


def _read(state: str) -> str:
    return {"write": "read", "": "none"}.get(state, state)
