"""What a save would make of a form as it stands: defaults, computed values, and what is required, locked or choosable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.rules.program import Expression
from kith.rules.values import DoesNotFit, Env
from kith.runtime.context import Context
from kith.runtime.write.change import Cause, Change
from kith.runtime.write.computing import compute
from kith.runtime.write.draft import Draft
from kith.runtime.write.explaining import why
from kith.runtime.write.plans import compiled
from kith.runtime.write.preparing import (
    Missing,
    draft_of,
    fill_defaults,
    gather_children,
    preload,
    wanted,
)
from kith.runtime.write.session import Session

if TYPE_CHECKING:
    from kith.runtime.release import Release


@dataclass(frozen=True, slots=True)
class Preview:
    """One record of the form.

    `filled` are its input values with the defaults put in, `values` also what formulas, roll-ups over the lines and
    rules before the write make of them. `locked` says of each locked field why, `barred` which options of a field
    cannot be chosen now. `lines` stand in the order of the change's children.
    """

    entity: str
    filled: Mapping[str, object]
    values: Mapping[str, object]
    required: frozenset[str]
    locked: Mapping[str, tuple[str, ...]]
    barred: Mapping[str, frozenset[str]]
    lines: Mapping[str, Sequence[Preview]]
    _release: Release
    _env: Env

    def holds(self, condition: Expression | None) -> bool:
        """Whether a condition of a document holds; one that is not there does."""
        return condition is None or bool(compiled(self._release, condition)(self._env))


def preview(connection: sa.Connection, context: Context, release: Release, change: Change) -> Preview | None:
    """Look at a change without saving it; None where there is no such record for the actor. Nothing is locked."""
    session = Session(connection, context, release, Cause("form", dry_run=True))
    if change.id and change.op != "create":
        session.load_many(change.entity, [change.id])
    # The lines that a record has come at once; what else is named is then known already, most of the time.
    gather_children(session, [change])
    for entity, ids in sorted(wanted(session, [change]).items()):
        session.load_many(entity, sorted(ids))
    try:
        draft = draft_of(session, change, release.model.entities[change.entity], 0)
    except Missing:
        return None
    parts = list(draft.tree())
    preload(session, parts)
    for part in parts:
        fill_defaults(session, part)
    # Defaults may have brought references along, which formulas follow.
    preload(session, parts)
    filled = {part.id: dict(part.after) for part in parts}
    # What does not fit is said when it is saved; until then the form shows what it can.
    with suppress(DoesNotFit):
        compute(session, draft)
    return _of(session, draft, filled)


def as_it_is(connection: sa.Connection, context: Context, release: Release, entity: str, id_: str) -> Preview | None:
    """A record as it stands, for the conditions of its form; one statement, and those that the conditions need."""
    session = Session(connection, context, release, Cause("form", dry_run=True))
    record = session.load(entity, id_)
    if record is None:
        return None
    env = session.env_of(record, old=record)
    return Preview(entity, record, record, frozenset(), {}, {}, {}, release, env)


def _of(session: Session, draft: Draft, filled: Mapping[str, Mapping[str, object]]) -> Preview:
    env = session.env(draft)
    plan = draft.plan
    return Preview(
        entity=draft.entity,
        filled=filled[draft.id],
        values=draft.after,
        required=frozenset(
            one.name
            for one in plan.inputs
            if one.required or (one.name in plan.required_when and plan.required_when[one.name](env))
        ),
        locked=_locked(session, draft),
        barred={
            name: frozenset(key for key, condition in conditions.items() if not condition(env))
            for name, conditions in plan.options_when.items()
        },
        lines={
            relation: tuple(_of(session, line, filled) for line in drafts)
            for relation, drafts in draft.children.items()
        },
        _release=session.release,
        _env=env,
    )


def _locked(session: Session, draft: Draft) -> dict[str, tuple[str, ...]]:
    """Locks hold by the record as it was, so nothing that is typed opens or closes one."""
    if draft.before is None:
        return {}
    env = session.env_of(draft.before, old=draft.before)
    found: dict[str, tuple[str, ...]] = {}
    for name, locked in draft.plan.locked_when.items():
        condition = draft.plan.entity.fields[name].locked_when
        if condition is not None and locked(env):
            found[name] = why(session, condition, env)
    return found
