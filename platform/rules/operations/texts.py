"""Operations on texts: literal, by code points, with `fold` as the one form that ignores case."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date

from kith.problems import Words
from kith.rules.operations.operation import Operation
from kith.rules.tree import Node
from kith.rules.types import BOOL, TEXT, Type
from kith.rules.values import DoesNotFit

GROUP = "text"
SPACE = " \t\r\n"
"""What `trim` takes away, and nothing else."""
MAX_TEXT = 64 * 1024
"""Bytes in UTF-8 that a text result may have."""


def fitting(text: str) -> str:
    """A text that is not longer than a result may be."""
    if len(text) > MAX_TEXT or (len(text) * 4 > MAX_TEXT and len(text.encode()) > MAX_TEXT):
        raise DoesNotFit(TEXT)
    return text


def joined(parts: Iterable[str], between: str = "") -> str:
    """Texts as one; what would be too long is not made first."""
    held = list(parts)
    if sum(map(len, held)) + len(between) * max(0, len(held) - 1) > MAX_TEXT:
        raise DoesNotFit(TEXT)
    return fitting(between.join(held))


def fold(text: str) -> str:
    """NFC, then full Unicode lower case: also final sigma, and İ becomes i with a dot above."""
    return unicodedata.normalize("NFC", text).lower()


def replace(text: str, old: str, new: str) -> str:
    """Every `old` replaced; an empty one is nowhere."""
    if not old:
        return text
    if len(new) > len(old) and len(text) + text.count(old) * (len(new) - len(old)) > MAX_TEXT:
        raise DoesNotFit(TEXT)
    return fitting(text.replace(old, new))


def substring(text: str, start: int, length: int | None = None) -> str:
    """So many code points from position `start` on, counted from 1; what lies outside the text is left out."""
    begin = max(start, 1) - 1
    return text[begin:] if length is None else text[begin : begin + max(length, 0)]


def text(value: object) -> str:
    """A number with its scale, a percent with its sign, a date, a choice's key, true or false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _length(_args: Sequence[Node]) -> Type:
    return Type("int", precision=10)


TEXTS = (
    Operation(
        "concat", GROUP, ("text", "text"), TEXT, lambda a, b: fitting(a + b),
        Words(
            'The texts joined; null where one is null, so mostly "{first} {last}" is meant.',
            "连接两段文本；任一为空则为空，所以多数情况应写“{first} {last}”。",
        ),
        (('"a" + "b"', "ab"), ('"a" + null', None)), "a + b",
    ),
    Operation(
        "contains", GROUP, ("text", "text"), BOOL, lambda a, b: b in a,
        Words("Whether the first text has the second in it, letter by letter.", "前者是否逐字包含后者。"),
        (('contains("100% wool", "0%")', True), ('contains("Wool", "wool")', False), ('contains("a", "")', True)),
    ),
    Operation(
        "starts_with", GROUP, ("text", "text"), BOOL, lambda a, b: a.startswith(b),
        Words("Whether the first text begins with the second.", "前者是否以后者开头。"),
        (('starts_with("Kith", "Ki")', True), ('starts_with("Kith", "ki")', False)),
    ),
    Operation(
        "ends_with", GROUP, ("text", "text"), BOOL, lambda a, b: a.endswith(b),
        Words("Whether the first text ends with the second.", "前者是否以后者结尾。"),
        (('ends_with("a_b", "_b")', True), ('ends_with("a", "ba")', False)),
    ),
    Operation(
        "fold", GROUP, ("text",), TEXT, fold,
        Words("The text in lower case for comparing without case.", "折叠为小写，用于不分大小写的比较。"),
        (('fold("STRASSE")', "strasse"), ('fold("ΟΔΟΣ")', "οδος"), ('fold("İ")', "i̇")),
    ),
    Operation(
        "lower", GROUP, ("text",), TEXT, str.lower,
        Words("The text in lower case.", "转为小写。"), (('lower("Ärger")', "ärger"),),
    ),
    Operation(
        "upper", GROUP, ("text",), TEXT, lambda a: fitting(a.upper()),
        Words("The text in upper case.", "转为大写。"), (('upper("straße")', "STRASSE"),),
    ),
    Operation(
        "length", GROUP, ("text",), _length, len,
        Words("How many code points the text has.", "文本的码点数。"), (('length("文本")', 2), ('length("")', 0)),
    ),
    Operation(
        "trim", GROUP, ("text",), TEXT, lambda a: a.strip(SPACE),
        Words("The text without spaces, tabs and line ends around it.", "去掉两端的空格、制表符和换行。"),
        (('trim(" a b\\t\\n")', "a b"), ('trim("\u00a0a")', "\u00a0a")),
    ),
    Operation(
        "replace", GROUP, ("text", "text", "text"), TEXT, replace,
        Words("The text with each second text replaced by the third.", "把文本中的每处第二段替换为第三段。"),
        (('replace("a-b-c", "-", "")', "abc"), ('replace("ab", "", "x")', "ab")),
    ),
    Operation(
        "substring", GROUP, ("text", "int", "int?"), TEXT, substring,
        Words("So many code points from a position on, counted from 1.", "从某位置（从 1 数起）起的若干码点。"),
        (('substring("abcdef", 2, 3)', "bcd"), ('substring("abc", 2)', "bc"), ('substring("abc", 0, 2)', "ab")),
    ),
    Operation(
        "text", GROUP, ("printable",), TEXT, text,
        Words(
            "The value as a text: a number with its places, a percent with its sign, a date as 2026-01-31, a choice's key.",
            "转为文本：数保留小数位，百分比带百分号，日期如 2026-01-31，选项为其键。",
        ),
        (("text(12.50)", "12.50"), ("text(15%)", "15%"), ("text(true)", "true"), ("text(@2026-01-31)", "2026-01-31")),
    ),
)  # fmt: skip
