"""Trees evaluated by a database: records go into temporary tables, values come back from one SELECT for many trees."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from kith.rules.operations.dates import today
from kith.rules.reference import part as part_of
from kith.rules.sql.dialect import Dialect
from kith.rules.sql.gathering import THIS, Gathered, Place, Row, Shape, shape_of
from kith.rules.sql.lower import actors, condition, value
from kith.rules.sql.tables import Element, Members, Rows
from kith.rules.sql.values import from_database, sql_type, to_database
from kith.rules.tree import BASE, Node, Path, walk
from kith.rules.types import BOOL, DATE, DATETIME, Type, ref
from kith.rules.values import DoesNotFit, Env, Record

COLUMNS = 24
"""Values that one SELECT asks for."""


class TemporaryTables:
    """The tables of a shape, as the lowering sees them: every row belongs to one environment, its batch."""

    def __init__(self, shape: Shape, dialect: Dialect) -> None:
        self.shape = shape
        self.dialect = dialect
        self.metadata = sa.MetaData()
        self.tables = {place: self._table(place) for place in shape.places()}
        self.links = {
            (self.tables[place].name, name): self._link(self.tables[place].name, name, type_)
            for place in shape.places()
            for name, type_ in shape.fields[shape.entity_of(place)].items()
            if type_.kind == "set"
        }

    def _table(self, place: Place) -> sa.Table:
        columns = [
            sa.Column(_column(name), self._type(type_))
            for name, type_ in self.shape.fields[self.shape.entity_of(place)].items()
            if type_.kind != "set" and name != "id"
        ]
        fixed = [
            sa.Column("batch", sa.Integer),
            sa.Column("id", self._type(ref(""))),
            sa.Column("parent", self._type(ref(""))),
        ]
        name = "t_" + "__".join(place)
        keys = [sa.Index(f"i_{name}_{key}", "batch", key) for key in ("id", "parent")]
        return sa.Table(name, self.metadata, *fixed, *columns, *keys, prefixes=["TEMPORARY"])

    def _link(self, table: str, name: str, type_: Type) -> sa.Table:
        fixed = [sa.Column("batch", sa.Integer), sa.Column("record", self._type(ref("")))]
        held = sa.Column("value", self._type(type_.item or type_))
        title = f"{table}__{name}__set"
        key = sa.Index(f"i_{title}", "batch", "record")
        return sa.Table(title, self.metadata, *fixed, held, key, prefixes=["TEMPORARY"])

    def _type(self, type_: Type) -> Any:
        plain = sql_type(type_, self.dialect.name)
        return sa.Text(collation="C") if isinstance(plain, sa.Text) and self.dialect.name == "postgresql" else plain

    @property
    def this(self) -> Rows:
        """The record of each environment."""
        return Rows(self.shape.this, self.tables[THIS,])

    def column(self, rows: Rows, field: str) -> Element:
        """A field's value."""
        return rows.source.c["id" if field == "id" else _column(field)]

    def joined(self, rows: Rows, field: str) -> Rows | None:
        """Nothing is joined: sub-queries follow references."""
        return None

    def found(self, entity: str, id_: Element) -> Rows:
        """The record of that id in the same environment."""
        alias = self.tables["entity", entity].alias()
        return Rows(entity, alias, (alias.c.id == id_) & (alias.c.batch == self.this.source.c.batch))

    def related(self, rows: Rows, relation: str) -> Rows:
        """The records that the relation brought for that record."""
        alias = self.tables["relation", rows.entity, relation].alias()
        of_parent = (alias.c.parent == rows.source.c.id) & (alias.c.batch == rows.source.c.batch)
        return Rows(self.shape.relations[rows.entity, relation], alias, of_parent)

    def members(self, rows: Rows, field: str) -> Members:
        """The values of a set field."""
        table: Any = rows.source.element if isinstance(rows.source, sa.Alias) else rows.source
        link = self.links[table.name, field].alias()
        return Members(link, link.c.value, (link.c.record == rows.source.c.id) & (link.c.batch == rows.source.c.batch))


def _column(field: str) -> str:
    return f"f_{field}"


class Loaded:
    """Environments in a database, ready to be asked; they share instant, time zone and actor."""

    def __init__(self, connection: sa.Connection, trees: Sequence[Node], envs: Sequence[Env], dialect: Dialect) -> None:
        self.connection = connection
        self.envs = envs
        self.dialect = dialect
        self.shape = shape_of(trees)
        self.tables = TemporaryTables(self.shape, self.dialect)
        gathered = Gathered(self.shape, trees, envs)
        self.ids = self._numbered(gathered) if dialect.name == "postgresql" else {}
        self.names = {number: name for name, number in self.ids.items()}
        self.parameters = self._parameters(trees)
        self.tables.metadata.create_all(connection, checkfirst=False)
        for place, rows in gathered.rows.items():
            self._insert(place, list(rows.values()))

    def close(self) -> None:
        """Drop the tables."""
        self.tables.metadata.drop_all(self.connection, checkfirst=False)

    def _numbered(self, gathered: Gathered) -> dict[str, str]:
        """Ids may be any text here, and PostgreSQL's must be UUIDs: numbers in the order of the texts."""
        found = {str(row.id) for rows in gathered.rows.values() for row in rows.values()}
        found |= {str(row.parent) for rows in gathered.rows.values() for row in rows.values()}
        records = [
            (self.shape.entity_of(place), row.record) for place, rows in gathered.rows.items() for row in rows.values()
        ]
        records.append(("user", self.envs[0].me))
        for entity, record in records:
            for name, held in record.items():
                type_ = self.shape.fields.get(entity, {}).get(name)
                if type_ is None or type_.kind == "ref" or (type_.item and type_.item.kind == "ref"):
                    found |= {str(one) for one in held} if isinstance(held, frozenset) else {str(held)}
        return {name: str(uuid.UUID(int=number)) for number, name in enumerate(sorted(found), start=1)}

    def _stored(self, value: object, type_: Type) -> Any:
        if type_.kind == "record":
            return value and "1"
        if type_.kind == "ref" and value is not None and self.ids:
            return self.ids[str(value)]
        return to_database(value, type_, self.dialect.name)

    def _parameters(self, trees: Sequence[Node]) -> dict[str, Any]:
        env = self.envs[0]
        name = self.dialect.name
        found = {
            "now": to_database(env.now.astimezone(UTC), DATETIME, name),
            "today": to_database(today(env), DATE, name),
        }
        for node in (part for tree in trees for part in walk(tree)):
            if isinstance(node, Path) and node.root == "me":
                step = node.steps[0] if node.steps else None
                field, type_ = (step.path, step.type) if step else ("id", node.type)
                held = _held(env.me, field)
                if type_.kind == "set" and type_.item:
                    members = held if isinstance(held, frozenset) else frozenset()
                    found[actors(field)] = [self._stored(one, type_.item) for one in members]
                else:
                    found[actors(field)] = self._stored(held, type_)
        return found

    def _insert(self, place: Place, rows: list[Row]) -> None:
        table = self.tables.tables[place]
        fields = self.shape.fields[self.shape.entity_of(place)]
        plain = {name: type_ for name, type_ in fields.items() if type_.kind != "set" and name != "id"}
        id_type = ref("")
        values = [
            {
                "batch": row.batch,
                "id": self._stored(row.id, id_type),
                "parent": self._stored(row.parent, id_type),
                **{_column(name): self._stored(_held(row.record, name), type_) for name, type_ in plain.items()},
            }
            for row in rows
        ]
        if values:
            self.connection.execute(table.insert(), values)
        for name in (name for name, type_ in fields.items() if type_.kind == "set"):
            self._insert_members(table, name, fields[name], rows)

    def _insert_members(self, table: sa.Table, name: str, type_: Type, rows: list[Row]) -> None:
        item = type_.item or type_
        values = [
            {"batch": row.batch, "record": self._stored(row.id, ref("")), "value": self._stored(member, item)}
            for row in rows
            for member in _members(row.record.get(name))
        ]
        if values:
            self.connection.execute(self.tables.links[table.name, name].insert(), values)

    # --- asking ----------------------------------------------------------------------------------------------------

    def values(self, trees: Sequence[Node]) -> list[list[object]]:
        """For each tree the value in every environment; `DoesNotFit` where the engine refused a value as too large."""
        found: list[list[object]] = []
        for start in range(0, len(trees), COLUMNS):
            some = trees[start : start + COLUMNS]
            elements = [value(tree, self.tables, self.dialect) for tree in some]
            columns = self._ask(elements, [tree.type for tree in some])
            found += [self._read(column, tree.type) for column, tree in zip(columns, some, strict=True)]
        return found

    def verdicts(self, trees: Sequence[Node]) -> list[list[object]]:
        """For each condition whether it holds in every environment, as WHERE sees it."""
        elements = [self.dialect.truth(condition(tree, self.tables, self.dialect)) for tree in trees]
        columns: list[list[object]] = []
        for start in range(0, len(elements), COLUMNS):
            columns += self._ask(elements[start : start + COLUMNS], [BOOL] * len(elements[start : start + COLUMNS]))
        return [self._read(column, BOOL) for column in columns]

    def _ask(self, elements: Sequence[Element], types: Sequence[Type]) -> list[list[object]]:
        try:
            return self._select(elements)
        except DBAPIError as error:
            if not is_overflow(error):
                raise
        if len(elements) > 1:
            return [self._ask([one], [type_])[0] for one, type_ in zip(elements, types, strict=True)]
        return [[self._single(elements[0], types[0], batch) for batch in range(len(self.envs))]]

    def _single(self, element: Element, type_: Type, batch: int) -> object:
        try:
            return self._select([element], self.tables.this.source.c.batch == batch)[0][0]
        except DBAPIError as error:
            if not is_overflow(error):
                raise
            return DoesNotFit(type_)

    def _select(self, elements: Sequence[Element], *wanted: sa.ColumnElement[bool]) -> list[list[object]]:
        this = self.tables.this.source
        named = [element.label(f"v{index}") for index, element in enumerate(elements)]
        query = sa.select(*named).select_from(this).where(*wanted).order_by(this.c.batch)
        with self._savepoint():
            rows = self.connection.execute(query, self.parameters).all()
        return [[row[index] for row in rows] for index in range(len(elements))]

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        """A refused value must not end the transaction that holds the tables."""
        if self.dialect.name == "sqlite":
            yield
            return
        with self.connection.begin_nested():
            yield

    def _read(self, column: Sequence[object], type_: Type) -> list[object]:
        found = [one if isinstance(one, DoesNotFit) else from_database(one, type_, self.dialect.name) for one in column]
        return [self.names.get(str(one), one) for one in found] if type_.kind == "ref" and self.names else found


def _held(record: Record, field: str) -> object:
    """The value of a field, or of the part behind the dot."""
    name, _, part = field.partition(".")
    return record.get(f"{name}__{part}") if part == BASE else part_of(record.get(name), part)


def _members(held: object) -> frozenset[object]:
    return held if isinstance(held, frozenset) else frozenset()


def is_overflow(error: DBAPIError) -> bool:
    """Whether the engine refused a value because it has too many digits."""
    text = str(error.orig).lower()
    return any(sign in text for sign in ("overflow", "out of range", "user-defined"))


def evaluate(
    connection: sa.Connection, trees: Sequence[Node], envs: Sequence[Env], dialect: Dialect
) -> list[list[object]]:
    """The values of trees in environments that share instant, time zone and actor, by the database of a connection."""
    loaded = Loaded(connection, trees, envs, dialect)
    try:
        return loaded.values(trees)
    finally:
        loaded.close()
