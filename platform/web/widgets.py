"""Other looks over the same values: what a field's `widget` makes of them where they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from kith.metadata.model import Field
from kith.web.formats import Format
from kith.web.qr import svg_path
from kith.web.view import Cell, Choice

STARS = 5
"""The best rating, where the field does not say its greatest value."""
FULL = 100
"""The greatest score, and a whole of progress, where the field does not say it."""
THIRDS = ("red", "amber", "green")
"""The hues of a poor, a fair and a good score."""
LONGEST_CODE = 200
"""Characters that a scanner still reads well from a screen."""

Look = Callable[[Field, Format], Callable[[Any], Cell]]
"""Of a field and how its values are printed, what makes its cells."""


def bounds(declared: Field, greatest: int) -> tuple[Fraction, Fraction]:
    """The least and the greatest value of a field: 0 and what is usual, where it does not say them."""
    if declared.type.kind == "percent":
        greatest = 1
    least, most = (declared.params.get(key) for key in ("min", "max"))
    return Fraction(str(least if least is not None else 0)), Fraction(str(most if most is not None else greatest))


def part_of(declared: Field, value: Any, greatest: int) -> Fraction:
    """How far a value has come from the least to the greatest, from 0 to 1."""
    least, most = bounds(declared, greatest)
    return (
        min(Fraction(1), max(Fraction(0), (Fraction(value) - least) / (most - least))) if most > least else Fraction(1)
    )


def _digits(_: Field, __: Format) -> Callable[[Any], Cell]:
    """A year or a number that names something: without marks between thousands."""
    return lambda value: Cell(str(value))


def _rating(declared: Field, text: Format) -> Callable[[Any], Cell]:
    greatest = text(int(bounds(declared, STARS)[1]))
    return lambda value: Cell(f"{text(value)} / {greatest}", icon="star", tone="warning")


def _score(declared: Field, text: Format) -> Callable[[Any], Cell]:
    def show(value: Any) -> Cell:
        third = min(2, int(3 * part_of(declared, value, FULL)))
        shown = text(value)
        return Cell(shown, chips=(Choice("", shown, THIRDS[third]),))

    return show


def _progress(declared: Field, text: Format) -> Callable[[Any], Cell]:
    return lambda value: Cell(text(value), share=str(round(100 * part_of(declared, value, FULL))))


def _badge(_: Field, text: Format) -> Callable[[Any], Cell]:
    def show(value: Any) -> Cell:
        shown = text(value)
        return Cell(shown, chips=(Choice("", shown),)) if shown else Cell()

    return show


LOOKS: Mapping[str, Look] = {
    "digits": _digits,
    "rating": _rating,
    "score": _score,
    "progress": _progress,
    "badge": _badge,
}
"""By widget, how values that are printed as a text look."""


def barcode(value: Any) -> Cell:
    """A text with its code for a scanner."""
    return Cell(value, code=svg_path(value) if len(value) <= LONGEST_CODE else None)


def checklist(all_of: int, chips: Callable[[Sequence[Any]], Cell]) -> Callable[[Sequence[Any]], Cell]:
    """How many of all options are chosen, as lists show it; which ones they are stands on the record's page."""

    def show(values: Sequence[Any]) -> Cell:
        done = len(values)
        return Cell(f"{done} / {all_of}", share=str(round(100 * done / all_of))) if all_of else chips(values)

    return show


def rated(declared: Field) -> Sequence[Choice]:
    """What one chooses a rating from."""
    least, most = bounds(declared, STARS)
    return [Choice(str(stars), str(stars)) for stars in range(max(1, int(least)), int(most) + 1)]
