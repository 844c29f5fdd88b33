"""Values of different types that meet: literals take the other side's type, and what has no common type is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kith.problems import did_you_mean
from kith.rules import mistakes_types, sizes
from kith.rules.checking.checker import Checker
from kith.rules.checking.families import type_words
from kith.rules.tree import Call, Constant, Node
from kith.rules.types import NUMBERS, Type

United = tuple[list[Node], Type]
INSIDE = {"if": 1, "coalesce": 0}
"""Operations that hand a value through: index of the first argument that may be the result."""


def is_bare(node: Node) -> bool:
    """Whether a number was written without a sign of percent: it takes the type of what it meets."""
    match node:
        case Constant():
            return node.type.kind in {"int", "decimal"}
        case Call(op="if" | "coalesce"):
            return all(is_bare(arg) for arg in node.args[INSIDE[node.op] :])
        case _:
            return False


def retyped(node: Node, like: Type) -> Node:
    """A bare number or null with the kind of another type; it keeps its own digits."""
    if isinstance(node, Call):
        first = INSIDE[node.op]
        args = (*node.args[:first], *(retyped(arg, like) for arg in node.args[first:]))
        return replace(node, args=args, type=number_like(node.type, like))
    return replace(node, type=number_like(node.type, like))


def number_like(type_: Type, like: Type) -> Type:
    """A number's type as another kind of number."""
    return replace(type_, kind=like.kind, currency=like.currency)


def unify(checker: Checker, nodes: Sequence[Node]) -> United | None:
    """Values with their common type (nullable where one may be null), or a problem at the first that does not fit."""
    typed = [node for node in nodes if node.type.kind != "null"]
    if not typed:
        return list(nodes), nodes[0].type
    if all(node.type.is_number for node in typed):
        done = unify_numbers(checker, nodes)
    else:
        done = unify_alike(checker, nodes, leading(typed))
    if done is None:
        return None
    nullable = any(node.type.nullable for node in nodes)
    return [nulled(node, done[1]) for node in done[0]], done[1].or_null(nullable)


def nulled(node: Node, type_: Type) -> Node:
    """A bare null with the type of what it meets."""
    if node.type.kind == "null":
        return replace(node, type=type_.or_null())
    return node


def unify_numbers(checker: Checker, nodes: Sequence[Node]) -> United | None:
    """Numbers that meet: bare ones become money or percent, money is of one currency."""
    numbers = [node for node in nodes if node.type.kind in NUMBERS]
    firm = [node for node in numbers if not is_bare(node)]
    kinds = {node.type.kind for node in firm}
    if "money" in kinds and not one_currency(checker, firm):
        return None
    if "money" in kinds or kinds == {"percent"}:
        nodes = [retyped(n, firm[0].type) if n.type.kind in NUMBERS and is_bare(n) else n for n in nodes]
    return list(nodes), sizes.united([node.type for node in nodes if node.type.kind in NUMBERS])


def one_currency(checker: Checker, firm: Sequence[Node]) -> bool:
    """Whether all of these are money of one currency; else tell the first that is not."""
    first = next(node for node in firm if node.type.kind == "money")
    for node in firm:
        if node.type.kind != "money":
            checker.report(
                mistakes_types.MONEY_MEETS_NUMBER, node, money=type_words(first.type), other=type_words(node.type)
            )
            return False
        if node.type.currency != first.type.currency:
            checker.report(mistakes_types.CURRENCIES, node, left=first.type.currency, right=node.type.currency)
            return False
    return True


def leading(nodes: Sequence[Node]) -> Type:
    """The type that the others must fit: a choice before the texts that may be its options."""
    for kind in ("choice", "set"):
        found = [node.type for node in nodes if node.type.kind == kind]
        if found:
            return max(found, key=lambda type_: type_.item is not None and type_.item.kind != "null")
    return nodes[0].type


def unify_alike(checker: Checker, nodes: Sequence[Node], like: Type) -> United | None:
    """Values other than numbers: all of one kind, texts perhaps becoming options."""
    done = []
    for node in nodes:
        fitted = node if node.type.kind == "null" else fit(checker, node, like)
        if fitted is None:
            return None
        done.append(fitted)
    return done, like.or_null(False)


def fit(checker: Checker, node: Node, like: Type) -> Node | None:
    """A value as one of another type of its kind, or a problem that says why it is not."""
    found = node.type
    if like.kind == "choice" and found.kind == "text":
        return as_option(checker, node, like)
    if found.kind != like.kind:
        report_mixed(checker, node, like)
        return None
    if found.kind == "choice" and not same_choice(found, like):
        checker.report(mistakes_types.OTHER_CHOICE, node, left=like.field or str(like), right=found.field or str(found))
        return None
    if found.kind == "ref" and found.entity != like.entity:
        checker.report(mistakes_types.OTHER_ENTITY, node, left=like.entity, right=found.entity)
        return None
    if found.kind == "record" and found.entity != like.entity:
        report_mixed(checker, node, like)
        return None
    if found.kind == "set":
        return fit_set(checker, node, like)
    return node


def report_mixed(checker: Checker, node: Node, like: Type) -> None:
    """Two kinds that never mix."""
    found = node.type
    if {found.kind, like.kind} == {"date", "datetime"}:
        checker.report(mistakes_types.DATE_MEETS_INSTANT, node)
    elif {found.kind, like.kind} == {"duration", "period"}:
        checker.report(mistakes_types.SPANS, node)
    else:
        hint = mistakes_types.hint_for(found, like, isinstance(node, Constant))
        checker.report(mistakes_types.MIXED, node, left=type_words(like), right=type_words(found), hint=hint)


def same_choice(left: Type, right: Type) -> bool:
    """Whether two choices are of the same field; those that belong to no field compare by their options."""
    return left.field == right.field and left.options == right.options


def as_option(checker: Checker, node: Node, like: Type) -> Node | None:
    """A written text as an option of a choice, also inside `if` and `??`."""
    if isinstance(node, Constant):
        if node.value is None or node.value in like.options:
            return replace(node, type=like.or_null(node.value is None))
        near = did_you_mean(str(node.value), like.options)
        hint = near or mistakes_types.options_hint(like.options if node.value else ())
        checker.report(mistakes_types.NO_OPTION, node, hint=hint, text=str(node.value), field=like.field or str(like))
        return None
    if isinstance(node, Call) and node.op in INSIDE:
        first = INSIDE[node.op]
        args = [
            as_option(checker, arg, like) if arg.type.kind == "text" else nulled(arg, like) for arg in node.args[first:]
        ]
        fitted = [arg for arg in args if arg is not None]
        if len(fitted) < len(args):
            return None
        return replace(node, args=(*node.args[:first], *fitted), type=like.or_null(node.type.nullable))
    checker.report(mistakes_types.TEXT_MEETS_CHOICE, node)
    return None


def fit_set(checker: Checker, node: Node, like: Type) -> Node | None:
    """A set as one of another set's members; an empty list is of any."""
    found, wanted = node.type.item, like.item
    if found is None or wanted is None or not isinstance(node, Constant) or not isinstance(node.value, frozenset):
        return node if same_members(found, wanted) else report_members(checker, node, like)
    if found.kind == "null":
        return replace(node, type=like.or_null(False))
    if wanted.kind == "choice" and found.kind == "text":
        options = [as_option(checker, Constant(found, node.start, node.end, v), wanted) for v in sorted(node.value)]
        return None if None in options else replace(node, type=like.or_null(False))
    return node if same_members(found, wanted) else report_members(checker, node, like)


def same_members(found: Type | None, wanted: Type | None) -> bool:
    """Whether the members of two sets may be compared."""
    if found is None or wanted is None or (found.is_number and wanted.is_number):
        return True
    if found.kind == "choice" and wanted.kind == "choice":
        return same_choice(found, wanted)
    return found.kind == wanted.kind and found.entity == wanted.entity


def report_members(checker: Checker, node: Node, like: Type) -> Node | None:
    """Lists whose members do not compare."""
    checker.report(mistakes_types.MIXED, node, left=type_words(like), right=type_words(node.type))
    return None
