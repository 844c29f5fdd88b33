"""Functions that are written out as other operations when they are checked, so that no back end needs to know of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from kith.problems import Words
from kith.rules.operations.contacts import GROUP as TEXT_GROUP
from kith.rules.operations.dates import GROUP as DATE_GROUP
from kith.rules.operations.numbers import GROUP as NUMBER_GROUP
from kith.rules.tree import Call, Constant, Node
from kith.rules.types import DURATION, INT, TEXT, Type, set_of

Make = Callable[..., Node]
"""Makes a call of an operation of the table, with its type: `make("mod", a, b)`."""


@dataclass(frozen=True, slots=True)
class Shorthand:
    """A function with what it stands for; `takes` is as an operation's, `expand` gets the arguments in their families."""

    name: str
    group: str
    takes: tuple[str, ...]
    expand: Callable[[Make, Sequence[Node]], Node]
    doc: Words
    examples: tuple[tuple[str, object], ...]
    pairs: bool = False
    """Its arguments come two by two."""


def number(value: int, at: Node) -> Constant:
    """A written whole number at the place of an argument."""
    return Constant(Type("int", precision=len(str(abs(value)))), at.start, at.end, value)


def _members(values: Sequence[int], at: Node) -> Constant:
    return Constant(set_of(INT), at.start, at.end, frozenset(values))


def _blank(make: Make, args: Sequence[Node]) -> Node:
    return make("not", make("gt", make("length", make("trim", args[0])), number(0, args[0])))


def _percent(make: Make, part: Node, whole: Node) -> Call:
    """A quotient that is shown as a percentage."""
    quotient = make("divide", part, whole)
    assert isinstance(quotient, Call)  # `make` makes calls
    digits = quotient.type.precision - quotient.type.scale
    shown = Type("percent", quotient.type.nullable, precision=digits + 6, scale=6)
    return Call(shown, quotient.start, quotient.end, quotient.op, quotient.args)


def _growth(make: Make, args: Sequence[Node]) -> Node:
    whole = Constant(Type("percent", precision=7, scale=6), args[0].start, args[0].end, Decimal(1))
    return make("subtract", _percent(make, args[1], args[0]), whole)


def _weighted(make: Make, args: Sequence[Node]) -> Node:
    products = [make("multiply", args[place], args[place + 1]) for place in range(0, len(args), 2)]
    total, weights = products[0], args[1]
    for product, weight in zip(products[1:], args[3::2], strict=True):
        total, weights = make("add", total, product), make("add", weights, weight)
    return make("divide", total, weights)


def _between(unit: timedelta) -> Callable[[Make, Sequence[Node]], Node]:
    """How many units lie between two instants."""

    def expand(make: Make, args: Sequence[Node]) -> Node:
        span = Constant(DURATION, args[0].start, args[0].end, unit)
        return make("duration_ratio", make("instant_diff", args[1], args[0]), span)

    return expand


SHORTHANDS: dict[str, Shorthand] = {
    one.name: one
    for one in (
        Shorthand(
            "left", TEXT_GROUP, ("text", "int"), lambda make, args: make("substring", args[0], number(1, args[0]), args[1]),
            Words("The first so many code points.", "最前若干码点。"),
            (('left("abcdef", 2)', "ab"), ('left("ab", 5)', "ab"), ('left("ab", -1)', "")),
        ),
        Shorthand(
            "word_count", TEXT_GROUP, ("text",), lambda make, args: make("length", make("initials", args[0])),
            Words("How many words the text has.", "词数。"), (('word_count(" two  words ")', 2), ('word_count("")', 0)),
        ),
        Shorthand(
            "is_blank", TEXT_GROUP, ("text",), _blank,
            Words(
                "Whether there is no text, or only spaces, tabs and line ends; true for null.",
                "是否为空，或只有空格、制表符和换行；空值为真。",
            ),
            (('is_blank(" \\n")', True), ("is_blank(null)", True), ('is_blank("a")', False)),
        ),
        Shorthand(
            "remove", TEXT_GROUP, ("text", "text"),
            lambda make, args: make("replace", *args, Constant(TEXT, args[1].start, args[1].end, "")),
            Words("The text without each occurrence of the second.", "去掉每处第二段文本。"),
            (('remove("a-b-c", "-")', "abc"),),
        ),
        Shorthand(
            "clamp", NUMBER_GROUP, ("ordered", "same", "same"),
            lambda make, args: make("max", args[1], make("min", args[0], args[2])),
            Words(
                "The value, or the limit that it is beyond: first the lower, then the upper.",
                "取值，超出则取所越过的界限：先下限，后上限。",
            ),
            (("clamp(15, 0, 10)", 10), ("clamp(-1, 0, 10)", 0), ("clamp(null, 0, 10)", None)),
        ),
        Shorthand(
            "is_even", NUMBER_GROUP, ("int",),
            lambda make, args: make("eq", make("mod", args[0], number(2, args[0])), number(0, args[0])),
            Words("Whether the number is even; false for null.", "是否为偶数；空值为假。"),
            (("is_even(4)", True), ("is_even(-3)", False)),
        ),
        Shorthand(
            "is_odd", NUMBER_GROUP, ("int",),
            lambda make, args: make("in", make("mod", args[0], number(2, args[0])), _members((-1, 1), args[0])),
            Words("Whether the number is odd; false for null.", "是否为奇数；空值为假。"),
            (("is_odd(-3)", True), ("is_odd(null)", False)),
        ),
        Shorthand(
            "is_whole", NUMBER_GROUP, ("number",),
            lambda make, args: make("eq", make("mod", args[0], number(1, args[0])), number(0, args[0])),
            Words("Whether the number has nothing after its point; false for null.", "小数部分是否为零；空值为假。"),
            (("is_whole(2.00)", True), ("is_whole(2.5)", False)),
        ),
        Shorthand(
            "percent_of", NUMBER_GROUP, ("number", "same"), lambda make, args: _percent(make, args[0], args[1]),
            Words(
                "The part that the first number is of the second, as a percent; null where that is zero.",
                "前者占后者的百分比；后者为零则为空。",
            ),
            (("percent_of(15, 200)", "0.075"), ("percent_of(1, 0)", None)),
        ),
        Shorthand(
            "growth", NUMBER_GROUP, ("number", "same"), _growth,
            Words(
                "How much the second number is above the first, as a percent of the first; null where that is zero.",
                "后者比前者增长的百分比；前者为零则为空。",
            ),
            (("growth(200, 230)", "0.15"), ("growth(200, 150)", "-0.25")),
        ),
        Shorthand(
            "weighted_average", NUMBER_GROUP, ("plain", "plain", "plain..."), _weighted,
            Words(
                "The average of values, each followed by its weight; null where the weights add up to zero.",
                "加权平均：每个值后跟其权重；权重之和为零则为空。",
            ),
            (("weighted_average(80, 3, 60, 1)", "75.000000"), ("weighted_average(1, 0, 2, 0)", None)), pairs=True,
        ),
        Shorthand(
            "weeks_between", DATE_GROUP, ("date", "date"),
            lambda make, args: make("div", make("days_between", *args), number(7, args[0])),
            Words(
                "Whole weeks from the first date to the second.",
                "从前一日期到后一日期的整周数。",
            ),
            (("weeks_between(@2026-01-01, @2026-01-16)", 2),),
        ),
        Shorthand(
            "years_between", DATE_GROUP, ("date", "date"), lambda make, args: make("age", *args),
            Words("Whole years from the first date to the second.", "从前一日期到后一日期的整年数。"),
            (("years_between(@2000-02-29, @2026-02-28)", 26),),
        ),
        Shorthand(
            "hours_between", DATE_GROUP, ("datetime", "datetime"), _between(timedelta(hours=1)),
            Words("Hours from the first instant to the second.", "从前一时刻到后一时刻的小时数。"),
            (("hours_between(@2026-01-01T08:00Z, @2026-01-01T09:30Z)", "1.500000"),),
        ),
        Shorthand(
            "minutes_between", DATE_GROUP, ("datetime", "datetime"), _between(timedelta(minutes=1)),
            Words("Minutes from the first instant to the second.", "从前一时刻到后一时刻的分钟数。"),
            (("minutes_between(@2026-01-01T08:00Z, @2026-01-01T09:30Z)", "90.000000"),),
        ),
        Shorthand(
            "is_weekend", DATE_GROUP, ("date",),
            lambda make, args: make("in", make("weekday", args[0]), _members((6, 7), args[0])),
            Words(
                "Whether the date is a Saturday or Sunday, whatever the business calendar says; false for null.",
                "是否为周六或周日，不论工作日历；空值为假。",
            ),
            (("is_weekend(@2026-06-14)", True), ("is_weekend(@2026-06-15)", False)),
        ),
    )
}  # fmt: skip
"""By name, in the order of the manual."""
