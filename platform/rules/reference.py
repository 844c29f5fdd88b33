"""The reference interpreter: the one definition of what every construct means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cmp_to_key, partial, singledispatch

from kith.rules.operations import OPERATIONS
from kith.rules.operations.dates import duration_total, half_up
from kith.rules.operations.texts import joined
from kith.rules.plain import WIDE, plain
from kith.rules.tree import Aggregate, Call, Changed, Constant, Convert, IsNew, Node, Order, Path, Priced, Template
from kith.rules.types import Type, in_currency
from kith.rules.values import DoesNotFit, Env, Record, instant

BY_ORDER = frozenset({"lt", "le", "gt", "ge", "between", "min", "max"})
"""Operations that compare choices by their declared order."""


def holds(node: Node, env: Env) -> bool:
    """Whether a condition is true; null is not."""
    return evaluate(node, env) is True


@singledispatch
def evaluate(node: Node, env: Env) -> object:
    """The value of a typed expression."""
    raise NotImplementedError(type(node))


@evaluate.register
def _constant(node: Constant, env: Env) -> object:
    if isinstance(node.value, datetime):
        return instant(node.value, env.zone)
    return fit(node.value, node.type)


@evaluate.register
def _path(node: Path, env: Env) -> object:
    """A field through references: null where any link is."""
    record = start(node, env)
    if not node.steps:
        return record.get("id") if record is not None else None
    first, *rest = node.steps
    value = part(env.let.get(first.name) if node.root == "let" else read(record, first.key), first.part)
    previous = first
    for step in rest:
        record = env.load(previous.type.entity, value) if value is not None else None
        value, previous = part(read(record, step.key), step.part), step
    if value is None and previous.type.kind == "set":
        return frozenset()
    return fit(value, previous.type)


def start(node: Path, env: Env) -> Record | None:
    """The record at which a path starts."""
    return {"this": env.this, "old": env.old, "me": env.me, "row": env.row, "let": None}[node.root]


def read(record: Record | None, name: str) -> object:
    """A field of a record that may be missing."""
    return record.get(name) if record is not None else None


def part(value: object, name: str) -> object:
    """A part of a value of several, or the value itself where no part is named."""
    return value.get(name) if name and isinstance(value, Mapping) else value


@evaluate.register
def _call(node: Call, env: Env) -> object:
    match node.op:
        case "and":
            return all(holds(arg, env) for arg in node.args)
        case "or":
            return any(holds(arg, env) for arg in node.args)
        case "if":
            chosen = node.args[1] if holds(node.args[0], env) else node.args[2]
            return fit(evaluate(chosen, env), node.type)
        case "coalesce":
            values = (evaluate(arg, env) for arg in node.args)
            return fit(next((value for value in values if value is not None), None), node.type)
        case _:
            return apply(node, [evaluate(arg, env) for arg in node.args], env)


def apply(node: Call, values: Sequence[object], env: Env) -> object:
    """An operation on values."""
    operation = OPERATIONS[node.op]
    if not operation.sees_null and any(value is None for value in values):
        return None
    if node.op == "text":
        return plain(values[0], node.args[0].type)
    if node.op in BY_ORDER and node.args[0].type.kind == "choice":
        return by_order(node, values)
    context = (env,) if operation.clock else ()
    return fit(operation.meaning(*context, *values), node.type)


def by_order(node: Call, values: Sequence[object]) -> object:
    """An ordering of choices: by the place of each in the declared order."""
    options = node.args[0].type.options
    found = OPERATIONS[node.op].meaning(*[place(value, options) for value in values])
    return options[found] if isinstance(found, int) and not isinstance(found, bool) else found


def place(value: object, options: Sequence[str]) -> int | None:
    """Where an option stands in the declared order."""
    return options.index(value) if isinstance(value, str) and value in options else None


def fit(value: object, type_: Type) -> object:
    """A number as its type has it: whole, or with the type's scale, half-up; other values as they are."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | Fraction) or not type_.is_number:
        return value
    scaled = half_up(Fraction(value) * 10**type_.scale)
    return scaled if type_.kind == "int" else Decimal(scaled).scaleb(-type_.scale, WIDE)


@evaluate.register
def _convert(node: Convert, env: Env) -> object:
    return stored(evaluate(node.arg, env), node.type)


def stored(value: object, type_: Type) -> object:
    """A number brought to what a place stores; what has too many digits is refused."""
    fitted = fit(value, type_)
    if isinstance(fitted, int | Decimal) and type_.is_number and abs(fitted) >= 10 ** (type_.precision - type_.scale):
        raise DoesNotFit(type_)
    return fitted


@evaluate.register
def _template(node: Template, env: Env) -> str:
    show = env.show or plain
    parts = []
    for part in node.parts:
        if isinstance(part, str):
            parts.append(part)
            continue
        value = evaluate(part, env)
        type_ = in_currency(part.type, evaluate(part.currency, env)) if isinstance(part, Priced) else part.type
        parts.append("" if value is None else show(value, type_))
    return joined(parts)


@evaluate.register
def _priced(node: Priced, env: Env) -> object:
    return evaluate(node.amount, env)


@evaluate.register
def _changed(node: Changed, env: Env) -> bool:
    """On create the old value is null, so that `changed(x)` is `x is set`."""
    before, after = read(env.old, node.key), read(env.this, node.key)
    if before == after or (not before and not after and isinstance(before or after, frozenset)):
        return False
    wanted_before = node.before is None or before == evaluate(node.before, env)
    return wanted_before and (node.after is None or after == evaluate(node.after, env))


@evaluate.register
def _is_new(node: IsNew, env: Env) -> bool:
    return env.is_new


@evaluate.register
def _aggregate(node: Aggregate, env: Env) -> object:
    """A value over the live related records for which `where` holds."""
    rows = [replace(env, row=row) for row in related(node, env)]
    rows = [row for row in rows if node.where is None or holds(node.where, row)]
    match node.function:
        case "count":
            return len(rows)
        case "any":
            return bool(rows)
        case "all":
            return all(node.test is None or holds(node.test, row) for row in rows)
        case "first":
            found = min(rows, key=cmp_to_key(partial(compare, node.by)), default=None)
            return evaluate(node.value, found) if found and node.value else None
        case _:
            values = [evaluate(node.value, row) for row in rows] if node.value else []
            return collected(node, [value for value in values if value is not None])


def related(node: Aggregate, env: Env) -> Iterable[Record]:
    """The records of the relation; none where no link leads to it."""
    record = start(node.via, env)
    id_ = evaluate(node.via, env) if node.via.steps else None
    if node.via.steps:
        record = env.load(node.via.type.entity, id_) if id_ is not None else None
    return env.related(node.via.type.entity, record, node.relation) if record is not None else ()


def collected(node: Aggregate, values: list[object]) -> object:
    """`sum avg median min max count_distinct join` over values none of which is null."""
    type_ = node.value.type if node.value else node.type
    if node.function == "count_distinct":
        return len(set(values))
    if node.function == "sum":
        return total(values, node.type)
    if not values:
        return None
    if node.function == "avg":
        return fit(sum(Fraction(str(value)) for value in values) / len(values), node.type)
    if node.function == "median":
        return fit(middle([Fraction(str(value)) for value in values]), node.type)
    if node.function == "join":
        between = node.test.value if isinstance(node.test, Constant) else ""
        return joined(sorted(map(str, values)), str(between))
    best: Callable[..., object] = min if node.function == "min" else max
    ranked = [value for value in values if rank(value, type_) is not None]
    return best(ranked, key=lambda value: rank(value, type_)) if ranked else None


def middle(values: list[Fraction]) -> Fraction:
    """The value in the middle of a sorted list, or the mean of the two."""
    ranked, half = sorted(values), len(values) // 2
    return ranked[half] if len(values) % 2 else (ranked[half - 1] + ranked[half]) / 2


def total(values: list[object], type_: Type) -> object:
    """A sum: zero over nothing; one that does not fit its type is refused."""
    if type_.kind == "duration":
        return duration_total(value for value in values if isinstance(value, timedelta))
    return stored(sum((Fraction(str(value)) for value in values), Fraction(0)), type_)


def rank(value: object, type_: Type) -> object:
    """What a value is ordered by: a choice by its place, all others by themselves."""
    return place(value, type_.options) if type_.kind == "choice" else value


def compare(by: Sequence[Order], left: Env, right: Env) -> int:
    """The order of two related records: nulls last in both directions, then by id."""
    for key in by:
        a, b = (rank(evaluate(key.value, row), key.value.type) for row in (left, right))
        if a == b:
            continue
        if a is None or b is None:
            return 1 if a is None else -1
        smaller = a < b  # type: ignore[operator]
        return -1 if smaller != key.descending else 1
    first, second = (str(read(row.row, "id")) for row in (left, right))
    return (first > second) - (first < second)
