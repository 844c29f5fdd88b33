"""The tables of a release as the language's SQL back end sees them, where declared logic reads everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import FromClause

from kith.metadata.model import Field, Model
from kith.rules.sql.dialect import Dialect
from kith.rules.sql.lower import value
from kith.rules.sql.tables import Element, Members, Rows
from kith.rules.types import DATETIME
from kith.runtime.schema.soon import whole
from kith.runtime.schema.storage import VALUE
from kith.runtime.schema.tables import EntityTable, FieldColumns, Tables


class Layout:
    """One statement's view of the tables: `this` is the record its expressions are about.

    `joined` may be filled with what the statement has joined already, by (alias, reference field).
    """

    def __init__(self, model: Model, tables: Tables, dialect: Dialect, this: Rows) -> None:
        self.model = model
        self.tables = tables
        self.dialect = dialect
        self._this = this
        self.joins: dict[tuple[FromClause, str], Rows] = {}

    @property
    def this(self) -> Rows:
        """The record that the expression is about."""
        return self._this

    def about(self, rows: Rows) -> Layout:
        """The same view for an expression about another record."""
        other = type(self)(self.model, self.tables, self.dialect, rows)
        other.joins = self.joins
        return other

    def column(self, rows: Rows, field: str) -> Element:
        """A field's value: its column, that of one of its parts, or what it is computed from."""
        name, _, part = field.partition(".")
        declared = self.model.entities[rows.entity].fields.get(name)
        if declared is None:
            return rows.source.c[field]
        if declared.storage == "computed":
            return self.computed(rows, declared)
        columns = self.tables[rows.entity].columns[name]
        if part:
            found = rows.source.c[columns.parts[part].name]
            if not columns.entities:
                return found
            # Ids are texts to expressions.
            return called(found, columns) if part == "entity" else sa.cast(found, sa.Text())
        if VALUE not in columns.parts:
            held = [rows.source.c[column.name].is_not(None) for column in columns.parts.values()]
            return sa.case((sa.or_(*held), sa.literal_column("'1'")))
        if declared.storage == "soon":
            return whole(rows.source, self.tables[rows.entity].stable_name, columns.value)
        stored: Element = rows.source.c[columns.value.name]
        if columns.fresh_until is None:
            return stored
        now = self.dialect.parameter("now", DATETIME)
        return sa.case((rows.source.c[columns.fresh_until.name] > now, stored), else_=self.computed(rows, declared))

    def computed(self, rows: Rows, declared: Field) -> Element:
        """A field's value, worked out from its expression."""
        if declared.value is None:
            raise ValueError(f"{declared.entity}.{declared.name} is not computed")
        return value(declared.value.tree, self.about(rows), self.dialect)

    def joined(self, rows: Rows, field: str) -> Rows | None:
        """The record a reference names, where the statement has joined it already."""
        return self.joins.get((rows.source, field))

    def found(self, entity: str, id_: Element) -> Rows:
        """The record of that id, deleted or not."""
        alias = self.alias(entity)
        return Rows(entity, alias, alias.c.id == id_)

    def related(self, rows: Rows, relation: str) -> Rows:
        """The live records of a to-many relation."""
        inverse = self.model.entities[rows.entity].inverses.get(relation)
        if inverse is None:
            # Links of the record's own, many to many.
            item = self.model.entities[rows.entity].fields[relation].type.item
            assert item is not None
            links = self.tables[rows.entity].links[relation].table.alias()
            linked = sa.select(links.c.value).where(links.c.record == rows.source.c.id).correlate_except(links)
            return self._live(item.entity, lambda alias: alias.c.id.in_(linked))
        if inverse.field in self.tables[inverse.entity].links:
            links = self.tables[inverse.entity].links[inverse.field].table.alias()
            linked = sa.select(links.c.record).where(links.c.value == rows.source.c.id).correlate_except(links)
            return self._live(inverse.entity, lambda alias: alias.c.id.in_(linked))
        reference = self.tables[inverse.entity].columns[inverse.field].tie.name
        return self._live(inverse.entity, lambda alias: alias.c[reference] == rows.source.c.id)

    def _live(self, entity: str, tie: Callable[[Any], sa.ColumnElement[bool]]) -> Rows:
        alias = self.alias(entity)
        return Rows(entity, alias, tie(alias) & alias.c.deleted_at.is_(None))

    def members(self, rows: Rows, field: str) -> Members:
        """The values of a set field."""
        link = self.tables[rows.entity].links[field].table.alias()
        return Members(link, link.c.value, link.c.record == rows.source.c.id)

    def alias(self, entity: str) -> Any:
        """A new alias of an entity's table."""
        return self.table(entity).table.alias()

    def table(self, entity: str) -> EntityTable:
        """Where an entity's records are."""
        return self.tables[entity]


def called(column: Element, columns: FieldColumns) -> Element:
    """What the entity is called whose table a column names: nearly always the same."""
    others = {table: entity for table, entity in columns.entities.items() if table != entity}
    return sa.case(others, value=column, else_=column) if others else column


def layout_of(
    model: Model, tables: Tables, dialect: Dialect, entity: str, make: Callable[..., Layout] = Layout
) -> Layout:
    """A view about the rows of an entity's own table, unaliased."""
    return make(model, tables, dialect, Rows(entity, tables[entity].table))
