"""Comparisons and logic: always true or false, also where something is null."""

from __future__ import annotations

from collections.abc import Sequence

from kith.problems import Words
from kith.rules import sizes
from kith.rules.operations.operation import Operation, types
from kith.rules.tree import Node
from kith.rules.types import BOOL, Type

GROUP = "comparing"
LOGIC = "logic"


def first_type(args: Sequence[Node]) -> Type:
    """The type that the arguments have in common."""
    numbers = [arg.type for arg in args if arg.type.is_number]
    if len(numbers) == len(args):
        return sizes.united(numbers)
    return next((t for t in types(args) if t.kind != "null"), args[0].type).or_null(False)


def _branches(args: Sequence[Node]) -> Type:
    return first_type(args[1:]).or_null(any(arg.type.nullable for arg in args[1:]))


def _coalesced(args: Sequence[Node]) -> Type:
    return first_type(args).or_null(all(arg.type.nullable for arg in args))


def _lt(a: object, b: object) -> bool:
    return a is not None and b is not None and a < b  # type: ignore[operator]


def _le(a: object, b: object) -> bool:
    return a is not None and b is not None and a <= b  # type: ignore[operator]


def is_set(value: object) -> bool:
    """Whether there is a value; an empty set is none."""
    return value is not None and value != frozenset()


def within(value: object, items: object) -> bool:
    """Whether a set has the value; null is in none, and nothing is in a null."""
    return value is not None and isinstance(items, frozenset) and value in items


def coalesce(*values: object) -> object:
    """The first value that is set."""
    return next((value for value in values if value is not None), None)


COMPARING = (
    Operation(
        "eq", GROUP, ("any", "same"), BOOL, lambda a, b: a == b,
        Words("Whether both are the same; null equals null only.", "是否相等；空只等于空。"),
        (("1 == 1.0", True), ("null == null", True), ('"a" == "A"', False)), "a == b", sees_null=True,
    ),
    Operation(
        "ne", GROUP, ("any", "same"), BOOL, lambda a, b: a != b,
        Words("Whether they differ; a value differs from null.", "是否不等；有值与空不等。"),
        (("1 != 2", True), ("15% != 0.15", False)), "a != b", sees_null=True,
    ),
    Operation(
        "lt", GROUP, ("ordered", "same"), BOOL, _lt,
        Words("Smaller or earlier; false where one is null.", "小于或早于；任一为空则为假。"),
        (("1 < 2", True), ('"Z" < "a"', True)), "a < b", sees_null=True,
    ),
    Operation(
        "le", GROUP, ("ordered", "same"), BOOL, _le,
        Words("Not larger; false where one is null.", "小于等于；任一为空则为假。"),
        (("2 <= 2", True),), "a <= b", sees_null=True,
    ),
    Operation(
        "gt", GROUP, ("ordered", "same"), BOOL, lambda a, b: _lt(b, a),
        Words("Larger or later; false where one is null.", "大于或晚于；任一为空则为假。"),
        (("2 > 1.5", True), ("@2026-01-02 > @2026-01-01", True)), "a > b", sees_null=True,
    ),
    Operation(
        "ge", GROUP, ("ordered", "same"), BOOL, lambda a, b: _le(b, a),
        Words("Not smaller; false where one is null.", "大于等于；任一为空则为假。"),
        (("3d >= 72h", True),), "a >= b", sees_null=True,
    ),
    Operation(
        "between", GROUP, ("ordered", "same", "same"), BOOL, lambda a, low, high: _le(low, a) and _le(a, high),
        Words("From the first to the second, both included; false where one is null.", "介于两者之间，含两端；任一为空则为假。"),
        (("2 between 1 and 2", True), ("3 between 1 and 2", False)), "a between b and c", sees_null=True,
    ),
    Operation(
        "in", GROUP, ("any", "set"), BOOL, within,
        Words("Whether a set has the value; null is in none.", "集合是否含有该值；空不属于任何集合。"),
        (('"a" in ["a", "b"]', True), ("1 in []", False)), "a in b", sees_null=True,
    ),
    Operation(
        "not_in", GROUP, ("any", "set"), BOOL, lambda a, items: not within(a, items),
        Words("The complement of `in`: true for null.", "“in”的补集：空时为真。"),
        (("3 not in [1, 2]", True),), "a not in b", sees_null=True,
    ),
    Operation(
        "is_set", GROUP, ("any",), BOOL, is_set,
        Words("Whether there is a value; an empty set is none.", "是否有值；空集合算无值。"),
        (('"" is set', True),), "a is set", sees_null=True,
    ),
    Operation(
        "is_not_set", GROUP, ("any",), BOOL, lambda a: not is_set(a),
        Words("Whether there is no value.", "是否没有值。"),
        (("1 / 0 is not set", True),), "a is not set", sees_null=True,
    ),
    Operation(
        "and", LOGIC, ("bool", "bool..."), BOOL, lambda *values: all(value is True for value in values),
        Words("Whether all hold; null counts as false.", "是否都成立；空视为假。"),
        (("true and 1 < 2", True),), "a and b", sees_null=True,
    ),
    Operation(
        "or", LOGIC, ("bool", "bool..."), BOOL, lambda *values: any(value is True for value in values),
        Words("Whether one holds; null counts as false.", "是否有一个成立；空视为假。"),
        (("false or 1 < 2", True),), "a or b", sees_null=True,
    ),
    Operation(
        "not", LOGIC, ("bool",), BOOL, lambda a: a is not True,
        Words("The full complement: true for false and for null.", "完全取反：假与空都得真。"),
        (("not (1 > 2)", True),), "not a", sees_null=True,
    ),
    Operation(
        "if", LOGIC, ("bool", "any", "same"), _branches, lambda c, a, b: a if c is True else b,
        Words("The one value where the condition holds, else the other.", "条件成立取前者，否则取后者。"),
        (("if 1 < 2 then 10 else 20", 10), ("if 1 > 2 then 1 else 2.5", "2.5")), "if c then a else b", sees_null=True,
    ),
    Operation(
        "coalesce", LOGIC, ("any", "same..."), _coalesced, coalesce,
        Words("The first value that is set.", "第一个有值者。"),
        (("null ?? 3", 3), ("1 / 0 ?? 0", "0.000000")), "a ?? b", sees_null=True,
    ),
    Operation(
        "min", GROUP, ("ordered", "same..."), first_type, lambda *values: min(values),
        Words("The smallest of two or more values.", "两个以上值中的最小者。"),
        (("min(3, 1.5, 2)", "1.5"), ("min(@2026-01-02, @2026-01-01)", "2026-01-01"), ("min(1, null)", None)),
    ),
    Operation(
        "max", GROUP, ("ordered", "same..."), first_type, lambda *values: max(values),
        Words("The largest of two or more values.", "两个以上值中的最大者。"),
        (("max(3, 1)", 3), ('max("a", "b")', "b")),
    ),
)  # fmt: skip
