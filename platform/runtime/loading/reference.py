"""Reference data carried out: rows made and brought up to date in what nobody has changed, and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.runtime.context import SYSTEM, Context
from kith.runtime.loading.comparing import WRITTEN, Decision
from kith.runtime.loading.judging import Judged, Record, judge
from kith.runtime.loading.memory import Entry, Memory, forget, recall, remember
from kith.runtime.loading.returning import bring_back
from kith.runtime.loading.rows import Rows
from kith.runtime.loading.saving import save_rows
from kith.runtime.loading.standing import standings
from kith.runtime.write.change import Cause, Change, Refused
from kith.runtime.write.gate import save_within

if TYPE_CHECKING:
    from kith.runtime.release import Release


def apply_reference(connection: sa.Connection, context: Context, release: Release) -> None:
    """Bring the records that come with a release up to date, as the system.

    Raises NotLoaded, after which nothing of it may be kept.
    """
    context = context.as_(SYSTEM)
    rows = Rows(connection, release.model, release.names, release, context.now)
    judged = judge(rows, bring_back(rows, context, recall(connection)))
    for data, decisions in groupby(judged.decisions, key=lambda one: one.offer.data.name):
        changes = ((one.offer.row, change) for one in decisions if (change := _change(rows, judged, one)) is not None)
        save_rows(connection, context, release, data, list(changes))
    entities = release.names.by_table
    for memory, fields in judged.cleared:
        declared = release.model.entities[entities[memory.entity]].fields
        emptied = Change(
            "update", entities[memory.entity], memory.record, {name: declared[name].default for name in fields}
        )
        save_rows(connection, context, release, memory.data, [(memory.row, emptied)])
    _remove(connection, context, release, judged, entities)
    remember(connection, _remembered(rows, judged))
    remember(connection, _away(rows, judged.removed))
    forget(connection, [(one.entity, one.record) for one in judged.left])


def _change(rows: Rows, judged: Judged, decision: Decision) -> Change | None:
    """What the write gate is asked to do for a row."""
    offer = decision.offer
    cells = [offer.cells[name] for name in decision.given]
    values, children = rows.values(offer.entity, {cell.name: cell.raw for cell in cells})
    if decision.fate == "new":
        present = {name: value for name, value in values.items() if value is not None}
        return Change("create", offer.entity.name, decision.id, present, children)
    if not decision.given:
        return None
    standing = judged.standing.get((offer.table, decision.id))
    for name in decision.given:
        if standing is not None and (relation := offer.cells[name]).field is None:
            there = [str(id_) for id_, _ in standing.cells.get(name, ())]
            line = offer.entity.inverses[relation.name].entity
            children[relation.name] = tuple(_lines(line, there, children[relation.name]))
    return Change("update", offer.entity.name, decision.id, values, children)


def _lines(entity: str, there: list[str], wanted: tuple[Change, ...]) -> Iterator[Change]:
    """Owned lines in place of those that are there."""
    for index, line in enumerate(wanted):
        if index < len(there):
            yield Change("update", line.entity, there[index], line.values)
        else:
            yield line
    yield from (Change("delete", entity, id_) for id_ in there[len(wanted) :])


def _remove(
    connection: sa.Connection, context: Context, release: Release, judged: Judged, entities: dict[str, str]
) -> None:
    """Put rows that the release no longer has into the recycle bin; those that a rule keeps stay."""
    for memory in list(judged.removed):
        cause = Cause("system", detail=f"data/{memory.data}")
        change = Change("delete", entities[memory.entity], memory.record)
        (verdict,) = save_within(connection, context, release, [change], cause, "each")
        if isinstance(verdict, Refused):
            judged.removed.remove(memory)
            judged.left.append(memory)


def _remembered(rows: Rows, judged: Judged) -> Iterator[Memory]:
    """Rows as they now are, where that is not remembered yet."""
    places: dict[Record, list[Decision]] = {}
    for decision in judged.decisions:
        if decision.fate != "blocked":
            places.setdefault((decision.offer.table, decision.id), []).append(decision)
    written = {record for record, decisions in places.items() if any(one.given for one in decisions)}
    written |= {(memory.entity, memory.record) for memory, _ in judged.cleared}
    after = _after(rows, written)
    for record, decisions in places.items():
        memory, standing = judged.memories.get(record), judged.standing.get(record)
        values: dict[str, Entry] = {}
        for decision in decisions:
            values |= {
                name: (after[record].cells.get(name) if value is WRITTEN else value, source)
                for name, (value, source) in decision.values.items()
            }
        untouched = memory.version == standing.version if memory and standing else standing is None and memory is None
        version = (after[record].version if record in written else memory.version if memory else 0) if untouched else 0
        last = decisions[0].offer
        now = Memory(record[0], record[1], last.key, last.data.name, last.row, version, values)
        if now != memory:
            yield now


def _away(rows: Rows, removed: Iterable[Memory]) -> Iterator[Memory]:
    """Rows that were taken away, as they are remembered in case that they are offered again."""
    removed = list(removed)
    after = _after(rows, [(one.entity, one.record) for one in removed])
    yield from (replace(one, version=-after[one.entity, one.record].version) for one in removed)


def _after(rows: Rows, written: Iterable[Record]) -> dict[Record, Any]:
    entities = rows.names.by_table
    found: dict[Record, Any] = {}
    for table, some in groupby(sorted(written), key=lambda one: one[0]):
        there = standings(rows.connection, rows.release, entities[table], [id_ for _, id_ in some])
        found |= {(table, id_): standing for id_, standing in there.items()}
    return found
