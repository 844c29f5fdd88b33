"""Stencils: HTML that a template made once, cut where something varies, and filled for each request.

The templates stay the only place where HTML is written. What varies is given to them as marks that no data can hold
(they are random), which they may print as a text or as the value of an attribute, and nothing else; what decides how
the HTML looks belongs to the key that a stencil is kept by.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

Draw = Callable[[Sequence[str]], str]
"""Makes HTML of the texts that vary."""


@dataclass(frozen=True, slots=True)
class Stencil:
    """HTML in pieces; `order` says which text stands between one piece and the next."""

    pieces: tuple[str, ...]
    order: tuple[int, ...]

    def fill(self, texts: Sequence[str]) -> str:
        """The HTML with texts that are escaped already."""
        parts = [""] * (2 * len(self.order) + 1)
        parts[::2] = self.pieces
        parts[1::2] = [texts[place] for place in self.order]
        return "".join(parts)

    def parts(self, texts: Sequence[str]) -> list[str]:
        """The HTML as pieces and texts in turn, which may still have to be escaped; it ends with an empty text."""
        found = [""] * (2 * len(self.pieces))
        found[::2] = self.pieces
        found[1:-1:2] = [texts[place] for place in self.order]
        return found


def cut(draw: Draw, count: int) -> Stencil:
    """The stencil of what is drawn with so many texts."""
    begin = secrets.token_hex(8)
    pieces = re.split(rf"{begin}-(\d+)-", draw([f"{begin}-{number}-" for number in range(count)]))
    return Stencil(tuple(map(str, pieces[::2])), tuple(map(int, pieces[1::2])))


def escaped(texts: Iterable[str]) -> list[str]:
    """Texts as they stand in HTML, all at once: one by one costs several times as much. What is HTML stays as it is."""
    found = [*texts]
    places = [place for place, text in enumerate(found) if text.__class__ is not Markup]
    whole = str.split(escape("\0".join([found[place] for place in places])), "\0")
    if len(whole) != len(places):
        return [str(escape(text)) for text in found]
    for place, text in zip(places, whole, strict=True):
        found[place] = text
    return found


def joined(parts: list[str]) -> Markup:
    """HTML of pieces and texts in turn; the texts are escaped here."""
    parts[1::2] = escaped(parts[1::2])
    return Markup("".join(parts))  # noqa: S704 - every second one is a template's own, the others are escaped


def slots(stencil: Stencil, texts: Mapping[str, str]) -> str:
    """The HTML of a stencil that was cut with these names in the same order."""
    return stencil.fill(escaped(texts.values()))
