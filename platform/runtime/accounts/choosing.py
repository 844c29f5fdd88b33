"""What is wrong with a password that somebody chooses: said in a way that helps him to choose a better one."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from kith.runtime.accounts.breached import is_breached
from kith.runtime.accounts.passwords import LONGEST, SHORTEST

LOG = logging.getLogger("kith.accounts")
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
TAIL = "0123456789 !?.#*-_"
"""What everybody puts behind a password that has become known."""
WORD = re.compile(r"[^\W_]+")


def wrong_with(password: str, about: Iterable[str] = (), breached: Path | None = None) -> str:
    """Why a password is refused, "" where it is not: `too_short`, `too_long`, `uniform` and so on.

    `about` is what is known of the person: his name, his address, what the CRM is called; `breached` the operator's list.
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
    if (
        _is_widespread(plain)
        or min(_left(_without_runs(form), common()) for form in (plain, plain.translate(LIKE_LETTERS))) < LEFT
    ):
        return "common"
    return "breached" if breached is not None and _is_breached(breached, password) else ""


def _is_breached(path: Path, password: str) -> bool:
    try:
        return is_breached(path, password)
    except OSError:
        # People go on choosing passwords; the operator is told.
        LOG.exception("the list of breached passwords cannot be read")
        return False


def about_parts(about: Iterable[str]) -> frozenset[str]:
    """The words of what is known of a person that a password should not consist of."""
    texts = [text.casefold() for text in about if text]
    words = (word for text in texts for word in WORD.findall(text))
    return frozenset([*texts, *(word for word in words if len(word) >= PART or not word.isascii())])


@cache
def common() -> frozenset[str]:
    """Words that many passwords consist of."""
    return frozenset(_read("common.txt"))


@cache
def widespread() -> frozenset[str]:
    """The 5,000 passwords of ten characters or more that are used most, of the ten million that Mark Burnett has published."""
    return frozenset(word.casefold() for word in _read("widespread.txt"))


def _read(name: str) -> list[str]:
    return (files("kith.runtime.accounts") / name).read_text("utf-8").split()


def _is_widespread(plain: str) -> bool:
    """Whether a password is one of those, or one with digits and signs behind it."""
    return any(plain[:end] in widespread() for end in range(len(plain.rstrip(TAIL)), len(plain) + 1))


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
