"""Texts as terms that both engines index alike: pairs of Han, triples of Latin letters and digits, pinyin and initials.

A term is ASCII and begins with the code of its field, so that a hit can be limited to the fields that a reader may read. Every
position of a run begins a term, and the last ones are shorter: a run of the text is a phrase of its terms, and one or two
characters are the beginning of a term.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice, product
from typing import Literal

Kind = Literal["l", "h", "p", "i"]
"""Latin (any ASCII letter or digit), Han (any other letter), pinyin, initials of pinyin."""

RUN = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")
LONGEST_TEXT = 4_000
"""Characters of one field that are indexed."""
LONGEST_NAME = 16
"""A run of Han that is longer is no name; it has no pinyin."""
READINGS = 16
"""Combinations of readings of one run that are indexed; those that differ in the first characters come first."""
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def normal(text: str) -> str:
    """A text as search compares it: no case, no width, no accents on Latin letters."""
    plain = unicodedata.normalize("NFKC", text).lower()
    if plain.isascii():
        return plain
    return unicodedata.normalize("NFC", "".join(map(_bare, plain)))


@lru_cache(maxsize=4_096)
def _bare(character: str) -> str:
    if character.isascii() or character >= "\u2e80":
        return character
    base = unicodedata.normalize("NFD", character)[0]
    return base if base.isascii() else character


def runs(text: str) -> list[str]:
    """The words of a text, and its stretches of Han."""
    return RUN.findall(normal(text))


@lru_cache(maxsize=10_000)
def field_code(table: str, column: str) -> str:
    """What the terms of a field begin with: five letters of its physical name, which outlives renames."""
    number = int.from_bytes(hashlib.sha256(f"{table}.{column}".encode()).digest()[:8])
    letters = []
    for _ in range(5):
        number, letter = divmod(number, 26)
        letters.append(chr(ord("a") + letter))
    return "".join(letters)


@lru_cache(maxsize=10_000)
def _wide(character: str) -> str:
    """A character beyond ASCII in four digits of base 36."""
    number, digits = ord(character), ""
    for _ in range(4):
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits


def windows(run: str, width: int) -> Iterator[str]:
    """A window at every position; those at the end are shorter."""
    return (run[start : start + width] for start in range(len(run)))


def index_terms(code: str, text: str) -> Iterator[str]:
    """All terms of a field's text."""
    for run in runs(text[:LONGEST_TEXT]):
        if run[0].isascii():
            yield from (f"{code}l{part}" for part in windows(run, 3))
        else:
            yield from (f"{code}h{''.join(map(_wide, part))}" for part in windows(run, 2))
            for kind, reading in _read(run):
                yield from (f"{code}{kind}{part}" for part in windows(reading, 3))


def readings_of(run: str) -> tuple[str, ...]:
    """How a run of Han may be read, in pinyin without tones; none of what is too long for a name."""
    return tuple(reading for kind, reading in _read(run) if kind == "p")


def spelled(text: str) -> str:
    """A short text with all the ways to type it: as it is written, and its Han in pinyin and by initials."""
    sounds = (sound for run in runs(text) if not run[0].isascii() for _, sound in _read(run))
    return " ".join(dict.fromkeys([normal(text), *sounds]))


def _read(run: str) -> Iterator[tuple[Kind, str]]:
    if len(run) > LONGEST_NAME:
        return
    choices = [_readings()(character) for character in run]
    if not all(choices):
        return
    found: dict[tuple[Kind, str], None] = {}
    for backwards in islice(product(*reversed(choices)), READINGS):
        syllables = backwards[::-1]
        found["p", "".join(syllables)] = None
        found["i", "".join(syllable[0] for syllable in syllables)] = None
    yield from found


@lru_cache(maxsize=1)
def _readings() -> Callable[[str], tuple[str, ...]]:
    import os

    # Phrases would need 56 MB, and would hide the readings that surnames have.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    @lru_cache(maxsize=10_000)
    def reading(character: str) -> tuple[str, ...]:
        found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore", v_to_u=False)
        plain = [normal(one) for one in (found[0] if found else ())]
        return tuple(dict.fromkeys(one for one in plain if one.isascii() and one.isalpha()))

    return reading


def phrases(code: str, run: str) -> list[list[str]]:
    """The phrases of which one must be there for a field to hold a run; a single term stands for its beginning."""
    if not run[0].isascii():
        parts = [run] if len(run) == 1 else [run[start : start + 2] for start in range(len(run) - 1)]
        return [[f"{code}h{''.join(map(_wide, part))}" for part in parts]]
    parts = [run] if len(run) < 3 else [run[start : start + 3] for start in range(len(run) - 2)]
    kinds: tuple[Kind, ...] = ("l", "p", "i") if run.isalpha() else ("l",)
    return [[f"{code}{kind}{part}" for part in parts] for kind in kinds]
