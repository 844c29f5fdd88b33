"""Which rows that a release no longer has somebody still refers to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kith.runtime.loading.memory import Memory

if TYPE_CHECKING:
    from kith.runtime.release import Release


def unreferred(connection: sa.Connection, release: Release, rows: Sequence[Memory]) -> list[Memory]:
    """The rows that no live record but one of themselves refers to; those that refer to others come first."""
    staying = {(one.entity, one.record): one for one in rows}
    ties = {tie for tie in _ties(connection, release, rows) if tie[1] in staying}
    while held := {target for source, target in ties if source not in staying} & staying.keys():
        for record in held:
            del staying[record]
    ordered: list[Memory] = []
    while staying:
        needed = {target for source, target in ties if source in staying and source != target}
        free = [record for record in staying if record not in needed] or list(staying)
        ordered += [staying.pop(record) for record in free]
    return ordered


def _ties(
    connection: sa.Connection, release: Release, rows: Sequence[Memory]
) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Who refers to the rows: table and id of the one that refers, and of the row. Owned lines go with their record."""
    ids: dict[str, list[str]] = {}
    for one in rows:
        ids.setdefault(one.entity, []).append(one.record)
    tables = {name: table.stable_name for name, table in release.tables.entities.items()}
    for table in release.tables.entities.values():
        for name, columns in table.columns.items():
            field = columns.field
            for target in ids if columns.entities else ():
                at = columns.parts["entity"] == target
                found = sa.select(table.id, columns.tie).where(table.live, at, columns.tie.in_(ids[target]))
                yield from (((table.stable_name, str(a)), (target, str(b))) for a, b in connection.execute(found))
            target = tables.get(field.type.entity, "") if field.type.kind == "ref" and not field.owned else ""
            if ids.get(target):
                column = table.columns[name].value
                found = sa.select(table.id, column).where(table.live, column.in_(ids[target]))
                yield from (((table.stable_name, str(a)), (target, str(b))) for a, b in connection.execute(found))
        for link in table.links.values():
            item = link.field.type.item
            target = tables.get(item.entity, "") if item is not None and item.kind == "ref" else ""
            if ids.get(target):
                found = sa.select(link.record, link.value).join(table.table, table.id == link.record)
                found = found.where(table.live, link.value.in_(ids[target]))
                yield from (((table.stable_name, str(a)), (target, str(b))) for a, b in connection.execute(found))
