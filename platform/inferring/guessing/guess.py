"""A guess: the type of a column with its keys, how an import reads it, and the figures that speak for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kith.inferring.columns import Column
from kith.inferring.findings import Doubt, sample
from kith.problems import Words
from kith.runtime.transfer.table import Cell

FEW = 0.005
"""The part of values that may not fit a type and become empty, told one by one."""
ENOUGH = 200
"""Values of a column, for some of them not to fit."""
MOST_MISFITS = 20
"""Distinct values that may not fit."""


@dataclass(frozen=True)
class Asked:
    """A column to guess about."""

    column: Column
    place: str
    """How the report names it."""
    hints: frozenset[str]
    """What its heading hints at."""
    currency: str
    """The app's."""
    region: str
    """The country of telephone numbers without a country code."""


@dataclass(frozen=True)
class Guess:
    """What a column is."""

    type: str
    column: Column
    """Without what means nothing."""
    why: Words
    keys: Mapping[str, object] = field(default_factory=dict)
    reading: Mapping[str, object] = field(default_factory=dict)
    """Keys of the imported value: date, percent, map, empty."""
    doubts: tuple[Doubt, ...] = ()


Fits = Callable[[Cell, str], bool]


@dataclass(frozen=True)
class Fitting:
    """How many values of a column fit a type, and which do not."""

    column: Column
    fitting: int
    misfits: tuple[str, ...]
    missing: int
    """How many rows hold a misfit."""

    @property
    def is_good(self) -> bool:
        """Whether all values fit, or all but a few of many."""
        if not self.fitting:
            return False
        few = self.missing <= self.column.filled * FEW and self.column.filled >= ENOUGH
        return not self.missing or (few and len(self.misfits) <= MOST_MISFITS)

    def says(self, en: str, zh: str) -> Words:
        """The figures behind a guess."""
        all_ = self.column.filled
        misfit = "1 does" if self.missing == 1 else f"{self.missing:,} do"
        return Words(
            f"{self.fitting:,} of {all_:,} values are {en}; {misfit} not fit.",
            f"{all_:,} 个值中有 {self.fitting:,} 个是{zh}，{self.missing:,} 个不符。",
        )

    def lost(self, place: str) -> tuple[Doubt, ...]:
        """What becomes of the values that do not fit."""
        if not self.missing:
            return ()
        listed = sample(self.misfits)
        return (
            Doubt(
                place,
                Words(
                    f"{self.missing:,} values become empty: {listed}.",
                    f"{self.missing:,} 个值将变为空：{listed}。",
                ),
                Words("As text they would be kept.", "若改为 text 则会保留。"),
            ),
        )

    def kept(self) -> Column:
        """The column without the values that do not fit."""
        return self.column.without(self.misfits)


def fitting(column: Column, fits: Fits) -> Fitting:
    """Try all values; stops where too many do not fit to be good."""
    fine = bad = 0
    misfits: list[str] = []
    worst = column.filled * FEW if column.filled >= ENOUGH else 0
    for value, text, count in column.each():
        if fits(value, text):
            fine += count
            continue
        bad += count
        misfits.append(text)
        if bad > worst or len(misfits) > MOST_MISFITS:
            return Fitting(column, fine, tuple(misfits), max(bad, 1))
    return Fitting(column, fine, tuple(misfits), bad)


def reading_of(found: Fitting, **keys: object) -> dict[str, object]:
    """The keys of an imported value, with the misfits as texts that mean nothing."""
    return keys | ({"empty": list(found.misfits)} if found.misfits else {})
