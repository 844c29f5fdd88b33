"""Operations that take texts apart, count in them, and put them together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kith.problems import Words
from kith.rules.operations.operation import Operation
from kith.rules.operations.texts import GROUP, SPACE, fitting, joined
from kith.rules.tree import Node
from kith.rules.types import TEXT, Type

LONGEST_RUN = 1_000
"""Times that `repeat` repeats, and code points that a text is padded to; beyond, the result is null."""
NO_TITLE = Words(
    "capital letters at the start of words cannot be made alike by both databases", "两种数据库无法一致地将词首转为大写"
)


def right(text: str, count: int) -> str:
    """The last code points."""
    return text[-count:] if count > 0 else ""


def _filling(text: str, length: int, fill: str) -> str | None:
    """What is missing until a text is so long: nothing where there is nothing to fill with."""
    if length > LONGEST_RUN:
        return None
    missing = max(0, length - len(text))
    return (fill * missing)[:missing]


def pad_left(text: str, length: int, fill: str = " ") -> str | None:
    """At least so many code points, filled before the text."""
    filling = _filling(text, length, fill)
    return None if filling is None else fitting(filling + text)


def pad_right(text: str, length: int, fill: str = " ") -> str | None:
    """At least so many code points, filled behind the text."""
    filling = _filling(text, length, fill)
    return None if filling is None else fitting(text + filling)


def repeat(text: str, times: int) -> str | None:
    """The text so many times."""
    return None if times > LONGEST_RUN else joined([text] * max(times, 0))


def capitalize(text: str) -> str:
    """The first code point in upper case, the rest as it is."""
    return fitting(text[:1].upper() + text[1:])


def title_case(text: str) -> str:
    """Each word with a capital letter; words end at spaces and hyphens."""
    parts = re.split(f"([{SPACE}-])", text)
    return fitting("".join(part[:1].upper() + part[1:].lower() for part in parts))


def count_of(text: str, part: str) -> int:
    """How often a part occurs, without overlaps; an empty one is nowhere."""
    return text.count(part) if part else 0


def split_part(text: str, separator: str, number: int) -> str | None:
    """The part of that number, from the end where it is negative; null where there is none."""
    parts = text.split(separator) if separator else [text]
    if not number or abs(number) > len(parts):
        return None
    return parts[number - 1] if number > 0 else parts[number]


def before(text: str, part: str) -> str:
    """What stands before the first occurrence."""
    return text[: max(0, text.find(part))]


def after(text: str, part: str) -> str:
    """What stands behind the first occurrence."""
    place = text.find(part)
    return text[place + len(part) :] if place >= 0 else ""


def digits(text: str) -> str:
    """Only the digits 0 to 9."""
    return re.sub("[^0-9]", "", text)


def normalize_spaces(text: str) -> str:
    """One space where there were several, tabs or line ends; none at the ends."""
    return re.sub(f"[{SPACE}]+", " ", text.strip(SPACE))


def initials(text: str) -> str:
    """The first code point of each word."""
    return "".join(word[0] for word in re.split(f"[{SPACE}]+", text) if word)


def combine(separator: str | None, *texts: str | None) -> str:
    """The texts that have something in them, joined."""
    return joined((text for text in texts if text), separator or "")


def _position(_args: Sequence[Node]) -> Type:
    return Type("int", precision=10)


WORDS = (
    Operation(
        "right", GROUP, ("text", "int"), TEXT, right,
        Words("The last so many code points.", "最后若干码点。"),
        (('right("abcdef", 2)', "ef"), ('right("ab", 5)', "ab"), ('right("ab", 0)', ""), ('right("ab", null)', None)),
    ),
    Operation(
        "pad_left", GROUP, ("text", "int", "text?"), TEXT, pad_left,
        Words(
            "The text with spaces (or a third text) before it, so that it is so long; null beyond 1,000.",
            "在文本前补空格（或第三段文本）至指定长度；超过 1,000 则为空。",
        ),
        (('pad_left("7", 3, "0")', "007"), ('pad_left("1234", 3, "0")', "1234"), ('pad_left("a", 3)', "  a"),
         ('pad_left("a", 1_001)', None)),
        may_null=True,
    ),
    Operation(
        "pad_right", GROUP, ("text", "int", "text?"), TEXT, pad_right,
        Words(
            "The text with spaces (or a third text) behind it, so that it is so long; null beyond 1,000.",
            "在文本后补空格（或第三段文本）至指定长度；超过 1,000 则为空。",
        ),
        (('pad_right("a", 4, "xy")', "axyx"), ('pad_right("a", 3, "")', "a")), may_null=True,
    ),
    Operation(
        "repeat", GROUP, ("text", "int"), TEXT, repeat,
        Words("The text so many times; null beyond 1,000 times.", "重复若干次；超过 1,000 次则为空。"),
        (('repeat("ab", 3)', "ababab"), ('repeat("ab", -1)', ""), ('repeat("a", 1_001)', None)), may_null=True,
    ),
    Operation(
        "capitalize", GROUP, ("text",), TEXT, capitalize,
        Words("The text with its first letter in upper case.", "首字母大写。"),
        (('capitalize("anna Berg")', "Anna Berg"), ('capitalize("")', "")),
    ),
    Operation(
        "title_case", GROUP, ("text",), TEXT, title_case,
        Words(
            "Each word with a capital letter and the rest in lower case; words end at spaces and hyphens.",
            "每个词首字母大写，其余小写；词以空格和连字符分隔。",
        ),
        (('title_case("ANNA berg-lund")', "Anna Berg-Lund"),), no_sql=NO_TITLE,
    ),
    Operation(
        "reverse", GROUP, ("text",), TEXT, lambda text: text[::-1],
        Words("The code points in the other direction.", "码点倒序。"), (('reverse("abc")', "cba"),),
    ),
    Operation(
        "index_of", GROUP, ("text", "text"), _position, lambda text, part: text.find(part) + 1,
        Words(
            "Where the second text first begins in the first, counted from 1; 0 where it does not occur.",
            "后者在前者中首次出现的位置，从 1 数起；未出现为 0。",
        ),
        (('index_of("abcabc", "c")', 3), ('index_of("abc", "x")', 0), ('index_of("abc", "")', 1)),
    ),
    Operation(
        "count_of", GROUP, ("text", "text"), _position, count_of,
        Words("How often the second text occurs in the first, without overlaps.", "后者在前者中出现的次数，不重叠。"),
        (('count_of("banana", "an")', 2), ('count_of("aaa", "aa")', 1), ('count_of("abc", "")', 0)),
    ),
    Operation(
        "split_part", GROUP, ("text", "text", "int"), TEXT, split_part,
        Words(
            "The part of that number between separators, from the end where it is negative; null where there is none.",
            "按分隔符切分后的第几部分，负数从末尾数起；没有则为空。",
        ),
        (('split_part("a/b/c", "/", 2)', "b"), ('split_part("a/b/c", "/", -1)', "c"), ('split_part("a", "/", 2)', None),
         ('split_part("a//b", "/", 2)', ""), ('split_part("a", "/", 0)', None)),
        may_null=True,
    ),
    Operation(
        "before", GROUP, ("text", "text"), TEXT, before,
        Words(
            "What stands before the first occurrence of the second text; empty where it does not occur.",
            "首次出现之前的部分；未出现则为空文本。",
        ),
        (('before("key=a=b", "=")', "key"), ('before("abc", "x")', "")),
    ),
    Operation(
        "after", GROUP, ("text", "text"), TEXT, after,
        Words(
            "What stands behind the first occurrence of the second text; empty where it does not occur.",
            "首次出现之后的部分；未出现则为空文本。",
        ),
        (('after("key=a=b", "=")', "a=b"), ('after("abc", "x")', ""), ('after("abc", "")', "abc")),
    ),
    Operation(
        "digits", GROUP, ("text",), TEXT, digits,
        Words("Only the digits 0 to 9 of the text.", "只保留数字 0 至 9。"),
        (('digits("+86 (10) 12-34")', "86101234"), ('digits("abc")', "")),
    ),
    Operation(
        "normalize_spaces", GROUP, ("text",), TEXT, normalize_spaces,
        Words(
            "The text with one space where there were several spaces, tabs or line ends, and none around it.",
            "连续的空格、制表符和换行合为一个空格，两端不留。",
        ),
        (('normalize_spaces("  a \\t b\\n")', "a b"),),
    ),
    Operation(
        "initials", GROUP, ("text",), TEXT, initials,
        Words("The first code point of each word.", "每个词的首个码点。"),
        (('initials("Anna Maria  Berg")', "AMB"), ('initials(" ")', "")),
    ),
    Operation(
        "combine", GROUP, ("text", "text", "text..."), TEXT, combine,
        Words(
            "The later texts joined by the first; what is null or empty is left out.",
            "以第一段文本为分隔，连接其后的文本；空的略去。",
        ),
        (('combine(", ", "Street 1", null, "Bern")', "Street 1, Bern"), ('combine(", ", null, "")', "")),
        sees_null=True,
    ),
)  # fmt: skip
