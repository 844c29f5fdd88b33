"""One statement on its way: its tables, the references it joins, and the conditions on its records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import FromClause, UnaryExpression
from sqlalchemy.sql.operators import custom_op

from kith.metadata.model import Field
from kith.rules.sql.dialect import Dialect
from kith.rules.sql.postgresql import PostgreSQL
from kith.rules.sql.tables import Element, Rows
from kith.rules.tree import Node, Path, walk
from kith.rules.types import DATETIME
from kith.runtime.read.arrays import Asking
from kith.runtime.read.guarded import Guarded
from kith.runtime.read.reader import Clause, Reader


@dataclass
class Statement:
    """A select over the records of one entity, under the rights of a reader."""

    reader: Reader
    tables: Guarded
    source: FromClause
    wanted: list[Element] = field(default_factory=list)
    conditions: list[Clause] = field(default_factory=list)
    live: Clause | None = None
    """That the records are not in the recycle bin, where it says that."""

    @property
    def this(self) -> Rows:
        """The records that are read."""
        return self.tables.this

    def want(self, element: Element) -> int:
        """Select an element; its place in the driver's tuples."""
        self.wanted.append(element)
        return len(self.wanted) - 1

    def limit_to(self, condition: Clause | None) -> None:
        """Add a condition on the records."""
        if condition is not None:
            self.conditions.append(condition)

    def only(self, *, deleted: bool = False) -> None:
        """Read what the reader may read, live or deleted."""
        gone = self.this.source.c.deleted_at
        if deleted:
            # The index over deleted records knows them by their deletion.
            self.conditions += [gone.is_not(None), self.this.source.c.deletion.is_not(None)]
        else:
            self.live = gone.is_(None)
        self.limit_to(self.reader.allowed(self.tables, self.this))

    def gone_with(self, id_: Element, *entities: str) -> None:
        """Of the deleted records leave those that went into the recycle bin together with that one, of one of these entities."""
        records = [self.reader.release.tables[entity].table.alias() for entity in entities]
        deletions = [sa.select(record.c.deletion).where(record.c.id == id_) for record in records]
        self.limit_to(sa.or_(*(self.this.source.c.deletion == one.scalar_subquery() for one in deletions)))

    def in_place(self) -> None:
        """Keep SQLite from going through an index over live records only because it is one: `+column` has no index."""
        if self.live is not None:
            gone = self.this.source.c.deleted_at
            self.live = UnaryExpression(gone, operator=custom_op("+"), type_=gone.type).is_(None)

    def value(self, node: Node) -> Element:
        """SQL of what somebody asked for."""
        return Asking(self.tables, self.tables.dialect).value(node)

    def holds(self, node: Node) -> Clause:
        """SQL of a condition that somebody asked for."""
        return Asking(self.tables, self.tables.dialect).holds(node)

    def ask(self, node: Node) -> None:
        """Add a condition that somebody asked for.

        What it reads through references is joined, so that an engine may begin there: a sub-query is asked for each record.
        """
        for path in walk(node):
            if isinstance(path, Path) and path.root == "this":
                self.follow(path)
        self.limit_to(self.holds(node))

    def follow(self, path: Path) -> None:
        """Join the records that a path passes, as far as the reader may read them."""
        rows: Rows | None = self.this
        for step in path.steps[:-1]:
            rows = self.join(rows, step.name) if rows is not None and step.type.kind == "ref" else None

    def join(self, rows: Rows, reference: str) -> Rows | None:
        """The record that a reference names, joined once; None where the reader may read no such record."""
        known = self.tables.joined(rows, reference)
        if known is not None:
            return known
        target = target_of(self.reader, rows.entity, reference)
        if not target or not self.reader.may_read(target):
            return None
        found = self.tables.found(target, self.tables.column(rows, reference))
        self.source = self.source.outerjoin(found.source, found.where)
        joined = Rows(target, found.source)
        self.tables.joins[rows.source, reference] = joined
        return joined

    def join_any(self, rows: Rows, reference: str, target: str) -> Rows | None:
        """The record that a reference to any record names where it is one of that entity, joined once."""
        key = (rows.source, f"{reference}/{target}")
        known = self.tables.joins.get(key)
        if known is not None:
            return known
        if not self.reader.may_read(target):
            return None
        columns, table = self.reader.release.tables[rows.entity].columns[reference], self.reader.release.tables[target]
        id_ = self.tables.where_readable(rows, reference, rows.source.c[columns.tie.name])
        found = self.tables.found(target, id_)
        is_of = rows.source.c[columns.parts["entity"].name] == table.stable_name
        self.source = self.source.outerjoin(
            found.source, sa.and_(is_of, found.where) if found.where is not None else is_of
        )
        joined = self.tables.joins[key] = Rows(target, found.source)
        return joined

    def sort_column(self, rows: Rows, declared: Field) -> Element | None:
        """The stored sort key of a text, null where the reader may not read the text; None where there is none."""
        columns = self.reader.release.tables[rows.entity].columns.get(declared.name)
        if columns is None or columns.sort is None:
            return None
        key: Element = rows.source.c[columns.sort.name]
        if columns.fresh_until is not None:
            now = self.tables.dialect.parameter("now", DATETIME)
            computed = folded(self.tables.dialect, self.tables.computed(rows, declared))
            key = sa.case((rows.source.c[columns.fresh_until.name] > now, key), else_=computed)
        return self.tables.where_readable(rows, declared.name, key)

    def select(self, *elements: Element) -> sa.Select[Any]:
        """The statement; what is wanted where no elements are given."""
        chosen = elements or tuple(element.label(f"c{index}") for index, element in enumerate(self.wanted))
        conditions = self.conditions if self.live is None else [self.live, *self.conditions]
        return sa.select(*chosen).select_from(self.source).where(*conditions)


def folded(dialect: Dialect, element: Element) -> Element:
    """A text as it sorts where no sort key is stored."""
    if isinstance(dialect, PostgreSQL) and not dialect.collation:
        return dialect.code_points(element)
    return dialect.text("fold", element)


def statement_about(reader: Reader, entity: str) -> Statement:
    """A statement about all records of an entity, without conditions yet."""
    table = reader.release.tables[entity].table
    return Statement(reader, Guarded(reader, Rows(entity, table)), table)


def target_of(reader: Reader, entity: str, reference: str) -> str:
    """The entity that a reference refers to, "" where there is no such entity."""
    declared = reader.field(entity, reference)
    target = declared.type.entity if declared is not None else "user" if reference.endswith("_by") else ""
    return target if target in reader.release.model.entities else ""
