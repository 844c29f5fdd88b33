"""Who changed what since an author read a record: asked only when versions differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.runtime.schema import system
from kith.runtime.schema.pairing import went_on
from kith.runtime.write.authorising import holds, is_free, rights
from kith.runtime.write.change import Conflict
from kith.runtime.write.messages import texts

if TYPE_CHECKING:
    from kith.runtime.write.draft import Draft, Seen
    from kith.runtime.write.session import Session, Values

_HISTORY = system.history.c


def _of(entity: str, record: str) -> sa.ColumnElement[bool]:
    return sa.and_(_HISTORY.entity == sa.bindparam(entity), _HISTORY.record == sa.bindparam(record))


_SINCE = sa.select(_HISTORY["values"]).where(_of("entity", "record"), _HISTORY.version > sa.bindparam("version"))
_LATER = sa.select(_HISTORY.save).where(_of("top", "of"), _HISTORY.version > sa.bindparam("version"))
_AT = _of("top", "of"), _HISTORY.version == sa.bindparam("version")
_OF_LINE = sa.select(_HISTORY["values"]).where(
    _of("entity", "record"),
    sa.or_(
        _HISTORY.save.in_(_LATER),
        # What rules do to a line alone counts no version up.
        sa.and_(
            _HISTORY.id > sa.select(_HISTORY.id).where(*_AT).scalar_subquery(),
            _HISTORY.save != sa.select(_HISTORY.save).where(*_AT).scalar_subquery(),
        ),
    ),
)


def changed_since(session: Session, entity: str, id_: str, version: int) -> frozenset[str] | None:
    """The input fields changed after a version; None where the history cannot tell, so that any may be."""
    asked = {"entity": session.shelf(entity).table.stable_name, "record": id_, "version": version}
    found = session.connection.scalars(_SINCE, asked).all()
    return _names(session, entity, found) if found else None


def line_changed_since(session: Session, entity: str, id_: str, seen: Seen) -> frozenset[str] | None:
    """The same of a line, after a version of a record that it hangs on."""
    asked = {"entity": session.shelf(entity).table.stable_name, "record": id_, "version": seen.version}
    asked |= {"top": session.shelf(seen.entity).table.stable_name, "of": seen.id}
    return _names(session, entity, session.connection.scalars(_OF_LINE, asked).all())


def _names(session: Session, entity: str, rows: Sequence[Any]) -> frozenset[str] | None:
    if any(values is None for values in rows):
        return None
    known = session.release.names.entities[entity]
    names = went_on(known) | {column: name for name, column in known.columns.items()}
    return frozenset(names.get(column, column) for values in rows for column in values)


def find_conflicts(session: Session, draft: Draft, *, exact: bool) -> None:
    """Name the sent fields that somebody else has changed since; others do not stand in each other's way.

    Who takes a line away stands in the way of all that was changed in it.
    """
    seen, before = draft.seen, draft.before
    if seen is None or before is None:
        return
    current = session.load(seen.entity, seen.id)
    if current is None or current["version"] == seen.version:
        return
    is_own = seen.id == draft.id
    if exact and is_own:
        draft.conflicts.append(Conflict("version", seen.version, before["version"]))
    if is_own:
        theirs = changed_since(session, draft.entity, draft.id, seen.version)
    else:
        theirs = line_changed_since(session, draft.entity, draft.id, seen)
    goes = draft.op == "delete" and not is_own
    mine = frozenset(one.name for one in draft.plan.inputs) if goes else draft.given
    for name in sorted(mine & theirs if theirs is not None else mine):
        if goes or draft.changed(name):
            draft.conflicts.append(conflict_of(session, draft, before, name, yours=None if goes else draft.after[name]))


def conflict_of(session: Session, draft: Draft, before: Values, name: str, *, yours: object) -> Conflict:
    """A field with both values, and where it is: a line by its position, else by its place among those sent."""
    language, label = session.context.language, ""
    if draft.at:
        number = before.get("position") if "position" in draft.plan.entity.fields else None
        place = number if isinstance(number, int) else int(draft.at.rpartition(".")[2]) + 1
        line = draft.plan.entity.label.in_(language)
        field = draft.plan.entity.fields[name].label.in_(language)
        label = texts(language)("failure.in_line", line=line, number=place, label=field)
    told = is_free(session) or holds(session, rights(session, draft.entity).reading(name).read, before)
    return Conflict(name, yours, before[name], draft.at, label, told)
