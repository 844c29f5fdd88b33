"""The same tree or block once more with other parts: how everything that changes code walks through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from kith.rules import program
from kith.rules.program import Program
from kith.rules.tree import Node, Order

Each = Callable[[Node], Node]
N = TypeVar("N", bound=Node)
OWN = ("type", "start", "end")
"""Fields of a node that hold no parts."""


def with_parts(node: N, each: Each) -> N:
    """A node whose direct parts are what `each` makes of them."""
    names = [item.name for item in fields(node) if item.name not in OWN]
    return replace(node, **{name: part_of(getattr(node, name), each) for name in names})


def part_of(value: Any, each: Each) -> Any:
    """What stands in a field of a node or statement, with the nodes in it rewritten."""
    if isinstance(value, Node):
        return each(value)
    if isinstance(value, tuple):
        return tuple(part_of(one, each) for one in value)
    if isinstance(value, Order) or is_statement(value):
        return replace(value, **{item.name: part_of(getattr(value, item.name), each) for item in fields(value)})
    return value


def nodes_in(value: Any) -> list[Node]:
    """The nodes that stand directly in a field of a statement."""
    found: list[Node] = []

    def each(node: Node) -> Node:
        found.append(node)
        return node

    part_of(value, each)
    return found


def is_statement(value: object) -> bool:
    """Whether something is a statement of a block, or a part of one."""
    return is_dataclass(value) and type(value).__module__ == program.__name__


def apart(node: Node) -> Node:
    """A copy that shares no node with the original, so that nodes are told apart by what they are."""
    return with_parts(node, apart)


def block_apart(block: Program) -> Program:
    """The same of an action block."""
    return replace(block, actions=part_of(block.actions, apart))


def exchanged(root: Node, old: Node, new: Node) -> Node:
    """A tree with one of its nodes exchanged."""

    def each(node: Node) -> Node:
        return new if node is old else with_parts(node, each)

    return each(root)


def block_exchanged(block: Program, old: Node, new: Node) -> Program:
    """An action block with one of its nodes exchanged."""
    return replace(block, actions=part_of(block.actions, lambda node: exchanged(node, old, new)))


def statements(actions: Any) -> Iterator[Any]:
    """The statements of a block, and those within them, in the order of the text."""
    for action in actions:
        yield action
        for item in fields(action):
            value = getattr(action, item.name)
            if isinstance(value, tuple) and value and all(is_statement(one) for one in value):
                yield from statements(value)


def own_nodes(statement: Any) -> list[Node]:
    """The trees of a statement, without those of the statements within it."""
    found: list[Node] = []
    for item in fields(statement):
        value = getattr(statement, item.name)
        if not (isinstance(value, tuple) and value and is_statement(value[0])):
            found += nodes_in(value)
    return found


def statement_exchanged(block: Program, old: object, new: object | None) -> Program:
    """An action block with one of its statements exchanged, or without it."""

    def each(value: Any) -> Any:
        if not (isinstance(value, tuple) and value and all(is_statement(one) for one in value)):
            return value
        kept = [new if one is old else one for one in value if one is not old or new is not None]
        return tuple(one if one is new else inner(one) for one in kept)

    def inner(statement: Any) -> Any:
        return replace(statement, **{item.name: each(getattr(statement, item.name)) for item in fields(statement)})

    return replace(block, actions=each(block.actions))
