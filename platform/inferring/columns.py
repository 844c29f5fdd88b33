"""Columns as the distinct values that stand in them, and sheets as columns: what all guesses are made of."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from kith.inferring.findings import Note
from kith.runtime.transfer.table import Cell, Settings
from kith.runtime.transfer.values import as_text

NOTHING = 0
"""The code of an empty cell."""


@dataclass(frozen=True)
class Column:
    """A column: for each row the place of its value in `values`, of which the first is None."""

    name: str
    """As an import names it."""
    header: str
    """As people read it."""
    codes: array[int]
    values: tuple[Cell, ...]
    counts: tuple[int, ...]

    @property
    def filled(self) -> int:
        """How many rows have a value."""
        return len(self.codes) - self.counts[NOTHING]

    @property
    def distinct(self) -> int:
        """How many different values there are."""
        return sum(1 for count in self.counts[1:] if count)

    @property
    def is_full(self) -> bool:
        """Whether every row has a value."""
        return bool(self.codes) and not self.counts[NOTHING]

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The values as texts; "" for none."""
        return tuple("" if value is None else as_text(value).strip() for value in self.values)

    def each(self) -> Iterator[tuple[Cell, str, int]]:
        """The distinct values with their texts and counts."""
        for value, text, count in zip(self.values[1:], self.texts[1:], self.counts[1:], strict=True):
            if count:
                yield value, text, count

    def count_of(self, texts: Iterable[str]) -> int:
        """How many rows hold one of some texts."""
        wanted = set(texts)
        return sum(count for _, text, count in self.each() if text in wanted)

    def without(self, texts: Iterable[str]) -> Column:
        """The same column where some texts mean nothing."""
        wanted = set(texts)
        gone = {code for code, text in enumerate(self.texts) if code and text in wanted}
        if not gone:
            return self
        counts = [0 if code in gone else count for code, count in enumerate(self.counts)]
        counts[NOTHING] += sum(self.counts[code] for code in gone)
        codes = array("L", (NOTHING if code in gone else code for code in self.codes))
        return replace(self, codes=codes, counts=tuple(counts))


@dataclass(slots=True)
class Gathering:
    """A column while its file is being read."""

    name: str
    header: str
    codes: array[int] = field(default_factory=lambda: array("L"))
    places: dict[object, int] = field(default_factory=dict)
    values: list[Cell] = field(default_factory=lambda: [None])
    counts: list[int] = field(default_factory=lambda: [0])

    def add(self, cell: Cell) -> None:
        """Take a cell in; 1, 1.0 and True are different values."""
        if isinstance(cell, str):
            cell = cell.strip()
        if cell is None or cell == "":
            place = NOTHING
        else:
            key: object = cell if isinstance(cell, str) else (type(cell), cell)
            place = self.places.get(key, NOTHING)
            if not place:
                place = self.places[key] = len(self.values)
                self.values.append(cell)
                self.counts.append(0)
        self.counts[place] += 1
        self.codes.append(place)

    def done(self) -> Column:
        """The column, all rows taken in."""
        return Column(self.name, self.header, self.codes, tuple(self.values), tuple(self.counts))


@dataclass(frozen=True)
class Sheet:
    """One table of a file; `settings` is what an import has to say of it, beyond what is found out by itself."""

    name: str
    path: Path
    settings: Settings
    columns: tuple[Column, ...]
    rows: int
    unreadable: int = 0
    """Rows besides, which no import can read."""
    notes: tuple[Note, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.columns}


def combined(columns: Sequence[Column]) -> array[int]:
    """For each row the number of its combination of values, from 1; 0 where a part is empty."""
    places: dict[tuple[int, ...], int] = {}
    found = array("L")
    for codes in zip(*(column.codes for column in columns), strict=True):
        found.append(NOTHING if NOTHING in codes else places.setdefault(codes, len(places) + 1))
    return found
