"""What is said about a guess: why it was made, what speaks against it, and what else there is to know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kith.problems import Words


@dataclass(frozen=True, slots=True)
class Note:
    """Something that whoever reads the report should know; `place` is a file, a sheet or `entity.field`."""

    place: str
    words: Words


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that could be meant otherwise, and what would be otherwise then."""

    place: str
    words: Words
    otherwise: Words


def sample(texts: Iterable[str], most: int = 5) -> str:
    """Some texts as a sentence quotes them, none longer than 40 characters, on one line."""
    found = list(texts)
    shown = [one_line(text) for text in found[:most]]
    return ", ".join(shown) + (" …" if len(found) > most else "")


def one_line(text: str, longest: int = 40) -> str:
    """A text without what would break a line, and not longer than so many characters."""
    clean = "".join(character if character.isprintable() else " " for character in text)
    clean = " ".join(clean.split())
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"


def joined(words: Iterable[Words]) -> Words:
    """Several sentences as one text."""
    found = list(words)
    return Words(" ".join(one.en for one in found), "".join(one.zh for one in found))
