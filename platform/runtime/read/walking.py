"""Statements that go through many records, prepared so that SQLite reads them as they lie in the file.

Nearly every index holds live records only, and SQLite takes such an index for the smaller table even where it can neither
find by it nor sort by it: it then reads the records in the index's order, all over the file, several times slower than one
after the other. Only the plan tells, so the plan is asked, once for each statement that is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from kith.runtime.read.prepared import prepare
from kith.runtime.read.statement import Statement

WALK = re.compile(r"SCAN (?:TABLE )?(?P<table>.+) USING INDEX (?P<index>\S+)")
SORTS = "USE TEMP B-TREE FOR ORDER BY"


def walking(
    connection: sa.Connection, statement: Statement, build: Callable[[], sa.Select[Any]], *, ordered: bool = False
) -> sa.Select[Any]:
    """What `build` makes of a statement; `ordered` where it reads a page in an order that an index may give."""
    select = build()
    if connection.dialect.name != "sqlite" or not _wanders(connection, statement, select, ordered=ordered):
        return select
    statement.in_place()
    return build()


def count_exactly(statement: Statement) -> sa.Select[Any]:
    """How many records there are."""
    return statement.select(sa.func.count())


def count_some(statement: Statement, cap: int) -> sa.Select[Any]:
    """How many records there are, up to one more than the cap."""
    # Written out: a plan made for any limit would not know that it is a small one.
    some = each(statement).limit(sa.literal_column(str(cap + 1))).subquery()
    return sa.select(sa.func.count()).select_from(some)


def each(statement: Statement) -> sa.Select[Any]:
    """A row for each record."""
    return statement.select(sa.literal_column("1").label("one"))


def _wanders(connection: sa.Connection, statement: Statement, select: sa.Select[Any], *, ordered: bool) -> bool:
    """Whether the whole of an index is gone through for nothing: neither for an order nor for the values in it."""
    steps = prepare(connection, select).plan(connection)
    if ordered and SORTS not in steps:
        return False
    table = statement.this.source
    assert isinstance(table, sa.Table)
    walked = {match["index"] for match in map(WALK.fullmatch, steps) if match and match["table"] == table.name}
    used = {item.name for item in visitors.iterate(select) if isinstance(item, sa.Column) and item.table is table}
    # That they are live is what the index itself says.
    used -= {"deleted_at"}
    return any(not used <= set(index.columns.keys()) for index in table.indexes if index.name in walked)
