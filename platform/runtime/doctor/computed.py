"""Stored formulas and roll-ups against their recomputation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from kith.metadata.model import Entity
from kith.problems import Words
from kith.rules.sql.values import to_database
from kith.rules.types import DATETIME
from kith.runtime.doctor.findings import Found, Visit
from kith.runtime.doctor.samples import batches, renewed
from kith.runtime.schema.tables import Column, EntityTable
from kith.runtime.write.renewing import renew

Values = Mapping[str, Sequence[Any]]
"""What stands in the columns of records, by id."""


def fields_of(entity: Entity) -> tuple[str, ...]:
    """The fields whose stored values follow from what is stored; copies say themselves of when they are."""
    return tuple(
        one.name
        for one in entity.fields.values()
        if one.is_computed and one.storage in ("stored", "fresh") and not one.is_copy and one.type.kind != "set"
    )


def look(visit: Visit) -> Found:
    """What is stored is what comes out when it is computed anew."""
    looked, flaws = 0, []
    for name, entity in visit.release.model.entities.items():
        fields = fields_of(entity)
        if not fields:
            continue
        wrong: dict[str, list[str]] = {}
        # What goes into the recycle bin keeps its sums, though its lines go along.
        for ids in batches(visit, name, live=True):
            looked += len(ids)
            for field, id_ in _differing(visit, name, fields, ids):
                wrong.setdefault(field, []).append(id_)
        for field, found in wrong.items():
            flaws.append(
                Words(
                    f"{name}.{field} is not what it is computed from in {len(found)} records, such as {found[0]}",
                    f"{name}.{field} 有 {len(found)} 条记录与其计算结果不符，例如 {found[0]}",
                )
            )
    words = Words(f"{looked} records computed anew", f"重新计算了 {looked} 条记录")
    return Found(words, looked, flaws)


def _differing(visit: Visit, entity: str, fields: Sequence[str], ids: Sequence[str]) -> list[tuple[str, str]]:
    """Field and record where another value comes out; it is computed as a save would, and nothing of it is kept."""
    table = visit.release.tables[entity]

    def look(connection: sa.Connection) -> Values:
        return _values(visit, connection, table, fields, ids)

    before, after = renewed(visit, entity, fields, ids, look)
    return [
        (field, id_)
        for id_, values in before.items()
        for index, field in enumerate(fields)
        if values[index] is not None and values[index] != after[id_][index]
    ]


def _values(
    visit: Visit, connection: sa.Connection, table: EntityTable, fields: Sequence[str], ids: Sequence[str]
) -> Values:
    """The values of fields in a tuple each; None for one that has run out with the day, which any read computes."""
    now = to_database(visit.context.now, DATETIME, visit.release.tables.engine)
    columns: list[Column] = []
    spans: list[tuple[int, int, int | None]] = []
    for name in fields:
        held = table.columns[name]
        start = len(columns)
        columns += held.parts.values()
        end = len(columns)
        columns += [held.fresh_until] if held.fresh_until is not None else []
        spans.append((start, end, end if held.fresh_until is not None else None))
    found = {}
    for id_, *row in connection.execute(sa.select(table.id, *columns).where(table.id.in_(ids))):
        found[str(id_)] = [
            None if fresh is not None and (row[fresh] is None or row[fresh] <= now) else tuple(row[start:end])
            for start, end, fresh in spans
        ]
    return found


def mend(visit: Visit) -> Iterator[Words]:
    """Compute the values of all records anew."""
    for name, entity in visit.release.model.entities.items():
        fields, wrong = fields_of(entity), 0
        for ids in batches(visit, name, live=True) if fields else ():
            found = {id_ for _, id_ in _differing(visit, name, fields, ids)}
            if found:
                chosen = sorted(found)
                visit.database.run(
                    lambda connection, name=name, fields=fields, chosen=chosen: renew(  # type: ignore[misc]
                        connection, visit.context, visit.release, name, fields, chosen
                    )
                )
                wrong += len(chosen)
        if wrong:
            yield Words(f"{name}: {wrong} records were computed anew", f"{name}：已重新计算 {wrong} 条记录")
