"""How a release evaluates: generated Python in earnest, the reference interpreter and its like where cases are run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from kith.rules.python import compile_python
from kith.rules.reference import evaluate
from kith.rules.tree import Node
from kith.rules.values import Env

Function = Callable[[Env], object]


def unheard(statement: object) -> None:
    """Nobody asks which statements are reached."""


@dataclass(frozen=True, slots=True)
class Evaluator:
    """What makes a function of a tree, and who hears of each statement of a block that is reached."""

    function: Callable[[Node], Function]
    reached: Callable[[object], None] = unheard


def generated(tree: Node) -> Function:
    """A tree as generated Python.

    A record that is going to be refused may lack what its types promise; the reference interpreter takes every null.
    """
    quick = compile_python(tree)

    def value(env: Env) -> object:
        try:
            return quick(env)
        except (TypeError, AttributeError):
            return evaluate(tree, env)

    return value


def interpreted(tree: Node) -> Function:
    """A tree as the reference interpreter reads it."""
    return partial(evaluate, tree)


GENERATED = Evaluator(generated)
REFERENCE = Evaluator(interpreted)
