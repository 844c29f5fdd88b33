"""What a value may be: null or not, a stretch of ranks, some values only, some values never."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from fractions import Fraction

Rank = int | Fraction
"""Where a number, a day, an instant, a time, a duration or an option stands in its order."""
NOBODY: frozenset[object] = frozenset()
MOST_STEPS = 64
"""Values that are barred at an end of a stretch, one after the other."""


@dataclass(frozen=True, slots=True)
class Domain:
    """Everything that a value may be; wider than the truth, never narrower.

    `low` and `high` are the ends of a stretch, both within it, or None; `step` is the distance from one rank to the next, 0 where
    values have no order. `among` are the only values other than null, or None where any may be; `barred` are no values.
    """

    null: bool = True
    low: Rank | None = None
    high: Rank | None = None
    step: Rank = 0
    among: frozenset[object] | None = None
    barred: frozenset[object] = NOBODY

    @property
    def is_null(self) -> bool:
        """Whether it can only be null."""
        return self.among is not None and not self.among

    @property
    def is_nothing(self) -> bool:
        """Whether it can be nothing at all: what was supposed cannot be."""
        return not self.null and self.is_null

    def set(self) -> Domain:
        """The values other than null."""
        return Domain(False, self.low, self.high, self.step, self.among, self.barred) if self.null else self

    def unset(self) -> Domain:
        """Null only."""
        return replace(self, among=NOBODY)

    def only(self, values: Collection[object]) -> Domain:
        """Null as before, and else these values only."""
        kept = frozenset(values) if self.among is None else self.among & frozenset(values)
        return self._settled(among=frozenset(value for value in kept if self._admits(value)))

    def without(self, values: Collection[object]) -> Domain:
        """All but these values."""
        if self.among is not None:
            return replace(self, among=self.among.difference(values))
        return self._settled(barred=self.barred.union(values))

    def at_least(self, rank: Rank) -> Domain:
        """Null as before, and else nothing below."""
        if self.among is not None:
            return replace(self, among=_kept(self.among, lambda one: one >= rank))
        low = self._up(rank)
        return self if self.low is not None and self.low >= low else self._settled(low=low)

    def at_most(self, rank: Rank) -> Domain:
        """Null as before, and else nothing above."""
        if self.among is not None:
            return replace(self, among=_kept(self.among, lambda one: one <= rank))
        high = self._down(rank)
        return self if self.high is not None and self.high <= high else self._settled(high=high)

    def above(self, rank: Rank) -> Domain:
        """Null as before, and else only what is larger."""
        return self.at_least(self._down(rank) + self.step)

    def below(self, rank: Rank) -> Domain:
        """Null as before, and else only what is smaller."""
        return self.at_most(self._up(rank) - self.step)

    def meeting(self, other: Domain) -> Domain:
        """What both may be."""
        met = self.set() if not other.null else self
        met = met if other.among is None else met.only(other.among)
        met = met if other.low is None else met.at_least(other.low)
        met = met if other.high is None else met.at_most(other.high)
        return met.without(other.barred) if other.barred else met

    def joining(self, other: Domain) -> Domain:
        """What either may be."""
        null = self.null or other.null
        if self.is_null or other.is_null:
            return replace(other if self.is_null else self, null=null)
        if self.among is not None and other.among is not None:
            return replace(self, null=null, among=self.among | other.among)
        if self.among is not None or other.among is not None:
            return Domain(null, step=self.step)
        low = None if self.low is None or other.low is None else min(self.low, other.low)
        high = None if self.high is None or other.high is None else max(self.high, other.high)
        return Domain(null, low, high, self.step, None, self.barred & other.barred)

    def span(self) -> tuple[Rank | None, Rank | None]:
        """The least and the largest rank that it may have, where there are such."""
        ranks = [one for one in self.among or () if isinstance(one, int | Fraction)]
        return (min(ranks), max(ranks)) if ranks else (self.low, self.high)

    def _admits(self, value: object) -> bool:
        if value in self.barred:
            return False
        if not self.step or not isinstance(value, int | Fraction):
            return True
        within = (self.low is None or value >= self.low) and (self.high is None or value <= self.high)
        return within and value % self.step == 0

    def _up(self, rank: Rank) -> Rank:
        return math.ceil(rank / Fraction(self.step)) * self.step if self.step else rank

    def _down(self, rank: Rank) -> Rank:
        return math.floor(rank / Fraction(self.step)) * self.step if self.step else rank

    def _settled(
        self,
        low: Rank | None = None,
        high: Rank | None = None,
        among: frozenset[object] | None = None,
        barred: frozenset[object] | None = None,
    ) -> Domain:
        """The same with other ends, which are no barred values; without any value where they cross."""
        low = self.low if low is None else low
        high = self.high if high is None else high
        barred = self.barred if barred is None else barred
        if self.step and barred and among is None:
            low, high = _passing(low, self.step, barred), _passing(high, -self.step, barred)
        if low is not None and high is not None and low > high:
            among = NOBODY
        return Domain(self.null, low, high, self.step, self.among if among is None else among, barred)


def _passing(end: Rank | None, step: Rank, barred: Collection[object]) -> Rank | None:
    for _ in range(MOST_STEPS):
        if end is None or end not in barred:
            break
        end += step
    return end


def _kept(among: frozenset[object], test: Callable[[Rank], bool]) -> frozenset[object]:
    return frozenset(one for one in among if isinstance(one, int | Fraction) and test(one))


TRUTH = Domain(among=frozenset({True, False}))
"""What is true, false or null."""
