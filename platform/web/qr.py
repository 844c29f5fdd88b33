"""QR codes as paths of SVG, which a policy without inline images lets through."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import segno

QUIET = 4
"""Empty dots around the code."""


def svg_path(text: str) -> tuple[int, str]:
    """The side of a text's code with the quiet zone around it, and its dark dots as a path."""
    rows = segno.make_qr(text, error="m", boost_error=False).matrix
    dots = (f"M{x + QUIET} {y + QUIET}h{length}v1h-{length}z" for y, row in enumerate(rows) for x, length in _runs(row))
    return len(rows) + 2 * QUIET, "".join(dots)


def _runs(row: bytearray) -> Iterator[tuple[int, int]]:
    """Where dark dots begin in a row, and how many follow one another."""
    at = 0
    for dark, dots in groupby(row):
        length = len(list(dots))
        if dark:
            yield at, length
        at += length
