"""What somebody can do with a record now, beside writing its fields: transitions and named actions, or why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.metadata.model import Entity, NamedAction, Transition, Workflow
from kith.runtime.context import Context
from kith.runtime.rights import Condition
from kith.runtime.write.authorising import holds, is_free, may_see, right, rights, writable
from kith.runtime.write.change import Cause
from kith.runtime.write.explaining import why
from kith.runtime.write.flows import open_ways
from kith.runtime.write.plans import compiled
from kith.runtime.write.session import Session

if TYPE_CHECKING:
    from kith.metadata.model import Field, Label
    from kith.rules.program import Expression
    from kith.rules.values import Env
    from kith.runtime.release import Release
    from kith.runtime.write.session import Values


@dataclass(frozen=True, slots=True)
class Offer:
    """A transition or named action that the actor may carry out.

    `possible` says that its condition holds of the record as it stands, `why` what stands in its way. `asked` are the
    fields that a transition needs and the record lacks, or the inputs of an action.
    """

    name: str
    label: Label
    confirm: Label
    asked: tuple[Field, ...]
    possible: bool
    why: tuple[str, ...]
    flow: Workflow | None = None
    transition: Transition | None = None
    action: NamedAction | None = None


def offers(
    connection: sa.Connection, context: Context, release: Release, entity: str, id_: str
) -> tuple[Offer, ...] | None:
    """What the actor can do with a record; None where there is no such record for him."""
    session = Session(connection, context, release, Cause("form", dry_run=True))
    record = session.load(entity, id_)
    if record is None or record["deleted_at"] is not None or not may_see(session, entity, record):
        return None
    declared = release.model.entities[entity]
    return (*_moves(session, declared, record), *_actions(session, declared, record))


def _moves(session: Session, entity: Entity, record: Values) -> Iterator[Offer]:
    for flow in session.plan(entity.name).flows:
        if is_free(session) or _may_write(session, entity.name, flow.field, record):
            yield from (_move(session, entity, record, flow, one) for one in open_ways(session, record, flow))


def _may_write(session: Session, entity: str, field: str, record: Values) -> bool:
    allowed = writable(session, entity, "update")[field]
    return holds(session, right(session, entity, "update"), record) and holds(session, allowed, record)


def _move(session: Session, entity: Entity, record: Values, flow: Workflow, one: Transition) -> Offer:
    moved = record.copy()
    moved[flow.field] = one.to
    possible, reasons = _verdict(session, one.when, session.env_of(moved, old=record))
    state = flow.states.get(one.to)
    lacking = tuple(
        entity.fields[name]
        for name in (state.required if state is not None else ())
        if record[name] in (None, frozenset())
    )
    return Offer(one.name, one.label, one.confirm, lacking, possible, reasons, flow, one)


def _actions(session: Session, entity: Entity, record: Values) -> Iterator[Offer]:
    for action in entity.actions.values():
        if is_free(session) or holds(session, _named(session, entity.name, action.name), record):
            possible, reasons = _verdict(session, action.when, session.env_of(record))
            asked = tuple(action.inputs.values())
            yield Offer(action.name, action.label, action.confirm, asked, possible, reasons, action=action)


def _named(session: Session, entity: str, action: str) -> Condition:
    return rights(session, entity).named(action)


def _verdict(session: Session, condition: Expression | None, env: Env) -> tuple[bool, tuple[str, ...]]:
    if condition is None or compiled(session.release, condition)(env):
        return True, ()
    return False, why(session, condition, env)
