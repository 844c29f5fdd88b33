"""Static analysis of a typed tree: what it reads, and roughly what one evaluation costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from kith.rules.program import Action, Assign, Branch, Joining, Loop, Use
from kith.rules.rewriting import own_nodes
from kith.rules.tree import Aggregate, Changed, Node, Path, children, walk

Loops = Mapping[str, Aggregate]
"""The variables of the `for`s around a statement, and what they range over."""
NO_LOOPS: Loops = MappingProxyType({})
FOLLOW, SEARCH = 10, 100
"""Work of following a reference and of searching related records, where a plain node is 1."""


def uses(trees: Iterable[Node], entity: str) -> tuple[Use, ...]:
    """Everything that these trees read, each once, in the order of reading."""
    found: dict[Use, None] = {}
    for tree in trees:
        found.update(dict.fromkeys(read(tree, entity)))
    return tuple(found)


def uses_of_block(actions: Iterable[Action], entity: str) -> tuple[Use, ...]:
    """The same of an action block; what it reads of the variable of a `for` is read of that relation."""
    return tuple(dict.fromkeys(block(actions, entity, NO_LOOPS)))


def block(actions: Iterable[Action], entity: str, loops: Loops) -> Iterator[Use]:
    """What statements read, in order: their expressions, and the links to other records that they set."""
    for action in actions:
        for tree in own_nodes(action):
            yield from read(tree, entity, None, loops)
        match action:
            case Assign() | Joining() if links := action.target[:-1]:
                way = Path(links[-1].type, action.start, action.end, action.root, links)
                yield from read(way, entity, None, loops)
            case Branch():
                yield from block((*action.then, *action.otherwise), entity, loops)
            case Loop():
                yield from block(action.body, entity, {**loops, action.name: action.over.rows})
            case _:
                pass


def read(node: Node, entity: str, around: Aggregate | None = None, loops: Loops = NO_LOOPS) -> Iterator[Use]:
    """What a node and its parts read."""
    match node:
        case Path():
            yield from of_path(node, around, loops)
        case Changed():
            yield Use("this", entity, node.field)
            yield Use("old", entity, node.field)
        case Aggregate():
            yield from of_path(node.via, None, loops)
            yield Use(node.via.root, node.entity, "", node.via.steps, node.relation)
            around = node
        case _:
            pass
    for child in children(node):
        if not (isinstance(node, Aggregate) and child is node.via):
            yield from read(child, entity, around, loops)


def of_path(node: Path, around: Aggregate | None, loops: Loops) -> Iterator[Use]:
    """A path; one that starts at the variable of a `for` starts at a related record."""
    over = loops.get(node.steps[0].name) if node.root == "let" and node.steps else None
    if over is not None:
        node, around = Path(node.type, node.start, node.end, "row", node.steps[1:]), over
    yield from path(node, around)


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
