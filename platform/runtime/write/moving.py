"""Parents of which nothing but sums and counts moves: one statement each, sent with the save, without reading them first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kith.rules.sql.values import Converter, is_wide, reader, writer
from kith.runtime.driver import Row, Writing, writing
from kith.runtime.search import indexed_of
from kith.runtime.waiting import Write

if TYPE_CHECKING:
    from kith.runtime.write.session import Session

Deltas = Mapping[str, Decimal | int]


def moves(session: Session, entity: str, id_: str, deltas: Deltas, otherwise: Callable[[], object]) -> bool:
    """Add to the roll-ups of a record with the next writes; False, with nothing done, where more would follow.

    More follows where formulas, rules or roll-ups depend on them. `otherwise` is called once the statement has found
    that a sum no longer fits, or that the record is gone.
    """
    if not follows_nothing(session, entity, deltas):
        return False
    if not any(deltas.values()):
        return True
    names = tuple(sorted(deltas))
    move = session.release.cached(("move", entity, names), lambda: _move(session, entity, names))
    if not all(is_exact(scale, deltas[name]) for name, scale, _, _ in move.sums):
        return False
    given = {f"by_{name}": deltas[name] if write is None else write(deltas[name]) for name, _, _, write in move.sums}
    session.touched.add((entity, id_))

    def answer(row: Row | None) -> None:
        known = session.records.get(entity, {})
        if row is None:
            otherwise()
        elif id_ in known:
            record = known[id_] = known[id_].copy()
            record["computed"] = int(row[0])
            for (name, _, read, _), value in zip(move.sums, row[1:], strict=True):
                record[name] = value if read is None else read(value)

    session.out.add(Write(move.update, [{"id_": id_, **given}], answer))
    return True


def follows_nothing(session: Session, entity: str, deltas: Deltas) -> bool:
    """Whether nothing else depends on these roll-ups of an entity."""
    return session.release.cached(
        ("moves alone", entity, tuple(deltas)), lambda: _follows_nothing(session, entity, deltas)
    )


def _follows_nothing(session: Session, entity: str, deltas: Deltas) -> bool:
    plan, names = session.plan(entity), frozenset(deltas)
    if plan.steps or plan.requires or plan.after or plan.watches:
        return False
    read = [feed.reads for feed in plan.feeds] + [copied.reads for copied in plan.copies]
    if not all(names.isdisjoint(reads) for reads in read):
        return False
    looked_at = {name for key in session.shelf(entity).table.keys.values() for name in key.fields}
    looked_at |= indexed_of(session.release, entity)
    engine = session.release.tables.engine
    return names.isdisjoint(looked_at) and all(
        name in plan.rollups
        and plan.rollups[name].field.storage == "stored"
        and not (engine == "sqlite" and is_wide(plan.rollups[name].field.type))
        for name in names
    )


def is_exact(scale: int, delta: Decimal | int) -> bool:
    """Whether a column of a scale holds a delta as it is: sums are rounded once, after adding."""
    return isinstance(delta, int) or -delta.normalize().as_tuple().exponent <= scale  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class Move:
    """The statement that adds to some sums: of each its name and scale, and how its values come and go."""

    update: Writing
    sums: tuple[tuple[str, int, Converter | None, Converter | None], ...]


def _move(session: Session, entity: str, names: tuple[str, ...]) -> Move:
    fields, engine = session.release.model.entities[entity].fields, session.release.tables.engine
    types = [(name, fields[name].type) for name in names]
    sums = tuple((name, type_.scale, reader(type_, engine), writer(type_, engine)) for name, type_ in types)
    return Move(_update(session, entity, names), sums)


def _update(session: Session, entity: str, names: tuple[str, ...]) -> Writing:
    shelf = session.shelf(entity)
    table = shelf.table.table
    values: dict[Any, Any] = {table.c.computed: sa.func.coalesce(table.c.computed, 0) + 1}
    fitting = [table.c.id == sa.bindparam("id_", type_=table.c.id.type), shelf.table.live]
    returned: list[Any] = [table.c.computed]
    for name in names:
        column, type_ = shelf.table.columns[name].value, shelf.table.columns[name].field.type
        sum_ = sa.func.coalesce(column, 0) + sa.bindparam(f"by_{name}", type_=column.type)
        digits = type_.precision if shelf.engine == "sqlite" else type_.precision - type_.scale
        values[column] = sum_
        fitting.append(sa.func.abs(sum_) < 10**digits)
        returned.append(column)
    return writing(session.raw, sa.update(table).where(*fitting).values(values).returning(*returned))
