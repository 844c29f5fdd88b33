"""What is wrong with a password that somebody chooses: said in a way that helps him to choose a better one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from kith.runtime.accounts.passwords import LONGEST, SHORTEST

LEFT = 6
"""Characters that must be left of a password beside a word that everybody knows, or that is about the person."""
DIFFERENT = 5
"""Different characters that a password has at least."""
RUN = 6
"""Characters one after the other, as `123456` or `qwerty`, that count as one word."""
PART = 4
"""Characters from which on a part of a name or address counts."""
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
)
LIKE_LETTERS = str.maketrans("013457$@!", "oleastsai")
"""How digits and signs stand for letters."""
WORD = re.compile(r"[^\W_]+")


def wrong_with(password: str, about: Iterable[str] = ()) -> str:
    """Why a password is refused, "" where it is not: `too_short`, `too_long`, `uniform`, `common` or `about_you`.

    `about` is what is known of the person: his name, his address, what the CRM is called.
    """
    if len(password) < SHORTEST:
        return "too_short"
    if len(password) > LONGEST:
        return "too_long"
    plain = password.casefold()
    if len(set(plain)) < DIFFERENT or _repeats(plain):
        return "uniform"
    mine = about_parts(about)
    if any(part in plain for part in mine) and _left(plain, mine) < LEFT:
        return "about_you"
    if min(_left(_without_runs(form), common()) for form in (plain, plain.translate(LIKE_LETTERS))) < LEFT:
        return "common"
    return ""


def about_parts(about: Iterable[str]) -> frozenset[str]:
    """The words of what is known of a person that a password should not consist of."""
    texts = [text.casefold() for text in about if text]
    words = (word for text in texts for word in WORD.findall(text))
    return frozenset([*texts, *(word for word in words if len(word) >= PART or not word.isascii())])


@cache
def common() -> frozenset[str]:
    """Words that many passwords consist of."""
    return frozenset((files("kith.runtime.accounts") / "common.txt").read_text("utf-8").split())


def _left(plain: str, words: frozenset[str]) -> int:
    """How many characters are left when words, the longest first, digits at the ends and what is no letter are taken out."""
    for word in sorted((word for word in words if word in plain), key=len, reverse=True):
        plain = plain.replace(word, " ")
    # A year or a number at an end is what everybody adds.
    return sum(len(part) for part in WORD.findall(re.sub(r"^\d{1,8}|\d{1,8}$", "", plain.strip(" !?.#*-_"))))


def _without_runs(plain: str) -> str:
    """A password without neighbours on the keyboard or in the alphabet, up or down."""
    for row in ROWS:
        for line in (row, row[::-1]):
            for size in range(len(line), RUN - 1, -1):
                for at in range(len(line) - size + 1):
                    plain = plain.replace(line[at : at + size], " ")
    return plain


def _repeats(plain: str) -> bool:
    """Whether it is one short piece several times over."""
    return any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, 5))
