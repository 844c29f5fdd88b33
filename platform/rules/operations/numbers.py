"""Operations on numbers: exact, with half-up rounding, and null where something is divided by zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from kith.problems import Words
from kith.rules import sizes
from kith.rules.operations.operation import Operation, types
from kith.rules.tree import Call, Constant, Node
from kith.rules.types import Type

Exact = int | Decimal
GROUP = "numbers"


def _same(args: Sequence[Node]) -> Type:
    return args[0].type


SUMS = frozenset({"add", "subtract"})


def _summands(node: Node) -> list[Node]:
    """What a chain of sums and differences adds up."""
    if isinstance(node, Call) and node.op in SUMS:
        return [part for arg in node.args for part in _summands(arg)]
    return [node]


def _sum(args: Sequence[Node]) -> Type:
    """Up to ten summands need one more digit, up to a hundred two, however they are grouped."""
    parts = [part for arg in args for part in _summands(arg)]
    kind = sizes.common(types(args))
    united = sizes.united([part.type for part in parts], carry=len(str(len(parts) - 1)))
    return sizes.number(kind[0], sizes.whole(united), united.scale, kind[1])


def _united(args: Sequence[Node]) -> Type:
    return sizes.united(types(args))


def _divisible(type_: Type, divisor: Node) -> Type:
    """A quotient is null where the divisor is zero, which a written number and a checked field are not."""
    return type_.or_null(not divisor_is_safe(divisor))


def divisor_is_safe(node: Node) -> bool:
    """Whether a divisor is a written number other than zero."""
    return isinstance(node, Constant) and bool(node.value)


def _quotient(args: Sequence[Node]) -> Type:
    return _divisible(sizes.quotient(args[0].type, args[1].type), args[1])


def _remainder(args: Sequence[Node]) -> Type:
    return _divisible(sizes.remainder(args[0].type, args[1].type), args[1])


def _truncated(args: Sequence[Node]) -> Type:
    return _divisible(sizes.truncated(args[0].type, args[1].type), args[1])


def _rounded(args: Sequence[Node]) -> Type:
    places = args[1].value if len(args) > 1 and isinstance(args[1], Constant) else 0
    return sizes.rounded(args[0].type, int(str(places)))


def _whole(args: Sequence[Node]) -> Type:
    return sizes.rounded(args[0].type, 0)


def divide(a: Exact, b: Exact) -> Fraction | None:
    """The exact quotient; null where the divisor is zero."""
    return Fraction(a) / Fraction(b) if b else None


def div(a: Exact, b: Exact) -> int | None:
    """The quotient without its fraction, toward zero."""
    return math.trunc(Fraction(a) / Fraction(b)) if b else None


def mod(a: Exact, b: Exact) -> Fraction | None:
    """What `div` leaves: it has the sign of the dividend."""
    quotient = div(a, b)
    return None if quotient is None else Fraction(a) - quotient * Fraction(b)


NUMBERS = (
    Operation(
        "add", GROUP, ("number", "number"), _sum, lambda a, b: Fraction(a) + Fraction(b),
        Words("The sum; its scale is the larger one.", "和；小数位取较多的一方。"),
        (("1 + 2", 3), ("0.1 + 0.2", "0.3"), ("10% + 5%", "0.15"), ("1 + null", None)), "a + b",
    ),
    Operation(
        "subtract", GROUP, ("number", "number"), _sum, lambda a, b: Fraction(a) - Fraction(b),
        Words("The difference; its scale is the larger one.", "差；小数位取较多的一方。"),
        (("5 - 7", -2), ("1.50 - 0.5", "1.00")), "a - b",
    ),
    Operation(
        "multiply", GROUP, ("number", "number"), lambda args: sizes.product(args[0].type, args[1].type),
        lambda a, b: Fraction(a) * Fraction(b),
        Words("The product; the scales add up. Money times a number is money.", "积；小数位相加。金额乘以数得金额。"),
        (("3 * 4", 12), ("1.5 * 1.5", "2.25"), ("200 * 15%", "30.00")), "a * b",
    ),
    Operation(
        "divide", GROUP, ("number", "number"), _quotient, divide,
        Words(
            "The quotient, half-up at six places or at the left scale if larger; null where the divisor is zero.",
            "商；四舍五入到六位小数，左边小数位更多时取左边；除数为零时为空。",
        ),
        (("2 / 3", "0.666667"), ("2 / 3 * 3", "2.000001"), ("-1 / 3", "-0.333333"), ("1 / 0", None)), "a / b",
    ),
    Operation(
        "negate", GROUP, ("number",), _same, lambda a: -Fraction(a),
        Words("The number with the other sign.", "相反数。"), (("-(1 + 2)", -3),), "-a",
    ),
    Operation(
        "mod", GROUP, ("number", "number"), _remainder, mod,
        Words("The remainder, with the sign of the dividend.", "余数，符号与被除数相同。"),
        (("mod(7, 3)", 1), ("mod(-7, 3)", -1), ("mod(7, -3)", 1), ("mod(5.5, 2)", "1.5"), ("mod(1, 0)", None)),
    ),
    Operation(
        "div", GROUP, ("number", "number"), _truncated, div,
        Words("The whole quotient, truncated toward zero.", "整数商，向零取整。"),
        (("div(7, 2)", 3), ("div(-7, 2)", -3), ("div(7.5, 0.5)", 15), ("div(1, 0)", None)),
    ),
    Operation(
        "round", GROUP, ("number", "places?"), _rounded, lambda a, _places=0: Fraction(a),
        Words(
            "The number half-up (away from zero) at so many places after the point, 0 where none are given.",
            "四舍五入（远离零）到指定的小数位，不写则取整数。",
        ),
        (("round(2.5)", 3), ("round(-2.5)", -3), ("round(2.345, 2)", "2.35"), ("round(1.5, 4)", "1.5")),
    ),
    Operation(
        "abs", GROUP, ("number",), _same, lambda a: abs(Fraction(a)),
        Words("The number without its sign.", "绝对值。"), (("abs(-3)", 3), ("abs(1.5)", "1.5")),
    ),
    Operation(
        "floor", GROUP, ("number",), _whole, lambda a: math.floor(Fraction(a)),
        Words("The largest whole number that is not larger.", "不大于它的最大整数。"),
        (("floor(2.7)", 2), ("floor(-2.1)", -3)),
    ),
    Operation(
        "ceil", GROUP, ("number",), _whole, lambda a: math.ceil(Fraction(a)),
        Words("The smallest whole number that is not smaller.", "不小于它的最小整数。"),
        (("ceil(2.1)", 3), ("ceil(-2.7)", -2)),
    ),
)  # fmt: skip
