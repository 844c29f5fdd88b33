"""More operations on numbers: other ways of rounding, steps, powers and roots, and numbers written as texts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction

from kith.problems import Words
from kith.rules import sizes
from kith.rules.operations.dates import half_up
from kith.rules.operations.numbers import GROUP, Exact
from kith.rules.operations.operation import Operation, types
from kith.rules.operations.texts import SPACE
from kith.rules.tree import Constant, Node
from kith.rules.types import Type, decimal

NUMBER_TEXT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
ROOT_SCALE = 6
"""Digits after the point that a root has at least."""


def sign(value: Exact) -> int:
    """Which side of zero a number is on."""
    return (value > 0) - (value < 0)


def whole_root(value: int) -> int:
    """The nearest whole number to a square root; a root of a whole number is never half-way."""
    root = math.isqrt(value)
    return root + (value - root * root > root)


def root_scale(type_: Type) -> int:
    """The digits after the point of a root."""
    return max(ROOT_SCALE, type_.scale)


def sqrt(value: Exact) -> Fraction | None:
    """The square root to sixty places; null of what is below zero.

    It is rounded a second time where it is brought to its own scale, which changes nothing: the root of a number of at most 38
    digits is a half, or further than that from one.
    """
    if value < 0:
        return None
    return Fraction(whole_root(int(Fraction(value) * 10**120)), 10**60)


def _root(args: Sequence[Node]) -> Type:
    type_ = args[0].type
    return decimal((sizes.whole(type_) + 1) // 2 + 1 + root_scale(type_), root_scale(type_))


def power(value: Exact, exponent: int) -> Fraction:
    """The number multiplied by itself."""
    return Fraction(value) ** int(exponent)


def exponent_of(args: Sequence[Node]) -> int:
    """The written exponent."""
    return int(str(args[1].value)) if isinstance(args[1], Constant) else 0


def _power(args: Sequence[Node]) -> Type:
    type_, exponent = args[0].type, exponent_of(args)
    kind = "int" if type_.kind == "int" else "decimal"
    return sizes.number(kind, max(1, sizes.whole(type_) * exponent), type_.scale * exponent)


def stepped(pick: Callable[[Fraction], int]) -> Callable[[Exact, Exact], Fraction | None]:
    """A number at a multiple of a step; null where the step is zero. The sign of the step does not matter."""

    def find(value: Exact, step: Exact) -> Fraction | None:
        size = abs(Fraction(step))
        return pick(Fraction(value) / size) * size if size else None

    return find


def _step(args: Sequence[Node]) -> Type:
    type_ = sizes.united(types(args), carry=1)
    return type_.or_null(not (isinstance(args[1], Constant) and bool(args[1].value)))


def _places(args: Sequence[Node]) -> Type:
    return sizes.rounded(
        args[0].type, int(str(args[1].value)) if len(args) > 1 and isinstance(args[1], Constant) else 0
    )


def round_down(value: Exact, places: int = 0) -> Fraction:
    """Without its further places, toward zero."""
    return Fraction(math.trunc(Fraction(value) * 10 ** int(places)), 10 ** int(places))


def round_up(value: Exact, places: int = 0) -> Fraction:
    """Away from zero where there are further places."""
    return sign(value) * Fraction(math.ceil(abs(Fraction(value)) * 10 ** int(places)), 10 ** int(places))


def round_even(value: Exact, places: int = 0) -> Fraction:
    """To the nearest, and to the even neighbour where both are as near."""
    return Fraction(round(Fraction(value) * 10 ** int(places)), 10 ** int(places))


def as_number(text: str) -> Decimal | None:
    """The number that a text is; null where it is none."""
    found = text.strip(SPACE)
    return Decimal(found) if NUMBER_TEXT.fullmatch(found) else None


ROUNDING = (
    Operation(
        "sign", GROUP, ("number",), Type("int", precision=1), sign,
        Words("1 above zero, -1 below, 0 for zero.", "正数为 1，负数为 -1，零为 0。"),
        (("sign(-2.5)", -1), ("sign(0)", 0), ("sign(3)", 1)),
    ),
    Operation(
        "power", GROUP, ("plain", "places"), _power, power,
        Words(
            "The number multiplied by itself, exactly; the exponent is a written whole number.",
            "乘方，结果精确；指数须直接写出整数。",
        ),
        (("power(1.5, 2)", "2.25"), ("power(2, 10)", 1024), ("power(7, 0)", 1)),
    ),
    Operation(
        "sqrt", GROUP, ("plain",), _root, sqrt,
        Words(
            "The square root, half-up at six places or at the number's own where it has more; null below zero.",
            "平方根，四舍五入到六位小数（自身小数位更多时取自身）；负数则为空。",
        ),
        (("sqrt(2)", "1.414214"), ("sqrt(6.25)", "2.500000"), ("sqrt(-1)", None)), may_null=True,
    ),
    Operation(
        "round_to", GROUP, ("number", "same"), _step, stepped(half_up),
        Words(
            "The nearest multiple of a step, half-up; null where the step is zero.",
            "四舍五入到步长的倍数；步长为零则为空。",
        ),
        (("round_to(2.37, 0.05)", "2.35"), ("round_to(-25, 10)", -30), ("round_to(1, 0)", None)),
    ),
    Operation(
        "floor_to", GROUP, ("number", "same"), _step, stepped(math.floor),
        Words("The largest multiple of a step that is not larger.", "不大于它的最大步长倍数。"),
        (("floor_to(2.39, 0.05)", "2.35"), ("floor_to(-1, 10)", -10)),
    ),
    Operation(
        "ceil_to", GROUP, ("number", "same"), _step, stepped(math.ceil),
        Words("The smallest multiple of a step that is not smaller.", "不小于它的最小步长倍数。"),
        (("ceil_to(2.31, 0.05)", "2.35"), ("ceil_to(101, 12)", 108)),
    ),
    Operation(
        "round_down", GROUP, ("number", "places?"), _places, round_down,
        Words("The number without its further places, toward zero.", "舍去其余小数位，向零取。"),
        (("round_down(2.79, 1)", "2.7"), ("round_down(-2.7)", -2)),
    ),
    Operation(
        "round_up", GROUP, ("number", "places?"), _places, round_up,
        Words("The number at so many places, away from zero.", "保留若干小数位，远离零取。"),
        (("round_up(2.11, 1)", "2.2"), ("round_up(-2.1)", -3), ("round_up(2.0)", 2)),
    ),
    Operation(
        "round_even", GROUP, ("number", "places?"), _places, round_even,
        Words("The number at so many places; a half goes to the even neighbour.", "保留若干小数位；恰为一半时取偶数。"),
        (("round_even(2.5)", 2), ("round_even(3.5)", 4), ("round_even(-0.125, 2)", "-0.12")),
    ),
    Operation(
        "as_number", GROUP, ("text",), decimal(18, 6), as_number,
        Words(
            "The number that a text is, with up to 12 digits before the point and 6 behind; null where it is none.",
            "文本所写的数，小数点前至多 12 位、后至多 6 位；不是数则为空。",
        ),
        (('as_number(" 12.50 ")', "12.500000"), ('as_number("-3")', "-3.000000"), ('as_number("1,5")', None)),
        may_null=True,
    ),
)  # fmt: skip
