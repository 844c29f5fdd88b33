"""Values as Python: operators where they have the language's meaning, one helper call where they have not."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from kith.rules.operations import OPERATIONS
from kith.rules.operations.texts import SPACE
from kith.rules.python import building as py
from kith.rules.python import collecting, conditions
from kith.rules.python.writer import TODAY, Writer
from kith.rules.tree import Aggregate, Call, Changed, Constant, Convert, IsNew, Node, Path, Priced, Template
from kith.rules.types import Type
from kith.rules.values import Period

SHORT = 28
"""Digits up to which Python's own operators on decimals are exact."""
Write = Callable[..., ast.expr]


def value(writer: Writer, node: Node) -> ast.expr:
    """A node's value, None where it is null."""
    match node:
        case Constant():
            return constant(writer, node)
        case Path():
            found = writer.path(node)
            return py.either([found, py.name("empty")]) if node.type.kind == "set" else found
        case Convert(arg=arg):
            limit = py.constant(10 ** (node.type.precision - node.type.scale))
            about = [unit(writer, node.type), limit, writer.module.known(node.type)]
            return py.call("store", value(writer, arg), *about) if node.type.is_number else value(writer, arg)
        case Call():
            return call(writer, node)
        case Aggregate():
            return collecting.aggregate(writer, node)
        case Template():
            return template(writer, node)
        case Changed() | IsNew():
            return conditions.condition(writer, node)
        case _:
            raise NotImplementedError(type(node))


def constant(writer: Writer, node: Constant) -> ast.expr:
    """A written value; an instant of the wall clock is placed when it runs."""
    held = node.value
    if isinstance(held, datetime) and held.tzinfo is None:
        return py.call("instant", writer.module.known(held), py.attribute(py.name("env"), "zone"))
    if isinstance(held, frozenset) and all(isinstance(member, str | int) for member in held):
        return py.constant(held)
    if isinstance(held, Decimal | date | timedelta | Period | frozenset) or not isinstance(held, str | int | None):
        return writer.module.known(held)
    return py.constant(held)


def unit(writer: Writer, type_: Type) -> ast.expr:
    """One unit of a number's last place; None for whole numbers."""
    return py.NONE if type_.kind == "int" else writer.module.known(Decimal(1).scaleb(-type_.scale))


def kept(writer: Writer, part: ast.expr) -> tuple[ast.expr, ast.expr]:
    """A piece that runs now and leaves its value in a variable, and that variable."""
    if isinstance(part, ast.Name):
        return part, part
    if isinstance(part, ast.NamedExpr):
        return part, py.name(part.target.id)
    title = writer.temporary()
    return py.keep(title, part), py.name(title)


@contextmanager
def operands(
    writer: Writer, args: Sequence[Node], lazy: int | None = None
) -> Iterator[tuple[list[ast.expr], list[ast.expr]]]:
    """Arguments as pieces to run in order: those that may be null, to be tested first, and the parts to build from.

    What they read is certain afterwards only as far as the first test: behind it the rest may not run, nor may what is built
    run the arguments from `lazy` on.
    """
    args = alike(args)
    nullable = [index for index, arg in enumerate(args) if arg.type.nullable]
    parts: dict[int, ast.expr] = {}
    tests: list[ast.expr] = []
    certain: dict[Any, str] | None = None
    for index in [*nullable, *(index for index in range(len(args)) if index not in nullable)]:
        if index == lazy and certain is None:
            certain = dict(writer.held)
        part = value(writer, args[index])
        if index in nullable:
            test, part = kept(writer, part)
            tests.append(test)
            certain = dict(writer.held) if certain is None else certain
        parts[index] = part
    yield tests, [parts[index] for index in range(len(args))]
    if certain is not None:
        writer.held = certain


def alike(args: Sequence[Node]) -> Sequence[Node]:
    """Arguments of which written whole numbers are decimals beside decimals: Python then need not convert them each time."""
    if not any(arg.type.kind in ("decimal", "money", "percent") for arg in args):
        return args
    return [replace(arg, value=Decimal(arg.value)) if _is_whole(arg) else arg for arg in args]  # type: ignore[call-arg,attr-defined]


def _is_whole(node: Node) -> bool:
    return isinstance(node, Constant) and isinstance(node.value, int) and not isinstance(node.value, bool)


def guarded(writer: Writer, args: Sequence[Node], build: Write) -> ast.expr:
    """What is built from arguments, and None where one of them is null."""
    with operands(writer, args) as (tests, parts):
        built = build(*parts)
        return py.choose(py.either([py.is_none(test) for test in tests]), py.NONE, built) if tests else built


def call(writer: Writer, node: Call) -> ast.expr:
    """An operation's value."""
    if node.op in conditions.CONDITIONS:
        return conditions.condition(writer, node)
    if node.op == "if":
        return _choice(writer, node)
    if node.op == "coalesce":
        return _coalesce(writer, alike(node.args))
    if node.op == "today":
        return writer.read(TODAY, lambda: py.call("today", py.name("env")))
    if node.op == "now":
        return py.attribute(py.name("env"), "now")
    own = WRITERS.get(node.op)
    if own is not None:
        return own(writer, node)
    if OPERATIONS[node.op].sees_null:
        return _table(writer, node, [value(writer, arg) for arg in node.args])
    return guarded(writer, node.args, lambda *parts: _table(writer, node, parts))


def _choice(writer: Writer, node: Call) -> ast.expr:
    test = conditions.condition(writer, node.args[0])
    one, other = alike(node.args[1:])
    with writer.maybe():
        then = value(writer, one)
    with writer.maybe():
        return py.choose(test, then, value(writer, other))


def _coalesce(writer: Writer, args: Sequence[Node]) -> ast.expr:
    first = value(writer, args[0])
    if len(args) == 1 or not args[0].type.nullable:
        return first
    test, name = kept(writer, first)
    with writer.maybe():
        return py.choose(py.is_not_none(test), name, _coalesce(writer, args[1:]))


def _table(writer: Writer, node: Call, parts: Sequence[ast.expr]) -> ast.expr:
    """An operation that is rare enough to be what the table says of it."""
    operation = OPERATIONS[node.op]
    context = [py.name("env")] if operation.clock else []
    made = py.call(writer.module.known(operation.meaning), *context, *parts)
    numeric = any(arg.type.is_number for arg in node.args)
    if not node.type.is_number or (node.type.kind == "int" and not numeric):
        return made
    return py.call(writer.module.known(_exact), made, writer.module.known(node.type))


def _exact(result: Any, type_: Type) -> object:
    from kith.rules.reference import fit

    return fit(result, type_)


# --- numbers -----------------------------------------------------------------------------------------------------------


def _arithmetic(operator: type[ast.operator], exact: str) -> Callable[[Writer, Call], ast.expr]:
    def write(writer: Writer, node: Call) -> ast.expr:
        if node.type.kind == "int" or node.type.precision <= SHORT:
            return guarded(writer, node.args, lambda a, b: py.operate(a, operator(), b))
        return guarded(writer, node.args, lambda a, b: py.call(exact, a, b))

    return write


def _divide(writer: Writer, node: Call) -> ast.expr:
    return guarded(writer, node.args, lambda a, b: py.call("divide", a, b, unit(writer, node.type)))


def _helper(title: str) -> Callable[[Writer, Call], ast.expr]:
    return lambda writer, node: guarded(writer, node.args, lambda *parts: py.call(title, *parts))


def _negate(writer: Writer, node: Call) -> ast.expr:
    if node.type.precision > SHORT and node.type.kind != "int":
        return guarded(writer, node.args, lambda a: py.call("exact_negate", a))
    return guarded(writer, node.args, lambda a: ast.UnaryOp(ast.USub(), a))


def _abs(writer: Writer, node: Call) -> ast.expr:
    short = node.type.precision <= SHORT or node.type.kind == "int"
    return guarded(writer, node.args, lambda a: py.call("abs" if short else "exact_abs", a))


def _round(writer: Writer, node: Call) -> ast.expr:
    return guarded(writer, node.args[:1], lambda a: py.call("fit", a, unit(writer, node.type)))


def _whole(writer: Writer, node: Call) -> ast.expr:
    if node.args[0].type.kind == "int":
        return value(writer, node.args[0])
    return guarded(writer, node.args, lambda a: py.call(node.op, a))


def _extreme(writer: Writer, node: Call) -> ast.expr:
    if node.type.kind != "choice":
        return guarded(writer, node.args, lambda *parts: py.call(node.op, *parts))
    places = writer.module.known({key: place for place, key in enumerate(node.type.options)})
    options = writer.module.known(node.type.options)

    def build(*parts: ast.expr) -> ast.expr:
        ranks = [ast.Subscript(places, part, py.LOAD) for part in parts]
        return ast.Subscript(options, py.call(node.op, *ranks), py.LOAD)

    return guarded(writer, node.args, build)


# --- texts -------------------------------------------------------------------------------------------------------------


def _contains(text: ast.expr, part: ast.expr) -> ast.expr:
    if isinstance(part, ast.Constant):
        return py.compare(part, ast.In(), text)
    # `part in text` would run the part first.
    return py.method(text, "__contains__", part)


SEARCHES: dict[str, Write] = {
    "contains": _contains,
    "starts_with": lambda text, part: py.method(text, "startswith", part),
    "ends_with": lambda text, part: py.method(text, "endswith", part),
}


def _search(writer: Writer, node: Call) -> ast.expr:
    return guarded(writer, node.args, SEARCHES[node.op])


def _concat(writer: Writer, node: Call) -> ast.expr:
    return guarded(writer, node.args, lambda a, b: py.call("fitting", py.operate(a, ast.Add(), b)))


def _method(title: str, *more: object) -> Callable[[Writer, Call], ast.expr]:
    said = [py.constant(one) for one in more]
    return lambda writer, node: guarded(writer, node.args, lambda a: py.method(a, title, *said))


def _upper(writer: Writer, node: Call) -> ast.expr:
    return guarded(writer, node.args, lambda a: py.call("fitting", py.method(a, "upper")))


def _text(writer: Writer, node: Call) -> ast.expr:
    (arg,) = node.args
    if arg.type.kind in ("text", "choice"):
        return value(writer, arg)
    if arg.type.kind == "int":
        return guarded(writer, node.args, lambda a: py.call("str", a))
    type_ = writer.module.known(arg.type)
    return guarded(writer, node.args, lambda a: py.call("plain", _settled(writer, a, arg.type), type_))


def _settled(writer: Writer, part: ast.expr, type_: Type) -> ast.expr:
    """A number as its type has it; between operations its scale and the sign of zero do not matter, in a text they do."""
    return py.call("fit", part, unit(writer, type_)) if type_.is_number else part


def template(writer: Writer, node: Template) -> ast.expr:
    """A text with holes."""
    if all(isinstance(part, str) for part in node.parts):
        return py.constant("".join(map(str, node.parts)))
    show = py.either([py.attribute(py.name("env"), "show"), py.name("plain")])
    pieces = [py.constant(part) if isinstance(part, str) else _hole(writer, part, show) for part in node.parts]
    return py.call("joined", ast.Tuple(pieces, py.LOAD))


def _hole(writer: Writer, node: Node, show: ast.expr) -> ast.expr:
    amount = node.amount if isinstance(node, Priced) else node
    test, name = kept(writer, _settled(writer, value(writer, amount), node.type))
    type_ = writer.module.known(node.type)
    if isinstance(node, Priced):
        with writer.maybe():  # nothing asks for the currency of an amount that is not there
            type_ = py.call("in_currency", type_, value(writer, node.currency))
    shown = py.call(show, name, type_)
    return py.choose(py.is_none(test), py.constant(""), shown)


# --- dates and spans -----------------------------------------------------------------------------------------------


def _attribute(title: str) -> Callable[[Writer, Call], ast.expr]:
    return lambda writer, node: guarded(writer, node.args, lambda a: py.attribute(a, title))


def _quarter(writer: Writer, node: Call) -> ast.expr:
    def build(day: ast.expr) -> ast.expr:
        later = py.operate(py.attribute(day, "month"), ast.Add(), py.constant(2))
        return py.operate(later, ast.FloorDiv(), py.constant(3))

    return guarded(writer, node.args, build)


def _iso_week(writer: Writer, node: Call) -> ast.expr:
    return guarded(writer, node.args, lambda day: py.item(py.method(day, "isocalendar"), 1))


def _date_add_duration(writer: Writer, node: Call) -> ast.expr:
    day, span = node.args
    if (
        not isinstance(span, Constant)
        or not isinstance(span.value, timedelta)
        or span.value != timedelta(span.value.days)
    ):
        return guarded(writer, node.args, lambda *parts: _table(writer, node, parts))
    days = py.constant(span.value.days)
    return guarded(writer, (day,), lambda a: py.call("add_days", a, days))


def _date_add_period(writer: Writer, node: Call) -> ast.expr:
    return guarded(writer, node.args, lambda a, b: py.call("add_months", a, py.attribute(b, "months")))


def _days(first: int) -> Callable[[Writer, Call], ast.expr]:
    """Days between two dates; `first` is the argument to take away from the other."""

    def build(a: ast.expr, b: ast.expr) -> ast.expr:
        gap = py.attribute(py.operate(a, ast.Sub(), b), "days")
        return gap if first else ast.UnaryOp(ast.USub(), gap)

    return lambda writer, node: guarded(writer, node.args, build)


def _difference(writer: Writer, node: Call) -> ast.expr:
    return guarded(writer, node.args, lambda a, b: py.operate(a, ast.Sub(), b))


WRITERS: dict[str, Callable[[Writer, Call], ast.expr]] = {
    "add": _arithmetic(ast.Add, "exact_add"), "subtract": _arithmetic(ast.Sub, "exact_subtract"),
    "multiply": _arithmetic(ast.Mult, "exact_multiply"), "divide": _divide, "div": _helper("div"),
    "mod": _helper("mod"), "negate": _negate, "duration_negate": _negate, "abs": _abs, "round": _round,
    "floor": _whole, "ceil": _whole, "min": _extreme, "max": _extreme, "contains": _search, "starts_with": _search,
    "ends_with": _search, "concat": _concat, "fold": _helper("fold"), "lower": _method("lower"), "upper": _upper,
    "trim": _method("strip", SPACE), "length": _helper("len"), "replace": _helper("replace"),
    "substring": _helper("substring"), "text": _text, "year": _attribute("year"), "month": _attribute("month"),
    "day": _attribute("day"), "quarter": _quarter, "iso_week": _iso_week, "date_add_duration": _date_add_duration,
    "date_add_period": _date_add_period, "date_diff": _days(1), "days_between": _days(0),
    "instant_diff": _difference,
}  # fmt: skip
"""Operations written as Python; the others call what the table of operations says."""
