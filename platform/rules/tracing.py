"""Which parts of conditions, formulas and blocks an evaluation reaches, and what they are there: true, false, null or set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from kith.rules.evaluators import Evaluator, Function
from kith.rules.reference import evaluate
from kith.rules.rewriting import with_parts
from kith.rules.tree import Aggregate, Constant, Node
from kith.rules.values import Env

Side = Literal["true", "false", "null", "set", "reached"]
Hears = Callable[[object, Side], None]
"""Is told of each node or statement that is reached."""


@dataclass(frozen=True, slots=True)
class Probe(Node):
    """A node that tells what its value was."""

    inner: Node
    of: Node
    hears: Hears


@evaluate.register
def _probe(node: Probe, env: Env) -> object:
    value = evaluate(node.inner, env)
    node.hears(node.of, side_of(node, value))
    return value


def side_of(node: Node, value: object) -> Side:
    """On which side a value is: of a condition true or not, of other values set or not."""
    if node.type.kind == "bool":
        return "true" if value is True else "false"
    return "null" if value is None or value == frozenset() else "set"


def probed(node: Node, hears: Hears) -> Node:
    """A tree that tells of each of its parts; the reference interpreter reads it."""
    if isinstance(node, Constant):
        return node
    inner = with_parts(node, partial(probed, hears=hears))
    if isinstance(node, Aggregate) and isinstance(inner, Aggregate):
        # What leads to the records is read by the aggregate itself, step by step.
        inner = replace(inner, via=node.via)
    return Probe(node.type, node.start, node.end, inner, node, hears)


def tracing(hears: Hears) -> Evaluator:
    """The reference interpreter, telling what is reached."""

    def function(tree: Node) -> Function:
        hears_of = probed(tree, hears)
        return lambda env: evaluate(hears_of, env)

    return Evaluator(function, lambda statement: hears(statement, "reached"))
