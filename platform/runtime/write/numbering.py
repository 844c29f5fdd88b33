"""Autonumbers: a pattern and a counter; numbers may leave gaps, never doubles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.runtime.schema import system
from kith.runtime.write.draft import Draft

if TYPE_CHECKING:
    from kith.runtime.write.session import Session

PLACE = re.compile(r"\{(seq|year|month|day)(?::0?(\d+))?\}")


def number(session: Session, drafts: Sequence[Draft]) -> None:
    """Give new records their numbers: one statement for each autonumber field."""
    for entity in sorted({draft.entity for draft in drafts}):
        new = [draft for draft in drafts if draft.entity == entity and draft.before is None]
        for declared in session.release.model.entities[entity].fields.values():
            if declared.type_name == "autonumber":
                number_field(session, declared, [draft for draft in new if draft.after[declared.name] is None])


def number_field(session: Session, declared: Field, drafts: Sequence[Draft]) -> None:
    """Give one field's next numbers."""
    if not drafts:
        return
    shelf = session.shelf(declared.entity)
    column = session.release.names.entities[declared.entity].columns[declared.name]
    first = int(str(declared.params.get("start", 1)))
    last = take(session.connection, f"{shelf.table.stable_name}.{column}", len(drafts), first)
    for index, draft in enumerate(drafts):
        draft.after[declared.name] = written(session, declared, last - len(drafts) + 1 + index)


def take(connection: sa.Connection, name: str, count: int, first: int = 1) -> int:
    """The last of `count` numbers taken from a counter that begins at `first`; its row's lock lets one save after the other."""
    counter = system.counter
    update = (
        sa.update(counter).where(counter.c.name == name).values(next=counter.c.next + count).returning(counter.c.next)
    )
    taken = connection.scalar(update)
    if taken is None:
        connection.execute(sa.insert(counter), {"name": name, "next": first + count})
        return first + count - 1
    return int(taken) - 1


def written(session: Session, declared: Field, value: int) -> str:
    """A number in its pattern, such as `M{seq:08}` or `Q{year}-{seq:05}`."""
    pattern = str(declared.params.get("pattern") or "{seq}")
    today = session.context.now.astimezone(session.zone)
    parts = {"seq": value, "year": today.year, "month": today.month, "day": today.day}
    widths = {"month": 2, "day": 2}

    def place(match: re.Match[str]) -> str:
        name, width = match.group(1), match.group(2)
        return f"{parts[name]:0{int(width) if width else widths.get(name, 1)}d}"

    return PLACE.sub(place, pattern)
