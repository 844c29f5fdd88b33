"""Static analysis of a typed tree: what it reads, and roughly what one evaluation costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kith.rules.program import Use
from kith.rules.tree import Aggregate, Changed, Node, Path, children, walk

FOLLOW, SEARCH = 10, 100
"""Work of following a reference and of searching related records, where a plain node is 1."""


def uses(trees: Iterable[Node], entity: str) -> tuple[Use, ...]:
    """Everything that these trees read, each once, in the order of reading."""
    found: dict[Use, None] = {}
    for tree in trees:
        found.update(dict.fromkeys(read(tree, entity)))
    return tuple(found)


def read(node: Node, entity: str, around: Aggregate | None = None) -> Iterator[Use]:
    """What a node and its parts read."""
    match node:
        case Path():
            yield from path(node, around)
        case Changed():
            yield Use("this", entity, node.field)
            yield Use("old", entity, node.field)
        case Aggregate():
            yield from path(node.via, None)
            yield Use(node.via.root, node.entity, "", node.via.steps, node.relation)
            around = node
        case _:
            pass
    for child in children(node):
        if not (isinstance(node, Aggregate) and child is node.via):
            yield from read(child, entity, around)


def path(node: Path, around: Aggregate | None) -> Iterator[Use]:
    """A path reads each of its links and its field."""
    for index, step in enumerate(node.steps):
        through = node.steps[:index]
        if node.root == "row" and around is not None:
            yield Use(around.via.root, step.entity, step.name, around.via.steps, around.relation, through)
        elif step.entity:
            yield Use(node.root, step.entity, step.name, through)


def cost(tree: Node) -> int:
    """Roughly the work of one evaluation."""
    work = 0
    for node in walk(tree):
        work += 1
        if isinstance(node, Path):
            work += FOLLOW * max(0, len(node.steps) - 1)
        elif isinstance(node, Aggregate):
            work += SEARCH
    return work
