"""Sort keys: the text that lists sort by in byte order, so that both engines sort as people do."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from functools import lru_cache

LONGEST = 100
"""Characters of a text that count; index entries of PostgreSQL have a limit."""


def sort_key(text: str) -> str:
    """A text's place in a list: case and accents of Latin letters do not count, Han stands by its pinyin.

    A Han character becomes its syllable with the tone and itself, so that 张 and 章 do not mix and 西安 comes before 先.
    """
    folded = fold(text[:LONGEST])
    if folded.isascii():
        return folded
    return "".join(map(_sorted_as, unicodedata.normalize("NFC", folded)))


def fold(text: str) -> str:
    """The one case-insensitive form: lower case by full Unicode, of NFC."""
    return unicodedata.normalize("NFC", text).lower()


@lru_cache(maxsize=10_000)
def _sorted_as(character: str) -> str:
    if character.isascii():
        return character
    if character >= "\u2e80":
        reading = _readings()(character)
        return reading + character if reading else character
    base = unicodedata.normalize("NFD", character)[0]
    return base if base.isascii() else character


@lru_cache(maxsize=1)
def _readings() -> Callable[[str], str]:
    # Phrases would need 56 MB to tell readings apart by their neighbours.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    def reading(character: str) -> str:
        found = pinyin(character, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore")
        return found[0][0] if found and found[0] else ""

    return reading
