"""Reading files block by block, with no more in memory than a small one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import IO

MOST_BLOCKS = 200_000


class Broken(Exception):
    """A picture that is not what its kind prescribes; `reason` is a key of the texts of uploads."""

    def __init__(self, reason: str = "broken") -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the source that stays as it is."""

    start: int
    length: int


Piece = bytes | Slice


class Source:
    """A file that is read from its beginning."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.size = file.seek(0, os.SEEK_END)
        self.at = file.seek(0)
        self._blocks = 0

    def take(self, length: int) -> bytes:
        """The next bytes; raises Broken where there are fewer."""
        data = self.file.read(length)
        self.at += len(data)
        if len(data) < length:
            raise Broken
        return data

    def number(self, length: int, *, little: bool = False) -> int:
        """The next bytes as a number."""
        return int.from_bytes(self.take(length), "little" if little else "big")

    def skip(self, length: int) -> Slice:
        """The place of the next bytes; raises Broken where there are fewer."""
        if self.at + length > self.size:
            raise Broken
        found = Slice(self.at, length)
        self.at = self.file.seek(self.at + length)
        return found

    def count(self) -> None:
        """Another block; raises Broken where there are too many to be a picture."""
        self._blocks += 1
        if self._blocks > MOST_BLOCKS:
            raise Broken
