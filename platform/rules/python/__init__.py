"""Expressions as Python functions: built as syntax trees from the typed tree, never from text, and with no builtins."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import cast

from kith.rules.python import building as py
from kith.rules.python import conditions, values
from kith.rules.python.writer import Module, Writer, roots
from kith.rules.tree import Node, Path
from kith.rules.values import Env

Evaluate = Callable[[Env], object]


def compile_python(node: Node) -> Evaluate:
    """A function that gives the node's value in an environment, None where it is null."""
    return _tolerant(node, _value)


def compile_condition(node: Node) -> Callable[[Env], bool]:
    """A function that says whether a condition is true; null is not."""
    return cast(Callable[[Env], bool], _tolerant(node, conditions.condition))


def _value(writer: Writer, node: Node) -> ast.expr:
    written = values.value(writer, node)
    if node.type.is_number and not isinstance(node, Path):
        return py.call("fit", written, values.unit(writer, node.type))
    return written


def _tolerant(node: Node, write: Callable[[Writer, Node], ast.expr]) -> Evaluate:
    """Records have all their fields, mostly: only where one lacks a field the slower code that asks politely is made."""
    made: list[Evaluate] = []

    def lenient(env: Env) -> object:
        if not made:
            made.append(_compiled(node, write, None))
        return made[0](env)

    return _compiled(node, write, lenient)


def _compiled(node: Node, write: Callable[[Writer, Node], ast.expr], lenient: Evaluate | None) -> Evaluate:
    module = Module(lenient=lenient is None)
    writer = Writer(module, [node])
    body: list[ast.stmt] = [ast.Return(write(writer, node))]
    body = [*(py.assign(root, py.attribute(py.name("env"), root)) for root in roots(node)), *body]
    if lenient is not None:
        otherwise = ast.Return(py.call("lenient", py.name("env")))
        body = [ast.Try(body, [ast.ExceptHandler(py.name("KeyError"), None, [otherwise])], [], [])]
    whole = ast.Module([*module.functions, py.function("rule", ["env"], body)], [])
    names = {**module.names, "__builtins__": {}, "lenient": lenient, "KeyError": KeyError}
    exec(compile(py.placed(whole), "<rule>", "exec"), names)  # noqa: S102  # the tree is ours
    return cast(Evaluate, names["rule"])
