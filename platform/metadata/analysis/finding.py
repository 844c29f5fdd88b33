"""What a list or a scope asks the database for, and whether an index serves it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kith.metadata.model import Entity, Field, View
from kith.rules.program import Expression
from kith.rules.tree import Aggregate, Call, Node, Path, walk

EQUAL = frozenset({"eq", "in"})
RANGE = frozenset({"lt", "le", "gt", "ge", "between", "starts_with"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """The own columns that a condition compares with what is known before a record is read: as equal, or as a range."""

    equal: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    open: bool = False
    """Whether something else is asked as well, that no index of the entity can answer."""

    @property
    def all(self) -> tuple[str, ...]:
        """Every such column."""
        return (*self.equal, *self.ranges)


def wanted_by(entity: Entity, conditions: Iterable[Expression | None]) -> Wanted:
    """What conditions that hold together ask of a record's own columns."""
    equal: dict[str, None] = {}
    ranges: dict[str, None] = {}
    is_open = False
    for condition in conditions:
        for node in _together(condition.tree) if condition is not None else ():
            name, op = _compared(entity, node)
            if not name:
                is_open = True
            elif op in RANGE:
                ranges[name] = None
            else:
                equal[name] = None
    return Wanted(tuple(equal), tuple(name for name in ranges if name not in equal), is_open)


def _together(node: Node) -> Iterator[Node]:
    if isinstance(node, Call) and node.op == "and":
        for part in node.args:
            yield from _together(part)
    else:
        yield node


def _compared(entity: Entity, node: Node) -> tuple[str, str]:
    """The own column that a condition compares with what does not hang on the record, and how."""
    if isinstance(node, Path) and node.type.kind == "bool":
        return own_column(entity, node), "eq"
    if isinstance(node, Call) and node.op == "not" and isinstance(node.args[0], Path):
        return own_column(entity, node.args[0]), "eq"
    if not isinstance(node, Call) or node.op not in (EQUAL | RANGE) or not node.args:
        return "", ""
    sides = node.args if node.op == "eq" else node.args[:1]
    for index, side in enumerate(sides):
        others = [arg for place, arg in enumerate(node.args) if place != index]
        if (name := own_column(entity, side)) and not any(_reads_record(other) for other in others):
            return name, node.op
    return "", ""


def _reads_record(node: Node) -> bool:
    return any(
        isinstance(part, Aggregate) or (isinstance(part, Path) and part.root in ("this", "row")) for part in walk(node)
    )


def own_column(entity: Entity, node: Node) -> str:
    """The field of the record itself that a path is, where one column holds it; "" for everything else."""
    if not isinstance(node, Path) or node.root != "this" or len(node.steps) != 1 or node.steps[0].part:
        return ""
    field = entity.fields.get(node.steps[0].name)
    return field.name if field is not None and is_indexable(field) else ""


def is_indexable(field: Field) -> bool:
    """Whether an index can be made over a field: one column holds it, and it holds still."""
    return field.storage == "stored" and field.type.kind not in ("set", "record", "file", "geo")


def indexes_of(entity: Entity) -> Iterator[tuple[str, ...]]:
    """The columns of every index over an entity: declared, of keys, of references."""
    yield from entity.indexes.values()
    yield from (key.fields for key in entity.keys.values())
    for field in entity.fields.values():
        if field.unique or field.type.kind == "ref":
            yield (field.name,)


def is_served(entity: Entity, wanted: Wanted, sort: str) -> bool:
    """Whether some index begins with what is asked for, or already has the order that is wanted."""
    return any(index[:1] and (index[0] in wanted.all or index[0] == sort) for index in indexes_of(entity))


def is_by_actor(condition: Expression) -> bool:
    """Whether each reader finds other records by it: then it leaves few."""
    return any(isinstance(node, Path) and node.root == "me" for node in walk(condition.tree))


def sort_of(entity: Entity, view: View) -> str:
    """The own column by which a view is sorted first; of a board the one that it asks for column by column, in time by days."""
    laid = entity.fields.get(view.starts or (view.group if view.layout == "kanban" else ""))
    if laid is not None:
        return laid.name if is_indexable(laid) else ""
    return own_column(entity, view.sort[0].value.tree) if view.sort else ""


def advice(entity: Entity, wanted: Wanted, sort: str) -> str:
    """The line for `indexes:` that would serve; what is only true or false leads nowhere near a record."""
    leading = [name for name in wanted.equal if entity.fields[name].type.kind != "bool"][:1]
    columns = [*leading, *([sort] if sort and sort not in leading else wanted.ranges[:1])] or [*wanted.all[:1]]
    return f"by_{columns[0]}: [{', '.join(columns)}]"
