"""How deep SQL nests: parsers hold only so much, SQLite's before version 3.46 a hundred places, so that more is refused early."""

from __future__ import annotations

import re

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from kith.rules.sql.dialect import Dialect
from kith.rules.sql.lower import Lowering
from kith.rules.sql.tables import Element, Members, Rows
from kith.rules.sql.values import Engine
from kith.rules.tree import Node, children

COMPILERS: dict[Engine, sa.Dialect] = {
    "sqlite": SQLiteDialect_pysqlite(),
    "postgresql": PGDialect_psycopg(),  # type: ignore[no-untyped-call]  # the library's
}
MOST: dict[Engine, float] = {"sqlite": 80, "postgresql": 250}
"""Places for one expression. SQLite keeps the rest for the statement around it; with more, SQLAlchemy would run out of Python's."""
SHALLOW = 5
"""Trees of so few levels are never too deep."""
TOKEN = re.compile(r"(?P<query>\(SELECT\b)|(?P<call>\w\()|(?P<group>\()|(?P<case>\bCASE\b)|(?P<close>\)|\bEND\b)")
PLACES = {"query": 12.0, "call": 5.3, "group": 5.3, "case": 5.3}
"""What each costs at most, found by trying."""


def is_too_deep(tree: Node, dialect: Dialect) -> bool:
    """Whether the engine's parser might not hold an expression."""
    if levels(tree, SHALLOW + 1) <= SHALLOW:
        return False
    try:
        query = sa.select(Lowering(Anywhere(), dialect, ANY).value(tree))
        return places(str(query.compile(dialect=COMPILERS[dialect.name]))) > MOST[dialect.name]
    except RecursionError:
        return True


def levels(node: Node, most: int) -> int:
    """How many levels a tree has; counting stops at `most`."""
    return 1 + max((levels(child, most - 1) for child in children(node)), default=0) if most > 1 else 1


def places(sql: str) -> float:
    """Places of a parser's stack that a statement takes at its deepest point, counted generously."""
    stack: list[float] = []
    taken = deepest = 0.0
    for token in TOKEN.finditer(sql):
        cost = PLACES.get(token.lastgroup or "")
        if cost is not None:
            stack.append(cost)
            taken += cost
            deepest = max(deepest, taken)
        elif stack:
            taken -= stack.pop()
    return deepest


class Anywhere:
    """Tables of no real place, for looking at what an expression becomes."""

    def __init__(self) -> None:
        self.this = Rows("", sa.table("t", sa.column("id")))

    def column(self, rows: Rows, field: str) -> Element:
        """Any field."""
        return sa.column(field)

    def joined(self, rows: Rows, field: str) -> Rows | None:
        """Nothing."""
        return None

    def found(self, entity: str, id_: Element) -> Rows:
        """Any record."""
        return Rows(entity, sa.table("t", sa.column("id")), sa.true())

    def related(self, rows: Rows, relation: str) -> Rows:
        """Any records."""
        return self.found("", sa.null())

    def members(self, rows: Rows, field: str) -> Members:
        """Any members."""
        return Members(sa.table("m", sa.column("value")), sa.column("value"), sa.true())


ANY = Rows("", sa.table("t", sa.column("id")))
