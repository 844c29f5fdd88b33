"""The records that trees read, gathered from environments: what a database must hold to evaluate the trees itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kith.rules.tree import Aggregate, Node, Path, Step, children, walk
from kith.rules.types import Type
from kith.rules.values import Env, Record

THIS = "this"
Place = tuple[str, ...]
"""`("this",)`, `("entity", name)`, or `("relation", owner's entity, relation)`: each has a table of its own."""


@dataclass
class Shape:
    """What trees read of each entity: its fields with their types, and the relations with the entity of their records."""

    this: str = ""
    fields: dict[str, dict[str, Type]] = field(default_factory=dict)
    relations: dict[tuple[str, str], str] = field(default_factory=dict)

    def entity_of(self, place: Place) -> str:
        """The entity whose fields a table has."""
        if place[0] == THIS:
            return self.this
        return place[1] if place[0] == "entity" else self.relations[place[1], place[2]]

    def places(self) -> list[Place]:
        """Every table."""
        entities = [("entity", name) for name in self.fields]
        return [(THIS,), *entities, *(("relation", *key) for key in self.relations)]


def shape_of(trees: Iterable[Node]) -> Shape:
    """What some trees read."""
    shape = Shape()
    for node in (part for tree in trees for part in walk(tree)):
        if isinstance(node, Path):
            _add_path(shape, node)
        elif isinstance(node, Aggregate):
            shape.relations[node.via.type.entity, node.relation] = node.entity
            shape.fields.setdefault(node.via.type.entity, {})
            shape.fields.setdefault(node.entity, {})
    shape.fields.setdefault(shape.this, {})
    return shape


def _add_path(shape: Shape, path: Path) -> None:
    for step in path.steps:
        shape.fields.setdefault(step.entity, {})[step.path] = step.type
        if step.type.kind == "ref":
            shape.fields.setdefault(step.type.entity, {})
    if path.root == "this":
        shape.this = path.steps[0].entity if path.steps else path.type.entity


@dataclass
class Row:
    """A record for a table; `batch` says whose environment it is of, `parent` whose relation brought it."""

    batch: int
    id: object
    record: Record
    parent: object = None


Steps = tuple[Step, ...]
Parent = tuple[str, Steps, str, str]
"""The record whose relation is read: root and steps of the path to it, its entity, and the relation."""


class Reads:
    """The paths that trees follow, each once: from the record or the actor, and from the rows of each relation."""

    def __init__(self, trees: Iterable[Node]) -> None:
        self.paths: set[tuple[str, Steps]] = set()
        self.rows: dict[Parent, set[Steps]] = {}
        for tree in trees:
            self._add(tree, None)

    def _add(self, node: Node, parent: Parent | None) -> None:
        if isinstance(node, Aggregate):
            self._add(node.via, parent)
            inner = (node.via.root, node.via.steps, node.via.type.entity, node.relation)
            self.rows.setdefault(inner, set())
            parts = (node.value, node.where, node.test, *(order.value for order in node.by))
            for part in (part for part in parts if part is not None):
                self._add(part, inner)
            return
        if isinstance(node, Path) and node.root == "row" and parent is not None:
            self.rows[parent].add(node.steps)
        elif isinstance(node, Path):
            self.paths.add((node.root, node.steps))
        for child in children(node):
            self._add(child, parent)


class Gathered:
    """The rows of each table, each once."""

    def __init__(self, shape: Shape, trees: Sequence[Node], envs: Sequence[Env]) -> None:
        self.rows: dict[Place, dict[tuple[object, ...], Row]] = {place: {} for place in shape.places()}
        reads = Reads(trees)
        for batch, env in enumerate(envs):
            self._add((THIS,), Row(batch, own_id(env, batch), env.this))
            for root, steps in reads.paths:
                self._follow(_start(root, env), steps, env, batch)
            for parent, paths in reads.rows.items():
                self._relate(parent, paths, env, batch)

    def _add(self, place: Place, row: Row) -> None:
        self.rows[place].setdefault((row.batch, row.id, row.parent), row)

    def _follow(self, record: Record | None, steps: Steps, env: Env, batch: int) -> Record | None:
        """Follow references as far as there are any; the record behind the last step, where it is one."""
        for step in steps:
            value = record.get(step.name) if record is not None else None
            if step.type.kind != "ref" or value is None:
                return None
            record = env.load(step.type.entity, value)
            if record is None:
                return None
            self._add(("entity", step.type.entity), Row(batch, value, record))
        return record

    def _relate(self, parent: Parent, paths: set[Steps], env: Env, batch: int) -> None:
        root, steps, entity, relation = parent
        record = self._follow(_start(root, env), steps, env, batch)
        if record is None:
            return
        id_ = own_id(env, batch) if record is env.this else record.get("id")
        for related in env.related(entity, record, relation):
            self._add(("relation", entity, relation), Row(batch, related.get("id"), related, id_))
            for path in paths:
                self._follow(related, path, env, batch)


def own_id(env: Env, batch: int) -> object:
    """The id of the record an environment is about; one that has none still must be told apart."""
    return env.this.get("id") or f"this-{batch}"


def _start(root: str, env: Env) -> Record | None:
    records: Mapping[str, Record | None] = {"this": env.this, "me": env.me}
    return records.get(root)
