"""Pairs of which somebody has said that they are not the same: they are told of each other no more."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kith.runtime.context import Context
from kith.runtime.schema.own_alike import apart

if TYPE_CHECKING:
    from kith.runtime.release import Release

Pair = tuple[str, str]
_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def pair_of(one: str, other: str) -> Pair:
    """Two records, the lower id first."""
    return (one, other) if one < other else (other, one)


def keep_apart(connection: sa.Connection, context: Context, release: Release, entity: str, pair: Pair) -> None:
    """Note that two records are not the same; once is enough."""
    one, other = pair_of(*pair)
    row = {"entity": release.tables[entity].stable_name, "one": one, "other": other}
    insert = _INSERT[release.tables.engine](apart).on_conflict_do_nothing()
    connection.execute(insert, row | {"at": context.now, "actor": context.actor.id})


def kept_apart(connection: sa.Connection, release: Release, entity: str, pairs: Collection[Pair]) -> set[Pair]:
    """Those of some pairs, one statement for all of them."""
    wanted = {pair_of(*pair) for pair in pairs}
    if not wanted:
        return set()
    known = sa.select(apart.c.one, apart.c.other).where(
        apart.c.entity == release.tables[entity].stable_name,
        apart.c.one.in_(sorted({one for one, _ in wanted})),
        apart.c.other.in_(sorted({other for _, other in wanted})),
    )
    return wanted & {(str(one), str(other)) for one, other in connection.execute(known)}
