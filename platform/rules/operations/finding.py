"""Patterns in texts, and values by the band that a number or date is in."""

from __future__ import annotations

from collections.abc import Sequence

from kith.problems import Words
from kith.rules.operations.comparing import LOGIC, first_type
from kith.rules.operations.operation import Operation
from kith.rules.operations.texts import GROUP
from kith.rules.patterns import matcher
from kith.rules.tree import Node
from kith.rules.types import BOOL, Type

LONGEST_MATCHED = 4_000
"""Code points of a text that is compared with a pattern; whether a longer one matches is null."""


def matches(text: str, pattern: str) -> bool | None:
    """Whether the whole text is one that a pattern describes."""
    return None if len(text) > LONGEST_MATCHED else matcher(pattern).matches(text)


def limits_of(args: Sequence[Node]) -> tuple[Sequence[Node], Sequence[Node]]:
    """The limits of `bands` and the values between them, behind the first argument."""
    count = (len(args) - 2) // 2
    return args[1 : 1 + count], args[1 + count :]


def bands(value: object, *rest: object) -> object:
    """The value of the band: the first below the first limit, the second from there on, and so on."""
    count = (len(rest) - 1) // 2
    reached = sum(limit <= value for limit in rest[:count])  # type: ignore[operator]
    return rest[count + reached]


def _band(args: Sequence[Node]) -> Type:
    return first_type(limits_of(args)[1])


FINDING = (
    Operation(
        "matches", GROUP, ("text", "pattern"), BOOL, matches,
        Words(
            "Whether the whole text is one that the written pattern describes: characters, `.`, `[a-z]`, `[^0-9]`, `\\d \\w \\s`, "
            "`( )`, `|`, and behind them `* + ? {2} {2,5}`. It takes time in proportion to the text, whatever the pattern; null "
            "for more than 4,000 characters.",
            "整段文本是否符合写出的模式：字符、`.`、`[a-z]`、`[^0-9]`、`\\d \\w \\s`、`( )`、`|`，其后可加 `* + ? {2} {2,5}`。"
            "无论何种模式，用时只与文本长度成正比；超过 4,000 个字符则为空。",
        ),
        (('matches("AB-12", "[A-Z]+-[0-9]+")', True), ('matches("AB-12x", "[A-Z]+-[0-9]+")', False),
         ('matches("2026", "\\\\d\\{4\\}")', True), ('matches("", "(a|b)*")', True)),
        may_null=True,
    ),
    Operation(
        "bands", LOGIC, ("measured", "same", "any", "any"), _band, bands,
        Words(
            "The value of the band that the first is in: below the first limit the first value, from there on the second, "
            "and so on; the limits ascend, and all are written down.",
            "第一个值所在区间对应的值：低于第一个界限取第一个，此后取第二个，依此类推；界限递增，都须写出。",
        ),
        (("bands(15, [10, 20], [1, 2, 3])", 2), ("bands(10, [10], [0.5, 1.25])", "1.25"),
         ('bands(@2026-06-15, [@2026-07-01], ["early", "late"])', "early"), ("bands(1 / 0, [10], [1, 2])", None)),
        "bands(a, [b, …], [c, d, …])",
    ),
)  # fmt: skip
