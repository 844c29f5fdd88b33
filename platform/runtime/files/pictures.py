"""Pictures without anything that is not needed to draw them: where and by whom they were taken, comments, what follows the end.

A picture is taken apart into its blocks and put together again from those that are known; pixels are never decoded here, so
that no picture can cost more than its bytes (docs/decisions/0041-files.md). What is found is a plan of pieces: the bytes of a
block that is made anew, or the place of one that stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

from kith.runtime.files import gif, jpeg, png, webp
from kith.runtime.files.blocks import Broken, Piece, Source

MOST_PIXELS = 50_000_000
LONGEST_SIDE = 30_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's size, and what it is made of."""

    width: int
    height: int
    pieces: tuple[Piece, ...]

    @property
    def size(self) -> int:
        """Its bytes."""
        return sum(len(piece) if isinstance(piece, bytes) else piece.length for piece in self.pieces)


Taken = tuple[int, int, list[Piece]]
READERS: Mapping[str, Callable[[Source], Taken]] = {
    "jpeg": jpeg.taken,
    "png": png.taken,
    "gif": gif.taken,
    "webp": webp.taken,
}


def picture_of(file: IO[bytes], kind: str) -> Picture:
    """Take a picture apart; raises Broken where it is cut, made of unknown parts, or too large to be shown."""
    width, height, pieces = READERS[kind](Source(file))
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE) or width * height > MOST_PIXELS:
        raise Broken("pixels")
    return Picture(width, height, tuple(pieces))
