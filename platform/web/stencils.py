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

    def form(self) -> str:
        """The HTML with `%s` in the places of its texts, for `filled`."""
        return "%s".join([piece.replace("%", "%%") for piece in self.pieces])


def cut(draw: Draw, count: int) -> Stencil:
    """The stencil of what is drawn with so many texts."""
    begin = secrets.token_hex(8)
    pieces = re.split(rf"{begin}-(\d+)-", draw([f"{begin}-{number}-" for number in range(count)]))
    return Stencil(tuple(map(str, pieces[::2])), tuple(map(int, pieces[1::2])))


def escaped(texts: Iterable[str]) -> list[str]:
    """Texts as they stand in HTML, all at once: one by one costs several times as much. What is HTML stays as it is."""
    found = [*texts]
    if Markup not in set(map(type, found)):
        whole = str.split(escape("\0".join(found)), "\0")
        return whole if len(whole) == len(found) else [str(escape(text)) for text in found]
    places = [place for place, text in enumerate(found) if text.__class__ is not Markup]
    whole = str.split(escape("\0".join([found[place] for place in places])), "\0")
    if len(whole) != len(places):
        return [str(escape(text)) for text in found]
    for place, text in zip(places, whole, strict=True):
        found[place] = text
    return found


def filled(forms: Sequence[str], texts: Sequence[str]) -> Markup:
    """The HTML of forms one after another with all their texts, which are escaped here."""
    return Markup("".join(forms) % tuple(escaped(texts)))  # noqa: S704 - forms are of templates, the texts are escaped


def slots(stencil: Stencil, texts: Mapping[str, str]) -> str:
    """The HTML of a stencil that was cut with these names in the same order."""
    return stencil.fill(escaped(texts.values()))
