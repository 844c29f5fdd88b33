"""What a check is given, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kith.problems import Words
from kith.runtime.context import Context
from kith.runtime.database import Database
from kith.runtime.release import Release

SHOWN = 20
"""Flaws that are shown of each check."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a workspace; `deep` means all records, not the first and last of each entity.

    `kept` is a seal of the history that somebody has kept elsewhere, its number and the beginning of its hash; `key` is what
    seals are signed with.
    """

    database: Database
    release: Release
    context: Context
    deep: bool = False
    kept: tuple[int, str] | None = None
    key: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What a check has seen: what it went through, in words with the count, and what is wrong.

    `notes` are worth knowing and no flaw; `mended` is what was done about the flaws of a first look.
    """

    proved: Words
    count: int
    flaws: Sequence[Words] = ()
    notes: Sequence[Words] = ()
    mended: Sequence[Words] = ()

    def as_data(self, language: str) -> dict[str, Any]:
        """As plain data."""
        return {
            "proved": self.proved.in_(language),
            "count": self.count,
            "flaws": [one.in_(language) for one in self.flaws],
            "notes": [one.in_(language) for one in self.notes],
            "mended": [one.in_(language) for one in self.mended],
        }


def counted(count: int, one: str, many: str, chinese: str) -> Words:
    """How many there are; `chinese` is the measure word with its noun."""
    return Words(f"{count:,} {one if count == 1 else many}", f"{count:,} {chinese}")


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must hold; `mend` does what is safe about it and says what that was."""

    name: str
    title: Words
    look: Callable[[Visit], Found]
    mend: Callable[[Visit], Iterator[Words]] | None = None
