"""The slots of schedules as the database knows them: each is started in one transaction with what it starts, by one process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kith.runtime.schema import system

_SLOT = system.schedule
_ADD = {
    "sqlite": sqlite.insert(_SLOT).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_SLOT).on_conflict_do_nothing(),
}


def known(connection: sa.Connection) -> dict[str, tuple[str, datetime]]:
    """The meaning and the next slot of each schedule."""
    rows = connection.execute(sa.select(_SLOT.c.name, _SLOT.c.meaning, _SLOT.c.next_at))
    return {row.name: (row.meaning, row.next_at) for row in rows}


def bring(connection: sa.Connection, wanted: Mapping[str, tuple[str, datetime]]) -> dict[str, tuple[str, datetime]]:
    """Have exactly these schedules: new ones, and those that mean something else now, start with the slot that is given.

    So do those whose next slot is later: a clock was ahead when it was worked out, and has been set back.
    """
    before = known(connection)
    changed = [name for name, (meaning, _) in before.items() if name not in wanted or wanted[name][0] != meaning]
    ahead = [
        name for name, (_, at) in before.items() if name in wanted and name not in changed and at > wanted[name][1]
    ]
    for name in ahead:
        connection.execute(sa.update(_SLOT).where(_SLOT.c.name == name).values(next_at=wanted[name][1]))
    if changed:
        connection.execute(sa.delete(_SLOT).where(_SLOT.c.name.in_(changed)))
    new = wanted.keys() - (before.keys() - changed)
    rows = [
        {"name": name, "meaning": wanted[name][0], "next_at": wanted[name][1], "last_at": None} for name in sorted(new)
    ]
    if rows:
        connection.execute(_ADD[connection.dialect.name], rows)
    return known(connection) if changed or rows or ahead else before


def due_slot(connection: sa.Connection, name: str, meaning: str) -> datetime | None:
    """The next slot of a schedule, which no other transaction starts until this one ends; None where it means something else."""
    asked = sa.select(_SLOT.c.next_at).where(_SLOT.c.name == name, _SLOT.c.meaning == meaning).with_for_update()
    found: datetime | None = connection.scalar(asked)
    return found


def advance(connection: sa.Connection, name: str, last: datetime, following: datetime) -> None:
    """Note the slot that was started, and the one that follows."""
    connection.execute(sa.update(_SLOT).where(_SLOT.c.name == name).values(last_at=last, next_at=following))
