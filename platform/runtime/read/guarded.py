"""The tables as a person sees them: what is out of his scope, or not granted to him, is null or not there."""

from __future__ import annotations

import sqlalchemy as sa

from kith.metadata.model import Field
from kith.rules.sql.tables import Element, Members, Rows
from kith.runtime.layout import Layout
from kith.runtime.read.reader import Clause, Reader
from kith.runtime.rights import Condition


class Guarded(Layout):
    """A statement's tables under the rights of a reader.

    Records come in limited to his scope, so that a column needs no more than the condition of its field. What a computed
    field is made of is declared logic and sees everything.
    """

    def __init__(self, reader: Reader, this: Rows) -> None:
        release = reader.release
        super().__init__(release.model, release.tables, release.dialect, this)
        self.reader = reader

    def about(self, rows: Rows) -> Guarded:
        """The same view for an expression about another record."""
        other = Guarded(self.reader, rows)
        other.joins = self.joins
        return other

    @property
    def open(self) -> Layout:
        """The same tables as declared logic sees them."""
        return Layout(self.model, self.tables, self.dialect, self.this)

    def column(self, rows: Rows, field: str) -> Element:
        """A field's value where the reader may read it, else null."""
        return self.where_readable(rows, field.partition(".")[0], super().column(rows, field))

    def computed(self, rows: Rows, declared: Field) -> Element:
        """A field's value, worked out from its expression, which sees everything."""
        return self.open.computed(rows, declared)

    def where_readable(self, rows: Rows, field: str, element: Element) -> Element:
        """An element that tells of a field, null where the reader may not read that."""
        condition = self.condition(rows, self.reader.access(rows.entity, field).read)
        return element if condition is None else sa.case((condition, element))

    def condition(self, rows: Rows, condition: Condition) -> Clause | None:
        """SQL of a condition of the rights; None where it always holds."""
        return self.reader.holds(self, rows, condition)

    def found(self, entity: str, id_: Element) -> Rows:
        """The record of that id, if it is within scope."""
        return self.limited(super().found(entity, id_))

    def related(self, rows: Rows, relation: str) -> Rows:
        """The live records of a to-many relation that are within scope and whose tie may be read."""
        found = super().related(rows, relation)
        inverse = self.model.entities[rows.entity].inverses.get(relation)
        holder, tie = (found, inverse.field) if inverse is not None else (rows, relation)
        readable = self.condition(holder, self.reader.access(holder.entity, tie).read)
        return self.limited(_also(found, readable))

    def members(self, rows: Rows, field: str) -> Members:
        """The values of a set field, none where the reader may not read it."""
        found = super().members(rows, field)
        readable = self.condition(rows, self.reader.access(rows.entity, field).read)
        return found if readable is None else Members(found.source, found.value, sa.and_(found.where, readable))

    def limited(self, rows: Rows) -> Rows:
        """Records, without those that are out of scope."""
        return _also(rows, self.reader.allowed(self, rows))


def _also(rows: Rows, condition: Clause | None) -> Rows:
    if condition is None:
        return rows
    where = condition if rows.where is None else sa.and_(rows.where, condition)
    return Rows(rows.entity, rows.source, where)
