"""Autonumbers: the counter is ahead of every number that was given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.problems import Words
from kith.runtime.doctor.findings import Found, Visit, counted
from kith.runtime.schema.system import counter
from kith.runtime.schema.tables import Column
from kith.runtime.write.numbering import PLACE


@dataclass(frozen=True, slots=True)
class Numbered:
    """An autonumber with its counter's name, the number that comes next and the highest that was given."""

    field: Field
    counter: str
    next: int
    highest: int


def look(visit: Visit) -> Found:
    """No number that is given next has been given before."""
    with visit.database.read() as connection:
        numbered = list(_numbered(visit, connection))
    flaws = [
        Words(
            f"{one.field.entity}.{one.field.name}: {one.highest} was given, and {one.next} comes next",
            f"{one.field.entity}.{one.field.name}：已用到 {one.highest}，但下一个编号是 {one.next}",
        )
        for one in numbered
        if one.next <= one.highest
    ]
    return Found(counted(len(numbered), "counter", "counters", "个编号器"), len(numbered), flaws)


def mend(visit: Visit) -> Iterator[Words]:
    """Put counters ahead."""
    with visit.database.write() as connection:
        for one in list(_numbered(visit, connection)):
            if one.next <= one.highest:
                changed = sa.update(counter).where(counter.c.name == one.counter).values(next=one.highest + 1)
                if not connection.execute(changed).rowcount:
                    connection.execute(sa.insert(counter), {"name": one.counter, "next": one.highest + 1})
                place = f"{one.field.entity}.{one.field.name}"
                yield Words(f"{place} goes on with {one.highest + 1}", f"{place} 从 {one.highest + 1} 继续")


def _numbered(visit: Visit, connection: sa.Connection) -> Iterator[Numbered]:
    nexts = {name: int(next_) for name, next_ in connection.execute(sa.select(counter.c.name, counter.c.next))}
    for entity, table in visit.release.tables.entities.items():
        for name, columns in table.columns.items():
            if columns.field.type_name == "autonumber":
                key = f"{table.stable_name}.{visit.release.names.entities[entity].columns[name]}"
                first = int(str(columns.field.params.get("start", 1)))
                highest = _highest(connection, columns.field, columns.value)
                yield Numbered(columns.field, key, nexts.get(key, first), highest)


def _highest(connection: sa.Connection, field: Field, column: Column) -> int:
    pattern = shape_of(str(field.params.get("pattern") or "{seq}"))
    values = connection.scalars(sa.select(column).where(column.is_not(None)))
    return max((int(found["seq"]) for value in values if (found := pattern.fullmatch(str(value)))), default=0)


def shape_of(pattern: str) -> re.Pattern[str]:
    """What numbers of a pattern look like, with their number as `seq`."""
    parts, last = [], 0
    seen = False
    for place in PLACE.finditer(pattern):
        parts.append(re.escape(pattern[last : place.start()]))
        is_first = place.group(1) == "seq" and not seen
        parts.append(r"(?P<seq>\d+)" if is_first else r"\d+")
        seen = seen or is_first
        last = place.end()
    parts.append(re.escape(pattern[last:]))
    return re.compile("".join(parts) if seen else "(?P<seq>(?!))")
