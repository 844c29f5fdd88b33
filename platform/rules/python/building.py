"""Pieces of Python's own syntax tree, with short names."""

from __future__ import annotations

import ast
from collections.abc import Sequence

LOAD, STORE = ast.Load(), ast.Store()
NONE = ast.Constant(None)


def name(text: str) -> ast.expr:
    """`text`."""
    return ast.Name(text, LOAD)


def constant(value: object) -> ast.expr:
    """A value that Python's code objects can hold."""
    return ast.Constant(value)  # type: ignore[arg-type]


def keep(target: str, value: ast.expr) -> ast.expr:
    """`(target := value)`."""
    return ast.NamedExpr(ast.Name(target, STORE), value)


def attribute(value: ast.expr, attr: str) -> ast.expr:
    """`value.attr`."""
    return ast.Attribute(value, attr, LOAD)


def item(value: ast.expr, key: object) -> ast.expr:
    """`value[key]`."""
    return ast.Subscript(value, constant(key), LOAD)


def call(function: ast.expr | str, *args: ast.expr) -> ast.expr:
    """`function(*args)`."""
    return ast.Call(name(function) if isinstance(function, str) else function, list(args), [])


def method(value: ast.expr, attr: str, *args: ast.expr) -> ast.expr:
    """`value.attr(*args)`."""
    return call(attribute(value, attr), *args)


def compare(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
    """`left operator right`."""
    return ast.Compare(left, [operator], [right])


def is_none(value: ast.expr) -> ast.expr:
    """`value is None`."""
    if isinstance(value, ast.Constant):
        return constant(value.value is None)
    return compare(value, ast.Is(), NONE)


def is_not_none(value: ast.expr) -> ast.expr:
    """`value is not None`."""
    if isinstance(value, ast.Constant):
        return constant(value.value is not None)
    return compare(value, ast.IsNot(), NONE)


def both(parts: Sequence[ast.expr]) -> ast.expr:
    """`a and b and …`."""
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.And(), list(parts))


def either(parts: Sequence[ast.expr]) -> ast.expr:
    """`a or b or …`."""
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.Or(), list(parts))


def negated(part: ast.expr) -> ast.expr:
    """`not part`; a test for null or membership has an opposite of its own."""
    opposite: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn}
    if isinstance(part, ast.Compare) and type(part.ops[0]) in opposite:
        return ast.Compare(part.left, [opposite[type(part.ops[0])]()], part.comparators)
    return ast.UnaryOp(ast.Not(), part)


def choose(test: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    """`then if test else otherwise`."""
    return ast.IfExp(test, then, otherwise)


def operate(left: ast.expr, operator: ast.operator, right: ast.expr) -> ast.expr:
    """`left operator right`."""
    return ast.BinOp(left, operator, right)


def assign(target: str, value: ast.expr) -> ast.stmt:
    """`target = value`."""
    return ast.Assign([ast.Name(target, STORE)], value)


def function(title: str, parameters: Sequence[str], body: list[ast.stmt]) -> ast.stmt:
    """`def title(*parameters): body`."""
    arguments = ast.arguments([], [ast.arg(parameter) for parameter in parameters], None, [], [], None, [])
    made = ast.FunctionDef(title, arguments, body, [])
    made.__dict__.setdefault("type_params", [])  # Python 3.12 has it, and wants it
    return made


def placed(tree: ast.Module) -> ast.Module:
    """The tree with the positions that the compiler asks for; all are the first line, since there is no text.

    `ast.fix_missing_locations` does the same, and takes longer than everything else.
    """
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, PLACED):
            node.lineno, node.col_offset = 1, 0
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, ast.AST):
                stack.append(value)
            elif isinstance(value, list):
                stack += value
    return tree


PLACED = (ast.expr, ast.stmt, ast.arg, ast.excepthandler)
