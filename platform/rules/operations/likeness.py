"""Operations on how texts sound and look: pinyin, edits between two texts, and the country of a telephone number."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache

from kith.problems import Words
from kith.rules.operations.operation import Operation
from kith.rules.operations.texts import GROUP, fitting, fold
from kith.rules.tree import Node
from kith.rules.types import TEXT, Type

MOST_COMPARED = 200
"""Code points of each text that are compared: the time grows with the product of both lengths."""
NO_PINYIN = Words("there is no pinyin", "无法得到拼音")
NO_COUNTRIES = Words("telephone numbers are plain texts", "电话号码只是文本")
NO_EDITS = Words("comparing texts edit by edit would take too long", "逐字比较文本耗时过长")


@lru_cache(maxsize=1)
def _readings() -> Callable[[str], str]:
    # Phrases would need 56 MB to tell readings apart by their neighbours.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    def reading(character: str) -> str:
        found = pinyin(character, style=Style.NORMAL, errors="ignore")
        return found[0][0] if found and found[0] else ""

    return reading


@lru_cache(maxsize=10_000)
def syllable(character: str) -> str:
    """The most usual reading of a Han character without its tone; "" of any other."""
    if character < "\u2e80":
        return ""
    return unicodedata.normalize("NFC", _readings()(character)).replace("ü", "v")


def pinyin(text: str) -> str:
    """Each Han character as its syllable, with spaces around; all else as it stands."""
    tokens = [(syllable(character), character) for character in text]
    parts: list[str] = []
    for (before, last), (read, character) in zip([("", " "), *tokens], tokens, strict=False):
        apart = (read or before) and not last.isspace() and not character.isspace()
        parts.append((" " if apart else "") + (read or character))
    return fitting("".join(parts))


def pinyin_initials(text: str) -> str:
    """Each Han character as the first letter of its syllable; all else as it stands."""
    return "".join((syllable(character) or character)[0] for character in text)


def edit_distance(left: str, right: str) -> int:
    """How many code points must be put in, taken out or changed to make the one text the other."""
    left, right = left[:MOST_COMPARED], right[:MOST_COMPARED]
    row = list(range(len(right) + 1))
    for number, character in enumerate(left, 1):
        diagonal, row[0] = row[0], number
        for place, other in enumerate(right, 1):
            diagonal, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, diagonal + (character != other))
    return row[-1]


def similarity(left: str, right: str) -> Fraction:
    """1 without the share of edits in the longer text; case does not count."""
    left, right = fold(left)[:MOST_COMPARED], fold(right)[:MOST_COMPARED]
    longer = max(len(left), len(right))
    return 1 - Fraction(edit_distance(left, right), longer) if longer else Fraction(1)


def phone_country(text: str) -> str | None:
    """The country of an international telephone number, as its two letters."""
    import phonenumbers

    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        return None
    return region if region and region.isalpha() else None


def _edits(_args: Sequence[Node]) -> Type:
    return Type("int", precision=3)


LIKENESS = (
    Operation(
        "pinyin", GROUP, ("text",), TEXT, pinyin,
        Words(
            "Each Han character as its most usual syllable, without tones and with spaces between; ü is v.",
            "每个汉字转为最常用的读音，不带声调，以空格分隔；ü 写作 v。",
        ),
        (('pinyin("张三")', "zhang san"), ('pinyin("ABC公司 1")', "ABC gong si 1")), no_sql=NO_PINYIN,
    ),
    Operation(
        "pinyin_initials", GROUP, ("text",), TEXT, pinyin_initials,
        Words("Each Han character as the first letter of its syllable.", "每个汉字转为拼音首字母。"),
        (('pinyin_initials("张三A")', "zsA"),), no_sql=NO_PINYIN,
    ),
    Operation(
        "edit_distance", GROUP, ("text", "text"), _edits, edit_distance,
        Words(
            "How many code points must be put in, taken out or changed to make one text the other; the first 200 of each count.",
            "把一段文本变为另一段需要插入、删除或更改的码点数；只比较各自前 200 个。",
        ),
        (('edit_distance("kitten", "sitting")', 3), ('edit_distance("", "ab")', 2)), no_sql=NO_EDITS,
    ),
    Operation(
        "similarity", GROUP, ("text", "text"), Type("percent", precision=7, scale=6), similarity,
        Words(
            "How alike two texts are, from 0% to 100%: 1 without `edit_distance` by the longer length; case does not count.",
            "两段文本的相似度，0% 到 100%：1 减去 `edit_distance` 与较长长度之比；不分大小写。",
        ),
        (('similarity("Kitten", "sitting")', "0.571429"), ('similarity("Acme", "ACME")', "1"), ('similarity("", "")', "1")),
        no_sql=NO_EDITS,
    ),
    Operation(
        "phone_country", GROUP, ("text",), TEXT, phone_country,
        Words(
            "The country of an international telephone number as its two letters; null where it has none.",
            "国际电话号码所属国家的两字母代码；没有则为空。",
        ),
        (('phone_country("+8613800138000")', "CN"), ('phone_country("13800138000")', None)),
        may_null=True, no_sql=NO_COUNTRIES,
    ),
)  # fmt: skip
