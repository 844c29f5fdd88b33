"""The typed tree becomes SQLAlchemy elements; what differs between engines is asked of the dialect."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from kith.rules.sql import aggregates, logic
from kith.rules.sql.dialect import Dialect
from kith.rules.sql.operations import VALUES
from kith.rules.sql.tables import Element, Members, Rows, Tables, within
from kith.rules.tree import Aggregate, Call, Constant, Convert, Node, Path, Step, Template
from kith.rules.types import Type


class UnsupportedError(Exception):
    """A tree that `unsupported` would have refused was lowered: our own mistake, never an author's."""


def condition(node: Node, tables: Tables, dialect: Dialect) -> ColumnElement[bool]:
    """SQL that is true exactly where the condition is true (and false or null elsewhere), for WHERE, ON and CASE."""
    return Lowering(tables, dialect).holds(node)


def value(node: Node, tables: Tables, dialect: Dialect) -> Element:
    """SQL of the node's value, as `values.from_database` reads it."""
    return Lowering(tables, dialect).value(node)


def actors(path: str) -> str:
    """The parameter that holds a field of the actor, or a part of one."""
    return f"me_{path.replace('.', '__')}"


class Lowering:
    """One pass over one tree; `row` is the related record inside an aggregate."""

    def __init__(self, tables: Tables, dialect: Dialect, row: Rows | None = None) -> None:
        self.tables = tables
        self.dialect = dialect
        self.row = row

    def inside(self, row: Rows) -> Lowering:
        """The same pass, where `row` means that related record."""
        return Lowering(self.tables, self.dialect, row)

    def holds(self, node: Node) -> ColumnElement[bool]:
        """SQL that is true exactly where the node is true."""
        return logic.holds(self, node)

    def fails(self, node: Node) -> ColumnElement[bool]:
        """SQL that is true exactly where the node is false or null."""
        return logic.fails(self, node)

    def value(self, node: Node) -> Element:
        """SQL of the node's value in the form its type has on this engine."""
        match node:
            case Constant():
                return self.dialect.literal(node.value, node.type)
            case Path():
                return self.path(node)
            case Convert():
                return self.dialect.fitted(self.value(node.arg), node.arg.type, node.type)
            case Call():
                return self.call(node)
            case Aggregate():
                return aggregates.value(self, node)
            case Template(parts=parts) if all(isinstance(part, str) for part in parts):
                return self.dialect.literal("".join(map(str, parts)), node.type)
            case _:
                raise UnsupportedError(f"no SQL for {type(node).__name__}")

    def call(self, node: Call) -> Element:
        """SQL of an operation's value."""
        if node.op in logic.TWO_VALUED:
            return self.dialect.truth(self.holds(node))
        try:
            build: Callable[[Lowering, Call], Element] = VALUES[node.op]
        except KeyError:
            raise UnsupportedError(f"no SQL for the operation {node.op}") from None
        return build(self, node)

    def as_(self, node: Node, type_: Type) -> Element:
        """SQL of the node's value in the form that another type of its family has."""
        if isinstance(node, Constant):
            return self.dialect.literal(node.value, type_)
        return self.dialect.rescaled(self.value(node), node.type, type_)

    def path(self, node: Path) -> Element:
        """SQL of a field, perhaps through references."""
        if node.root == "me":
            return self.actor(node)
        if node.root not in ("this", "row"):
            raise UnsupportedError(f"no SQL for {node.root}")
        rows = self.root(node)
        return self.tables.column(rows, "id") if not node.steps else self.follow(rows, node.steps)

    def root(self, node: Path) -> Rows:
        """The record that a path starts at."""
        if node.root != "row":
            return self.tables.this
        if self.row is None:
            raise UnsupportedError("a row outside of an aggregate")
        return self.row

    def actor(self, node: Path) -> Element:
        """SQL of a field of the actor: a parameter, and what is behind it."""
        first = node.steps[0] if node.steps else None
        name, type_ = (first.path, first.type) if first else ("id", node.type)
        parameter = self.dialect.parameter(actors(name), type_)
        return parameter if len(node.steps) < 2 else self.behind(parameter, node.steps[1:])

    def follow(self, rows: Rows, steps: tuple[Step, ...]) -> Element:
        """The last step's value, read from `rows` through the steps before it."""
        while len(steps) > 1:
            joined = self.tables.joined(rows, steps[0].name)
            if joined is None:
                return self.behind(self.tables.column(rows, steps[0].name), steps[1:])
            rows, steps = joined, steps[1:]
        return self.tables.column(rows, steps[0].path)

    def behind(self, id_: Element, steps: tuple[Step, ...]) -> Element:
        """The last step's value, read in one sub-query from the record of that id."""
        rows = self.chain(id_, steps)
        return within(rows, self.tables.column(rows[-1], steps[-1].path)).scalar_subquery()

    def chain(self, id_: Element, steps: tuple[Step, ...]) -> list[Rows]:
        """The records passed by steps from an id on; the last is where the last step is read."""
        rows: list[Rows] = []
        for index, step in enumerate(steps):
            rows.append(self.tables.found(step.entity, id_))
            if index + 1 < len(steps):
                id_ = self.tables.column(rows[-1], step.name)
        return rows

    def comparable(self, node: Node, op: str = "lt") -> Element:
        """The value in the form in which it orders; equality needs no form."""
        element = self.value(node)
        return self.dialect.code_points(element) if node.type.kind == "text" and op not in ("eq", "ne") else element

    def sort_key(self, node: Node) -> Element:
        """What to sort by: choices go by their declared order."""
        return self.rank(node) if node.type.kind == "choice" else self.comparable(node)

    def rank(self, node: Node) -> Element:
        """The place of an option in its declared order."""
        if not node.type.options:
            return sa.cast(sa.null(), sa.BigInteger())
        places = {key: self.dialect.number(place) for place, key in enumerate(node.type.options)}
        return sa.case(places, value=self.value(node))

    def option(self, rank: Element, type_: Type) -> Element:
        """The option at a place of the declared order."""
        keys = {place: self.dialect.literal(key, type_) for place, key in enumerate(type_.options)}
        return sa.case(keys, value=rank) if keys else sa.cast(sa.null(), sa.Text())

    def members(self, path: Path) -> tuple[Members, list[Rows]]:
        """The values of a set field, and the records passed on the way to it."""
        if path.root == "me":
            first = path.steps[0]
            passed = self.chain(self.dialect.parameter(f"me_{first.name}", first.type), path.steps[1:])
        elif len(path.steps) > 1:
            rows = self.root(path)
            passed = self.chain(self.tables.column(rows, path.steps[0].name), path.steps[1:])
        else:
            return self.tables.members(self.root(path), path.steps[0].name), []
        return self.tables.members(passed[-1], path.steps[-1].name), passed

    def exists(self, members: Members, passed: list[Rows], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        """Whether a set has a member that meets these conditions."""
        return within([*passed, members], sa.literal_column("1")).where(*conditions).exists()

    def actors_set(self, path: Path) -> Element:
        """A set field of the actor, as a parameter that expands to its members."""
        item = path.type.item or path.type
        return sa.bindparam(f"me_{path.steps[0].name}", type_=self.dialect.type_(item), expanding=True)
