"""What the SQL back end asks of the database's layout: the runtime answers, so that rules know no table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause

Element = ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """Records of an entity inside a statement: what stands in FROM, and which of its rows are meant.

    `where` is None where the statement has already chosen the row (the record the expression is about, or a joined one).
    """

    entity: str
    source: FromClause
    where: ColumnElement[bool] | None = None


@dataclass(frozen=True, slots=True)
class Members:
    """The values of a set field of one record: a link table, the column of the values, and which of its rows are meant."""

    source: FromClause
    value: Element
    where: ColumnElement[bool]


def within(rows: Sequence[Rows | Members], *elements: Element) -> sa.Select[tuple[Any, ...]]:
    """A query of elements over rows, each joined to the ones before; every other table is the surrounding statement's."""
    source = rows[0].source
    for more in rows[1:]:
        source = source.join(more.source, sa.true() if more.where is None else more.where)
    first = [] if rows[0].where is None else [rows[0].where]
    chosen = sa.select(*elements).select_from(source).where(*first)
    return chosen.correlate_except(*(one.source for one in rows))


class Tables(Protocol):
    """The tables of a release, as one statement sees them; every call that opens rows makes a new alias."""

    @property
    def this(self) -> Rows:
        """The record that the expression is about."""

    def column(self, rows: Rows, field: str) -> Element:
        """A field's value, stored as docs/decisions/0004-storage.md says; it may be computed or guarded by rights.

        A part of a value of several is `home.city`; `home` itself is anything where one of its parts is set, else null.
        """

    def joined(self, rows: Rows, field: str) -> Rows | None:
        """The record a reference names, where the statement has joined it already; else a sub-query follows it."""

    def found(self, entity: str, id_: Element) -> Rows:
        """The record of that id, deleted or not: a reference keeps its meaning while its target is in the bin."""

    def related(self, rows: Rows, relation: str) -> Rows:
        """The live records of a to-many relation."""

    def members(self, rows: Rows, field: str) -> Members:
        """The values of a set field: choices, tags, references, users."""
