"""How exact the result of an operation on numbers is: kind, currency, digits and scale."""

from __future__ import annotations

from collections.abc import Sequence

from kith.rules.types import MAX_DIGITS, MAX_STORED, Type, decimal

QUOTIENT_SCALE = 6
"""Digits after the point that a quotient has at least."""


def whole(type_: Type) -> int:
    """Digits that a number may have before its point."""
    return type_.precision - type_.scale


def number(kind: str, digits: int, scale: int, currency: str = "") -> Type:
    """A number with that many digits before and after its point."""
    if kind == "int":
        return Type("int", precision=digits + scale)
    if kind == "money":
        return Type("money", precision=digits + scale, scale=scale, currency=currency)
    return Type("percent" if kind == "percent" else "decimal", precision=digits + scale, scale=scale)


def common(types: Sequence[Type]) -> tuple[str, str]:
    """Kind and currency of numbers that meet: money stays money, equal kinds stay, other mixes are decimal."""
    for type_ in types:
        if type_.kind == "money":
            return "money", type_.currency
    kinds = {type_.kind for type_ in types}
    return (kinds.pop() if len(kinds) == 1 else "decimal"), ""


def united(types: Sequence[Type], carry: int = 0) -> Type:
    """The smallest number that holds all of these, with `carry` more digits before the point."""
    kind, currency = common(types)
    return number(kind, max(map(whole, types)) + carry, max(t.scale for t in types), currency)


def product(left: Type, right: Type) -> Type:
    """The type of `left * right`: the scales add up."""
    kinds = {left.kind, right.kind}
    kind = "money" if "money" in kinds else "int" if kinds == {"int"} else "decimal"
    return number(kind, whole(left) + whole(right), left.scale + right.scale, left.currency or right.currency)


def quotient(left: Type, right: Type) -> Type:
    """The type of `left / right`: a scale of six, or the left one where that is larger."""
    kind = "money" if left.kind == "money" and right.kind != "money" else "decimal"
    scale = max(QUOTIENT_SCALE, left.scale)
    return number(kind, whole(left) + right.scale + 1, scale, left.currency)


def remainder(left: Type, right: Type) -> Type:
    """The type of `mod(left, right)`: not larger than either."""
    kind, currency = common((left, right))
    return number(kind, min(whole(left), whole(right)), max(left.scale, right.scale), currency)


def truncated(left: Type, right: Type) -> Type:
    """The type of `div(left, right)`: a whole number, of money where money is divided by a number."""
    digits = whole(left) + right.scale
    if left.kind == "money" and right.kind != "money":
        return number("money", digits, 0, left.currency)
    return number("int", digits, 0)


def rounded(type_: Type, places: int) -> Type:
    """The type of `round(x, places)`; without places after the point money stays money and other numbers are whole."""
    scale = min(places, type_.scale)
    kind = type_.kind if type_.kind == "money" or scale else "int"
    return number(kind, whole(type_) + 1, scale, type_.currency)


def total(type_: Type) -> Type:
    """The type of a sum: what fits a stored number, or an intermediate result where one summand may already be larger."""
    digits = MAX_STORED if type_.precision <= MAX_STORED else MAX_DIGITS
    return number(type_.kind, digits - type_.scale, type_.scale, type_.currency)


def mean(type_: Type) -> Type:
    """The type of an average: the scale of a quotient."""
    scale = max(QUOTIENT_SCALE, type_.scale)
    if type_.kind == "money":
        return number("money", whole(type_), scale, type_.currency)
    return decimal(whole(type_) + scale, scale)
